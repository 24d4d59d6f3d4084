"""The stage on which a route is played: who is where, and what the play has done so far."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Final

from bartizan.engines.context import Issue
from bartizan.engines.observe import moment
from benchmarks.breach.desks import Desks
from benchmarks.breach.log import SECOND, Row
from benchmarks.breach.organisation import Organisation
from benchmarks.breach.premises import HIGH, Room
from benchmarks.breach.rates import Rates, drawn
from benchmarks.breach.staff import Member
from benchmarks.breach.walking import Walking
from benchmarks.breach.whereabouts import HOUR, Whereabouts

MINUTE: Final = 60 * SECOND
DAY: Final = 24 * HOUR
RANGES: Final = {
    "repeats": (0.2, 1.0), "at_night": (0.1, 0.5), "hides_face": (0.0, 0.4), "seen_at_once": (0.2, 0.7),
    "marked": (0.15, 0.6), "private_to": (0.5, 0.95), "strange_stick": (0.5, 0.95),
}  # fmt: skip


@dataclass(slots=True)
class Act:
    """One visit, sitting or session of the breach, from the first to the last thing done in it (true time, µs)."""

    number: int
    since: int
    until: int
    room: str
    host: str = ""
    face_hidden: bool = False


@dataclass(slots=True)
class Draft:
    """An effect before it is known how exactly it will be known. With a ``source`` it is a record of that source's."""

    kind: str
    since: int
    until: int
    place: str = ""
    device: str = ""
    asset: str = ""
    words: str = ""
    source: str = ""
    tag: int = 0
    act: int = 0


@dataclass(slots=True)
class Breach:
    route: str
    actor: str
    member: Member | None
    room: str
    host: str = ""
    why: str = ""
    acts: list[Act] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    credential: Member | None = None
    """Whose badge or user account was used by somebody else."""


class Scene:
    def __init__(self, rng: Random, organisation: Organisation, whereabouts: Whereabouts, day: int) -> None:
        self.rng = rng
        self.organisation = organisation
        self.premises = organisation.premises
        self.whereabouts = whereabouts
        self.walking = Walking(rng, organisation, whereabouts)
        self.desks = Desks(rng, organisation, whereabouts)
        self.rates: Rates = drawn(rng, RANGES)
        self.day = day
        """Number of the last day of the breach, counted from the first day of the records."""
        self.rows: list[Row] = []
        self.acts: list[Act] = []
        self.drafts: list[Draft] = []
        self.muted: list[tuple[str, int, int]] = []
        """Devices that saw nothing from one time to another, because somebody saw to it."""
        self.lived: set[int] = set()
        """Indexes of members whose walks are on record already and cannot change any more."""
        self.lent_out: set[tuple[int, str]] = set()
        """(Day, visitor's badge): one is given to one person a day."""
        self._lend()
        self._tags = 0

    @property
    def members(self) -> list[Member]:
        return self.organisation.staff.present

    def chance(self, rate: str) -> bool:
        return self.rng.random() < self.rates[rate]

    def days(self, most: int = 4) -> list[int]:
        """The days on which it is done: often one, sometimes several, the last of them the day of the breach."""
        count = 1 if not self.chance("repeats") else self.rng.randint(2, most)
        before = self.rng.sample(range(max(0, self.day - 8), self.day), min(count - 1, self.day))
        return sorted([*before, self.day])

    def act(self, since: int, until: int, room: str, host: str = "") -> Act:
        act = Act(len(self.acts) + 1, since, until, room, host)
        act.face_hidden = self.chance("hides_face")
        self.acts.append(act)
        return act

    def tag(self) -> int:
        self._tags += 1
        return self._tags

    def effect(self, kind: str, since: int, until: int, **known: object) -> None:
        self.drafts.append(Draft(kind, since, until, **known))  # type: ignore[arg-type]

    def pick(self, fits: Callable[[Member], bool]) -> Member | None:
        found = [member for member in self.members if fits(member)]
        return self.rng.choice(found) if found else None

    def worker(self, fits: Callable[[Member], bool] = lambda _: True) -> Member:
        """Somebody with a desk who fits and is there on the day of the breach, as far as there is anybody like that."""
        desks = [member for member in self.members if member.host]
        there = [member for member in desks if self.works_on(member, self.day)]
        for choice in ([m for m in there if fits(m)], [m for m in desks if fits(m)], there):
            if choice:
                return self.rng.choice(choice)
        return self.rng.choice(desks)

    def works_on(self, member: Member, day: int) -> bool:
        since = self.whereabouts.midnights[member.site][day]
        return self.free_time(member, member.home, since, since + DAY, 10 * MINUTE) is not None

    def free_time(self, member: Member, room: str, since: int, until: int, length: int) -> int | None:
        """A moment at which the member is in ``room`` and stays for ``length`` more; nothing when there is none."""
        stays = self.whereabouts.lives[member.index]
        low, found = max(0, bisect_left(stays, (since,)) - 1), []
        for number in range(low, len(stays)):
            stay = stays[number]
            if stay.since > until:
                break
            end = stays[number + 1].since if number + 1 < len(stays) else until
            begin, end = max(stay.since + 4 * MINUTE, since), min(end, until) - length
            if stay.room == room and begin < end:
                found.append((begin, end))
        if not found:
            return None
        begin, end = self.rng.choice(found)
        return self.rng.randrange(begin, end)

    def at_desk(self, member: Member, day: int, length: int) -> int | None:
        since = self.whereabouts.midnights[member.site][day]
        return self.free_time(member, member.home, since + 6 * HOUR, since + 24 * HOUR, length)

    def at_night(self, site: str, day: int) -> int:
        """Late on that day or early on it, when the house is all but empty."""
        hours = self.rng.choice((self.rng.uniform(20.5, 23.5), self.rng.uniform(1.0, 5.5)))
        return self.whereabouts.midnights[site][day] + int(hours * HOUR)

    def high_rooms(self, site: str = "", uses: Iterable[str] = HIGH) -> list[Room]:
        return self.premises.of_use(*sorted(uses), site=site)

    def inside(self, room: str, at: int) -> list[Member]:
        return [m for m in self.members if self.whereabouts.room(m, at) == room]

    def sign_in(self, site: str, since: int, until: int) -> str:
        """A visitor's badge for somebody of no staff; returns its reference."""
        rng, badges = self.rng, self.organisation.staff.badges
        day = bisect_right(self.whereabouts.midnights[site], since) - 1
        numbers = self.organisation.staff.visitor_badges
        free = [number for number in numbers if (day, f"badge:{number}") not in self.lent_out]
        if not free:
            free = [next(number for n in range(9900, 99999) if (number := str(n)) not in badges)]
            numbers += free
        number = rng.choice(free)
        self.lent_out.add((day, f"badge:{number}"))
        early, late = (rng.randrange(5 * MINUTE, 40 * MINUTE) for _ in range(2))
        badges.setdefault(number, []).append(Issue("", moment(since - early), moment(until + late), "returned"))
        return f"badge:{number}"

    def stranger(self, site: str, at: int, until: int, room: str, badge: str, act: int) -> None:
        """Somebody of no staff walks in from the street and out again."""
        street = self.premises.sites[site].street
        need = sum(step.seconds for step in self.premises.way(street, room)) * SECOND
        self.walking.walk(street, room, at - need, badge, "", act)
        if self.premises.rooms[room].detector:
            self.walking.motion(room, at, until, act)
        self.walking.walk(room, street, until, badge, "", act)

    def _lend(self) -> None:
        """Visitors' badges for those of the staff who had forgotten their own."""
        staff = self.organisation.staff
        for (index, day), badge in self.whereabouts.daily_badges.items():
            member = staff.members[index]
            begin = self.whereabouts.midnights[member.site][day]
            since, until = (begin + int(self.rng.uniform(*hours) * HOUR) for hours in ((2.5, 4.5), (31.5, 34)))
            staff.badges.setdefault(badge[6:], []).append(Issue(member.code, moment(since), moment(until), "returned"))
            self.lent_out.add((day, badge))

    def live(self) -> None:
        """Everybody's walks and work, once."""
        for member in self.members:
            if member.index not in self.lived:
                self.walking.life(member)
            self.desks.life(member)

    def end_of_records(self) -> int:
        return min(begins[self.whereabouts.days] for begins in self.whereabouts.midnights.values())
