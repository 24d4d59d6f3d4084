"""Veldmark Instruments' people: departments, staff, badges with their history, user accounts, hosts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final

Row = dict[str, Any]

DEPARTMENTS: Final = {
    "RES": "Research", "OPS": "Operations", "FIN": "Finance", "LEG": "Legal", "COM": "Communications",
    "HR": "Human Resources",
}  # fmt: skip
HEADS: Final = {"RES": "Ingrid Holm", "OPS": "Nora Lindqvist", "LEG": "Hanneke de Wit"}
MARTA, DAAN, BRAM = "VI-0042", "VI-0061", "VI-0097"
"""The owner of ML-WS-214, the holder of badge 4417, and the leaver whose badge nobody revoked."""
CHIEF: Final = "VI-0001"
LEAVERS_BADGE, BORROWED_BADGE = "3907", "4417"


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody who is called by name: staff number, job, department, zone of the desk, and how the day runs."""

    code: str
    name: str
    job: str
    department: str
    desk: str
    pattern: str = "office"
    badge: str = ""


CAST: Final = (
    Part("VI-0001", "Elin Sandgren", "Chief executive", "", "HH-3.11"),
    Part("VI-0007", "Nora Lindqvist", "Chief Security Officer", "OPS", "ML-0.06"),
    Part("VI-0011", "Saskia Amrani", "Director, investigations", "OPS", "ML-0.06"),
    Part("VI-0012", "Yusuf Demir", "System administrator", "OPS", "ML-1.10"),
    Part("VI-0013", "Pieter Blom", "Control room", "OPS", "HH-0.01", "early"),
    Part("VI-0014", "Aisha Bakker", "Guard, patrol", "OPS", "ML-0.06", "early"),
    Part("VI-0015", "Jonas Lund", "Guard, gate 2", "OPS", "EG-0.00", "early"),
    Part("VI-0016", "Tomasz Nowak", "Night guard", "OPS", "ML-0.06", "night"),
    Part("VI-0018", "Rui Carvalho", "Cleaning contractor", "OPS", "ML-2.00", "cleaner"),
    Part("VI-0021", "Hanneke de Wit", "General counsel", "LEG", "HH-4.10"),
    Part("VI-0030", "Ingrid Holm", "Head of Research", "RES", "ML-2.10"),
    Part(MARTA, "Marta Vos", "Sensor designer", "RES", "ML-2.14", badge="2081"),
    Part(DAAN, "Daan Mulder", "Test engineer", "RES", "ML-2.14", badge=BORROWED_BADGE),
    Part(BRAM, "Bram Kuiper", "Systems engineer", "OPS", "ML-1.10", badge=LEAVERS_BADGE),
)
# Further staff: department, job, zone of the desk, how many, pattern.
STAFF: Final = (
    ("RES", "Research engineer", "ML-2.10", 9, "office"), ("RES", "Laboratory engineer", "ML-2.14", 2, "office"),
    ("RES", "Laboratory technician", "ML-2.12", 3, "office"), ("RES", "Process engineer", "ML-2.18", 2, "office"),
    ("RES", "Designer", "ML-3.10", 9, "office"), ("RES", "Electronics engineer", "ML-3.12", 4, "office"),
    ("RES", "Optics engineer", "ML-3.14", 3, "office"), ("OPS", "Planner", "ML-1.10", 7, "office"),
    ("OPS", "Test operator", "ML-1.12", 4, "early"), ("OPS", "Technician", "ML-0.12", 6, "early"),
    ("OPS", "Guard", "ML-0.06", 2, "late"), ("OPS", "Receptionist", "HH-0.01", 1, "office"),
    ("OPS", "Warehouse worker", "EG-0.12", 7, "early"), ("OPS", "Dispatcher", "EG-1.06", 4, "early"),
    ("OPS", "Stock controller", "EG-1.02", 4, "office"), ("FIN", "Accountant", "HH-3.10", 12, "office"),
    ("LEG", "Lawyer", "HH-4.10", 7, "office"), ("COM", "Editor", "HH-3.12", 9, "office"),
    ("HR", "Personnel officer", "HH-4.12", 9, "office"),
)  # fmt: skip
FIRST: Final = (
    "Anna", "Bas", "Clara", "David", "Emma", "Finn", "Greta", "Hugo", "Iris", "Jan", "Karin", "Lars", "Mila",
    "Niels", "Olga", "Paul", "Quinten", "Rosa", "Sven", "Tess", "Ulf", "Vera", "Wim", "Yara", "Zoe", "Alba",
    "Boris", "Carla", "Dirk", "Elsa", "Felix", "Gijs", "Hilde", "Ivan", "Julia", "Koen", "Lena", "Maarten", "Nina",
    "Otto", "Petra", "Ruben", "Sara", "Thijs", "Ursula", "Victor", "Wanda", "Xander", "Ylva", "Zeno",
)  # fmt: skip
LAST: Final = (
    "Aalders", "Berg", "Costa", "Dekker", "Engel", "Faber", "Graaf", "Hansen", "Iversen", "Jansen", "Koster",
    "Lemaire", "Meyer", "Nilsen", "Ost", "Peeters", "Quist", "Ritter", "Smit", "Timmer", "Ubbink", "Verhagen",
    "Wolters", "Ybema", "Zwart", "Andersen", "Blokhuis", "Claes", "Dahl", "Eriksen", "Fontein", "Gerritsen", "Haas",
    "Jonker", "Kramer", "Linden", "Moreau", "Noord", "Prins", "Roos",
)  # fmt: skip
LEAVERS: Final = 4
HOURS: Final = {
    "office": ("06:30", "20:00"), "early": ("05:00", "16:30"), "late": ("13:00", "23:00"), "night": ("21:00", "07:00"),
    "cleaner": ("17:00", "23:00"),
}  # fmt: skip
# Servers and machines that nobody sits at: name, kind, zone, address, system, x, y.
SERVERS: Final = (
    ("ml-core-01", "server", "ML-2.02", "10.20.2.11", "Debian 12", 160, 24),
    ("ml-files-01", "server", "ML-2.02", "10.20.2.12", "Debian 12", 172, 24),
    ("ml-build-01", "server", "ML-2.02", "10.20.2.13", "Debian 12", 184, 24),
    ("ml-db-01", "server", "ML-2.02", "10.20.2.14", "Debian 12", 196, 24),
    ("hh-files-01", "server", "HH-4.04", "10.30.4.12", "Debian 12", 430, 24),
    ("hh-vpn-01", "server", "HH-4.04", "10.30.4.5", "Debian 12", 442, 24),
    ("hh-mail-01", "server", "HH-4.04", "10.30.4.13", "Debian 12", 454, 24),
    ("eg-stock-01", "server", "EG-1.04", "10.40.1.11", "Debian 12", 500, 24),
    ("fw-millane", "network", "ML-2.02", "10.20.0.1", "OPNsense", 160, 110),
    ("fw-harbour", "network", "HH-4.04", "10.30.0.1", "OPNsense", 430, 110),
    ("fw-eastgate", "network", "EG-1.04", "10.40.0.1", "OPNsense", 500, 110),
    ("ML-PRN-01", "printer", "ML-2.11", "10.20.2.90", "Printer", 538, 30),
    ("HH-PRN-02", "printer", "HH-3.12", "10.30.3.91", "Printer", 40, 200),
    ("EG-PRN-01", "printer", "EG-1.06", "10.40.1.90", "Printer", 460, 30),
)
# Where desks stand: zone to first x, y, step, how many in a row.
DESKS: Final = {
    "ML-2.14": (176, 276, 30, 4), "ML-2.12": (24, 276, 30, 4), "ML-2.10": (340, 40, 26, 5),
    "ML-2.18": (448, 276, 16, 3),
    "ML-3.10": (290, 40, 30, 9), "ML-3.12": (30, 276, 40, 8), "ML-3.14": (400, 276, 40, 5), "ML-1.10": (230, 40, 34, 9),
    "ML-1.12": (30, 276, 40, 5), "ML-0.06": (488, 30, 20, 4), "ML-0.12": (30, 276, 40, 6), "HH-3.10": (30, 40, 40, 7),
    "HH-3.11": (360, 40, 20, 2), "HH-3.12": (60, 276, 40, 8), "HH-4.10": (30, 40, 34, 7), "HH-4.12": (30, 276, 40, 9),
    "HH-0.01": (30, 40, 40, 4), "EG-1.06": (120, 40, 40, 6), "EG-1.02": (30, 276, 40, 6), "EG-0.12": (40, 230, 40, 9),
}  # fmt: skip
HOSTS: Final = 80
NETWORKS: Final = {"ML": "10.20", "HH": "10.30", "EG": "10.40"}


@dataclass(slots=True)
class Member:
    """Somebody as the days are made of: where the desk is, which badge, user account and machine."""

    code: str
    name: str
    department: str
    desk: str
    pattern: str
    badge: str = ""
    account: str = ""
    host: str = ""
    left_on: date | None = None

    @property
    def site(self) -> str:
        return self.desk[:2]


@dataclass(slots=True)
class People:
    members: list[Member] = field(default_factory=list)
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def by_code(self, code: str) -> Member:
        return next(m for m in self.members if m.code == code)


def people(seed: int, today: date) -> People:
    """The same people for the same seed; dates are counted back from ``today``."""
    rng = Random(f"{seed}:people")
    made = People()
    jobs: dict[str, str] = {}
    for part in CAST:
        made.members.append(Member(part.code, part.name, part.department, part.desk, part.pattern, part.badge))
        jobs[part.code] = part.job
    for number, (department, job, desk, pattern, name) in enumerate(_others(rng), 101):
        made.members.append(Member(f"VI-{number:04d}", name, department, desk, pattern))
        jobs[made.members[-1].code] = job
    _leave(made, rng, today)
    _accounts(made)
    made.rows = {
        "organisation": [{"name": "Veldmark Instruments", "sector": "for-profit", "currency": "EUR"}],
        "departments": _departments(made),
        "people": [_person(m, jobs[m.code], made, rng, today) for m in made.members],
        "badges": _badges(made, rng, today),
        "hosts": _hosts(made),
    }
    made.rows["accounts"] = _account_rows(made)
    return made


def _others(rng: Random) -> list[tuple[str, str, str, str, str]]:
    names = [f"{first} {last}" for first in FIRST for last in LAST]
    rng.shuffle(names)
    kinds = [(department, job, desk, pattern) for department, job, desk, n, pattern in STAFF for _ in range(n)]
    return [(*kind, name) for kind, name in zip(kinds, names, strict=False)]


def _leave(made: People, rng: Random, today: date) -> None:
    made.by_code(BRAM).left_on = today - timedelta(days=23)
    plain = [m for m in made.members if m.code >= "VI-0101" and m.pattern == "office"]
    for gone in rng.sample(plain, LEAVERS):
        gone.left_on = today - timedelta(days=rng.randint(35, 200))


def _accounts(made: People) -> None:
    taken: set[str] = set()
    for member in made.members:
        first, _, last = member.name.partition(" ")
        account = f"{first[0]}.{last.replace(' ', '')}".lower()
        if account in taken:
            account = f"{first}.{last.replace(' ', '')}".lower()
        taken.add(account)
        member.account = account


def _departments(made: People) -> list[Row]:
    heads = {name: next(m.code for m in made.members if m.name == who) for name, who in HEADS.items()}
    for code in DEPARTMENTS:
        heads.setdefault(code, next(m.code for m in made.members if m.department == code and not m.left_on))
    return [
        {"code": code, "name": name, "head": heads[code], "email": f"{name.lower().replace(' ', '.')}@veldmark.example",
         "phone": f"+31 40 555 0{number}0"} for number, (code, name) in enumerate(DEPARTMENTS.items(), 1)
    ]  # fmt: skip


def _person(member: Member, job: str, made: People, rng: Random, today: date) -> Row:
    head = next((d["head"] for d in _departments(made) if d["code"] == member.department), "")
    opens, closes = HOURS[member.pattern]
    is_wide = member.code in (MARTA, DAAN)  # the played incidents must mean the same at any hour of the day
    return {
        "code": member.code, "name": member.name, "job": job, "department": member.department,
        "email": f"{member.account}@veldmark.example", "phone": f"+31 40 555 {rng.randint(1000, 9999)}",
        "site": member.site, "manager": "" if member.code in (head, CHIEF) else head or CHIEF,
        "joined_on": today - timedelta(days=rng.randint(260, 4200)), "left_on": member.left_on,
        "hours_from": "00:00" if is_wide else opens, "hours_to": "23:59" if is_wide else closes,
        "works_weekends": is_wide or member.pattern in ("night", "late") or "guard" in job.lower(),
    }  # fmt: skip


def _badges(made: People, rng: Random, today: date) -> list[Row]:
    numbers = [str(n) for n in range(2100, 3900) if n % 10 != 0]
    rng.shuffle(numbers)
    rows: list[Row] = []
    for member in made.members:
        since = _noon((member.left_on or today) - timedelta(days=rng.randint(120, 255)))
        member.badge = member.badge or numbers.pop()
        if rng.random() < 0.15 and member.code >= "VI-0101":
            end = rng.choice(("replaced", "replaced", "lost"))
            rows.append({"number": numbers.pop(), "person": member.code, "issued_at": since - timedelta(days=110),
                         "ended_at": since, "end": end, "note": "Worn out" if end == "replaced" else ""})  # fmt: skip
        row: Row = {"number": member.badge, "person": member.code, "issued_at": since}
        if member.left_on and member.code != BRAM:
            row |= {"ended_at": _noon(member.left_on) + timedelta(hours=5), "end": "returned"}
        rows.append(row)
    revoked = _noon(today - timedelta(days=9))
    rows.append({"number": "4990", "person": "VI-0018", "issued_at": revoked - timedelta(days=40),
                 "ended_at": revoked, "end": "revoked", "note": "Contractor, day badge"})  # fmt: skip
    rows += [{"number": str(n), "note": "Visitor, at reception"} for n in range(9001, 9007)]
    return rows


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(10)).astimezone()


def _hosts(made: People) -> list[Row]:
    rows = [
        {"name": name, "kind": kind, "zone": zone, "addresses": [address], "system": system, "x": x, "y": y}
        for name, kind, zone, address, system, x, y in SERVERS
    ]
    count: dict[str, int] = {}
    for member in _desk_order(made):
        if len(rows) >= HOSTS or member.desk not in DESKS:
            continue
        x, y, step, in_row = DESKS[member.desk]
        n = count[member.desk] = count.get(member.desk, -1) + 1
        number = _number(member.desk, n)
        member.host = f"{member.site}-WS-{number}"
        rows.append({
            "name": member.host, "kind": "workstation", "zone": member.desk, "owner": member.code,
            "addresses": [f"{NETWORKS[member.site]}.{10 + int(member.desk[3])}.{number % 250 + 1}"],
            "system": "Windows 11", "x": x + step * (n % in_row), "y": y + 22 * (n // in_row) * (-1 if y > 150 else 1),
        })  # fmt: skip
    return rows


def _desk_order(made: People) -> list[Member]:
    """Whom the machines are given to until there are enough. Marta Vos has the second desk of Lab 2.14; the research
    office is as full as it is drawn."""
    able = [m for m in made.members if not m.left_on and m.pattern in ("office", "early") and m.desk != "EG-0.00"]
    lab = [m for m in able if m.desk == "ML-2.14"]
    lab.sort(key=lambda m: (m.code == MARTA, m.code))
    lab.insert(1, lab.pop())
    lab += [m for m in able if m.desk == "ML-2.10"]
    # One desk of each room before the second of any, so that every department has some.
    others = [m for m in able if m not in lab]
    rank = {m.code: sum(o.desk == m.desk for o in others[:n]) for n, m in enumerate(others)}
    return lab + sorted(others, key=lambda m: (rank[m.code], m.code))


def _number(desk: str, n: int) -> int:
    base = {"ML-2.14": 213, "ML-2.12": 210, "ML-2.10": 221, "ML-2.18": 241, "ML-3.10": 310, "ML-3.12": 330,
            "ML-3.14": 340, "ML-1.10": 110, "ML-1.12": 130, "ML-0.06": 10, "ML-0.12": 20, "HH-3.10": 310,
            "HH-3.11": 301, "HH-3.12": 330, "HH-4.10": 410, "HH-4.12": 430, "HH-0.01": 10, "EG-1.06": 110,
            "EG-1.02": 120, "EG-0.12": 10}[desk]  # fmt: skip
    return base + n


def _account_rows(made: People) -> list[Row]:
    rows: list[Row] = [
        {"name": m.account, "person": m.code, "kind": "person", "disabled_at": _noon(m.left_on) if m.left_on else None}
        for m in made.members
    ]
    yusuf = made.by_code("VI-0012")
    rows += [{"name": name, "kind": "service"} for name in ("svc-backup", "svc-scan", "svc-monitor", "svc-deploy")]
    rows += [{"name": "root", "kind": "admin"}, {"name": "Administrator", "kind": "admin"},
             {"name": "adm-y.demir", "kind": "admin", "person": yusuf.code}]  # fmt: skip
    return rows
