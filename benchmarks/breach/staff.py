"""Who works there: people, what they do, their desks, badges and user accounts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final

from bartizan.engines.context import Account, Host, Issue
from benchmarks.breach.premises import Premises, Room
from benchmarks.breach.rates import Rates, drawn

RANGES: Final = {
    "contractors": (0.05, 0.15), "part_timers": (0.04, 0.15), "shift_workers": (0.0, 0.15), "leavers": (0.02, 0.06),
    "cleaners_per_site": (1, 4), "guards_per_site": (1, 4), "arrival_hour": (7.4, 9.2), "arrival_spread": (0.15, 0.8),
    "hours_worked": (7.7, 9.0), "lab_workers": (0.15, 0.4), "archive_access": (0.03, 0.15),
    "server_access": (0.02, 0.08), "vault_access": (0.02, 0.06), "replaced_badges": (0.03, 0.12),
    "lost_badges": (0.01, 0.05), "still_open": (0.1, 0.5), "locks_always": (0.4, 0.85), "carries_usb": (0.08, 0.3),
    "home_workers": (0.05, 0.4),
}  # fmt: skip
DEPARTMENTS: Final = ("RES", "OPS", "FIN", "LEG", "COM", "HR", "IT", "ENG")
FIRST: Final = (
    "Ada", "Ben", "Cora", "Dirk", "Elif", "Femi", "Gita", "Hugo", "Ines", "Jan", "Kaja", "Levi", "Mina", "Nils", "Olga",
    "Piet", "Quin", "Rosa", "Sven", "Tara", "Ugo", "Vera", "Wim", "Xena", "Yara", "Zeno",
)  # fmt: skip
LAST: Final = (
    "Abbot", "Bakker", "Costa", "Dubois", "Evers", "Fontein", "Garcia", "Haas", "Ito", "Jansen", "Kaya", "Lund",
    "Meyer", "Novak", "Okoro", "Peters", "Quist", "Rossi", "Smit", "Tanaka", "Ueda", "Visser", "Weber", "Xu",
    "Yilmaz", "Zeller",
)  # fmt: skip


@dataclass(slots=True)
class Member:
    index: int
    code: str
    name: str
    department: str
    work: str
    """office, part, shift, cleaner, guard or contractor."""
    site: str
    home: str
    """The room of the desk."""
    host: str = ""
    user: str = ""
    badge: str = ""
    """Reference of the badge that is held now."""
    arrive: float = 8.5
    leave: float = 17.0
    spread: float = 0.4
    weekdays: frozenset[int] = frozenset(range(5))
    rooms: tuple[str, ...] = ()
    """Rooms above the offices that the badge opens."""
    visits: tuple[str, ...] = ()
    """Those among them where this person works now and then."""
    locks: float = 0.8
    stick: str = ""
    at_home: float = 0.0
    pace: float = 1.0
    """How busy at the desk, against the others."""
    joined_on: date | None = None
    left_on: date | None = None
    hours: tuple[time, time] | None = None


@dataclass(slots=True)
class Staff:
    members: list[Member]
    badges: dict[str, list[Issue]]
    hosts: dict[str, Host]
    accounts: list[Account]
    visitor_badges: list[str]
    rates: Rates
    addresses: dict[str, str] = field(default_factory=dict)
    open_badges: list[tuple[str, str]] = field(default_factory=list)
    """Ended badges that still open doors, and whose they were."""

    @property
    def present(self) -> list[Member]:
        return [m for m in self.members if m.left_on is None]


def hire(rng: Random, premises: Premises, people: int, today: date) -> Staff:
    rates = drawn(rng, RANGES)
    desks = _desks(rng, premises)
    members: list[Member] = []
    for site, ground in premises.sites.items():
        count = max(8, round(people * ground.share))
        works = ["cleaner"] * round(rates["cleaners_per_site"]) + ["guard"] * round(rates["guards_per_site"])
        works = works[: max(2, count // 10)]
        works += [_work(rng, rates) for _ in range(count - len(works))]
        begin = len(members)
        members += [_member(rng, begin + n, work, site, desks[site], rates, today) for n, work in enumerate(works)]
    members = members[: max(people, 8)]
    staff = Staff(members, {}, {}, [], [], rates)
    for member in members:
        _rooms(rng, member, premises, rates)
    _leavers(rng, staff, today)
    _machines(rng, staff, premises)
    _badges(rng, staff, today)
    _accounts(rng, staff)
    return staff


def _desks(rng: Random, premises: Premises) -> dict[str, list[Room]]:
    """Seats by site: rooms repeated as often as they have desks; departments sit together because offices fill up."""
    seats: dict[str, list[Room]] = defaultdict(list)
    for room in premises.of_use("office"):
        seats[room.site] += [room] * room.seats
    return seats


def _work(rng: Random, rates: Rates) -> str:
    draw = rng.random()
    for work, share in (("contractor", "contractors"), ("part", "part_timers"), ("shift", "shift_workers")):
        draw -= rates[share]
        if draw < 0:
            return work
    return "office"


def _member(rng: Random, index: int, work: str, site: str, seats: list[Room], rates: Rates, today: date) -> Member:
    seat = seats.pop(0) if len(seats) > 1 else seats[0]
    arrive = rng.gauss(rates["arrival_hour"], 0.6)
    name = f"{rng.choice(FIRST)} {rng.choice(LAST)}"
    member = Member(index, f"S-{1000 + index * 7 + rng.randrange(7)}", name, "", work, site, seat.code)
    member.department = (
        DEPARTMENTS[hash_of(seat.code) % len(DEPARTMENTS)] if rng.random() < 0.8 else rng.choice(DEPARTMENTS)
    )
    member.arrive, member.leave = arrive, arrive + rng.gauss(rates["hours_worked"], 0.35)
    member.spread = rates["arrival_spread"] * rng.uniform(0.5, 1.6)
    member.joined_on = today - timedelta(days=rng.randint(20, 4000))
    member.locks = 0.97 if rng.random() < rates["locks_always"] else rng.uniform(0.2, 0.8)
    member.pace = rng.uniform(0.4, 1.7)
    member.stick = f"{rng.getrandbits(40):010X}" if rng.random() < rates["carries_usb"] else ""
    member.at_home = rng.uniform(0.05, 0.4) if rng.random() < rates["home_workers"] else 0.0
    _hours(rng, member)
    return member


def hash_of(text: str) -> int:
    """The same in every process, unlike ``hash``."""
    return sum(ord(c) * (n + 7) for n, c in enumerate(text))


def _hours(rng: Random, member: Member) -> None:
    if member.work == "part":
        member.weekdays = frozenset(rng.sample(range(5), rng.randint(2, 4)))
    elif member.work == "cleaner":
        member.arrive, member.leave, member.spread, member.department = rng.uniform(17.0, 18.5), 21.2, 0.15, "FAC"
    elif member.work == "guard":
        member.arrive, member.leave = rng.choice(((6.0, 14.0), (14.0, 22.0), (22.0, 30.0)))
        member.spread, member.department, member.weekdays = 0.1, "SEC", frozenset(rng.sample(range(7), 5))
    elif member.work == "shift":
        member.arrive, member.leave = rng.choice(((6.0, 14.2), (13.8, 22.1), (21.8, 30.1)))
        member.spread, member.weekdays = 0.15, frozenset(rng.sample(range(7), 5))
    if member.work in ("contractor", "shift", "guard", "cleaner"):
        first, last = int(member.arrive), int(member.leave + 1.5) % 24
        member.hours = (time(first % 24), time(last))
    if member.work in ("cleaner", "guard"):
        member.stick, member.at_home = "", 0.0


def _rooms(rng: Random, member: Member, premises: Premises, rates: Rates) -> None:
    here = premises.of_use("lab", "archive", "server", "vault", site=member.site)
    if member.work == "guard":
        member.rooms = tuple(room.code for room in here)
        return
    if member.work == "cleaner":
        member.rooms = tuple(room.code for room in here if room.use == "lab" and rng.random() < 0.5)
        return
    chances = {"archive": rates["archive_access"], "server": rates["server_access"], "vault": rates["vault_access"]}
    if member.department == "IT":
        chances["server"] = 0.6
    found = [room.code for room in here if rng.random() < chances.get(room.use, 0.0)]
    labs = [room.code for room in here if room.use == "lab"]
    if labs and rng.random() < rates["lab_workers"]:
        found += rng.sample(labs, min(len(labs), rng.randint(1, 3)))
    member.rooms = tuple(found)
    member.visits = tuple(room for room in found if rng.random() < 0.85)


def _leavers(rng: Random, staff: Staff, today: date) -> None:
    ordinary = [m for m in staff.members if m.work not in ("guard", "cleaner")]
    for member in rng.sample(ordinary, max(1, round(len(ordinary) * staff.rates["leavers"]))):
        member.left_on = today - timedelta(days=rng.randint(25, 300))
        member.joined_on = member.left_on - timedelta(days=rng.randint(100, 2500))


def _machines(rng: Random, staff: Staff, premises: Premises) -> None:
    networks = {site: number + 10 for number, site in enumerate(premises.sites)}
    counts = dict.fromkeys(networks, 10)

    def add(name: str, owner: str, room: str, kind: str) -> None:
        site = premises.rooms[room].site
        counts[site] += 1
        address = f"10.{networks[site]}.{counts[site] // 250}.{counts[site] % 250 + 2}"
        staff.hosts[name] = Host(name, owner, room, kind, (address,))
        staff.addresses[name] = address

    for room in premises.of_use("corridor"):
        add(f"{room.code.replace('.', '')}-PR", "", room.code, "printer")
    for room in premises.of_use("meeting"):
        if rng.random() < 0.5:
            add(f"{room.code.replace('.', '')}-PC", "", room.code, "workstation")
    for site in premises.sites:
        server = rng.choice(premises.of_use("server", site=site)).code
        for name in ("FS", "DB", "MX", "VPN", "FW", "DC"):
            add(f"{site}-{name}1", "", server, "server")
    for member in staff.members:
        if member.work not in ("cleaner", "guard"):
            member.host = f"{member.site}-WS{member.index:04d}"
            add(member.host, member.code, member.home, "workstation")


def _badges(rng: Random, staff: Staff, today: date) -> None:
    numbers = iter(rng.sample(range(2000, 9900), min(7000, len(staff.members) * 2 + 60)))
    begin = datetime(today.year, today.month, today.day, 9, tzinfo=UTC)
    for member in staff.members:
        number, joined = str(next(numbers)), member.joined_on or today
        issued = datetime(joined.year, joined.month, joined.day, 8, tzinfo=UTC)
        ends = rng.random()
        if member.left_on:
            left = datetime(member.left_on.year, member.left_on.month, member.left_on.day, 16, tzinfo=UTC)
            _end(rng, staff, number, Issue(member.code, issued, left, rng.choice(("returned", "lost", "revoked"))))
        elif ends < staff.rates["replaced_badges"] + staff.rates["lost_badges"]:
            end = "replaced" if ends < staff.rates["replaced_badges"] else "lost"
            changed = begin - timedelta(days=rng.uniform(3, max(4, min(300, (begin - issued).days))))
            _end(rng, staff, number, Issue(member.code, min(issued, changed), changed, end))
            number, issued = str(next(numbers)), changed
        member.badge = f"badge:{number}"
        if not member.left_on:
            staff.badges[number] = [Issue(member.code, issued)]
    staff.visitor_badges = [str(next(numbers)) for _ in range(6 + len(staff.members) // 40)]


def _end(rng: Random, staff: Staff, number: str, issue: Issue) -> None:
    staff.badges[number] = [issue]
    if rng.random() < staff.rates["still_open"]:
        staff.open_badges.append((f"badge:{number}", issue.person))


def _accounts(rng: Random, staff: Staff) -> None:
    taken: set[str] = set()
    for member in staff.members:
        first, last = member.name.lower().split()
        name = f"{first[0]}.{last}"
        while name in taken:
            name += str(rng.randint(2, 9))
        taken.add(name)
        member.user = f"user:{name}"
        left = member.left_on
        ended = datetime(left.year, left.month, left.day, 18, tzinfo=UTC) if left else None
        staff.accounts.append(Account(name, member.code, "person", ended))
    for member in staff.present:
        if member.department == "IT" and rng.random() < 0.4:
            staff.accounts.append(Account(f"adm-{member.user[5:]}", member.code, "admin"))
    staff.accounts += [Account(name, "", "service") for name in ("svc-backup", "svc-scan", "svc-deploy")]
    staff.accounts += [Account("kiosk", "", "service"), Account("administrator", "", "admin")]
