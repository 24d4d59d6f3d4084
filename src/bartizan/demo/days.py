"""Ordinary life: what the people of Veldmark Instruments do on one day, as events in the order of their times.

A day depends on the seed and its date alone, so the life that the console shows live continues the one that was seeded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from bartizan.demo.people import Member
from bartizan.demo.places import TIMEZONE
from bartizan.demo.traffic import traffic
from bartizan.demo.world import Pass, World
from bartizan.engines.observe import microseconds

Event = dict[str, Any]
SECOND: Final = 1_000_000
DOORS, SENSORS, CAMERAS, DESKTOPS, FILES, SERVERS, PANELS = (
    f"veldmark-{name}" for name in ("doors", "sensors", "cameras", "desktops", "files", "servers", "panels")
)
STREET: Final = {"ML": "ML-OUT", "HH": "HH-OUT", "EG": "EG-OUT"}
# Arrival and departure, hours on the site's clock, and how far they vary.
SHIFTS: Final = {
    "office": (8.5, 17.2, 0.45), "early": (6.3, 15.4, 0.2), "late": (13.9, 22.1, 0.15), "night": (21.8, 30.1, 0.15),
    "cleaner": (18.0, 21.4, 0.2),
}  # fmt: skip
PATROL: Final = ("ML-0.12", "ML-1.10", "ML-1.12", "ML-2.10", "ML-2.12", "ML-2.18", "ML-3.10", "ML-3.12")
CLEANS: Final = ("ML-1.10", "ML-2.10", "ML-2.11", "ML-3.10")
BREAKS: Final = {
    "ML": ("ML-0.03", "ML-0.03", "ML-1.07", "ML-2.07", "ML-3.07", "ML-2.00"),
    "HH": ("HH-3.07", "HH-4.07", "HH-0.12", "HH-3.00"), "EG": ("EG-1.07", "EG-0.00", "EG-0.10"),
}  # fmt: skip
SHARES: Final = {
    "RES": ("ml-files-01", "/srv/research", ("v7-sensor", "v6-sensor", "housing", "trials", "notes")),
    "OPS": ("ml-files-01", "/srv/operations", ("plans", "shipments", "maintenance", "checklists")),
    "FIN": ("hh-files-01", "/srv/finance", ("ledger", "invoices", "budget")),
    "LEG": ("hh-files-01", "/srv/legal", ("contracts", "patents", "correspondence")),
    "COM": ("hh-files-01", "/srv/communications", ("press", "web", "photos")),
    "HR": ("hh-files-01", "/srv/personnel", ("applications", "contracts", "training")),
}  # fmt: skip
_ZONE: Final = ZoneInfo(TIMEZONE)


def local(day: date, hours: float) -> int:
    """Microseconds since 1970 of so many hours into ``day`` on the sites' clock; over 24 is the next day."""
    # The clock on the wall first, then its zone: when the clock changes, people still come at half past eight.
    wall = datetime.combine(day, time()) + timedelta(hours=hours)
    return microseconds(wall.replace(tzinfo=_ZONE))


def day_of(world: World, seed: int, day: date, absent: frozenset[str] = frozenset()) -> list[Event]:
    """Everything that happens on ``day`` and in the night after it, by time. ``absent`` people are not there."""
    events: list[Event] = []
    for member in world.members:
        rng = Random(f"{seed}:{day}:{member.code}")
        if member.code in absent or not _works(member, day, rng):
            continue
        events += _Shift(world, member, rng, day).events()
    rng = Random(f"{seed}:{day}:traffic")
    events += traffic(rng, local(day, 0), 24, is_weekend=day.weekday() > 4, hosts=world.people.rows["hosts"])
    events += _batteries(world, rng, day)
    events += _arming(rng, day)
    events.sort(key=_when)
    return events


def _arming(rng: Random, day: date) -> Iterator[Event]:
    """Sites without people at night: the first to come disarms the panel, the last to go arms it."""
    if day.weekday() > 4:
        return
    for panel, user in (("panel:EG-PA-1", 2), ("panel:HH-PA-1", 3)):
        for kind, code, hours in (("alarm.disarmed", "OP", 5.6), ("alarm.armed", "CL", 22.6)):
            data = {"code": code, "area": 1, "user": user}
            at = local(day, hours + rng.uniform(0, 0.3))
            yield {"time": at, "source": PANELS, "kind": kind, "device": panel, "data": data}


def _when(event: Event) -> int:
    return int(event["time"])


def _works(member: Member, day: date, rng: Random) -> bool:
    if member.left_on and day > member.left_on:
        return False
    if member.pattern in ("night", "late"):
        return True
    return day.weekday() < 5 and rng.random() > 0.09


def _batteries(world: World, rng: Random, day: date) -> Iterator[Event]:
    """Sensors tell that they live; now and then a battery is low."""
    for detector in world.detectors.values():
        data = {"battery": rng.randint(41, 100), "linkquality": rng.randint(60, 200)}
        yield _sensor(detector, "device.state", local(day, rng.uniform(0, 24)), data)
    if rng.random() < 0.12:
        low = {"battery": 9, "battery_low": True}
        yield _sensor(rng.choice(sorted(world.detectors.values())), "device.battery", local(day, 9.5), low)


def _sensor(detector: str, kind: str, at: int, data: dict[str, Any]) -> Event:
    return {"time": at, "source": SENSORS, "kind": kind, "device": f"detector:{detector}", "data": data}


@dataclass(slots=True)
class _Shift:
    """One person's day, told as it goes."""

    world: World
    member: Member
    rng: Random
    day: date
    now: int = 0
    zone: str = ""
    told: list[Event] = field(default_factory=list)
    files: int = 0

    def events(self) -> list[Event]:
        arrives, leaves, spread = SHIFTS[self.member.pattern]
        self.now = local(self.day, self.rng.gauss(arrives, spread))
        end = local(self.day, self.rng.gauss(leaves, spread))
        self.zone = STREET[self.member.site]
        self._go(self.member.desk)
        if self.member.pattern in ("night", "cleaner", "late"):
            self._rounds(end)
        else:
            self._desk(end)
        self._go(STREET[self.member.site])
        return self.told

    def _rounds(self, end: int) -> None:
        stops = CLEANS if self.member.pattern == "cleaner" else PATROL
        while self.now < end:
            for stop in stops:
                self._go(stop)
                self.now += self.rng.randint(40, 200) * SECOND * (6 if self.member.pattern == "cleaner" else 1)
                if self.now >= end:
                    return
            self._go(self.member.desk)
            self.now += self.rng.randint(40, 80) * 60 * SECOND

    def _desk(self, end: int) -> None:
        self.now += self.rng.randint(60, 400) * SECOND
        self._login("login.success", 4624, LogonType=2)
        while True:
            busy = self.rng.randint(25, 95) * 60 * SECOND
            self._read_files(min(self.now + busy, end))
            self.now += busy
            if self.now >= end:
                break
            self._login("login.lock", 4800)
            self._go(self._somewhere())
            self.now += self.rng.choice((3, 5, 8, 15, 30, 45)) * 60 * SECOND
            self._go(self.member.desk)
            self.now += self.rng.randint(10, 90) * SECOND
            self._login("login.unlock", 4801)
        self.now = max(self.now - SECOND, end)
        self._login("login.logout", 4647)
        self.now += 60 * SECOND

    def _somewhere(self) -> str:
        if self.member.desk == "EG-0.00":
            return "EG-YARD"
        return self.rng.choice(BREAKS[self.member.site])

    def _go(self, there: str) -> None:
        for step in self.world.way(self.zone, there):
            self._door(step)
            self.now += int(step.seconds * self.rng.uniform(1.1, 1.7) * SECOND)
            self.zone = step.zone
            self._seen(step.zone)

    def _door(self, step: Pass) -> None:
        if not step.has_lock:
            return
        place = f"portal:{step.portal}"
        if not step.reader:
            self._tell(DOORS, "door.exit", place=place)
            return
        if self.rng.random() < 0.004:
            self._tell(DOORS, "door.denied", actor=f"badge:{self.member.badge}", place=place,
                       device=f"reader:{step.reader}", outcome="failure", data={"reason": "not read"})  # fmt: skip
            self.now += 5 * SECOND
        self._tell(DOORS, "door.granted", actor=f"badge:{self.member.badge}", place=place,
                   device=f"reader:{step.reader}", outcome="success",
                   data={"direction": "in" if step.inward else "out"})  # fmt: skip

    def _seen(self, zone: str) -> None:
        detector, cameras = self.world.detectors.get(zone), self.world.cameras.get(zone)
        if detector and self.rng.random() < 0.4:
            device = f"detector:{detector}"
            self._tell(SENSORS, "alarm.motion", device=device, data={"occupancy": True})
            quiet = self.now + self.rng.randint(30, 95) * SECOND
            self._tell(SENSORS, "alarm.clear", at=quiet, device=device, data={"occupancy": False})
        if cameras and self.rng.random() < 0.3:
            camera, score = self.rng.choice(cameras), self.rng.randint(71, 97) / 100
            self._tell(CAMERAS, "camera.person", device=f"camera:{camera}", data={"label": "person", "score": score})

    def _login(self, kind: str, number: int, **fields: Any) -> None:
        host = self.member.host
        if not host:
            return
        outcome = "success" if kind in ("login.success", "login.unlock") else ""
        data = {
            "EventID": number,
            "Channel": "Security",
            "Computer": host,
            "TargetUserName": self.member.account,
            **fields,
        }
        self._tell(
            DESKTOPS, kind, actor=f"user:{self.member.account}", device=f"host:{host}", outcome=outcome, data=data
        )

    def _read_files(self, until: int) -> None:
        if not self.member.host or self.member.department not in SHARES:
            return
        server, root, folders = SHARES[self.member.department]
        for _ in range(self.rng.randint(1, 6)):
            at = self.rng.randint(self.now, max(self.now + 1, until - 1))
            kind = "document.written" if self.rng.random() < 0.2 else "document.read"
            name = f"{self.rng.randint(1, 240):03d}.{self.rng.choice(('docx', 'pdf', 'step', 'xlsx'))}"
            path = f"{root}/{self.rng.choice(folders)}/{name}"
            self._tell(FILES, kind, at=at, actor=f"user:{self.member.account}", device=f"host:{server}",
                       asset=f"file:{path}", outcome="success", data={"client": self.member.host})  # fmt: skip

    def _tell(self, source: str, kind: str, at: int = 0, **parts: Any) -> None:
        self.told.append({"time": at or self.now, "source": source, "kind": kind, **parts})
