"""Where each person can have been: certain sightings and the time that it takes to walk (space-time prism)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from bartizan.engines.context import Estate, Ways
from bartizan.engines.pinpoint.units import DAY, HOUR, SECOND
from bartizan.engines.pinpoint.who.log import Ints, Log, walks

Floats = npt.NDArray[np.float64]

STATES: Final = ("there", "close", "near", "away", "elsewhere")
"""``there``: on record in the zone, or in one from which no reader leads to it. ``close``: seen within minutes of the
walk from it, past a reader that read nothing. ``near``: in the building, and could walk there. ``away``: nothing shows
them in the building. ``elsewhere``: their records leave no time to walk there and back."""
THERE, CLOSE, NEAR, AWAY, ELSEWHERE = range(5)
_MINUTES: Final = 180.0
"""Seconds beyond the walk within which a sighting counts as close."""
_SAME_CLOCK: Final = 2 * SECOND
"""What one source's stamps are wrong by against each other."""
_SEEN: Final = ("door.granted", "door.exit", "biometric.accepted")
_WAY: Final = HOUR
"""How far from a break in somebody's way its reads may be another's."""
_STAY: Final = 10 * HOUR
"""Nobody is taken to be still inside this long after the last sign of life."""
_PRIOR: Final = 5.0
"""Windows that everybody's average counts for beside the person's own."""


class Moment(Protocol):
    """When something was, by which source's clock, in µs."""

    @property
    def time(self) -> int: ...
    @property
    def error(self) -> int: ...
    @property
    def source(self) -> int: ...


class Then(NamedTuple):
    time: int
    error: int
    source: int


@dataclass(frozen=True, slots=True)
class Sightings:
    """Certain sightings of all people in one array each, by person and then by time."""

    person: Ints
    time: Ints
    zone: Ints
    """Where they were from then on."""
    stood: Ints
    """Where they stood at that moment."""
    error: Ints
    row: Ints
    source: Ints
    short: Floats
    """Seconds that are missing to have walked there from the sighting before; 0 or less when there was time."""


class Alibis:
    """Answers for everybody at once whether they can have been in a zone at a time."""

    def __init__(self, log: Log, estate: Estate, people: Sequence[str]) -> None:
        self.people = list(people)
        self._log = log
        self._walk = walks(estate, log)
        self._outside = _outside(estate, log)
        self._free = _free(estate, log)
        self.seen = self._sightings(estate)
        self._base = int(log.time[0]) - DAY if len(log) else 0
        self._span = (int(log.time[-1]) - self._base + 40 * DAY) if len(log) else DAY
        self._keys = self.seen.person * self._span + (self.seen.time - self._base)

    def _sightings(self, estate: Estate) -> Sightings:
        log, number = self._log, {code: n for n, code in enumerate(self.people)}
        kinds = [log.names["kind"].of(kind) for kind in _SEEN]
        columns = log.columns
        rows = np.flatnonzero(np.isin(columns["kind"], kinds) & (columns["sure"] == 1) & (columns["zone"] > 0))
        owners = np.array([number.get(name, -1) for name in log.names["person"].known], dtype=np.int64)
        person = owners[columns["person"][rows]]
        rows, person = rows[person >= 0], person[person >= 0]
        order = np.lexsort((log.time[rows], person))
        rows, person = rows[order], person[order]
        stood = _stood(estate, log)[columns["portal"][rows], columns["leaving"][rows]]
        stood = np.where(stood > 0, stood, columns["zone"][rows])
        time, zone, error, source = (log.time[rows], *(columns[name][rows] for name in ("zone", "error", "clock")))
        short = np.zeros(len(rows))
        same = np.flatnonzero(np.diff(person) == 0)
        need = np.fmin(self._walk[zone[same], stood[same + 1]], self._walk[stood[same], stood[same + 1]])
        doubt = np.where(source[same] == source[same + 1], _SAME_CLOCK, error[same] + error[same + 1])
        slack = (time[same + 1] - time[same] + doubt) / SECOND
        short[same + 1] = np.nan_to_num(need - slack, nan=0.0)
        return Sightings(person, time, zone, stood, error, rows, source, short)

    def broken(self) -> Mapping[int, Sequence[int]]:
        """The rows of reads on a way that does not join the same person's way before or after, each with the rows of
        that way: between the two a reader must have been passed that read nothing, or somebody else has the badge.

        A way is what reads join to; of a long one the first hour after a break counts, and the last before one.
        """
        seen, log = self.seen, self._log
        kinds = [log.names["kind"].of(kind) for kind in ("door.granted", "door.exit")]
        read = np.flatnonzero(np.isin(log.columns["kind"][seen.row], kinds))
        first, second, time = read[:-1], read[1:], seen.time[read]
        same = seen.person[first] == seen.person[second]
        is_late = seen.time[second] - seen.time[first] > _STAY
        is_apart = same & ~self._free[seen.zone[first], seen.stood[second]] & ~is_late
        starts = np.concatenate([[0], np.flatnonzero(~same | is_late | is_apart) + 1, [len(read)]])
        found: dict[int, Sequence[int]] = {}
        for start, end in pairwise(starts.tolist()):
            follows, leads = start > 0 and is_apart[start - 1], end < len(read) and is_apart[end - 1]
            if follows or leads:
                near = (follows & (time[start:end] - time[start] <= _WAY)) | (
                    leads & (time[end - 1] - time[start:end] <= _WAY)
                )
                rows = seen.row[read[start:end][near]].tolist()
                found |= dict.fromkeys(rows, rows)
        return found

    def states(self, zone: int, moment: Moment, without: Sequence[int] = ()) -> Ints:
        """One of :data:`STATES` for each person: what the records say of being in ``zone`` at ``moment``.

        Sightings on the rows ``without`` are not counted: those of a badge that somebody else may have used.
        """
        if not len(self.seen.time):
            return np.full(len(self.people), AWAY)
        return self._judged(zone, moment, *self._sides(moment, without))

    def read_in(self, zone: int, moment: Moment, without: Sequence[int] = ()) -> npt.NDArray[np.bool_]:
        """Whose last certain sighting by ``moment`` is a read of the own badge into ``zone`` itself."""
        seen, everybody = self.seen, np.arange(len(self.people))
        if not len(seen.time):
            return np.zeros(len(self.people), dtype=bool)
        before, _ = self._sides(moment, without)
        b = before.clip(0)
        is_recent = moment.time - seen.time[b] < _STAY
        return np.asarray((before >= 0) & (seen.person[b] == everybody) & (seen.zone[b] == zone) & is_recent)

    def _sides(self, moment: Moment, without: Sequence[int]) -> tuple[Ints, Ints]:
        """For each person the last sighting by ``moment`` and the first after it."""
        seen = self.seen
        keys = np.arange(len(self.people)) * self._span + (moment.time - self._base)
        after = np.searchsorted(self._keys, keys, "right")
        before, last = after - 1, len(seen.row) - 1
        for _ in without:
            before = np.where(np.isin(seen.row[before.clip(0)], without) & (before >= 0), before - 1, before)
            after = np.where((after <= last) & np.isin(seen.row[after.clip(max=last)], without), after + 1, after)
        return before, after

    def _judged(self, zone: int, moment: Moment, before: Ints, after: Ints) -> Ints:
        seen, everybody = self.seen, np.arange(len(self.people))
        b, a = before.clip(0), after.clip(max=len(seen.time) - 1)
        has_before = (before >= 0) & (seen.person[b] == everybody)
        has_after = (after < len(seen.time)) & (seen.person[a] == everybody)
        since, ahead = (moment.time - seen.time[b]) / SECOND, (seen.time[a] - moment.time) / SECOND
        doubt_b, doubt_a = self._doubt(moment, b), self._doubt(moment, a)
        walk_here = np.nan_to_num(np.fmin(self._walk[seen.zone[b], zone], self._walk[seen.stood[b], zone]), nan=0.0)
        walk_on = np.nan_to_num(self._walk[zone, seen.stood[a]], nan=0.0)
        is_apart = (has_before & (since + doubt_b < walk_here)) | (has_after & (ahead + doubt_a < walk_on))
        is_in = has_before & (since * SECOND < _STAY) & ~self._outside[seen.zone[b]]
        # Of two entries in a row from outside, the first stay ended somewhere between: the nearer half is kept.
        is_in &= ~(has_after & self._outside[seen.stood[a]]) | (since < ahead)
        just = has_before & (since < walk_here + _MINUTES + doubt_b / 2)
        soon = has_after & (ahead < walk_on + _MINUTES + doubt_a / 2)
        state = np.where(just | soon, CLOSE, np.where(is_in, NEAR, AWAY))
        state = np.where(is_in & self._free[seen.zone[b], zone], THERE, state)
        return np.where(is_apart, ELSEWHERE, state)

    def _doubt(self, moment: Moment, sighting: Ints) -> Floats:
        """Seconds by which the two clocks may disagree; one source's stamps agree with each other."""
        apart = moment.error + self.seen.error[sighting]
        return np.where(self.seen.source[sighting] == moment.source, _SAME_CLOCK, apart) / SECOND

    def around(self, person: str, time: int) -> tuple[int, int]:
        """The rows of the last certain sighting at or before ``time`` and of the first after it; -1 for none."""
        number, seen = self.people.index(person), self.seen
        after = int(np.searchsorted(self._keys, number * self._span + (time - self._base), "right"))
        has_before = after > 0 and seen.person[after - 1] == number
        has_after = after < len(seen.row) and seen.person[after] == number
        return int(seen.row[after - 1]) if has_before else -1, int(seen.row[after]) if has_after else -1

    def usual(self, zone: int, moment: Moment, skip: Sequence[tuple[int, int]]) -> Floats:
        """How often each person was in each of the states at the same hour of other days (people × states, shares that
        add to one). Days within ``skip`` (from, to in µs) are not counted. Working
        days are compared with working days. Everybody's average counts for five days beside the person's own.
        """
        counts = np.zeros((len(self.people), len(STATES)))
        everybody, days = np.arange(len(self.people)), 0
        is_free = is_weekend(moment.time)
        for shift in range(-21, 22):
            other = Then(moment.time + shift * DAY, moment.error, moment.source)
            if not shift or is_weekend(other.time) != is_free or not self._is_covered(other.time, skip):
                continue
            counts[everybody, self.states(zone, other)] += 1
            days += 1
        average = (counts.sum(axis=0) + 0.5) / (counts.sum() + 0.5 * len(STATES))
        return np.asarray((counts + _PRIOR * average) / (days + _PRIOR))

    def _is_covered(self, moment: int, skip: Sequence[tuple[int, int]]) -> bool:
        times = self._log.time
        is_inside = bool(len(times)) and times[0] <= moment <= times[-1]
        return is_inside and not any(since <= moment <= until for since, until in skip)


def is_weekend(us: int) -> bool:
    return (us // DAY + 3) % 7 >= 5  # 1 January 1970 was a Thursday


def _outside(estate: Estate, log: Log) -> npt.NDArray[np.bool_]:
    zones = [estate.zones.get(name) for name in log.names["zone"].known]
    return np.array([zone is not None and zone.is_outside for zone in zones])


def _free(estate: Estate, log: Log) -> npt.NDArray[np.bool_]:
    """From which zone to which no reader must be passed."""
    ways, zones = Ways(estate), list(log.names["zone"].known)
    granted, entering = log.names["kind"].of("door.granted"), log.columns["leaving"] == 0
    for portal in np.unique(log.columns["portal"][(log.columns["kind"] == granted) & entering]):
        ways.learn_reader(log.names["portal"][int(portal)])
    table = np.zeros((len(zones), len(zones)), dtype=bool)
    for a, here in enumerate(zones):
        for b, there in enumerate(zones):
            table[a, b] = a == b or (bool(a and b) and not ways.needs_reader(here, there))
    return table


def _stood(estate: Estate, log: Log) -> Ints:
    """The zone in which somebody stands who has a portal opened: by portal, then by whether they leave."""
    table = np.zeros((len(log.names["portal"].known), 2), dtype=np.int64)
    for n, name in enumerate(log.names["portal"].known):
        portal = estate.portals.get(name)
        if portal is not None:
            table[n] = max(log.names["zone"].of(portal.outer), 0), max(log.names["zone"].of(portal.inner), 0)
    return table
