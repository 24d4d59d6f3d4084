"""One small organisation with two sites, its ordinary life, and three incidents: generated, seeded."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from bartizan.engines.context import Account, Context, Device, Estate, Host, Issue, Person, Portal, Site, Zone
from bartizan.engines.observe import microseconds
from bartizan.engines.pinpoint import Rates

Event = dict[str, Any]
PEOPLE = 40
STAFF = [f"VI-{n:04d}" for n in range(PEOPLE)]
LEAVER, OWNER, BORROWER, VICTIM = "VI-0039", "VI-0001", "VI-0002", "VI-0003"
LEFT = date(2026, 11, 10)
SITE_OF = {code: ("HH" if n % 4 == 1 and code != OWNER else "ML") for n, code in enumerate(STAFF)}
DESK = {code: f"{SITE_OF[code]}-WS-{n:03d}" for n, code in enumerate(STAFF)}
BADGE = {code: str(4400 + n) for n, code in enumerate(STAFF)}
ROOM = {code: ("HH-1" if SITE_OF[code] == "HH" else ("ML-2.14" if n % 4 == 2 or code == OWNER else "ML-2.10"))
        for n, code in enumerate(STAFF)}  # fmt: skip
DOOR = {"ML-2.14": "ML-2-014", "ML-2.10": "ML-2-010", "HH-1": "HH-1-001", "ML-2.02": "ML-2-002"}
GATE = {"ML": "ML-0-001", "HH": "HH-0-001"}


def estate() -> Estate:
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    hosts = [Host(DESK[code], code, ROOM[code], addresses=(f"10.1.0.{n}",)) for n, code in enumerate(STAFF)]
    servers = ("ML-CORE-01", "ML-FS-01", "ML-VPN-01")
    hosts += [Host(name, "", "ML-2.02", "server", (f"10.1.9.{n}",)) for n, name in enumerate(servers)]
    return Estate.of(
        sites=[
            Site("ML", "Mill Lane", "Europe/Amsterdam", 52.00, 4.36, time(7), time(19), ("10.1.0.0/16",)),
            Site("HH", "Harbour House", "Europe/Amsterdam", 51.90, 4.90, time(7), time(19), ("10.2.0.0/16",)),
        ],
        zones=[
            Zone("ML-OUT", "Street", "ML", is_outside=True),
            Zone("ML-0", "Lobby", "ML", "ML-A", "floor 0", 1),
            Zone("ML-2.00", "Corridor 2.00", "ML", "ML-A", "floor 2", 2),
            Zone("ML-2.14", "Lab 2.14", "ML", "ML-A", "floor 2", 3),
            Zone("ML-2.10", "Office 2.10", "ML", "ML-A", "floor 2", 2),
            Zone("ML-2.02", "Server room 2.02", "ML", "ML-A", "floor 2", 4),
            Zone("HH-OUT", "Quay", "HH", is_outside=True),
            Zone("HH-0", "Hall", "HH", "HH-A", "floor 0", 1),
            Zone("HH-1", "Office 1.01", "HH", "HH-A", "floor 1", 2),
        ],
        portals=[
            Portal("ML-0-001", "Gate", "ML-OUT", "ML-0", 15),
            Portal("ML-2-030", "Stair B", "ML-0", "ML-2.00", 30),
            Portal("ML-2-014", "Lab 2.14", "ML-2.00", "ML-2.14"),
            Portal("ML-2-010", "Office 2.10", "ML-2.00", "ML-2.10"),
            Portal("ML-2-002", "Server room", "ML-2.00", "ML-2.02"),
            Portal("HH-0-001", "Gate", "HH-OUT", "HH-0", 15),
            Portal("HH-1-001", "Office", "HH-0", "HH-1", 20),
        ],
        people=[Person(c, f"Person {c}", site=SITE_OF[c], left_on=LEFT if c == LEAVER else None) for c in STAFF],
        badges={BADGE[code]: [Issue(code, begin)] for code in STAFF},
        hosts=hosts,
        accounts=[*(Account(user(code), code) for code in STAFF), Account("root", "", "admin")],
        devices=[Device(f"detector:ML-2-M{z[-2:]}", z, "", "detector") for z in ("ML-2.02", "ML-2.00")],
    )  # fmt: skip


def user(code: str) -> str:
    return f"user{int(code[-4:])}"


@dataclass
class Life:
    """Events in the making; ids are handed out in the order of making."""

    random: Random
    prefix: str
    events: list[Event] = field(default_factory=list)

    def add(self, at: datetime, kind: str, **fields: Any) -> str:
        identity = f"{self.prefix}-{len(self.events):05d}"
        self.events.append({"id": identity, "time": microseconds(at), "kind": kind, **fields})
        return identity

    def badge(self, at: datetime, code: str, portal: str, *, out: bool = False) -> str:
        data = {"direction": "out" if out else "in"}
        return self.add(at, "door.granted", actor=f"badge:{BADGE[code]}", place=f"portal:{portal}", data=data)

    def walk_in(self, at: datetime, code: str) -> list[str]:
        site, room = SITE_OF[code], ROOM[code]
        doors = [GATE[site], *(["ML-2-030"] if site == "ML" else []), DOOR[room]]
        return [self.badge(at + timedelta(seconds=50 * n), code, door) for n, door in enumerate(doors)]

    def walk_out(self, at: datetime, code: str) -> None:
        site, room = SITE_OF[code], ROOM[code]
        doors = [DOOR[room], *(["ML-2-030"] if site == "ML" else []), GATE[site]]
        for n, door in enumerate(doors):
            self.badge(at + timedelta(seconds=50 * n), code, door, out=True)


def ordinary_day(life: Life, day: date, skip: frozenset[str] = frozenset()) -> None:
    """A working day: people come, unlock their desks, read and copy a file or two, mistype, go out for lunch, leave."""
    random = life.random
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    for code in STAFF:
        if code == LEAVER or code in skip:
            continue
        come = midnight + timedelta(hours=random.uniform(6.5, 9))
        leave = midnight + timedelta(hours=random.uniform(15.5, 18.5))
        life.walk_in(come, code)
        _at_desk(life, code, come + timedelta(minutes=3), leave)
        if random.random() < 0.5:
            lunch = midnight + timedelta(hours=random.uniform(11, 12.5))
            life.badge(lunch, code, DOOR[ROOM[code]], out=True)
            life.badge(lunch + timedelta(minutes=random.uniform(15, 40)), code, DOOR[ROOM[code]])
        life.walk_out(leave, code)
    _machines(life, midnight)


def _at_desk(life: Life, code: str, begin: datetime, end: datetime) -> None:
    random, who, desk = life.random, f"user:{user(code)}", f"host:{DESK[code]}"
    if random.random() < 0.2:
        life.add(begin - timedelta(seconds=20), "login.failure", actor=who, device=desk)
    life.add(begin, "login.unlock", actor=who, device=desk)
    span = (end - begin).total_seconds()
    for _ in range(random.randrange(4)):
        at = begin + timedelta(seconds=random.uniform(0, span))
        life.add(at, "document.read", actor=who, device="host:ML-FS-01", asset=f"file:/srv/{random.randrange(500)}")
    if random.random() < 0.3:
        at = begin + timedelta(seconds=random.uniform(0, span))
        life.add(at, "document.copied", actor=who, device="host:ML-FS-01", asset=f"file:/srv/{random.randrange(500)}")
    life.add(end - timedelta(minutes=1), "login.lock", actor=who, device=desk)


def _machines(life: Life, midnight: datetime) -> None:
    random = life.random
    for _ in range(60):
        at = midnight + timedelta(hours=random.uniform(7, 18))
        life.add(at, "alarm.motion", device="detector:ML-2-M00")
    for _ in range(6):
        at = midnight + timedelta(hours=random.uniform(8, 17))
        life.add(at, "login.success", actor="user:root", device="host:ML-CORE-01", data={"src_ip": "10.1.0.6"})
    for _ in range(25):
        at = midnight + timedelta(hours=random.uniform(0, 24))
        address = f"198.51.100.{random.randrange(250)}"
        life.add(at, "login.failure", actor="user:admin", device="host:ML-VPN-01", data={"src_ip": address})
    for _ in range(40):
        at = midnight + timedelta(hours=random.uniform(0, 24))
        life.add(at, "host.audit", device=f"host:{random.choice(['ML-CORE-01', 'ML-FS-01', 'ML-VPN-01'])}")


@dataclass
class Incident:
    """Generated events with what really belongs to the incident and where it was."""

    events: list[Event]
    effects: list[Event]
    truth: frozenset[str]
    zone: str
    host: str
    ordinary: int


DAY = date(2026, 11, 16)


def usual(seed: int, days: int = 5) -> Rates:
    """Rates counted over the working week before."""
    life = Life(Random(seed), "before")
    for n in range(days):
        ordinary_day(life, DAY - timedelta(days=7 - n))
    return counted(life.events, days)


def counted(events: list[Event], days: float) -> Rates:
    context = Context(estate())
    counts: Counter[tuple[str, str]] = Counter()
    for event in events:
        full = context.enrich(dict(event))
        keys = {full.get("actor", ""), full.get("asset", "")}
        for name in ("host", "zone", "portal", "person"):
            keys.add(f"{name}:{full[name]}" if full.get(name) else "")
        keys.add(f"ip:{full['remote_address']}" if full.get("remote_address") else "")
        counts.update((full["kind"], key) for key in keys if key)
    return Rates(counts, days)


def _finished(life: Life, mine: Life, effects: list[str], zone: str, host: str) -> Incident:
    about = min(event["time"] for event in mine.events)
    # The 500 ordinary events nearest in time to the incident.
    around = sorted(life.events, key=lambda event: (abs(event["time"] - about), event["id"]))[:500]
    events = around + mine.events
    struck = [event for event in mine.events if event["id"] in effects]
    return Incident(events, struck, frozenset(e["id"] for e in mine.events), zone, host, len(around))


def leaver_at_night(seed: int) -> Incident:
    life, mine = Life(Random(seed), "life"), Life(Random(seed + 1), "mine")
    ordinary_day(life, DAY)
    ordinary_day(life, DAY + timedelta(days=1))
    at = datetime(2026, 11, 16, 21, 0, tzinfo=UTC) + timedelta(minutes=mine.random.uniform(0, 120))
    mine.badge(at, LEAVER, "ML-0-001")
    mine.badge(at + timedelta(seconds=70), LEAVER, "ML-2-030")
    mine.add(at + timedelta(seconds=85), "alarm.motion", device="detector:ML-2-M00")
    door = mine.badge(at + timedelta(seconds=110), LEAVER, "ML-2-002")
    mine.add(at + timedelta(seconds=114), "alarm.motion", device="detector:ML-2-M02")
    root = mine.add(at + timedelta(seconds=260), "login.success", actor="user:root", device="host:ML-CORE-01")
    return _finished(life, mine, [door, root], "ML-2.02", "ML-CORE-01")


def borrowed_desk(seed: int) -> Incident:
    """In working hours: the owner is at the other site, a colleague of the same floor comes into the lab."""
    life, mine = Life(Random(seed), "life"), Life(Random(seed + 1), "mine")
    ordinary_day(life, DAY, skip=frozenset({OWNER, BORROWER}))
    ordinary_day(life, DAY + timedelta(days=1))
    at = datetime(2026, 11, 16, 18, 40, tzinfo=UTC) + timedelta(minutes=mine.random.uniform(0, 120))
    mine.badge(at - timedelta(minutes=6), OWNER, "HH-0-001")
    mine.badge(at - timedelta(minutes=5), OWNER, "HH-1-001")
    mine.badge(at - timedelta(seconds=190), BORROWER, "ML-0-001")
    mine.badge(at - timedelta(seconds=120), BORROWER, "ML-2-030")
    mine.badge(at - timedelta(seconds=60), BORROWER, "ML-2-014")
    desk, who = f"host:{DESK[OWNER]}", f"user:{user(OWNER)}"
    unlock = mine.add(at, "login.unlock", actor=who, device=desk)
    mine.add(at + timedelta(minutes=3), "host.usb", device=desk)
    for n in range(12):
        mine.add(
            at + timedelta(minutes=4, seconds=2 * n), "document.copied", actor=who, device=desk, asset=f"file:/v7/{n}"
        )
    return _finished(life, mine, [unlock], "ML-2.14", DESK[OWNER])


def sprayed(seed: int) -> Incident:
    life, mine = Life(Random(seed), "life"), Life(Random(seed + 1), "mine")
    ordinary_day(life, DAY)
    at = datetime(2026, 11, 16, 10, 0, tzinfo=UTC) + timedelta(minutes=mine.random.uniform(0, 120))
    data = {"src_ip": "203.0.113.58"}
    effects = []
    for n, code in enumerate(STAFF[:38]):
        moment = at + timedelta(seconds=4 * n)
        made = mine.add(moment, "login.failure", actor=f"user:{user(code)}", device="host:ML-VPN-01", data=data)
        effects += [made] if n > 30 else []
    who = f"user:{user(VICTIM)}"
    mine.add(at + timedelta(minutes=4), "login.success", actor=who, device="host:ML-VPN-01", data=data)
    inside = {"src_ip": "10.1.9.2"}
    mine.add(at + timedelta(minutes=5), "login.success", actor=who, device="host:ML-FS-01", data=inside)
    for n in range(60):
        moment = at + timedelta(minutes=6, seconds=n)
        effects.append(
            mine.add(moment, "document.copied", actor=who, device="host:ML-FS-01", asset=f"file:/srv/lab/{n}")
        )
    return _finished(life, mine, effects, "ML-2.02", "ML-FS-01")


INCIDENTS = {"leaver": leaver_at_night, "borrowed": borrowed_desk, "sprayed": sprayed}
