"""A small complete case folder: six people, one vault, a badge log and a network log. The one of the docs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from bartizan.cli.folder.notes import FolderError

LISTS: Final = {
    "case.yaml": """\
title: The tender that was known outside
timezone: Europe/Amsterdam
day_first: true
clock_error: 10
""",
    "effects.csv": """\
kind,from,to,place,device,asset,words,events
left,2026-03-19 21:30,2026-03-19 21:50,,WS-VAULT,/tenders/bridge.pdf,The tender was sent out,
found,2026-03-20 08:00,2026-03-23 09:00,,,/tenders/bridge.pdf,A competitor showed a copy,
""",
    "staff.csv": """\
code,name,department,hours_from,hours_to,badges,accounts,desk
E1,Ada Bakker,Tenders,08:00,17:00,4411,a.bakker,WS-01
E2,Ben de Graaf,Tenders,08:00,17:00,4412,b.degraaf,WS-02
E3,Cleo Jansen,Finance,09:00,18:00,4413,c.jansen,WS-03
E4,Dirk Mulder,Finance,09:00,18:00,4414,d.mulder,WS-04
E5,Eva Postma,Facilities,07:00,16:00,4415,e.postma,WS-05
E6,Finn Smit,IT,08:00,17:00,4416,f.smit,WS-06
""",
    "zones.csv": """\
code,name,site,level,outside
STREET,Street,HQ,1,yes
OFFICE,Office floor,HQ,2,no
VAULT,Document vault,HQ,4,no
""",
    "doors.csv": """\
code,name,outer,inner,seconds
D1,Front door,STREET,OFFICE,20
D2,Vault door,OFFICE,VAULT,10
""",
    "hosts.csv": """\
name,owner,zone,kind,addresses
WS-01,E1,OFFICE,workstation,10.0.0.1
WS-02,E2,OFFICE,workstation,10.0.0.2
WS-03,E3,OFFICE,workstation,10.0.0.3
WS-04,E4,OFFICE,workstation,10.0.0.4
WS-05,E5,OFFICE,workstation,10.0.0.5
WS-06,E6,OFFICE,workstation,10.0.0.6
WS-VAULT,,VAULT,workstation,10.0.0.9
""",
    "clocks.csv": """\
source,ahead_seconds,error_seconds
doors,0,5
proxy,-42,10
""",
    "badge.yaml": """\
source: doors
time: {columns: [Datum, Tijd]}
kind:
  column: Resultaat
  table: {Toegang verleend: door.granted, Uitgang: door.exit, Geweigerd*: door.denied}
actor: {column: Pas, strip_zeros: true, prefix: badge}
place: {column: Deur, table: {Voordeur: D1, Kluis: D2}, prefix: portal}
data: none
""",
    "network.yaml": """\
source: proxy
time: when
kind:
  column: action
  table: {login: login.success, logout: login.logout, web: network.web, mail: network.mail, read: document.read}
actor: {column: user, prefix: user}
device: {column: host, prefix: host}
asset: {column: file, prefix: file}
data: {client: address, to: to}
""",
}  # fmt: skip
_BADGES: Final = {"E1": "0004411", "E2": "0004412", "E3": "0004413", "E4": "0004414", "E5": "0004415", "E6": "0004416"}
_USERS: Final = dict(zip(_BADGES, ("a.bakker", "b.degraaf", "c.jansen", "d.mulder", "e.postma", "f.smit"), strict=True))
_COMES: Final = {"E1": "07:55", "E2": "08:05", "E3": "08:50", "E4": "09:05", "E5": "06:58", "E6": "08:12"}
_GOES: Final = {"E1": "17:04", "E2": "17:20", "E3": "18:02", "E4": "17:55", "E5": "16:01", "E6": "17:10"}
_FIRST: Final = datetime(2026, 3, 2)  # noqa: DTZ001  # a Monday, on the office's own clock
_EVENING: Final = datetime(2026, 3, 19)  # noqa: DTZ001
Entry = tuple[datetime, str]


def write_example(folder: Path) -> None:
    """Into a folder that is new or empty."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise FolderError(f"{folder} is not empty; name a new folder for the example.")
        for name, text in files().items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise FolderError(f"{folder} cannot be written: {error.strerror}; name another folder.") from error


def files() -> dict[str, str]:
    badge = ["Datum;Tijd;Pas;Deur;Resultaat", *(line for _at, line in sorted(_doors()))]
    network = ["when,action,user,host,address,file,to", *(line for _at, line in sorted(_network()))]
    return LISTS | {"badge.csv": "\n".join(badge) + "\n", "network.csv": "\n".join(network) + "\n"}


def _days() -> Iterator[datetime]:
    """The working days of four weeks."""
    return (day for n in range(26) if (day := _FIRST + timedelta(days=n)).weekday() < 5)


def _at(day: datetime, clock: str, person: str = "") -> datetime:
    """A few minutes off, the same on every run."""
    hour, minute = map(int, clock.split(":"))
    off = (day.toordinal() * 7 + sum(map(ord, person)) * 13) % 11 - 5 if person else 0
    return day + timedelta(hours=hour, minutes=minute + off, seconds=day.day)


def _doors() -> Iterator[Entry]:
    for day in _days():
        for person in _BADGES:
            yield _door(_at(day, _COMES[person], person), person, "Voordeur", "Toegang verleend")
            if person not in ("E1", "E2") or day != _EVENING:
                yield _door(_at(day, _GOES[person], person), person, "Voordeur", "Uitgang")
        for person, clock in (("E1", "10:30"), ("E2", "14:10")):
            yield _door(_at(day, clock, person), person, "Kluis", "Toegang verleend")
            yield _door(_at(day, clock, person) + timedelta(minutes=25), person, "Kluis", "Uitgang")
    yield _door(_at(_FIRST, "11:20"), "E5", "Kluis", "Geweigerd - geen recht")
    for clock, person, door, result in (
        ("19:35", "E1", "Voordeur", "Uitgang"),
        ("21:22", "E2", "Kluis", "Toegang verleend"),
        ("21:52", "E2", "Kluis", "Uitgang"),
        ("21:58", "E2", "Voordeur", "Uitgang"),
    ):
        yield _door(_at(_EVENING, clock), person, door, result)


def _door(at: datetime, person: str, door: str, result: str) -> Entry:
    return at, f"{at:%d-%m-%Y;%H:%M:%S};{_BADGES[person]};{door};{result}"


def _network() -> Iterator[Entry]:
    for day in _days():
        for n, person in enumerate(_BADGES, 1):
            begin = _at(day, _COMES[person], person) + timedelta(minutes=6)
            yield _record(begin, "login", person, f"WS-{n:02d}", f"10.0.0.{n}")
            yield _record(begin + timedelta(minutes=50), "web", person, f"WS-{n:02d}", f"10.0.0.{n}")
            yield _record(begin + timedelta(hours=7), "logout", person, f"WS-{n:02d}", f"10.0.0.{n}")
        for person, clock in (("E1", "10:34"), ("E2", "14:14")):
            at = _at(day, clock, person)
            yield _record(at, "login", person, "WS-VAULT", "10.0.0.9")
            yield _record(at + timedelta(minutes=4), "read", person, "WS-VAULT", "10.0.0.9", "/tenders/bridge.pdf")
    evening = (("21:26", "login", ""), ("21:31", "read", ""), ("21:38", "mail", "drop@free-mail.example"))
    for clock, action, to in evening:
        file = "/tenders/bridge.pdf" if action != "login" else ""
        yield _record(_at(_EVENING, clock), action, "E1", "WS-VAULT", "10.0.0.9", file, to)


def _record(at: datetime, action: str, person: str, host: str, address: str, file: str = "", to: str = "") -> Entry:
    """The proxy's clock is 42 seconds behind, as clocks.csv says."""
    seen = at - timedelta(seconds=42)
    return at, f"{seen:%Y-%m-%d %H:%M:%S},{action},{_USERS[person]},{host},{address},{file},{to}"
