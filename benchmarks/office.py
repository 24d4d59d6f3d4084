"""A large organisation's records, made in bulk: what the benchmarks of search and console look at. Seeded, so that
two runs look at the same."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

SEED: Final = 20_260_316
SITES: Final = (("ML", "Mill Lane"), ("HQ", "Harbour Quay"), ("LAB", "Laboratory Park"), ("DEP", "North Depot"))
DEPARTMENTS: Final = (
    "Research", "Production", "Legal", "Finance", "Personnel", "Sales", "Marketing", "Logistics", "Quality", "Security",
    "Information Technology", "Purchasing", "Facilities", "Service", "Engineering", "Design", "Export", "Training",
    "Board Office", "Communication",
)  # fmt: skip
FIRST: Final = (
    "Anna", "Bram", "Carla", "Daan", "Eva", "Femke", "Gijs", "Hanna", "Iris", "Jan", "Jana", "Janneke", "Karel",
    "Lotte", "Maarten", "Nina", "Olaf", "Petra", "Quinten", "Rosa", "Sven", "Tess", "Uwe", "Vera", "Willem",
    "Xander", "Yara", "Zoë", "Łukasz", "Søren", "André", "Márta", "Jürgen", "Aylin", "Mohammed", "Fatima", "Chen",
    "Priya", "Kofi", "Inés",
)  # fmt: skip
LAST: Final = (
    "Bakker", "Visser", "Smit", "Meijer", "de Boer", "Mulder", "de Groot", "Bos", "Vos", "Peters", "Hendriks", "Dekker",
    "Brouwer", "de Wit", "Dijkstra", "Smits", "de Graaf", "van der Meer", "van Dijk", "Jansen", "Janssen", "Müller",
    "Schmidt", "Weiß", "Kowalski", "Nowak", "Øst", "Lindqvist", "García", "Dubois", "Özdemir", "Yılmaz", "Nguyen",
    "Okafor",
)  # fmt: skip
JOBS: Final = ("Technician", "Engineer", "Clerk", "Analyst", "Operator", "Assistant", "Team lead", "Planner", "Buyer")
ROOMS: Final = ("Office", "Store", "Workshop", "Server room", "Meeting room", "Corridor", "Archive", "Vault", "Canteen")
THINGS: Final = (
    "Laptop", "Oscilloscope", "Forklift", "Torque wrench", "Pump", "Drill press", "Projector", "Van", "Scale",
)  # fmt: skip
TITLES: Final = (
    "Door forced", "Door held open", "Badge used after leaving", "Login refused many times", "Motion at night",
    "USB disk connected", "Camera covered", "Owner is elsewhere", "Log cleared", "Two places at once",
)  # fmt: skip
NOW: Final = datetime(2026, 3, 31, 20, tzinfo=UTC)
"""The moment at which the records were made; the console's benchmark moves its events up to the present instead."""


class Office:
    """Records of ``people`` employees; what depends on them grows with them."""

    def __init__(self, people: int, *, alarms: int, cases: int, now: datetime = NOW) -> None:
        self.chance = random.Random(SEED)
        self.now, self.people, self.alarms, self.cases = now, people, alarms, cases

    def build(self) -> None:
        """Everything in one transaction; the search's index too."""
        from django.db.transaction import atomic

        from bartizan.core import search

        with atomic():
            self._places()
            self._staff()
            self._machines()
            self._badges()
            self._property()
            self._alarms()
            self._cases()
            search.rebuild()

    def _places(self) -> None:
        from bartizan.estate import models as estate

        estate.Organisation.objects.create(name="Veldmark Instruments")
        named = [estate.Department(code=f"D{n:02d}", name=name) for n, name in enumerate(DEPARTMENTS)]
        self.departments = estate.Department.objects.bulk_create(named)
        sites = [estate.Site(code=c, name=n, timezone="Europe/Amsterdam") for c, n in SITES]
        self.sites = estate.Site.objects.bulk_create(sites)
        houses = [estate.Building(code=f"{s.code}-{b}", name=f"Building {b}", site=s) for s in self.sites for b in "AB"]
        houses = estate.Building.objects.bulk_create(houses)
        floors = [
            estate.Floor(code=f"{h.code}{n}", name=f"Floor {n}", level=n, building=h) for h in houses for n in range(4)
        ]
        self.floors = estate.Floor.objects.bulk_create(floors)
        self.zones = estate.Zone.objects.bulk_create([z for floor in self.floors for z in self._zones(floor)])
        self._doors()

    def _zones(self, floor: Any) -> Iterable[Any]:
        from bartizan.estate import models as estate

        for n in range(12):
            name = "Corridor" if n == 0 else f"{self.chance.choice(ROOMS)} {floor.level}.{n:02d}"
            room = [8 + (n - 1) % 6 * 100, 8 + (n - 1) // 6 * 170, 96, 120]
            yield estate.Zone(
                code=f"{floor.code}.{n:02d}",
                name=name,
                site=floor.building.site,
                floor=floor,
                level=1 if n == 0 else self.chance.randint(1, 4),
                outline=[8, 132, 600, 42] if n == 0 else room,
                department=None if n == 0 else self.chance.choice([None, *self.departments]),
            )

    def _doors(self) -> None:
        from bartizan.estate import models as estate

        corridors = {z.floor_id: z for z in self.zones if z.code.endswith(".00")}
        doors = [
            estate.Portal(
                code=f"{z.code}-D", name=f"{z.name} door", outer=corridors[z.floor_id], inner=z, state="locked",
                line=[z.outline[0] + 20, 132, z.outline[0] + 38, 132],
            )
            for z in self.zones
            if z.pk != corridors[z.floor_id].pk
        ]  # fmt: skip
        self.portals = estate.Portal.objects.bulk_create(doors)
        kinds = (("reader", "R"), ("camera", "C"), ("detector", "M"))
        devices = [
            estate.Device(
                code=f"{p.code}{letter}", name=f"{kind.capitalize()} of {p.name}", kind=kind, zone=p.inner,
                portal=p if kind == "reader" else None, x=p.inner.outline[0] + 40, y=p.inner.outline[1] + 40,
            )
            for p in self.portals
            for kind, letter in kinds
        ]  # fmt: skip
        estate.Device.objects.bulk_create(devices, batch_size=2000)

    def _staff(self) -> None:
        from bartizan.estate import models as estate

        made = []
        for n in range(self.people):
            name = f"{self.chance.choice(FIRST)} {self.chance.choice(LAST)}"
            made.append(
                estate.Person(
                    code=f"VI-{n:05d}",
                    name=name,
                    email=f"{n}.{name.split(maxsplit=1)[0].lower()}@veldmark.example",
                    phone=f"+31 20 {n:07d}",
                    job=self.chance.choice(JOBS),
                    department=self.chance.choice(self.departments),
                    site=self.chance.choices(self.sites, (5, 3, 1, 1))[0],
                    joined_on=date(2012, 1, 1) + timedelta(days=self.chance.randrange(5000)),
                    left_on=date(2026, 2, 1) if n % 40 == 39 else None,
                )
            )
        self.staff = estate.Person.objects.bulk_create(made, batch_size=2000)

    def _machines(self) -> None:
        from bartizan.estate import models as estate

        hosts = [
            estate.Host(
                name=f"VM-{'SRV' if n % 20 == 0 else 'WS'}-{n:05d}",
                kind="server" if n % 20 == 0 else "workstation",
                owner=None if n % 20 == 0 else self.staff[n % len(self.staff)],
                zone=self.chance.choice(self.zones),
                addresses=[f"10.{20 + n // 62500}.{n // 250 % 250}.{n % 250 + 1}"],
                system=self.chance.choice(("Windows 11", "Debian 12", "macOS 15")),
            )
            for n in range(int(self.people * 0.9))
        ]
        self.hosts = estate.Host.objects.bulk_create(hosts, batch_size=2000)
        logins = [estate.UserAccount(name=f"u{n:05d}", person=p, kind="person") for n, p in enumerate(self.staff)]
        logins += [estate.UserAccount(name=f"svc-{n:04d}", kind="service") for n in range(self.people // 20)]
        estate.UserAccount.objects.bulk_create(logins, batch_size=2000)

    def _badges(self) -> None:
        from bartizan.estate import models as estate

        badges = [estate.Badge(number=str(400_000 + n)) for n in range(len(self.staff))]
        badges = estate.Badge.objects.bulk_create(badges, batch_size=2000)
        issues = [
            estate.BadgeIssue(badge=b, person=p, issued_at=self.now - timedelta(days=400))
            for b, p in zip(badges, self.staff, strict=True)
        ]
        estate.BadgeIssue.objects.bulk_create(issues, batch_size=2000)

    def _property(self) -> None:
        from bartizan.estate import models as estate

        things = [
            estate.Property(
                code=f"INV-{n:06d}", name=f"{self.chance.choice(THINGS)} {n % 97}", serial=f"SN{n * 7919 % 10**8:08d}",
                department=self.chance.choice(self.departments), holder=self.chance.choice(self.staff),
                zone=(zone := self.chance.choice(self.zones)), site=zone.site, value=self.chance.randrange(50, 90_000),
            )
            for n in range(int(self.people * 0.4))
        ]  # fmt: skip
        estate.Property.objects.bulk_create(things, batch_size=2000)
        known = [
            estate.IntellectualProperty(
                code=f"IP-{n:04d}", name=f"{self.chance.choice(THINGS)} design {n}", kind="design",
                department=self.chance.choice(self.departments), owner=self.chance.choice(self.staff),
            )
            for n in range(200)
        ]  # fmt: skip
        known = estate.IntellectualProperty.objects.bulk_create(known)
        copies = [
            estate.Copy(asset=k, number=f"{k.code}/{n}", host=self.chance.choice(self.hosts))
            for k in known
            for n in (1, 2)
        ]
        estate.Copy.objects.bulk_create(copies)

    def _alarms(self) -> None:
        from bartizan.watch.models import Alarm, AlarmEvent

        made = []
        for n in range(self.alarms):
            door, who = self.chance.choice(self.portals), self.chance.choice(self.staff)
            title, at = self.chance.choice(TITLES), self.now - timedelta(minutes=self.chance.randrange(40_000))
            state = self.chance.choices(("raised", "acknowledged", "shelved", "closed"), (20, 10, 3, 67))[0]
            made.append(
                Alarm(
                    rule=title.lower().replace(" ", "_"), title=title,
                    level=self.chance.choices((4, 3, 2, 1), (1, 3, 4, 2))[0],
                    state=state, group=f"{title}|{n}", where=f"{door.inner.name}, {door.inner.site.name}",
                    actor=f"person:{who.code}", person=who.code, device=f"reader:{door.code}R",
                    asset=f"host:{self.chance.choice(self.hosts).name}", zone=door.inner.code, portal=door.code,
                    site=door.inner.site.code, summary=f"{title} at {door.name}", response=["Look there."],
                    count=self.chance.randint(1, 9), first_at=at - timedelta(minutes=5), last_at=at, raised_at=at,
                    reason="Tested" if state in ("closed", "shelved") else "",
                    closed_at=at if state == "closed" else None,
                    shelved_until=self.now + timedelta(hours=5) if state == "shelved" else None,
                )
            )  # fmt: skip
        self.raised = Alarm.objects.bulk_create(made, batch_size=1000)
        seen = [
            AlarmEvent(
                alarm=a, rule=a.rule, event=str(UUID(int=a.pk << 64 | n)), at=a.last_at, kind="door.forced",
                summary=a.summary,
                is_trigger=n == 0,
            )
            for a in self.raised
            for n in range(3)
        ]  # fmt: skip
        AlarmEvent.objects.bulk_create(seen, batch_size=2000)

    def _cases(self) -> None:
        from bartizan.cases.models import Case, CaseEntity, Note, Task

        of_level = [a for a in self.raised if a.level >= 3]
        picked = [self.chance.sample(of_level, 3) for _ in range(self.cases)]
        cases = [
            Case(
                number=f"{self.now.year}-{n + 1:03d}", headline=f"{alarms[0].title} at {alarms[0].where}",
                level=alarms[0].level,
                state=("open", "investigating", "closed", "closed")[n % 4], opened_at=alarms[0].raised_at,
                first_at=min(a.first_at for a in alarms), last_at=max(a.last_at for a in alarms),
                zone=alarms[0].zone, site=alarms[0].site, closed_at=self.now if n % 4 > 1 else None,
            )
            for n, alarms in enumerate(picked)
        ]  # fmt: skip
        cases = Case.objects.bulk_create(cases)
        through = Case.alarms.through
        pairs = zip(cases, picked, strict=True)
        rows = [through(case_id=c.pk, alarm_id=a.pk) for c, alarms in pairs for a in alarms]
        through._default_manager.bulk_create(rows)
        entities = [
            CaseEntity(case=c, reference=ref, part=part)
            for c, alarms in zip(cases, picked, strict=True)
            for part, ref in (("person", f"person:{alarms[0].person}"), ("place", f"zone:{alarms[0].zone}"))
        ]
        CaseEntity.objects.bulk_create(entities)
        Note.objects.bulk_create([Note(case=c, words=self._sentence()) for c in cases for _ in range(4)])
        asked = [Task(case=c, words=f"Ask about the {self.chance.choice(THINGS).lower()}") for c in cases]
        Task.objects.bulk_create(asked)

    def _sentence(self) -> str:
        pick = self.chance.choice
        where = f"{pick(ROOMS).lower()} of {pick(SITES)[1]}"
        return f"{pick(FIRST)} {pick(LAST)} saw the {pick(THINGS).lower()} in the {where}."


def queries(office: Office, count: int) -> Sequence[str]:
    """What people type: names while they type them, codes, addresses, common words, and what is not there."""
    chance = random.Random(SEED + 1)
    found: list[str] = []
    while len(found) < count:
        who, host = chance.choice(office.staff), chance.choice(office.hosts)
        last = who.name.split()[-1]
        found += [
            *(last[:n] for n in (1, 2, 3, 5)),
            f"{who.name.split(maxsplit=1)[0].lower()} {last[:2].lower()}",
            who.code, chance.choice(office.portals).code, host.name, host.addresses[0],
            host.addresses[0].rpartition(".")[0],
            chance.choice(TITLES).lower(), chance.choice(ROOMS).lower(), "laptop", "mill lane", "veldmark", "vi",
            f"INV-{chance.randrange(6000):06d}", chance.choice(office.departments).name.lower()[:4], "example",
            "qqxyzzy", "zebra crossing",
            f"case {chance.randrange(300)}", str(400_000 + chance.randrange(9000)),
        ]  # fmt: skip
    chance.shuffle(found)
    return found[:count]
