"""What somebody says, broken into claims, and each of them held against the records: a contradiction is not a lie."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bartizan.engines.interviews.records import OUTSIDE, Records, Spots, Trace, records
from bartizan.engines.interviews.uses import Use, uses
from bartizan.engines.observe import microseconds, split_reference
from bartizan.engines.pinpoint.units import MINUTE, SECOND

KINDS: Final[Mapping[str, str]] = {
    "was_at": "I was at …",
    "was_not_at": "I was not at …",
    "saw": "I saw somebody at …",
    "lent": "I lent a badge or told a password",
    "did": "I used a machine or a user account",
    "did_not": "I did not use it",
    "other": "Something else",
}
VERDICTS: Final[Mapping[str, str]] = {
    "confirmed": "Confirmed",
    "contradicted": "Contradicted",
    "unchecked": "Cannot be checked",
}
LOOSE: Final = 5 * MINUTE
"""Nobody remembers to the minute: by so much a claimed time may be off before a record speaks against it."""
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Claim:
    """``speaker`` and ``about`` are staff numbers (empty for somebody of no staff), ``place`` and ``thing`` references;
    ``place`` may be :data:`OUTSIDE`. Times are aware."""

    kind: str
    speaker: str = ""
    since: datetime | None = None
    until: datetime | None = None
    about: str = ""
    """Whom the speaker saw, or to whom something was lent."""
    place: str = ""
    thing: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    verdict: str
    """A key of :data:`VERDICTS`."""
    words: str
    """The records behind it, with the error of their clock; or why there are none."""
    events: tuple[str, ...] = ()
    by: str = ""
    """``by two records``, ``by a missing record``; empty where nothing decides it."""
    would: str = ""
    """What would check it."""
    is_partly: bool = False
    """A part of what was claimed is left open."""


def check(claim: Claim, known: Records) -> Checked:
    """Times within five minutes of a claimed one, and within the clock's error, are not held against anybody."""
    look = _CHECKS.get(claim.kind)
    if look is None:
        return Checked("unchecked", "No record can tell this.", would="another statement, a paper, or a thing")
    if claim.since is None or claim.until is None:
        return Checked("unchecked", "No time is given.", would="ask from when to when")
    return look(claim, known, microseconds(claim.since), microseconds(claim.until))


def _was_at(claim: Claim, known: Records, since: int, until: int) -> Checked:
    return _there(known, claim.speaker, claim.place, (since, until), "Own")


def _saw(claim: Claim, known: Records, since: int, until: int) -> Checked:
    """Both must have been there: whoever was seen, and whoever says so."""
    own = known.spots(claim.place)
    found = _there(known, claim.about, claim.place, (since, until), "Their")
    if own and claim.speaker and not known.could_be(claim.speaker, own.zones, since - LOOSE, until + LOOSE):
        before, after = known.around(claim.speaker, since, until)
        shown = [one for one in (before, after) if one]
        words = f"Whoever says so had no time to be at {own.words}: {_told(known, shown, 'own')}"
        return Checked("contradicted", words, _ids(shown), _by(len(shown)))
    return found


def _there(known: Records, person: str, place: str, when: tuple[int, int], whose: str) -> Checked:
    spots = known.spots(place)
    if spots is None:
        return Checked("unchecked", "The place is not on the plans.", would="say which room or site is meant")
    if person not in known.estate.people:
        words = "Nobody of the house is named: no record bears their badge or user account."
        return Checked("unchecked", words, would=_would(known, spots, person, when))
    return _against(known, person, spots, when, whose) or _for(known, person, spots, when, whose)


def _against(known: Records, person: str, spots: Spots, when: tuple[int, int], whose: str) -> Checked | None:
    here, apart = _split(known, person, spots, when)
    if apart:
        return Checked("contradicted", _told(known, apart, whose), _ids(apart), _by(len(apart)), is_partly=bool(here))
    if not known.could_be(person, spots.zones, when[0] - LOOSE, when[1] + LOOSE):
        shown = [one for one in known.around(person, *when) if one]
        words = f"No time to walk to {spots.words}: {_told(known, shown, whose.lower())}"
        return Checked("contradicted", words, _ids(shown), _by(len(shown)))
    return None


def _for(known: Records, person: str, spots: Spots, when: tuple[int, int], whose: str) -> Checked:
    if stayed := _stayed(known, person, spots, when):
        return Checked("confirmed", _told(known, stayed, whose), _ids(stayed), _by(len(stayed)))
    here, _ = _split(known, person, spots, when)
    if here:
        words = _told(known, here, whose)
        return Checked("confirmed", words, _ids(here), _by(len(here)), is_partly=when[1] - when[0] > 2 * LOOSE)
    would = _would(known, spots, person, when)
    if known.entry_is_missing(person, spots.zones, *when):
        words = f"No reader on the way to {spots.words} recorded them, and all were up; somebody may have held a door."
        return Checked("contradicted", words, (), "by a missing record", would=would)
    near = _near(known, person, when)
    words = f"No record of them at {spots.words}" + (f"; {_told(known, near, whose.lower())}" if near else ".")
    return Checked("unchecked", words, _ids(near), would=would)


def _was_not_at(claim: Claim, known: Records, since: int, until: int) -> Checked:
    spots, person, when = known.spots(claim.place), claim.speaker, (since, until)
    if spots is None or person not in known.estate.people:
        words = "The place is not on the plans." if spots is None else "No record bears their badge or user account."
        return Checked("unchecked", words, would="say which room, and who else was there")
    here = [one for one in _near(known, person, when) if one.zones & spots.zones and _is_inside(one, when)]
    here = here or list(_stayed(known, person, spots, when))
    if here:
        return Checked("contradicted", _told(known, here, "Own"), _ids(here), _by(len(here)))
    if not known.could_be(person, spots.zones, since, until):
        shown = [one for one in known.around(person, since, until) if one]
        return Checked("confirmed", f"Elsewhere: {_told(known, shown, 'own')}", _ids(shown), _by(len(shown)))
    if known.entry_is_missing(person, spots.zones, since, until):
        words = f"No reader on the way to {spots.words} recorded them, and all were up; somebody may have held a door."
        return Checked("confirmed", words, (), "by a missing record", is_partly=True)
    return Checked("unchecked", f"No record shows them at {spots.words}, nor that they were elsewhere.",
                   would=_would(known, spots, person, when))  # fmt: skip


def _near(known: Records, person: str, when: tuple[int, int]) -> list[Trace]:
    return [
        one for one in known.traces(person) if when[0] - LOOSE - one.error <= one.time <= when[1] + LOOSE + one.error
    ]


def _is_inside(one: Trace, when: tuple[int, int]) -> bool:
    """Certainly within the time, whatever the clock's error."""
    return when[0] + one.error <= one.time <= when[1] - one.error


def _split(known: Records, person: str, spots: Spots, when: tuple[int, int]) -> tuple[list[Trace], list[Trace]]:
    """Records in the time that have the person there, and those that have them somewhere else."""
    near = _near(known, person, when)
    here = [one for one in near if one.zones & spots.zones and _counts(one, spots, when)]
    lower, upper = when[0] + LOOSE, when[1] - LOOSE
    apart = [one for one in near if not one.zones & spots.zones and lower + one.error < one.time < upper - one.error]
    return here, apart


def _counts(one: Trace, spots: Spots, when: tuple[int, int]) -> bool:
    """Whoever leaves as the time begins, or comes as it ends, was not there in it. A short time is taken as it is."""
    if not one.is_sighting or when[1] - when[0] <= 2 * LOOSE:
        return True
    if one.then not in spots.zones:
        return one.time >= when[0] + LOOSE
    return one.stood in spots.zones or one.time <= when[1] - LOOSE


def _stayed(known: Records, person: str, spots: Spots, when: tuple[int, int]) -> tuple[Trace, ...]:
    """The record of coming before and that of going after, where nothing lies between."""
    before, after = known.around(person, when[0] + LOOSE, when[1] - LOOSE)
    if before is None or after is None or before.time >= after.time:
        return ()
    others = [
        one for one in known.traces(person) if before.time < one.time < after.time and not one.zones & spots.zones
    ]
    return (before, after) if before.then in spots.zones and after.stood in spots.zones and not others else ()


def _lent(claim: Claim, known: Records, since: int, until: int) -> Checked:
    """Somebody else used it where its owner had no time to be; nobody did where whoever had it had none."""
    found = uses(known, claim.thing, since, until)
    if not found:
        return Checked("unchecked", "It was not used in that time.", would="ask whoever it was given to")
    owned = [use for use in found if use.owner and use.owner != claim.speaker]
    if owned and len(owned) == len(found):
        return Checked("contradicted", "By the register it was somebody else's then.", _used(owned), "by the register")
    rows = [use.row for use in found]
    strange = [use for use in found if use.zone and known.was_elsewhere(claim.speaker, use.zone, use.row, rows)]
    if strange:
        words = f"{_told_uses(known, strange)}, where its owner had no time to be"
        return Checked("confirmed", words, _used(strange), _by(len(strange)), is_partly=bool(claim.about))
    if claim.about and all(use.zone and known.was_elsewhere(claim.about, use.zone, use.row) for use in found):
        words = f"{_told_uses(known, found)}: whoever is said to have had it had no time to be there"
        return Checked("contradicted", words, _used(found), _by(len(found)))
    return Checked("unchecked", f"{_told_uses(known, found)}: no record tells whose hand it was.",
                   would=f"ask person:{claim.about}" if claim.about else "ask to whom it was given")  # fmt: skip


def _did(claim: Claim, known: Records, since: int, until: int) -> Checked:
    found = _own_uses(claim, known, since - LOOSE, until + LOOSE)
    if found:
        return Checked("confirmed", _told_uses(known, found), _used(found), _by(len(found)))
    if claim.thing.startswith("host:") and known.is_up(claim.thing, since, until):
        return Checked("contradicted", "The machine was up and recorded no use of theirs.", (), "by a missing record")
    return Checked("unchecked", "No record of it, and the machine is not known to have been up.", would=_IMAGE)


def _did_not(claim: Claim, known: Records, since: int, until: int) -> Checked:
    found = [use for use in _own_uses(claim, known, since, until) if since <= use.time <= until]
    if found:
        words = f"{_told_uses(known, found)}; it names the user account, not the hand"
        return Checked("contradicted", words, _used(found), _by(len(found)))
    if claim.thing.startswith("host:") and known.is_up(claim.thing, since, until):
        words = "The machine was up and recorded no use of theirs."
        return Checked("confirmed", words, (), "by a missing record", is_partly=True)
    return Checked("unchecked", "No record of it, and the machine is not known to have been up.", would=_IMAGE)


_IMAGE: Final = "an image of the machine: typed input, sessions, disks that were connected"


def _own_uses(claim: Claim, known: Records, since: int, until: int) -> list[Use]:
    """Of a machine those by the speaker's user account; of a user account all."""
    found = uses(known, claim.thing, since, until)
    is_account = split_reference(claim.thing)[0] == "user"
    return [use for use in found if is_account or use.owner == claim.speaker]


_CHECKS: Final[Mapping[str, Callable[[Claim, Records, int, int], Checked]]] = {
    "was_at": _was_at, "was_not_at": _was_not_at, "saw": _saw, "lent": _lent, "did": _did, "did_not": _did_not,
}  # fmt: skip


def _told(known: Records, traces: Sequence[Trace], whose: str) -> str:
    """``Own badge into Lab 2.14, Mon 21:04:52 ± 10 s``."""
    shown = [
        f"{whose if n == 0 else whose.lower()} {one.words}, {known.clock(one.time, one.zones)} ± {_error(one.error)}"
        for n, one in enumerate(traces[:_SHOWN])
    ]
    return "; ".join(shown) + _more(len(traces))


def _told_uses(known: Records, found: Sequence[Use]) -> str:
    shown = [f"{one.words}, {known.clock(one.time, (one.zone,))} ± {_error(one.error)}" for one in found[:_SHOWN]]
    return "; ".join(shown) + _more(len(found))


def _more(count: int) -> str:
    return f"; and {count - _SHOWN} more" if count > _SHOWN else ""


def _error(error: int) -> str:
    return f"{error // SECOND} s"


def _ids(traces: Iterable[Trace]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.id for one in traces))[:20]


def _used(found: Iterable[Use]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.id for one in found))[:20]


def _by(count: int) -> str:
    return f"by {('no', 'one', 'two', 'three', 'four', 'five', 'six')[count] if count < 7 else count} record" + (
        "" if count == 1 else "s"
    )


def _would(known: Records, spots: Spots, person: str, when: tuple[int, int]) -> str:
    """Cameras there, and who else the doors had there then."""
    if spots.is_outside:
        return "somebody who was with them, a ticket, a till’s slip"
    cameras = sorted(
        one.name or split_reference(one.reference)[1]
        for one in known.estate.devices.values()
        if one.reference.startswith("camera:") and one.zone in spots.zones
    )
    others = _others(known, spots, person, when)
    ways = [f"the pictures of {', '.join(cameras[:2])}"] if cameras else []
    if others:
        more = f" and {len(others) - 1} more who were there" if others[1:] else ", who was there"
        ways.append(f"ask person:{others[0]}{more}")
    return "; ".join(ways) or "somebody who was there"


def _others(known: Records, spots: Spots, person: str, when: tuple[int, int]) -> list[str]:
    found: dict[str, None] = {}
    for zone in sorted(spots.zones):
        for row in known.log.rows("zone", zone, when[0] - LOOSE, when[1] + LOOSE):
            other = known.log.name("person", int(row))
            if other and other != person:
                found.setdefault(other)
    return list(found)


__all__ = ["KINDS", "LOOSE", "OUTSIDE", "VERDICTS", "Checked", "Claim", "Records", "check", "records"]
