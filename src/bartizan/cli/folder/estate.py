"""The estate out of a case folder's lists. Only staff and zones must be there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Final, TypeVar

from bartizan.cli.folder.lists import Row, plain
from bartizan.cli.folder.notes import LeftOut, Notes
from bartizan.engines.context import Account, Device, Estate, Host, Issue, Person, Portal, Site, Zone

_ALWAYS: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""A badge that the staff list names without a day of issue was always that person's."""
_HERE: Final = "HERE"
"""The code of the one site, when no list names a site."""
_ENDS: Final = ("replaced", "lost", "revoked", "returned")
Lists = Mapping[str, Sequence[Row]]
_Thing = TypeVar("_Thing")


def read_estate(lists: Lists, timezone: str, notes: Notes) -> Estate:
    """Rows that name what is in no list are left out, or kept without it, and noted."""
    zones = _each(lists.get("zones", ()), "code", _zone, notes)
    sites = _sites(lists.get("sites", ()), zones, timezone, notes)
    zones = [_named(zone, sites, notes) for zone in zones]
    people = _each(lists.get("staff", ()), "code", lambda row: _person(row, sites), notes)
    staff = _Staff(people)
    portals = [_portal(row) for row in _joining(_once(lists.get("doors", ()), "code", notes), zones, notes)]
    return Estate.of(
        sites=sites,
        buildings={row.text("code"): row.text("name") or row.text("code") for row in lists.get("buildings", ())},
        zones=zones,
        portals=portals,
        people=people,
        badges=_badges(lists, staff, notes),
        hosts=_hosts(lists, staff, {zone.code for zone in zones}, notes),
        accounts=_accounts(lists, staff, notes),
        devices=_each(lists.get("devices", ()), "reference", _device, notes),
    )


def _once(rows: Sequence[Row], key: str, notes: Notes) -> Iterator[Row]:
    """The first row of each key; a second one is left out."""
    seen: dict[str, Row] = {}
    for row in rows:
        first = seen.setdefault(row.text(key), row)
        if first is row:
            notes.use(row.file)
            yield row
        else:
            what = f"{key} {row.text(key)} is in {first.file} row {first.number} too"
            notes.leave_out(row.left_out(key, what, "keep one of the two rows"))


def _each(rows: Sequence[Row], key: str, make: Callable[[Row], _Thing], notes: Notes) -> list[_Thing]:
    return [make(row) for row in _once(rows, key, notes)]


class _Staff:
    """Finds people by staff number, or by a name that only one has."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._codes = {person.code for person in people}
        names: dict[str, set[str]] = defaultdict(set)
        for person in people:
            names[plain(person.name)].add(person.code)
        self._names = {name: codes.pop() for name, codes in names.items() if len(codes) == 1}

    def code(self, row: Row, field: str, notes: Notes) -> str:
        """Empty, with a note, for somebody who is not in the staff list."""
        text = row.text(field).removeprefix("person:")
        found = text if text in self._codes else self._names.get(plain(text), "")
        if text and not found:
            notes.others.append(
                f"{row.file} row {row.number}, column {field}: nobody in the staff list is so called; the row was used "
                "as nobody's. Add the person, or correct the number."
            )
        return found


def _zone(row: Row) -> Zone:
    code, level = row.text("code"), row.fields.get("level")
    return Zone(
        code,
        row.text("name") or code,
        row.text("site") or _HERE,
        row.text("building"),
        row.text("floor"),
        int(level) if level is not None else 1,
        bool(row.fields.get("outside", False)),
    )


def _sites(rows: Sequence[Row], zones: Sequence[Zone], timezone: str, notes: Notes) -> list[Site]:
    listed = _each(rows, "code", lambda row: _site(row, timezone), notes)
    known = {site.code for site in listed} | {site.name for site in listed}
    if len(listed) == 1 and {zone.site for zone in zones} == {_HERE}:
        return listed
    return listed + [Site(code, code, timezone) for code in sorted({zone.site for zone in zones} - known)]


def _site(row: Row, timezone: str) -> Site:
    fields, code = row.fields, row.text("code")
    return Site(
        code,
        row.text("name") or code,
        row.text("timezone") or timezone,
        fields.get("latitude"),
        fields.get("longitude"),
        _clock(row, "opens"),
        _clock(row, "closes"),
        tuple(fields.get("addresses", ())),
    )


def _named(zone: Zone, sites: Sequence[Site], notes: Notes) -> Zone:
    """The zone under its site's code, where the list of zones used the name, or none."""
    if any(site.code == zone.site for site in sites):
        return zone
    only = sites[0].code if zone.site == _HERE else next(site.code for site in sites if site.name == zone.site)
    return Zone(zone.code, zone.name, only, zone.building, zone.floor, zone.level, zone.is_outside)


def _person(row: Row, sites: Sequence[Site]) -> Person:
    code, site = row.text("code"), row.text("site")
    return Person(
        code=code,
        name=row.text("name") or code,
        department=row.text("department"),
        joined_on=_day(row, "joined_on"),
        left_on=_day(row, "left_on"),
        hours_from=_clock(row, "hours_from"),
        hours_to=_clock(row, "hours_to"),
        works_weekends=bool(row.fields.get("works_weekends", False)),
        site=next((s.code for s in sites if site in (s.code, s.name)), sites[0].code if len(sites) == 1 else site),
    )


def _joining(rows: Iterator[Row], zones: Sequence[Zone], notes: Notes) -> Iterator[Row]:
    """Doors of which both zones are known."""
    codes = {zone.code for zone in zones}
    for row in rows:
        wrong = next((side for side in ("outer", "inner") if row.text(side).removeprefix("zone:") not in codes), None)
        if wrong is None:
            yield row
        else:
            what = f"{wrong} zone {row.text(wrong)} is not in the list of zones"
            notes.leave_out(row.left_out(wrong, what, "add the zone, or correct its code"))


def _portal(row: Row) -> Portal:
    code, seconds = row.text("code"), row.fields.get("seconds")
    sides = (row.text("outer").removeprefix("zone:"), row.text("inner").removeprefix("zone:"))
    return Portal(code, row.text("name") or code, *sides, *([int(seconds)] if seconds is not None else []))


def _badges(lists: Lists, staff: _Staff, notes: Notes) -> dict[str, list[Issue]]:
    """badges.csv says of a badge what the staff list does not know: since when, until when, and why it ended."""
    issues: dict[str, list[Issue]] = defaultdict(list)
    for row in lists.get("badges", ()):
        notes.use(row.file)
        end = row.text("end").casefold()
        if end and end not in _ENDS:
            notes.others.append(
                f"{row.file} row {row.number}, column end: “{end}” is none of {', '.join(_ENDS)}; it counts as revoked."
            )
        number = row.text("number").removeprefix("badge:")
        since = _moment(row, "issued_at") or _ALWAYS
        issues[number].append(Issue(staff.code(row, "person", notes), since, _moment(row, "ended_at"), end))
    listed = frozenset(issues)
    for row in lists.get("staff", ()):
        for number in row.fields.get("badges", ()):
            held = issues[number.removeprefix("badge:")]
            if number in listed:
                continue
            if held and held[0].person != row.text("code"):
                what = f"badge {number} is {held[0].person}'s too"
                todo = "say in badges.csv who held it from when to when"
                notes.leave_out(LeftOut(row.file, row.number, "badges", "", what, todo))
            elif not held:
                held.append(Issue(row.text("code"), _ALWAYS))
    return issues


def _hosts(lists: Lists, staff: _Staff, zones: set[str], notes: Notes) -> list[Host]:
    desks = {row.text("desk").removeprefix("host:"): row.text("code") for row in lists.get("staff", ())}
    desks.pop("", None)
    hosts = []
    for row in _once(lists.get("hosts", ()), "name", notes):
        name, zone = row.text("name").removeprefix("host:"), row.text("zone").removeprefix("zone:")
        if zone and zone not in zones:
            notes.others.append(
                f"{row.file} row {row.number}, column zone: zone {zone} is not in the list of zones; {name} was taken "
                "to be nowhere. Add the zone, or correct its code."
            )
        owner = staff.code(row, "owner", notes) or desks.get(name, "")
        addresses = tuple(row.fields.get("addresses", ()))
        hosts.append(Host(name, owner, zone, row.text("kind") or "workstation", addresses))
        desks.pop(name, None)
    return hosts + [Host(name, owner) for name, owner in desks.items()]


def _accounts(lists: Lists, staff: _Staff, notes: Notes) -> list[Account]:
    owners = {name: row.text("code") for row in lists.get("staff", ()) for name in row.fields.get("accounts", ())}
    accounts = []
    for row in _once(lists.get("accounts", ()), "name", notes):
        name = row.text("name").removeprefix("user:")
        person = staff.code(row, "person", notes) or owners.get(name, "")
        accounts.append(Account(name, person, row.text("kind") or "person", _moment(row, "disabled_at")))
        owners.pop(name, None)
    return accounts + [Account(name.removeprefix("user:"), person) for name, person in owners.items()]


def _device(row: Row) -> Device:
    reference, kind = row.text("reference"), row.text("kind")
    whole = reference if ":" in reference or not kind else f"{kind}:{reference}"
    zone, door = row.text("zone").removeprefix("zone:"), row.text("door").removeprefix("portal:")
    return Device(whole, zone, door, kind or whole.partition(":")[0], row.text("name"))


def _day(row: Row, field: str) -> date | None:
    return date.fromisoformat(row.text(field)) if field in row.fields else None


def _clock(row: Row, field: str) -> time | None:
    return time.fromisoformat(row.text(field)) if field in row.fields else None


def _moment(row: Row, field: str) -> datetime | None:
    return datetime.fromisoformat(row.text(field)) if field in row.fields else None
