"""OCSF 1.x events (https://schema.ocsf.io) in Bartizan's words.

Classes that OCSF has are read by ``class_uid`` and ``activity_id``; Bartizan's physical classes 9001–9005 by their
``activity_name``, which is a kind (``door.granted``), its second half (``granted``) or its words (``Door granted``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bartizan.engines.observe import KINDS

_PHYSICAL: Final = range(9001, 9006)
_FILE: Final = {1: "written", 2: "read", 4: "deleted", 8: "read", 9: "read", 14: "read"}
_STATUS: Final = {1: "success", 2: "failure"}
_DENIED: Final = 2

_BY_CLASS: Final = {
    1001: "document.written",
    1005: "host.module",
    1006: "host.service",
    1007: "host.process",
    1008: "host.log",
    2001: "finding",
    2002: "finding",
    2003: "finding",
    2004: "finding",
    2005: "finding",
    2006: "finding",
    2007: "finding",
    3001: "account.changed",
    3002: "host.audit",
    3003: "login.privilege",
    4001: "network.flow",
    4002: "network.web",
    4003: "network.dns",
    4004: "network.flow",
    4005: "network.flow",
    4006: "network.flow",
    4007: "network.flow",
    4008: "network.flow",
    4009: "network.mail",
    4010: "document.written",
    201001: "host.registry",
    201002: "host.registry",
    201004: "host.service",
}


@dataclass(frozen=True, slots=True)
class OcsfParts:
    """What an observation needs, taken from one OCSF event. ``time`` is as written: milliseconds since 1970."""

    kind: str
    time: Any
    actor: str
    place: str
    device: str
    asset: str
    outcome: str
    key: str


def ocsf_event(entry: Mapping[str, Any]) -> OcsfParts | None:
    """The parts of an OCSF event; nothing when the class is one that Bartizan has no kind for."""
    kind = _kind(entry)
    if kind is None:
        return None
    return OcsfParts(
        kind=kind,
        time=entry.get("time", entry.get("time_dt")),
        actor=_actor(entry),
        place=_place(entry),
        device=_device(entry, kind),
        asset=_asset(entry),
        outcome=_outcome(entry),
        key=_text(entry, "metadata", "uid"),
    )


def _kind(entry: Mapping[str, Any]) -> str | None:
    class_uid, activity = _number(entry.get("class_uid")), _number(entry.get("activity_id"))
    if class_uid in _PHYSICAL:
        return _physical(class_uid, str(entry.get("activity_name", "")))
    special = _SPECIAL.get(class_uid)
    return special(entry, activity) if special else _BY_CLASS.get(class_uid)


def _physical(class_uid: int, activity_name: str) -> str | None:
    wanted = activity_name.strip().lower()
    for kind, about in KINDS.items():
        if about.class_uid == class_uid and wanted in (kind, kind.partition(".")[2], about.words.lower()):
            return kind
    return None


def _login(entry: Mapping[str, Any], activity: int) -> str:
    if activity == 2:
        return "login.logout"
    result = _outcome(entry)
    if activity == 1:
        return f"login.{result or 'success'}"
    # A Kerberos ticket that was issued is no login yet; one that was refused is a refused login.
    return "login.failure" if result == "failure" else "host.audit"


def _file(_entry: Mapping[str, Any], activity: int) -> str:
    return f"document.{_FILE.get(activity, 'written')}"


def _flow(entry: Mapping[str, Any], activity: int) -> str:
    decided = _number(entry.get("action_id")) or _number(entry.get("disposition_id"))
    if decided == _DENIED or activity == 5:
        return "network.blocked"
    return "network.allowed" if decided == 1 else "network.flow"


def _log(_entry: Mapping[str, Any], activity: int) -> str:
    return "host.logclear" if activity in (1, 2) else "host.log"


def _finding(entry: Mapping[str, Any], _activity: int) -> str:
    return "host.malware" if entry.get("malware") else "finding"


_SPECIAL: Final = {1001: _file, 1008: _log, 2004: _finding, 3002: _login, 4001: _flow, 4010: _file}


def _outcome(entry: Mapping[str, Any]) -> str:
    by_number = _STATUS.get(_number(entry.get("status_id")))
    words = str(entry.get("status", "")).lower()
    return by_number or (words if words in ("success", "failure") else "")


def _actor(entry: Mapping[str, Any]) -> str:
    badge = _text(entry, "actor", "user", "credential_uid") or _text(entry, "user", "credential_uid")
    if badge and _number(entry.get("class_uid")) in _PHYSICAL:
        return f"badge:{badge}"
    # In a login the user who logs in is `user`; `actor` is the service that asked.
    paths = (("user", "name"), ("actor", "user", "name")) if entry.get("class_uid") == 3002 else (_ACTOR, _USER)
    name = next((found for path in paths if (found := _text(entry, *path))), "")
    if name:
        return f"user:{name}"
    address = _text(entry, "src_endpoint", "ip")
    return f"ip:{address}" if address else ""


_ACTOR: Final = ("actor", "user", "name")
_USER: Final = ("user", "name")


def _place(entry: Mapping[str, Any]) -> str:
    for level in ("portal", "zone", "floor", "building", "site"):
        found = _text(entry, "place", level) or _text(entry, "place", level, "name")
        if found:
            return f"{level}:{found}"
    return ""


def _device(entry: Mapping[str, Any], kind: str) -> str:
    name = _text(entry, "device", "hostname") or _text(entry, "device", "name")
    if not name:
        name = _text(entry, "dst_endpoint", "hostname") if kind.startswith("login.") else ""
    if not name:
        return ""
    word = {"door": "reader", "alarm": "detector", "camera": "camera", "device": "detector"}
    return f"{word.get(kind.partition('.')[0], 'host')}:{name}"


def _asset(entry: Mapping[str, Any]) -> str:
    path = _text(entry, "file", "path") or _text(entry, "file", "name")
    if path:
        return f"file:{path}"
    if _number(entry.get("class_uid")) == 3001:
        changed = _text(entry, "user", "name")
        return f"user:{changed}" if changed else ""
    target = _text(entry, "dst_endpoint", "ip") or _text(entry, "dst_endpoint", "hostname")
    return f"ip:{target}" if target else ""


def _text(entry: Mapping[str, Any], *path: str) -> str:
    found: Any = entry
    for step in path:
        if not isinstance(found, Mapping):
            return ""
        found = found.get(step)
    return str(found) if isinstance(found, str | int) else ""


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0
