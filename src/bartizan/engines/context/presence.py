"""Where each person was last certainly seen: by a badge or a biometric at a door, never by a login."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, NamedTuple

from bartizan.engines.context.ways import Ways

SECOND = 1_000_000
# Door controllers and servers keep time to a few seconds; each may be off by ten before anything is called impossible.
CLOCK_TOLERANCE = 20.0


class Sighting(NamedTuple):
    """Somebody stood in ``stood`` at ``time`` (µs) and from then on was in ``zone``."""

    time: int
    zone: str
    stood: str
    event: str = ""


class Presence:
    """The last sightings of each person, newest last. Bounded: the longest unseen person is forgotten first."""

    def __init__(self, *, people: int = 50_000, each: int = 16) -> None:
        self._people = people
        self._each = each
        self._seen: dict[str, list[Sighting]] = {}
        self._entered: dict[str, int] = {}
        self.forgotten = 0

    def around(self, person: str, time: int) -> tuple[Sighting | None, Sighting | None]:
        """The last sighting at or before ``time``, and the first after it."""
        seen = self._seen.get(person)
        if not seen:
            return None, None
        if seen[-1].time <= time:
            return seen[-1], None
        after = bisect_right(seen, time, key=_time)
        return (seen[after - 1] if after else None), seen[after]

    def saw(self, person: str, sighting: Sighting) -> None:
        """Remember a sighting at its own time, so that a late one does not move anybody backwards."""
        seen = self._seen.pop(person, None) or []
        self._seen[person] = seen  # popped and set again: dictionaries keep order, the longest unseen comes first
        seen.insert(bisect_right(seen, sighting.time, key=_time), sighting)
        if len(seen) > self._each:
            del seen[0]
        if len(self._seen) > self._people:
            del self._seen[next(iter(self._seen))]
            self.forgotten += 1

    def times_seen(self, person: str) -> int:
        """How often, up to as many sightings as are kept."""
        return len(self._seen.get(person, ()))

    def entered(self, zone: str, time: int) -> None:
        """Somebody whose badge is in order went into ``zone``."""
        self._entered[zone] = max(time, self._entered.get(zone, 0))

    def seconds_since_entry(self, zone: str, time: int) -> int | None:
        """How long before ``time`` the zone was last entered with a badge in order; 0 for an entry that came later."""
        entered = self._entered.get(zone)
        return None if entered is None else max(0, (time - entered) // SECOND)

    def state(self) -> dict[str, Any]:
        return {
            "seen": {person: [list(s) for s in seen] for person, seen in self._seen.items()},
            "entered": self._entered,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Raises KeyError, TypeError or ValueError for a state that is none."""
        self._seen = {str(person): [_sighting(*row) for row in rows] for person, rows in state["seen"].items()}
        self._entered = {str(zone): int(time) for zone, time in state["entered"].items()}


def _sighting(time: int, zone: str, stood: str, event: str) -> Sighting:
    return Sighting(int(time), str(zone), str(stood), str(event))


def _time(sighting: Sighting) -> int:
    return sighting.time


def shortfall(ways: Ways, before: Sighting | None, after: Sighting | None, here: Sighting) -> float | None:
    """Seconds that are missing to have walked from the sighting before, and on to the one after; negative when
    there is time to spare, nothing when no way is known (space-time prism, Hägerstrand 1970).
    """
    missing = [
        need - (later.time - earlier.time) / SECOND
        for earlier, later in ((before, here), (here, after))
        if earlier and later and (need := _least(ways, earlier, later)) is not None
    ]
    return max(missing) if missing else None


def _least(ways: Ways, earlier: Sighting, later: Sighting) -> float | None:
    """Whoever has a door opened may stay in front of it: the nearer of both sides counts."""
    known = [ways.seconds(zone, later.stood) for zone in (earlier.zone, earlier.stood)]
    return min((seconds for seconds in known if seconds is not None), default=None)
