"""Mill Lane and Harbour House, 38 km apart, with Marta Vos, Carol and somebody who left."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bartizan.engines.context import Account, Context, Device, Estate, Host, Issue, Person, Portal, Site, Zone
from bartizan.engines.observe import microseconds

MARTA, CAROL, LEAVER = "VI-0042", "VI-0007", "VI-0099"
MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)  # 10:00 at both sites
SINCE = datetime(2025, 1, 1, tzinfo=UTC)
REPLACED = datetime(2026, 6, 1, tzinfo=UTC)
SITES = [
    Site("ML", "Mill Lane", "Europe/Amsterdam", 51.4416, 5.4697, time(7), time(19), ("10.20.0.0/16",)),
    Site("HH", "Harbour House", "Europe/Amsterdam", 51.7790, 5.3990, time(7), time(19)),
    Site("NY", "New York", "America/New_York", 40.71, -74.0, time(8), time(18), ("10.60.0.0/16",)),
]
ZONES = [
    Zone("ML-OUT", "Yard", "ML", is_outside=True),
    Zone("ML-0", "Lobby", "ML", "ML-A", "floor 0"),
    Zone("ML-2.14", "Lab 2.14", "ML", "ML-A", "floor 2", 3),
    Zone("ML-2.10", "Office 2.10", "ML", "ML-A", "floor 2", 2),
    Zone("ML-B", "Workshop", "ML", "ML-B", "floor 0", 2),
    Zone("HH-OUT", "Quay", "HH", is_outside=True),
    Zone("HH-1", "Legal", "HH", "HH-A", "floor 1", 2),
]
PORTALS = [
    Portal("ML-0-001", "Gate", "ML-OUT", "ML-0", 15),
    Portal("ML-2-014", "Lab 2.14", "ML-0", "ML-2.14", 60),
    Portal("ML-2-010", "Office 2.10", "ML-0", "ML-2.10", 40),
    Portal("ML-B-001", "Workshop", "ML-OUT", "ML-B", 120),
    Portal("HH-0-001", "Gate", "HH-OUT", "HH-1", 20),
]
PEOPLE = [
    Person(MARTA, "Marta Vos", site="ML"),
    Person(CAROL, "Carol", site="HH", hours_from=time(22), hours_to=time(6), works_weekends=True),
    Person(LEAVER, "Somebody", site="ML", left_on=date(2026, 11, 13)),
]
BADGES = {
    "4417": [Issue(MARTA, SINCE)],
    "0031": [Issue(CAROL, SINCE, REPLACED, "replaced"), Issue(LEAVER, MONDAY - timedelta(days=60))],
    "3907": [Issue(LEAVER, SINCE)],
    "5000": [Issue(MARTA, SINCE, REPLACED, "lost")],
    "12": [Issue(CAROL, SINCE)],
    "012": [Issue(MARTA, SINCE)],
}
HOSTS = [
    Host("ML-WS-214", MARTA, "ML-2.14", addresses=("10.20.2.14",)),
    Host("ml-core-01", "", "ML-2.10", "server", ("10.20.9.1",)),
]
ACCOUNTS = [
    Account("m.vos", MARTA),
    Account("left", LEAVER),
    Account("root", "", "admin"),
    Account("svc-scan", "", "service"),
    Account("old", CAROL, disabled_at=REPLACED),
]
DEVICES = [
    Device("detector:ML-2-M14", "ML-2.14", "", "detector"),
    Device("reader:ML-2-R14", "", "ML-2-014", "reader"),
    Device("reader:ML-B-R1", "", "ML-B-001", "reader"),
]


def estate() -> Estate:
    return Estate.of(
        sites=SITES, zones=ZONES, portals=PORTALS, people=PEOPLE, badges=BADGES, hosts=HOSTS, accounts=ACCOUNTS,
        devices=DEVICES,
    )  # fmt: skip


class Line:
    """Feeds events to a context, one after the other."""

    def __init__(self) -> None:
        self.context = Context(estate())

    def add(self, kind: str, at: datetime = MONDAY, **fields: Any) -> dict[str, Any]:
        us = microseconds(at)
        return self.context.enrich({"id": "e", "time": us, "received": us, "source": "test", "kind": kind, **fields})

    def badge(self, portal: str, at: datetime = MONDAY, number: str = "4417", **data: Any) -> dict[str, Any]:
        return self.add("door.granted", at, actor=f"badge:{number}", place=f"portal:{portal}", data=data)

    def unlock(self, at: datetime, user: str = "m.vos", host: str = "ML-WS-214", **data: Any) -> dict[str, Any]:
        return self.add("login.unlock", at, actor=f"user:{user}", device=f"host:{host}", data=data)

    def login(self, at: datetime, user: str = "m.vos", host: str = "ml-core-01", **data: Any) -> dict[str, Any]:
        return self.add("login.success", at, actor=f"user:{user}", device=f"host:{host}", data=data)


def after(minutes: float) -> datetime:
    return MONDAY + timedelta(minutes=minutes)
