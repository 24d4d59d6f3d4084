"""One invented organisation: its premises, its staff, its files, and what the registers of the office say of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from random import Random
from typing import Final

from bartizan.engines.context import Device, Estate, Person, Portal, Site, Zone
from benchmarks.breach.premises import LEVELS, Premises, build
from benchmarks.breach.rates import Rates, drawn, log_uniform
from benchmarks.breach.staff import DEPARTMENTS, Member, Staff, hire

RANGES: Final = {
    "files_per_department": (12, 60), "hours_known": (0.0, 1.0), "site_opens": (6.0, 8.0), "site_closes": (18.0, 21.0),
}  # fmt: skip
SUBJECTS: Final = (
    "budget", "contract", "drawing", "draft", "forecast", "invoice", "ledger", "list", "minutes", "model", "notes",
    "offer", "plan", "recipe", "report", "roster", "sketch", "spec", "survey", "trial",
)  # fmt: skip
ENDINGS: Final = ("docx", "xlsx", "pdf", "step", "pptx", "csv")


@dataclass(slots=True)
class Organisation:
    premises: Premises
    staff: Staff
    rates: Rates
    files: dict[str, list[str]] = field(default_factory=dict)
    """References of the files of each department, the most used first."""
    sizes: dict[str, int] = field(default_factory=dict)

    def source(self, site: str, what: str) -> str:
        return f"{site.lower()}-{what}"

    def at(self, room: str, use: str = "workstation") -> list[str]:
        """Names of the machines in a room."""
        return [h.name for h in self.staff.hosts.values() if h.zone == room and h.kind == use]

    def member(self, code: str) -> Member:
        return next(m for m in self.staff.members if m.code == code)


def organise(rng: Random, people: int | None, today: date) -> Organisation:
    count = people or round(log_uniform(rng, 30, 1000))
    premises = build(rng, count)
    organisation = Organisation(premises, hire(rng, premises, count, today), drawn(rng, RANGES))
    for department in (*DEPARTMENTS, "FAC", "SEC"):
        names = [_file(rng, department) for _ in range(round(organisation.rates["files_per_department"]))]
        organisation.files[department] = rng.sample(list(dict.fromkeys(names)), len(set(names)))
        organisation.sizes.update({name: round(log_uniform(rng, 9_000, 60_000_000)) for name in names})
    return organisation


def _file(rng: Random, department: str) -> str:
    ending = rng.choice(ENDINGS)
    return f"file:/srv/{department.lower()}/{rng.choice(SUBJECTS)}-{rng.choice(SUBJECTS)}-{rng.randint(1, 60)}.{ending}"


def estate(rng: Random, organisation: Organisation) -> Estate:
    """What the office's registers hold: some hours of work are not known, and that is all that is missing."""
    premises, staff, rates = organisation.premises, organisation.staff, organisation.rates
    opens, closes = time(int(rates["site_opens"])), time(int(rates["site_closes"]))
    return Estate.of(
        sites=[
            Site(s.code, f"Site {s.code}", s.timezone, s.lat, s.lon, opens, closes, (f"10.{n + 10}.0.0/16",))
            for n, s in enumerate(premises.sites.values())
        ],
        buildings={room.building: f"Building {room.building}" for room in premises.rooms.values() if room.building},
        zones=[
            Zone(r.code, f"{r.use.capitalize()} {r.code}", r.site, r.building, f"floor {r.floor}" if r.building else "",
                 LEVELS[r.use], r.use == "street")
            for r in premises.rooms.values()
        ],
        portals=[Portal(d.code, f"Door {d.code}", d.outer, d.inner, d.seconds) for d in premises.doors.values()],
        people=[_person(rng, member, rates) for member in staff.members],
        badges=staff.badges,
        hosts=staff.hosts.values(),
        accounts=staff.accounts,
        devices=_devices(premises),
    )  # fmt: skip


def _person(rng: Random, member: Member, rates: Rates) -> Person:
    known = member.work == "contractor" or rng.random() < rates["hours_known"]
    begin, end = member.hours if member.hours and known else (None, None)
    weekends = bool(member.weekdays & {5, 6})
    department = "Contractor" if member.work == "contractor" else member.department
    return Person(
        member.code, member.name, department, member.joined_on, member.left_on, begin, end, weekends, member.site
    )


def _devices(premises: Premises) -> list[Device]:
    found: list[Device] = []
    for door in premises.doors.values():
        for reference, kind in ((door.reader_in, "reader"), (door.reader_out, "reader"), (door.camera, "camera")):
            if reference:
                found.append(Device(reference, "", door.code, kind, reference.partition(":")[2]))
        if door.has_contact:
            found.append(Device(f"detector:{door.code}-D", "", door.code, "detector", f"{door.code}-D"))
        if door.has_counter:
            found.append(Device(f"detector:{door.code}-T", "", door.code, "detector", f"{door.code}-T"))
        if door.has_biometric:
            found.append(Device(f"reader:{door.code}-B", "", door.code, "biometric", f"{door.code}-B"))
    found += [
        Device(room.detector, room.code, "", "detector", room.detector.partition(":")[2])
        for room in premises.rooms.values()
        if room.detector
    ]
    return found
