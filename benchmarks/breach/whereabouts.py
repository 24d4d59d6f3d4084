"""Where everybody truly is, all the time: days of coming, working, meeting, eating and going home."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from bartizan.engines.observe import microseconds
from benchmarks.breach.organisation import Organisation
from benchmarks.breach.rates import Rates, drawn
from benchmarks.breach.staff import Member

RANGES: Final = {
    "sick": (0.01, 0.05), "holiday": (0.02, 0.12), "lunch": (0.55, 0.95), "lunch_outside": (0.1, 0.6),
    "breaks": (0.4, 2.2), "meetings": (0.2, 1.1), "visits": (0.4, 1.6), "works_late": (0.01, 0.07),
    "weekend_visit": (0.0, 0.02), "other_site": (0.0, 0.02), "forgets_badge": (0.002, 0.012), "calls_on": (0.1, 0.5),
    "patrol_rooms": (5, 14),
}  # fmt: skip
SHARED: Final = ("kitchen", "meeting", "office", "corridor")
SECOND: Final = 1_000_000
HOUR: Final = 3600 * SECOND
OWN: Final = "own"


class Stay(NamedTuple):
    """From ``since`` on in ``room``, having come there with that badge."""

    since: int
    room: str
    badge: str = OWN
    """:data:`OWN`, or the reference of another badge, such as a visitor's when the own was forgotten."""
    act: int = 0
    """Number of the act of the breach that this walk belongs to; 0 for ordinary life."""


@dataclass(slots=True)
class Whereabouts:
    organisation: Organisation
    first: date
    days: int
    rates: Rates
    midnights: dict[str, list[int]]
    """By site, the beginning of each day on its clock."""
    lives: list[list[Stay]] = field(default_factory=list)
    """By a member's index, the stays in their order."""
    at_home: list[list[int]] = field(default_factory=list)
    """By a member's index, the numbers of the days worked from home."""
    away: list[set[int]] = field(default_factory=list)
    """By a member's index, days of sickness and holiday."""
    daily_badges: dict[tuple[int, int], str] = field(default_factory=dict)

    def room(self, member: Member, at: int) -> str:
        stays = self.lives[member.index]
        return stays[max(0, bisect_right(stays, at, key=_since) - 1)].room

    def next_change(self, member: Member, at: int) -> int:
        stays = self.lives[member.index]
        number = bisect_right(stays, at, key=_since)
        return stays[number].since if number < len(stays) else 1 << 62

    def local_hour(self, site: str, at: int) -> float:
        begins = self.midnights[site]
        return (at - begins[max(0, bisect_right(begins, at) - 1)]) / HOUR

    def visit(self, member: Member, at: int, until: int, room: str, *, badge: str = OWN, act: int = 0) -> None:
        """Goes to ``room`` for that time, and then where life goes on."""
        stays = self.lives[member.index]
        low = bisect_right(stays, at, key=_since)
        high = bisect_right(stays, until, key=_since)
        back = Stay(until, stays[high - 1].room, badge, act)
        stays[low:high] = [Stay(at, room, badge, act), back]


def _since(stay: Stay) -> int:
    return stay.since


def live(rng: Random, organisation: Organisation, first: date, days: int) -> Whereabouts:
    midnights = {
        code: [_midnight(first + timedelta(days=n), ground.timezone) for n in range(days + 2)]
        for code, ground in organisation.premises.sites.items()
    }
    found = Whereabouts(organisation, first, days, drawn(rng, RANGES), midnights)
    daily = _Days(rng, found)
    for member in organisation.staff.members:
        found.lives.append([Stay(midnights[member.site][0] - 12 * HOUR, organisation.premises.street(member.home))])
        found.at_home.append([])
        found.away.append(_away(rng, found, member))
        for number in range(days):
            daily.day(member, number)
    return found


def _midnight(day: date, timezone: str) -> int:
    return microseconds(datetime.combine(day, time(), ZoneInfo(timezone)))


def _away(rng: Random, found: Whereabouts, member: Member) -> set[int]:
    rates, away = found.rates, set()
    if rng.random() < rates["holiday"] * 2:
        begin = rng.randrange(-4, found.days)
        away |= set(range(begin, begin + rng.randint(2, 10)))
    for number in range(found.days):
        if rng.random() < rates["sick"] / 2:
            away |= {number, number + rng.randint(0, 2)}
    return away


class _Days:
    """Writes one person's day after the other."""

    def __init__(self, rng: Random, found: Whereabouts) -> None:
        self.rng = rng
        self.found = found
        self.rates = found.rates
        self.premises = found.organisation.premises
        self.near = _near(found.organisation)
        self.pools = {
            site: {use: [room.code for room in self.premises.of_use(use, site=site)] for use in SHARED}
            for site in self.premises.sites
        }  # fmt: skip

    def day(self, member: Member, number: int) -> None:
        rng, weekday = self.rng, (self.found.first + timedelta(days=number)).weekday()
        if member.left_on or number in self.found.away[member.index]:
            return
        if weekday not in member.weekdays:
            if rng.random() < self.rates["weekend_visit"] and member.work == "office":
                self._weekend(member, number)
            return
        if member.at_home and rng.random() < member.at_home:
            self.found.at_home[member.index].append(number)
            return
        arrive, leave = member.arrive + rng.gauss(0, member.spread), member.leave + rng.gauss(0, member.spread)
        if member.work in ("office", "contractor") and rng.random() < self.rates["works_late"]:
            leave += rng.uniform(1.2, 4.5)
        if self.near[member.site] and member.host and rng.random() < self.rates["other_site"]:
            self._elsewhere(member, number, arrive, leave)
            return
        if member.work == "guard":
            outings = self._patrol(member, arrive, leave)
        elif member.work == "cleaner":
            outings = self._round(member, arrive, leave)
        else:
            outings = self._outings(member, arrive, leave)
        self._write(member, number, arrive, max(leave, arrive + 1.5), outings)

    def _outings(self, member: Member, arrive: float, leave: float) -> list[tuple[float, float, str]]:
        """(begin, length, room) in hours of the day, in no order; some will fall to others that they overlap."""
        rng, rates, pools = self.rng, self.rates, self.pools[member.site]
        street = self.premises.street(member.home)
        found: list[tuple[float, float, str]] = []
        if rng.random() < rates["lunch"]:
            outside = rng.random() < rates["lunch_outside"]
            begin = arrive + 3.6 + rng.gauss(0, 0.35) if member.work == "shift" else 12.3 + rng.gauss(0, 0.35)
            found.append((begin, rng.uniform(0.25, 0.9), street if outside else rng.choice(pools["kitchen"])))
        span = max(1.0, leave - arrive - 0.8)
        plans = [(rates["breaks"], 0.07, 0.2, pools["kitchen"]), (rates["meetings"], 0.4, 1.4, pools["meeting"]),
                 (rates["calls_on"], 0.05, 0.4, pools["office"]),
                 (rates["visits"] if member.visits else 0, 0.3, 2.5, member.visits)]  # fmt: skip
        for mean, shortest, longest, rooms in plans:
            draw = rng.random() * 2 * mean
            for _ in range(int(draw) + (rng.random() < draw % 1)):
                found.append((arrive + 0.3 + rng.random() * span, rng.uniform(shortest, longest), rng.choice(rooms)))  # noqa: PERF401
        return found

    def _patrol(self, member: Member, arrive: float, leave: float) -> list[tuple[float, float, str]]:
        rng, pools = self.rng, self.pools[member.site]
        rooms = [*member.rooms, *pools["corridor"], *pools["office"][::3]]
        hour, found = arrive + 0.5, []
        while hour < leave - 1:
            for room in rng.sample(rooms, min(len(rooms), round(self.rates["patrol_rooms"]))):
                found.append((hour, 0.06, room))
                hour += 0.1
            hour += rng.uniform(1.2, 2.6)
        return found

    def _round(self, member: Member, arrive: float, leave: float) -> list[tuple[float, float, str]]:
        rng, pools = self.rng, self.pools[member.site]
        mine = [room for n, room in enumerate(pools["office"]) if n % 3 == member.index % 3]
        rooms = [*mine[:12], *pools["kitchen"][:2], *member.rooms[:2]]
        rng.shuffle(rooms)
        each = max(0.08, (leave - arrive - 0.3) / max(1, len(rooms)))
        return [(arrive + 0.1 + n * each, each * 0.9, room) for n, room in enumerate(rooms)]

    def _write(
        self, member: Member, number: int, arrive: float, leave: float, outings: list[tuple[float, float, str]]
    ) -> None:
        rng, found = self.rng, self.found
        badge = OWN
        if rng.random() < self.rates["forgets_badge"]:
            lent = f"badge:{rng.choice(found.organisation.staff.visitor_badges)}"
            if not any(n == number and other == lent for (_, n), other in found.daily_badges.items()):
                badge = found.daily_badges[member.index, number] = lent
        begin, home, stays = found.midnights[member.site][number], member.home, found.lives[member.index]
        at = begin + int(arrive * HOUR)
        if at <= stays[-1].since:
            return
        stays.append(Stay(at, home, badge))
        free = arrive + 0.1
        for start, length, room in sorted(outings):
            if start < free or start + length > leave - 0.1 or room == home:
                continue
            free = start + length + 0.08
            stays.append(Stay(begin + int(start * HOUR), room, badge))
            stays.append(Stay(begin + int((start + length) * HOUR), home, badge))
        stays.append(Stay(begin + int(leave * HOUR), self.premises.street(home), badge))

    def _elsewhere(self, member: Member, number: int, arrive: float, leave: float) -> None:
        """A day at another site in the same region, in a meeting room there."""
        other = self.rng.choice(self.near[member.site])
        begin, stays = self.found.midnights[member.site][number], self.found.lives[member.index]
        street, room = self.premises.sites[other].street, self.rng.choice(self.pools[other]["meeting"])
        way = (
            (arrive, street),
            (arrive + 1.2, room),
            (max(leave - 1, arrive + 2), street),
            (leave + 0.6, stays[-1].room),
        )
        if begin + int(arrive * HOUR) > stays[-1].since:
            stays.extend(Stay(begin + int(hour * HOUR), place) for hour, place in way)

    def _weekend(self, member: Member, number: int) -> None:
        arrive = self.rng.uniform(9, 16)
        self._write(member, number, arrive, arrive + self.rng.uniform(0.5, 4), [])


def _near(organisation: Organisation) -> dict[str, list[str]]:
    """The other sites that somebody can go to for a day."""
    sites = organisation.premises.sites.values()
    return {
        here.code: [s.code for s in sites if s is not here and abs(s.lat - here.lat) + abs(s.lon - here.lon) < 0.5]
        for here in sites
    }
