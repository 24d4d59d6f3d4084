"""Links by where somebody was in the body: sensors, doors and the badges in a room."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bartizan.engines.pinpoint.index import BADGED, BY_HAND, Index, Link, Span, decay
from bartizan.engines.pinpoint.record import Record
from bartizan.engines.pinpoint.units import HOUR, MINUTE, SECOND

_TOLERANCE: Final = 20 * SECOND
_DOOR_MOVES: Final = frozenset({"door.opened", "door.closed"})
_SENSED: Final = frozenset(
    {"alarm.motion", "alarm.triggered", "alarm.opened", "alarm.tamper", "camera.motion", "camera.person",
     "camera.entered", "camera.crossed", "camera.covered", "camera.moved", "camera.frozen", "door.forced", "door.held",
     "door.tailgate"}
)  # fmt: skip
# A sensor that tells of a deed rather than of somebody passing: it leads further.
_DEEDS: Final = frozenset({"camera.covered", "door.forced", "alarm.triggered", "alarm.tamper"})
_IN_ROOM_FOR: Final = 8 * HOUR


class Rooms:
    def __init__(self, index: Index) -> None:
        self._index = index
        self._near: dict[str, set[str]] = {}
        for portal in index.estate.portals.values():
            self._near.setdefault(portal.outer, set()).add(portal.inner)
            self._near.setdefault(portal.inner, set()).add(portal.outer)

    def sensed(self, record: Record, span: Span) -> Iterator[Link]:
        """What sensors saw in the same zone, or one door away within the time that the walk takes."""
        if not record.zone or not self._is_bodily(record) or record.facts.get("login_way") == "remote":
            return
        for zone in (record.zone, *sorted(self._near.get(record.zone, ()))):
            is_here = zone == record.zone
            for other in self._index.sharing(f"zone:{zone}", span):
                if other.kind not in _SENSED or other.actor or not (is_here or self._in_walk(other, record)):
                    continue
                is_deed = other.kind in _DEEDS
                strength = decay("room" if is_here and is_deed else "sensor", record, other)
                strength *= self._index.calm(other, f"zone:{zone}", record) * (0.9 if is_here else 0.7)
                why = "in the same zone" if is_here else "one door away"
                yield Link(other, strength, why, is_certain=False, is_end=not is_deed)

    def moved_door(self, record: Record, span: Span) -> Iterator[Link]:
        """The door that a badge opened is reported to open and to close."""
        if record.kind not in ("door.granted", "door.exit") or not span.is_forward:
            return
        for other in self._index.sharing(f"portal:{record.portal}", span):
            if other.time - record.time > 10 * SECOND or other.kind == "door.granted":
                return  # from here on the door moves for somebody else
            if other.kind in _DOOR_MOVES and not other.actor:
                yield Link(other, 0.97, "same door", is_certain=True, is_end=True)

    def went_out(self, record: Record, span: Span) -> Iterator[Link]:
        """The first nameless opening from inside after something was done in the room."""
        if record.kind not in BY_HAND or not span.is_forward or not self._is_bodily(record):
            return
        inner = [p.code for p in self._index.estate.portals.values() if p.inner == record.zone]
        exits = [
            other
            for code in sorted(inner)
            for other in self._index.sharing(f"portal:{code}", span)
            if other.kind == "door.exit" and not other.actor
        ]
        if exits:
            first = min(exits, key=lambda other: (other.time, other.id))
            strength = 0.9 * decay("room", record, first) * self._index.calm(first, f"portal:{first.portal}", record)
            yield Link(first, strength, "somebody left the room", is_certain=False, is_end=True)

    def who_was_in(self, record: Record, span: Span) -> Iterator[Link]:
        """The badges that were in the zone when something was done there by hand, shared among all of them."""
        if record.kind not in BY_HAND or not record.zone or not self._is_bodily(record) or self._is_explained(record):
            return
        inside: dict[str, Record] = {}
        for other in self._index.sharing(f"zone:{record.zone}", span):
            if other.kind == "door.granted" and other.actor and record.time - other.time <= _IN_ROOM_FOR:
                inside[other.actor] = other
        inside = {actor: entry for actor, entry in inside.items() if self._still_in(actor, entry, record)}
        remote = 0.6 if record.facts.get("login_way") == "remote" else 0.95
        yield from _shared(inside, remote, "the only badge in the room", "a badge in the room")

    def at_door(self, record: Record, span: Span) -> Iterator[Link]:
        """Badges shown within ten minutes before at the door that was forced, or into the zone where something
        tripped."""
        if record.kind not in _DEEDS | {"door.held"} or record.actor or not record.zone:
            return
        shown: dict[str, Record] = {}
        for other in self._index.sharing(f"zone:{record.zone}", span):
            if other.kind in BADGED and other.actor and record.time - other.time <= 10 * MINUTE:
                shown[other.actor] = other
        yield from _shared(shown, 0.95, "the only badge shown there", "a badge shown there")

    def _still_in(self, actor: str, entry: Record, record: Record) -> bool:
        later = [o for o in self._index.all(actor) if entry.time < o.time <= record.time and o.kind in BADGED]
        return not entry.is_leaving and not any(o.zone != entry.zone or o.is_leaving for o in later)

    def _is_explained(self, record: Record) -> bool:
        """Its own person was on record in the room: nobody else is needed there."""
        if record.is_elsewhere or not record.person:
            return False
        people = self._index.all(f"person:{record.person}")
        seen = [other for other in people if other.kind in BADGED and other.time <= record.time]
        return bool(seen) and seen[-1].zone == record.zone and not seen[-1].is_leaving

    def _is_bodily(self, record: Record) -> bool:
        """Somebody had to be there for it: not for a login from outside, nor for files of a server."""
        if record.facts.get("origin_outside") or record.domain == "network":
            return False
        host = self._index.estate.hosts.get(record.host)
        if record.domain == "document" and (host is None or host.kind != "workstation"):
            return False
        return record.domain != "login" or record.kind in BY_HAND

    def _in_walk(self, other: Record, record: Record) -> bool:
        need = self._index.ways.seconds(other.zone, record.zone)
        gap = abs(record.time - other.time)
        return need is not None and need * SECOND <= gap + _TOLERANCE and gap <= need * SECOND + 2 * MINUTE


def _shared(by_actor: dict[str, Record], strength: float, only: str, among: str) -> Iterator[Link]:
    """One cause is enough: the candidates share the strength, odd ones taking ten times as much."""
    weights = {actor: 10.0 if entry.is_odd else 1.0 for actor, entry in by_actor.items()}
    total = sum(weights.values())
    for actor in sorted(by_actor):
        words = only if len(by_actor) == 1 else f"{among}, one of {len(by_actor)}"
        yield Link(by_actor[actor], strength * weights[actor] / total, words, is_certain=False)
