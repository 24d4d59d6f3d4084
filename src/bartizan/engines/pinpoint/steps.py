"""The slice told in order: repeats of one thing become one step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bartizan.engines.context import Estate
from bartizan.engines.pinpoint.graph import Member, Slice
from bartizan.engines.pinpoint.model import Entry, Step
from bartizan.engines.pinpoint.record import Record
from bartizan.engines.pinpoint.units import MINUTE, SECOND
from bartizan.engines.pinpoint.words import ago, repeated

_TOGETHER: Final = 15 * MINUTE
_DOOR_MOVES: Final = frozenset({"door.opened", "door.closed"})
_ENTRIES: Final = frozenset({"door.granted", "door.forced", "door.tailgate"})


def told(cut: Slice, effects: frozenset[str]) -> tuple[Step, ...]:
    groups: list[list[Member]] = []
    open_groups: dict[tuple[str, ...], list[Member]] = {}
    for member in cut.members:
        key = _thing(member.record)
        group = open_groups.get(key) or _its_door(member, groups)
        if group is not None and member.record.time - group[-1].record.time <= _TOGETHER:
            group.append(member)
        else:
            fresh = [member]
            groups.append(fresh)
            open_groups[key] = fresh
    return tuple(_step(number, group, effects) for number, group in enumerate(groups, 1))


def _its_door(member: Member, groups: Sequence[list[Member]]) -> list[Member] | None:
    """The step of the badge that opened the door which this record reports to move."""
    if member.record.kind not in _DOOR_MOVES or member.through is None:
        return None
    return next((group for group in groups if any(m.record.id == member.through.id for m in group)), None)


def _thing(record: Record) -> tuple[str, ...]:
    """What makes two records repeats of each other."""
    if record.kind == "login.failure" and record.remote:
        return record.kind, record.remote
    return record.kind, record.actor, record.host or record.portal or record.zone


def _step(number: int, group: Sequence[Member], effects: frozenset[str]) -> Step:
    first, last = group[0].record, group[-1].record
    strongest = max(group, key=lambda member: member.weight)
    return Step(
        number=number,
        time=first.time,
        until=last.time,
        events=tuple(member.record.id for member in group),
        count=len(group),
        kind=first.kind,
        domain=first.domain,
        sentence=repeated([member.record for member in group if member.record.kind == first.kind]),
        why=_why(strongest),
        is_certain=any(member.is_certain for member in group),
        weight=round(strongest.weight, 3),
        is_effect=any(member.record.id in effects for member in group),
        zone=first.zone,
        portal=first.portal,
        host=first.host,
    )


def _why(member: Member) -> str:
    if member.through is None:
        return member.why
    gap = member.through.time - member.record.time
    return f"{member.why}, {ago(abs(gap) // SECOND)} {'before' if gap >= 0 else 'after'}"


def entry(cut: Slice, estate: Estate) -> Entry | None:
    """Where the sequence meets the outside: a door from the street, an address elsewhere; failing these the first door
    that opened; else nothing."""
    first_door = None
    for member in cut.members:
        record = member.record
        if member.is_proof:
            continue
        reference = _outside(record, estate)
        if reference:
            return Entry(reference, record.sentence, record.time, (record.id,))
        if first_door is None and record.kind in _ENTRIES and not record.is_leaving:
            first_door = Entry(f"portal:{record.portal}", record.sentence, record.time, (record.id,))
    return first_door


def _outside(record: Record, estate: Estate) -> str:
    if record.facts.get("origin_outside"):
        return f"ip:{record.remote}"
    portal = estate.portals.get(record.portal)
    outer = estate.zones.get(portal.outer) if portal else None
    is_in = record.kind in _ENTRIES and not record.is_leaving
    return f"portal:{record.portal}" if outer and outer.is_outside and is_in else ""
