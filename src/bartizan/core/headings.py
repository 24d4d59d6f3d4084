"""What the columns of somebody's table are called, and which field of a register each of them most probably is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from bartizan.core.rows import Target

# Beyond a field's own name and title; none of them is used where a field of the register is so called.
SYNONYMS: Final[Mapping[str, tuple[str, ...]]] = {
    "code": (
        "id", "nr", "no", "key", "short code", "abbreviation", "identifier", "reference", "ref", "staff no", "staff id",
        "employee id", "employee number", "employee no", "personnel number", "personnel no", "payroll number",
        "personeelsnummer", "personeelsnr", "personalnummer", "matricule", "inventory no", "inventory id", "asset tag",
        "asset number", "asset id", "tag", "door no", "door number", "room number", "room no", "afdelingscode",
             "kürzel",
    ),
    "number": ("badge", "badge number", "badge no", "card", "card number", "card no", "pasnr", "pasnummer", "id",
             "nr", "no"),
    "name": ("full name", "title", "description", "called", "naam", "nom", "bezeichnung", "display name", "host",
             "host name", "hostname", "computer", "computer name", "login", "user name", "username", "account",
             "account name", "sam account name", "upn"),
    "email": ("e-mail", "mail", "e-mail address", "email address", "mailadres"),
    "phone": ("telephone", "tel", "mobile", "phone number", "telephone number", "telefoon", "téléphone", "telefon"),
    "job": ("job title", "function", "position", "role", "functie", "poste", "stelle"),
    "department": ("dept", "department code", "department name", "division", "unit", "team", "owner department",
                   "owning department", "afdeling", "abteilung", "service", "département"),
    "manager": ("line manager", "supervisor", "reports to", "manager code", "manager number", "leidinggevende", "boss"),
    "head": ("head of department", "department head", "lead", "director", "hoofd", "leiter"),
    "site": ("site code", "site name", "location", "office", "branch", "campus", "vestiging", "locatie", "standort"),
    "building": ("building code", "building name", "house", "block", "gebouw", "gebäude", "bâtiment"),
    "floor": ("floor code", "storey", "verdieping", "etage", "étage"),
    "zone": ("zone code", "room", "room code", "space", "area", "where", "ruimte", "raum"),
    "portal": ("door", "door code", "gate", "deur", "tür"),
    "level": ("security level", "protection level", "storey", "level number"),
    "joined_on": ("hired", "hire date", "hired on", "start date", "employed from", "date of joining", "joining date",
                  "employment start", "in dienst", "eintritt", "date d'embauche"),
    "left_on": ("end date", "leaving date", "employed until", "employment end", "terminated", "termination date",
             "uit dienst",
                "austritt"),
    "hours_from": ("works from", "begins", "shift start", "begin", "start time"),
    "hours_to": ("works to", "ends", "shift end", "end time"),
    "works_weekends": ("weekends", "weekend work"),
    "person": ("holder", "held by", "owner", "staff number", "employee", "user", "houder", "persoon"),
    "holder": ("held by", "user", "used by", "keeper", "issued to", "person"),
    "owner": ("owned by", "user", "responsible", "person", "eigenaar"),
    "keeper": ("kept by", "custodian", "holder"),
    "asset": ("of", "intellectual property", "item"),
    "issued_at": ("issued", "issued on", "issue date", "from", "valid from", "uitgegeven"),
    "ended_at": ("ended", "ended on", "until", "valid until", "returned on", "expires"),
    "end": ("ended how", "end reason", "status", "why"),
    "value": ("worth", "price", "purchase price", "cost", "amount", "waarde", "wert", "valeur"),
    "serial": ("serial number", "serial no", "s/n", "sn", "serienummer", "seriennummer"),
    "acquired_on": ("bought on", "purchase date", "acquired", "bought", "aankoopdatum"),
    "gone_on": ("disposed on", "written off", "gone", "disposal date"),
    "kind": ("type", "category", "class", "soort", "art"),
    "note": ("notes", "remark", "remarks", "comment", "comments", "opmerking", "bemerkung"),
    "outer": ("from zone", "outside", "outer zone"),
    "inner": ("to zone", "into zone", "inside", "inner zone", "to"),
    "seconds": ("walking time, seconds", "walking time, s", "walking seconds"),
    "addresses": ("ip", "ip address", "ip addresses", "address"),
    "system": ("operating system", "os"),
    "address": ("street", "street address", "adres", "adresse", "anschrift"),
    "timezone": ("time zone", "tz"),
    "latitude": ("lat",), "longitude": ("lon", "lng", "long"),
    "opens": ("opening time", "open from"), "closes": ("closing time", "open until"),
    "accounts": ("user accounts", "logins", "account names"), "badges": ("badge numbers", "cards", "passen"),
    "registration": ("registration number", "patent number", "filing number"),
    "expires_on": ("expires", "expiry", "expiry date", "valid until"),
    "classification": ("class", "secrecy", "confidentiality", "sensitivity"),
}  # fmt: skip
FIRST: Final = frozenset({"firstname", "givenname", "forename", "voornaam", "vorname", "prénom", "first"})
LAST: Final = frozenset({"lastname", "surname", "familyname", "achternaam", "nachname", "nomdefamille", "last"})


def title_of(target: Target, name: str) -> str:
    """The heading of a field in exports and templates; it is always understood again."""
    if target.extra and name in target.extra.columns:
        own = str(target.columns[name].verbose_name)
    elif name == "pk":
        own = "Id"
    elif target.brought and name in target.brought.columns:
        own = {"accounts": "User accounts"}.get(name, name)
    else:
        own = target.register.title_of(name)
    return own[:1].upper() + own[1:]


def offered(target: Target) -> dict[str, str]:
    """Every field that a column may be, with its heading; a heading that two fields share is told apart by name."""
    names = [*target.columns, *(target.brought.columns if target.brought else ())]
    titles = {name: title_of(target, name) for name in names}
    count = [plain(title) for title in titles.values()]
    return {name: f"{title} ({name})" if count.count(plain(title)) > 1 else title for name, title in titles.items()}


def guess(target: Target, headings: Sequence[str]) -> dict[str, str]:
    """The field that each heading means, as far as it can be told. A name may come in two columns: first and last."""
    fields = offered(target)
    halves = {plain(heading): "name" for heading in headings if plain(heading) in FIRST | LAST}
    found: dict[str, str] = {}
    for spellings in (_own(fields), _titles(target, fields), halves if "name" in fields else {}, _synonyms(fields)):
        taken = set(found.values())
        for heading in headings:
            name = spellings.get(plain(heading), "")
            if heading not in found and name and name not in taken:
                found[heading] = name
    return found


def in_order(headings: Sequence[str]) -> list[str]:
    """First names before last names, where a name comes in two columns."""
    return sorted(headings, key=lambda heading: plain(heading) in LAST)


def _own(fields: Mapping[str, str]) -> dict[str, str]:
    return {plain(spelling): name for name, title in fields.items() for spelling in (title, name)}


def _titles(target: Target, fields: Mapping[str, str]) -> dict[str, str]:
    """Other titles of a field: of the list's column, and the model's own. One that two fields share is neither's."""
    told: list[tuple[str, str]] = [(c.title, c.path.split("__")[0]) for c in target.register.all_columns]
    told += [(str(getattr(c, "verbose_name", "")), name) for name, c in target.columns.items()]
    return _single((title, name) for title, name in told if name in fields)


def _synonyms(fields: Mapping[str, str]) -> dict[str, str]:
    known: dict[str, str] = {}
    for name in fields:
        for one in SYNONYMS.get(name, ()):
            known.setdefault(plain(one), name)
    return known


def _single(told: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, Any] = {}
    for title, name in told:
        said = plain(title)
        found[said] = name if found.get(said, name) == name else None
    return {title: name for title, name in found.items() if name and title}


def plain(heading: str) -> str:
    """A heading without case, blanks and punctuation."""
    return "".join(mark for mark in heading.casefold() if mark.isalnum())
