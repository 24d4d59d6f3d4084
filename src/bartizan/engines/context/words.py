"""One plain sentence for an event, in the office's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bartizan.engines.observe import KINDS

LONGEST: Final = 160

# {who} did it, {what} it was done to, {where} the door or zone in words, {host} the machine, {origin} where from.
_SENTENCES: Final = {
    "door.granted": "{who} opened {where}",
    "door.denied": "{who} refused at {where}",
    "door.forced": "Door forced at {where}",
    "door.held": "Door held open at {where}",
    "door.opened": "Door opened at {where}",
    "door.closed": "Door closed at {where}",
    "door.exit": "Door opened from inside at {where}",
    "door.locked": "Door locked at {where}",
    "door.unlocked": "Door unlocked at {where}",
    "door.passback": "{who} entered {where} again without having left",
    "door.tailgate": "Somebody followed {who} through {where}",
    "alarm.motion": "Motion in {where}",
    "alarm.clear": "Motion ended in {where}",
    "alarm.opened": "Contact opened at {where}",
    "alarm.closed": "Contact closed at {where}",
    "alarm.triggered": "Intruder alarm in {where}",
    "alarm.restored": "Intruder alarm restored in {where}",
    "alarm.armed": "Alarm armed in {where}",
    "alarm.disarmed": "Alarm disarmed in {where}",
    "alarm.duress": "Duress or hold-up in {where}",
    "alarm.bypassed": "Bypassed in {where}: {device}",
    "alarm.unbypassed": "Bypass ended in {where}: {device}",
    "alarm.tested": "Walk test in {where}",
    "alarm.tamper": "Tamper at {where}",
    "alarm.hazard": "Smoke, gas or water in {where}",
    "camera.motion": "Motion on camera in {where}",
    "camera.person": "Person on camera in {where}",
    "camera.object": "Object on camera in {where}",
    "camera.vehicle": "Vehicle on camera in {where}",
    "camera.animal": "Animal on camera in {where}",
    "camera.crossed": "Somebody crossed the line at {where}",
    "camera.entered": "Somebody entered {where}, seen by {device}",
    "camera.left": "Somebody left {where}, seen by {device}",
    "camera.loitering": "Somebody loiters in {where}",
    "camera.against": "Somebody goes against the direction in {where}",
    "camera.crowded": "More people than allowed in {where}",
    "camera.left_object": "Object left behind in {where}",
    "camera.removed_object": "Object taken away in {where}",
    "camera.covered": "Camera covered in {where}",
    "camera.moved": "Camera moved in {where}",
    "camera.defocused": "Camera out of focus in {where}",
    "camera.frozen": "Picture frozen in {where}",
    "camera.clear": "Camera clear in {where}",
    "camera.watched": "{device} watched {where}",
    "biometric.accepted": "Voice or hand of {who} accepted at {where}",
    "biometric.refused": "Voice or hand of {who} refused at {where}",
    "device.online": "Device answers: {device}",
    "device.offline": "Device silent: {device}",
    "device.battery": "Battery low: {device}",
    "device.fault": "Fault of {device}",
    "device.restored": "Fault over: {device}",
    "device.state": "State of {device}",
    "login.success": "Login of {who} at {host}{origin}",
    "login.failure": "Login of {who} at {host}{origin} refused",
    "login.logout": "Logout of {who} at {host}",
    "login.lock": "{host} locked by {who}",
    "login.unlock": "{host} unlocked by {who}",
    "login.privilege": "{who} used privilege at {host}{what}",
    "account.changed": "User account{what} changed by {who} at {host}",
    "host.process": "Process{what} run by {who} at {host}",
    "host.service": "Service or task changed at {host}",
    "host.registry": "Registry changed by {who} at {host}",
    "host.logclear": "Log cleared by {who} at {host}",
    "host.usb": "USB disk connected to {host}",
    "host.usbremoved": "USB disk removed from {host}",
    "host.malware": "Malware found at {host}{what}",
    "network.alert": "Network alert{origin}{what}",
    "network.blocked": "Connection{origin}{what} blocked",
    "network.allowed": "Connection{origin}{what} allowed",
    "network.flow": "Connection{origin}{what}",
    "network.dns": "Name looked up by {host}{what}",
    "network.web": "Web request{origin}{what}",
    "network.mail": "Mail{what}",
    "document.read": "{who} read{what} at {host}",
    "document.written": "{who} wrote{what} at {host}",
    "document.copied": "{who} copied{what} at {host}",
    "document.deleted": "{who} deleted{what} at {host}",
    "document.opened": "{who} opened{what} at {host}",
    "document.printed": "{who} printed{what} at {host}",
    "document.marked": "A copy of{what} with the mark of {who} was read",
}
_ACTORS: Final = {"badge": "badge ", "person": "staff number ", "card": "card "}
# Before one of these a "to" reads right: "Connection from 10.0.0.1 to 203.0.113.58 blocked".
_TOWARDS: Final = ("network.allowed", "network.blocked", "network.flow")


def sentence(event: Mapping[str, Any], kind: str, where: str, origin: str) -> str:
    """The summary of an enriched event; never empty, never longer than :data:`LONGEST` characters."""
    template = _SENTENCES.get(kind)
    if template is None:
        return shortened(_as_reported(event, kind))
    host = _text(event, "host")
    if not origin and kind.startswith("network."):
        origin = _bare(_text(event, "actor"))
    text = template.format(
        who=_actor(_text(event, "actor")),
        what=_what(_text(event, "asset"), kind),
        where=where or host or _bare(_text(event, "device")) or "a place not known",
        host=host or _bare(_text(event, "device")) or where or "a host not known",
        device=_bare(_text(event, "device")) or where or "a device not known",
        origin=f" from {origin}" if origin else "",
    )
    text = text[:1].upper() + text[1:] if kind[:5] not in ("login", "docum") else _opened(text)
    return shortened(f"Over: {text}" if _text(event, "outcome") == "over" else text)


def _opened(text: str) -> str:
    """User accounts and hosts keep their own small letters at the beginning of a sentence."""
    return "Somebody" + text[8:] if text.startswith("somebody") else text


def shortened(text: str) -> str:
    plain = " ".join(text[: LONGEST * 4].split())
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1].rstrip() + "…"


def _as_reported(event: Mapping[str, Any], kind: str) -> str:
    """What a host's log says in its own words, after the host's name."""
    data = event.get("data")
    said = next((v for k in ("message", "Message", "msg", "MESSAGE") if (v := _text(data, k))), "") or _text(
        event, "raw"
    )
    known = KINDS.get(kind)
    host = _text(event, "host") or _bare(_text(event, "device"))
    words = said or (known.words if known else "Not understood")
    return f"{host}: {words}" if host else words


def _text(event: object, key: str) -> str:
    value = event.get(key) if type(event) is dict else None
    return value if type(value) is str else ""


def _bare(reference: str) -> str:
    return reference.partition(":")[2] or reference


def _actor(reference: str) -> str:
    kind, colon, name = reference.partition(":")
    if not colon:
        return kind or "somebody"
    if kind == "user":
        return name.rpartition("\\")[2] or name
    return _ACTORS.get(kind, "") + name


def _what(reference: str, kind: str) -> str:
    if not reference:
        return ""
    return f" {'to ' if kind in _TOWARDS else ''}{_bare(reference)}"
