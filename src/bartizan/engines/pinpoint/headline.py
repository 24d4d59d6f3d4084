"""The headline: what was done, where, when, by which means, and whether anybody is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

from bartizan.engines.pinpoint.graph import Member
from bartizan.engines.pinpoint.means import Means
from bartizan.engines.pinpoint.model import Place
from bartizan.engines.pinpoint.record import Record
from bartizan.engines.pinpoint.words import clock, name_of

LONGEST: Final = 300
WHO: Final = "Who did it is not known."
# The worst first: the headline tells the worst thing that the sequence holds.
_DEEDS: Final = (
    "document.copied", "document.deleted", "host.malware", "host.logclear", "host.usb", "login.privilege",
    "login.success", "login.unlock", "door.forced", "alarm.triggered", "camera.covered", "alarm.tamper",
    "network.alert", "door.granted", "door.tailgate", "door.passback", "door.held", "door.denied", "login.failure",
)  # fmt: skip
_SHORT: Final = {
    "document.copied": "files copied", "document.deleted": "files deleted", "host.malware": "malware",
    "host.logclear": "log cleared", "host.usb": "USB disk", "login.privilege": "privilege used",
    "door.forced": "door forced", "alarm.triggered": "intruder alarm", "camera.covered": "camera covered",
}  # fmt: skip


def deed(members: Sequence[Member], zone: str, host: str) -> Record | None:
    """The worst record of the sequence: at the most probable place before any other, then the surest, the latest."""
    if not members:
        return None

    def rank(member: Member) -> tuple[bool, int, float, int, str]:
        record = member.record
        worst = _DEEDS.index(record.kind) if record.kind in _DEEDS else len(_DEEDS)
        there = record.zone == zone if zone else record.host == host
        return not there, worst, -member.weight, -record.time, record.id

    return min(members, key=rank).record


def how(means: Sequence[Means], worst: Record | None) -> str:
    """In one phrase: ``leaver's badge, then root login``."""
    parts = [one.how for one in means[:2]]
    then = _short(worst) if worst else ""
    if then and then not in parts:
        parts.append(then)
    text = ", then ".join(parts) if len(parts) > 1 else parts[0] if parts else "not yet clear"
    return text[:1].upper() + text[1:]


def headline(
    worst: Record | None, same: Sequence[Record], place: Place | None, means: Sequence[Means], zone: tzinfo
) -> str:
    """``Root login at ML-CORE-01, Server room 2.02, floor 2, Mill Lane, Mon 22:31, after badge 4417 …``"""
    if worst is None:
        return f"Something raised an alarm, but no record says where. {WHO}"
    where = place.words if place else "a place not known"
    clause = f", {means[0].clause}" if means else ""
    told = f"{_done(worst, same)} {_preposition(worst)} {where}, {clock(worst.time, zone)}{clause}."
    room = LONGEST - len(WHO) - 1
    if len(told) > room:
        told = told[: room - 1].rstrip(" ,") + "…"
    return f"{told} {WHO}"


def _done(worst: Record, same: Sequence[Record]) -> str:
    name = name_of(worst)
    if worst.domain == "document":
        verb = {"document.deleted": "deleted"}.get(
            worst.kind, "copied" if worst.kind == "document.copied" else "touched"
        )
        files = "A file was" if len(same) == 1 else f"{len(same):,} files were"
        return f"{files} {verb} with {_credential(worst)}" if worst.actor else f"{files} {verb}"
    if worst.kind in ("login.success", "login.unlock", "login.privilege"):
        return f"{name[:1].upper() + name[1:]} login" if worst.facts.get("privileged") else f"Login of {name}"
    if worst.kind == "login.failure":
        return "Refused logins" if len(same) > 1 else f"Refused login of {name}"
    if worst.kind == "host.usb":
        return "A USB disk was connected"
    if worst.kind in ("door.granted", "door.denied"):
        verb = "opened a door" if worst.kind == "door.granted" else "was refused"
        return f"{name[:1].upper() + name[1:]} {verb}"
    short = _SHORT.get(worst.kind) or worst.sentence
    return short[:1].upper() + short[1:]


def _credential(record: Record) -> str:
    return f"user account {name_of(record)}" if record.actor.startswith("user:") else name_of(record)


def _preposition(worst: Record) -> str:
    return "in" if worst.domain in ("door", "alarm", "camera") else "at"


def _short(worst: Record) -> str:
    if worst.kind in ("login.success", "login.unlock"):
        return f"{name_of(worst)} login" if worst.facts.get("privileged") else "login"
    return _SHORT.get(worst.kind, "")
