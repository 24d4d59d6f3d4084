"""The small world of the console's tests: Alice the CSO, Bob the guard, Carol in Legal; the vault zone and its door."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from allauth.mfa.totp.internal.auth import TOTP

from bartizan.cases.models import Contact, PastSanction
from bartizan.core.accounts.factors import needs_factor
from bartizan.core.models import User
from bartizan.core.roles import Role
from bartizan.doors import models as doors
from bartizan.estate import models as estate
from bartizan.panels import models as panels
from bartizan.watch.actions import Evidence, Raised, raise_alarms
from bartizan.watch.models import Alarm

PASSWORD = "nine towers and a moat"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@dataclass(frozen=True, slots=True)
class World:
    alice: User
    bob: User
    site: estate.Site
    floor: estate.Floor
    vault: estate.Zone
    corridor: estate.Zone
    door: estate.Portal
    carol: estate.Person
    badge: estate.Badge


def officer(username: str, first: str, last: str, title: str, role: Role = Role.OFFICER) -> User:
    """An account with the password of this world, and an authenticator app where the role needs a second factor."""
    account = User(username=username, first_name=first, last_name=last, title=title, role=role)
    account.set_password(PASSWORD)
    account.save()
    if needs_factor(account):
        TOTP.activate(account, TOTP_SECRET)
    return account


def own_folder(settings: Any, folder: Path) -> Path:
    """A data folder for one test, with the keys that its records were made with."""
    (folder / "keys").mkdir(exist_ok=True)
    for name in ("audit", "vault"):
        if (made := settings.DATA / "keys" / f"{name}.key").exists():
            shutil.copy(made, folder / "keys")
    settings.DATA = folder
    return folder


def build() -> World:
    alice, bob = officer("alice", "Alice", "Archer", "CSO"), officer("bob", "Bob", "Bell", "Guard")
    estate.Organisation.objects.create(name="Keep & Co")
    site = estate.Site.objects.create(code="KP", name="The Keep", timezone="Europe/Amsterdam")
    building = estate.Building.objects.create(code="KP-A", name="The Keep", site=site)
    floor = estate.Floor.objects.create(code="KP-0", name="Floor 0", building=building)
    corridor = _zone("KP-0.00", "Corridor", site, floor, 1, [8, 132, 300, 46])
    vault = _zone("KP-0.01", "Vault", site, floor, 4, [8, 8, 120, 124])
    door = estate.Portal.objects.create(
        code="KP-0-001", name="Vault door", outer=corridor, inner=vault, line=[40, 132, 58, 132], state="locked"
    )
    legal = estate.Department.objects.create(code="LEG", name="Legal")
    carol = estate.Person.objects.create(code="K-3", name="Carol Cole", department=legal, site=site)
    badge = estate.Badge.objects.create(number="4417")
    estate.BadgeIssue.objects.create(badge=badge, person=carol, issued_at=datetime(2026, 1, 5, tzinfo=UTC))
    estate.Device.objects.create(code="C01", name="Vault camera", kind="camera", zone=vault, x=20, y=20, facing=45)
    estate.Device.objects.create(code="M01", name="Vault detector", kind="detector", zone=vault, x=60, y=60)
    estate.Host.objects.create(name="KP-WS-1", owner=carol, zone=corridor, x=90, y=150, addresses=["192.0.2.7"])
    estate.UserAccount.objects.create(name="c.cole", person=carol)
    return World(alice, bob, site, floor, vault, corridor, door, carol, badge)


def valued(here: World) -> World:
    """Something of value in it, a secret with its one copy, whom to ring, and a past outcome."""
    legal = here.carol.department
    estate.Property.objects.create(code="LAP-1", name="Laptop", department=legal, holder=here.carol, site=here.site)
    recipe = estate.IntellectualProperty.objects.create(code="IP-1", name="Recipe", kind="formula", department=legal)
    estate.Copy.objects.create(number="IP-1/1", asset=recipe, form="paper", zone=here.vault, where="Safe 2")
    Contact.objects.create(code="police", name="Police, case line", part="police", phone="0900 8844")
    PastSanction.objects.create(
        number="2024-011", what="Own files to a disk", rule="Information rule 6.3", kind="took or copied data", level=3,
        outcome="written", decided_on=datetime(2024, 5, 6, tzinfo=UTC).date(),
    )  # fmt: skip
    _guarded(here)
    return here


def _guarded(here: World) -> None:
    """A panel that guards the vault, and who may pass its door."""
    panel = panels.Panel.objects.create(code="KP-PA", name="Keep's own", site=here.site)
    area = panels.Area.objects.create(panel=panel, code="vault", name="Vault", zone=here.vault)
    group = panels.CrossGroup.objects.create(area=area, name="Two of them")
    panels.Detector.objects.create(
        area=area, panel=panel, number=1, name="Motion", device="detector:KP-M1", sort="motion", modes=["away"],
        cross=group,
    )  # fmt: skip
    panels.Keypad.objects.create(panel=panel, name="Keypad", device="detector:KP-K1")
    panels.Slot.objects.create(area=area, at=time(19, 0))
    doors.AccessGroup.objects.create(code="staff", name="Staff", up_to_level=2).people.add(here.carol)
    hours = doors.Schedule.objects.create(code="office", name="Office hours")
    doors.ScheduleWindow.objects.create(schedule=hours, begins=time(8, 0), ends=time(18, 0))
    doors.Holiday.objects.create(on=datetime(2026, 12, 25, tzinfo=UTC).date(), name="Christmas")
    doors.PortalRule.objects.create(portal=here.door, two_person=True)
    doors.ZoneRule.objects.create(zone=here.vault, most=4)
    doors.Clearance.objects.create(person=here.carol, level=3)


def _zone(code: str, name: str, site: estate.Site, floor: estate.Floor, level: int, outline: list[int]) -> estate.Zone:
    return estate.Zone.objects.create(code=code, name=name, site=site, floor=floor, level=level, outline=outline)


def alarm(title: str = "Door forced", level: int = 4, ago: timedelta = timedelta(minutes=4), **subject: str) -> Alarm:
    """An alarm at the vault, raised as the judge raises it."""
    at = datetime.now(UTC) - ago
    evidence = [Evidence(str(uuid4()), at, "door.forced", f"{title} at the vault")]
    about = {"zone": "KP-0.01", "portal": "KP-0-001", "site": "KP"} | subject
    found = Raised(
        rule=title.lower().replace(" ", "_"),
        title=title,
        level=level,
        group=f"{title}:{about}",
        at=at,
        triggers=[evidence[0].event],
        evidence=evidence,
        where="Vault, The Keep",
        summary=f"{title} at the vault",
        response=["Send the nearest patrol.", "Watch camera C01."],
        subject=about,
    )
    return raise_alarms([found])[0]
