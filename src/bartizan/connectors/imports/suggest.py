"""A first mapping for a file that nobody has described yet, guessed from its column names and values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

from bartizan.connectors.imports.files import FileError, open_source
from bartizan.connectors.imports.mapping import DateForm, FileForm
from bartizan.connectors.imports.times import NotATimeError, joined, time_reader
from bartizan.connectors.imports.values import text_of

_ROWS: Final = 2000
_TABLE: Final = 40
# Words in column names, in the languages that badge systems are sold in.
_ROLES: Final = {
    "result": r"result|resultat|resultaat|ergebnis|event|ereignis|gebeurtenis|evenement|outcome|status|action|decision",
    "badge": r"badge|card|karte|kaart|carte|tarjeta|pas(nr|nummer)?\b|credential|token|fob|tag",
    "user": r"user|login|account|benutzer|gebruiker|utilisateur",
    "person": r"name|person|employee|holder|staff|mitarbeiter|medewerker|nom|inhaber",
    "portal": r"door|portal|gate|turnstile|entrance|t[uü]r|deur|porte|puerta|zugang",
    "reader": r"reader|leser|lezer|lecteur|lector|terminal|device|controller",
    "zone": r"zone|area|bereich|gebied|location|ort\b|room|raum|ruimte|lieu",
    "host": r"host|computer|machine|workstation|server",
}
# Words in values, and what they mean; the first that fits counts.
_MEANINGS: Final = (
    (r"heartbeat|hartslag|herzschlag|keep.?alive|self.?test", "skip"),
    (r"forc|aufgebroch|geforceerd|forz", "door.forced"),
    (r"held|prop|zu lange|te lang|too long|offen gehalten", "door.held"),
    (r"pass.?back", "door.passback"),
    (r"tailgat", "door.tailgate"),
    (r"den(y|ied)|refus|reject|invalid|unknown card|not auth|unauth|expired|fail", "door.denied"),
    (r"verweiger|abgelehnt|geweiger", "door.denied"),
    (r"exit|egress|rex\b|ausgang|uitgang", "door.exit"),
    (r"grant|allow|valid|accept|success|ok\b|admitted|entry", "door.granted"),
    (r"gew[aä]hr|erlaubt|toegestaan|verleend|autoris", "door.granted"),
    (r"unlock|entsperr|ontgrendel", "door.unlocked"),
    (r"lock|sperr|vergrendel", "door.locked"),
    (r"open", "door.opened"),
    (r"clos|geschlossen|gesloten", "door.closed"),
    (r"tamper|sabotage", "alarm.tamper"),
)  # fmt: skip
_DATE: Final = re.compile(r"date|datum|fecha|day|tag\b|jour")
_TIME: Final = re.compile(r"time|zeit|tijd|heure|hora|stamp|when|uhr|moment")
_NUMERIC: Final = re.compile(r"\d{1,2}([./\-])\d{1,2}\1\d{2,4}\b")
_CLOCK: Final = re.compile(r"\d{1,2}[:.h]\d{2}([:.]\d{2})?\s*([AaPp]\.?[Mm]\.?)?")
_EITHER: Final = "true  # CHECK: the values do not tell; false for month/day"
_EPOCH: Final = {10: "epoch", 13: "epoch_ms", 16: "epoch_us"}


def suggest_mapping(path: Path, source: str = "") -> str:
    """A mapping file (YAML) to begin with; what is guessed and what must be filled in is said in comments."""
    with open_source(path, FileForm()) as opened:
        if opened.columns is None:
            raise FileError(f"{path.name} brings its own names: it is imported without a mapping")
        columns = opened.columns
        cells = [row for _number, row in islice(opened.rows, _ROWS)]
        notes = list(opened.notes)
    if not cells:
        raise FileError(f"{path.name} holds no rows")
    values = {name: [row.get(name) for row in cells if text_of(row.get(name))] for name in columns}
    lines = [f"# Guessed from the first {len(cells)} rows of {path.name} ({'; '.join(notes) or opened.format})."]
    lines += ["# Look at every line, then try it: bartizan import --map THIS-FILE --check " + path.name]
    lines.append(f"source: {_quoted(source or _plain_name(path))}")
    timed = _time_columns(columns, values)
    lines += _time_lines(timed, values)
    roles = _roles([name for name in columns if name not in timed], values)
    lines += _kind_lines(roles.get("result"), values)
    lines += _who_and_where(roles)
    lines.append(f"# columns of the file: {', '.join(columns)}")
    return "\n".join(lines) + "\n"


def _plain_name(path: Path) -> str:
    return re.sub(r"[^a-z0-9]+", "-", path.name.split(".")[0].lower()).strip("-") or "import"


def _quoted(text: str) -> str:
    """``text`` as YAML reads it back."""
    if re.fullmatch(r"[A-Za-z_][\w .\-/]*[\w]|[A-Za-z_]", text) and text.lower() not in ("true", "false", "null"):
        return text
    return "'" + text.replace("'", "''") + "'"


# --- time ---------------------------------------------------------------------------------------------------------


def _time_columns(columns: Sequence[str], values: dict[str, list[Any]]) -> list[str]:
    """The column that holds the time, or the two that hold date and time."""
    whole = [name for name in columns if _is_time(name, values[name], clock=True)]
    named = [name for name in whole if _TIME.search(name.lower()) or _DATE.search(name.lower())]
    if named or whole:
        return (named or whole)[:1]
    days = [name for name in columns if _is_time(name, values[name], clock=False)]
    clocks = [name for name in columns if _is_clock(values[name][:50])]
    return [*days[:1], *clocks[:1]] if days and clocks else days[:1]


def _is_time(name: str, cells: list[Any], *, clock: bool) -> bool:
    some = cells[:50]
    if not some:
        return False
    if all(text_of(cell).isdigit() for cell in some):
        return (
            clock and len(text_of(some[0])) in _EPOCH and bool(_TIME.search(name.lower()) or _DATE.search(name.lower()))
        )
    if clock and all(isinstance(cell, str) and ":" not in cell and "T" not in cell for cell in some):
        return False
    read = time_reader(DateForm(day_first=_day_first(cells)))
    return sum(_understood(read, cell) for cell in some) >= 0.8 * len(some)


def _understood(read: Callable[[Any], object], cell: Any) -> bool:
    try:
        read(cell)
    except NotATimeError:
        # Which of two numbers is the day can be asked; that it is a time is plain.
        return bool(_NUMERIC.match(text_of(cell)))
    return True


def _is_clock(cells: list[Any]) -> bool:
    return bool(cells) and sum(bool(_CLOCK.fullmatch(text_of(cell))) for cell in cells) >= 0.8 * len(cells)


def _day_first(cells: list[Any]) -> bool | None:
    """Whether the day stands before the month; nothing when the values do not tell."""
    for cell in cells:
        match = re.match(r"\s*(\d{1,2})[./\- ](\d{1,2})[./\- ]\d", text_of(cell))
        if match and int(match[1]) > 12:
            return True
        if match and int(match[2]) > 12:
            return False
    # Dots between the numbers are written where the day comes first.
    return True if cells and re.match(r"\s*\d{1,2}\.\d{1,2}\.\d", text_of(cells[0])) else None


def _time_lines(timed: list[str], values: dict[str, list[Any]]) -> list[str]:
    if not timed:
        return ["time:", "  column: FILL IN  # no column looks like a time", "  zone: UTC"]
    key = f"column: {_quoted(timed[0])}" if len(timed) == 1 else f"columns: [{', '.join(map(_quoted, timed))}]"
    lines = ["time:", f"  {key}"]
    first = text_of(values[timed[0]][0])
    shown = text_of(joined([values[name][0] for name in timed]))
    if first.isdigit():
        lines.append(f"  format: {_EPOCH.get(len(first), 'epoch')}")
    elif re.match(r"\s*\d{1,2}[./\- ]\d{1,2}[./\- ]\d", first):
        day_first = _day_first(values[timed[0]])
        word = {True: "true", False: "false", None: "true  # CHECK: the values do not tell; false for month/day"}[
            day_first
        ]
        lines.append(f"  day_first: {word}")
    if not re.search(r"(Z|[+-]\d\d:?\d\d)$", shown) and not first.isdigit():
        lines.append("  zone: UTC  # CHECK: the time zone in which the system writes, such as Europe/Amsterdam")
    return lines


# --- the rest -----------------------------------------------------------------------------------------------------


def _roles(columns: Sequence[str], values: dict[str, list[Any]]) -> dict[str, str]:
    """Role to column: by its name, each column and each role once; a result is known by its values as well."""
    found: dict[str, str] = {}
    meaning = {name: sum(_meaning(text) is not None for text in _distinct(values[name])) for name in columns}
    likely = max(columns, key=lambda name: meaning[name], default="")
    if likely and meaning[likely]:
        found["result"] = likely
    for role, words in _ROLES.items():
        for name in columns:
            if role not in found and name not in found.values() and re.search(words, name.lower()):
                found[role] = name
    return found


def _distinct(cells: list[Any]) -> list[str]:
    counts = Counter(map(text_of, cells))
    return [text for text, _ in counts.most_common()] if len(counts) <= _TABLE else []


def _meaning(text: str) -> str | None:
    return next((kind for words, kind in _MEANINGS if re.search(words, text.lower())), None)


def _kind_lines(column: str | None, values: dict[str, list[Any]]) -> list[str]:
    if column is None:
        return ["kind: door.granted  # CHECK: no column tells what happened, so every row means this"]
    lines = ["kind:", f"  column: {_quoted(column)}", "  table:"]
    for text in _distinct(values[column]):
        kind = _meaning(text)
        lines.append(f"    {_quoted(text)}: {kind or 'unknown  # FILL IN'}")
    if len(lines) == 3:
        lines[2] = "  table: {}  # FILL IN: what each value means, such as 'Access granted': door.granted"
    return [*lines, "  otherwise: unknown"]


def _who_and_where(roles: dict[str, str]) -> list[str]:
    lines = []
    for key, wanted in (
        ("actor", ("badge", "user", "person")),
        ("place", ("portal", "zone")),
        ("device", ("reader", "host")),
    ):
        role = next((role for role in wanted if role in roles), None)
        if role is None:
            continue
        zeros = ", strip_zeros: true" if role == "badge" else ""
        lines.append(f"{key}: {{column: {_quoted(roles[role])}{zeros}, prefix: {role}}}")
    return lines
