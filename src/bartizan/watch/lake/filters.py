"""Which events are meant: windows of time and filters, turned into parameterised conditions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bartizan.engines.observe import split_reference
from bartizan.watch.lake.columns import COUNTABLE

Filter = str | int | Sequence[str]
"""A value, or several where any fits; a text ending in ``*`` stands for all that begin so; ``level`` is a minimum."""
Filters = Mapping[str, Filter]
Condition = tuple[str, list[Any]]

_SEARCHED: Final = ("summary", "raw", "data")
_CODES: Final = ("person", "zone", "portal", "site", "host")
"""Columns that hold codes of the estate, without their kind: the judge fills them."""
_NAMED: Final = ("actor", "place", "device", "asset")
_PEOPLE: Final = ("place", "device")
_PLACES: Final = ("actor", "device")
_NEVER: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("person", "badge", "card", "user"), _PEOPLE),
    **dict.fromkeys(("portal", "door", "zone", "site", "building", "floor", "department"), _PLACES),
    **dict.fromkeys(("reader", "detector", "camera", "sensor"), ("actor", "place")),
    **dict.fromkeys(("property", "intellectual-property", "copy", "file", "document"), ("actor", "place", "device")),
}
"""Where a kind never stands: whoever acts is no place, and a place or a sensor does not act. Not looking there halves
the time."""


def aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment} names no time zone; pass aware times to the lake.")
    return moment


@dataclass(frozen=True, slots=True)
class Window:
    """From ``start`` to before ``end``, both aware."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if aware(self.end) < aware(self.start):
            raise ValueError(f"The window ends ({self.end}) before it starts ({self.start}).")

    @property
    def seconds(self) -> float:
        return (self.end - self.start).total_seconds()


def condition_of(window: Window | None, filters: Filters) -> Condition:
    """All of ``filters`` within ``window``. Besides the columns: ``text`` searches, ``reference`` fits in any role."""
    parts: list[Condition] = []
    if window is not None:
        parts.append(("time >= ? AND time < ?", [window.start, window.end]))
    parts += [_one(name, value) for name, value in filters.items() if value not in ("", [])]
    return all_of(parts)


def all_of(parts: Iterable[Condition]) -> Condition:
    return _joined(parts, " AND ", "TRUE")


def any_of(parts: Iterable[Condition]) -> Condition:
    return _joined(parts, " OR ", "FALSE")


def apart(window: Window, filters: Filters) -> list[Condition]:
    """What ``condition_of`` means, as conditions of which each event fits one at most.

    A reference may stand in any of several columns. One column alone is looked up in the files' dictionaries and is
    soon found; columns joined by OR are read from end to end, which took three times as long over five million events.
    """
    wanted = filters.get("reference")
    if not wanted or not isinstance(wanted, str):  # several at once are faster read from end to end
        return [condition_of(window, filters)]
    rest = condition_of(window, {name: value for name, value in filters.items() if name != "reference"})
    roles = _roles([wanted])
    found = []
    for at, role in enumerate(roles):
        others = [(f"({sql}) IS NOT TRUE", values) for sql, values in roles[:at]]
        found.append(all_of([rest, role, *others]))
    return found


def _roles(references: Sequence[str]) -> list[Condition]:
    """A condition for each column in which one of them may stand: first the bare codes of the estate (``ML-2.14`` for
    ``zone:ML-2.14``), then the columns that name things as the source did."""
    columns: dict[str, list[str]] = {}
    for kind, code in map(split_reference, references):
        if kind in _CODES:
            columns.setdefault(kind, []).append(code)
    for name in _NAMED:
        if standing := [each for each in references if name not in _NEVER.get(split_reference(each)[0], ())]:
            columns[name] = standing
    return [(f"{column} IN ({', '.join('?' * len(values))})", values) for column, values in columns.items()]


def _one(name: str, value: Filter) -> Condition:
    if name == "level":
        return "level >= ?", [int(str(value))]
    if name == "text":
        return any_of((f"contains(lower({column}), ?)", [str(value).lower()]) for column in _SEARCHED)
    if name == "reference":
        return any_of(_roles([str(value)] if isinstance(value, str | int) else [str(each) for each in value]))
    if name not in COUNTABLE:
        raise ValueError(
            f"Events cannot be filtered by “{name}”; there are {', '.join(COUNTABLE)}, text and reference."
        )
    values = [str(value)] if isinstance(value, str | int) else [str(each) for each in value]
    return any_of(_fits(name, each) for each in values)


def _fits(name: str, value: str) -> Condition:
    if value.endswith("*"):
        return f"starts_with({name}, ?)", [value[:-1]]
    return f"{name} = ?", [value]


def _joined(parts: Iterable[Condition], word: str, nothing: str) -> Condition:
    gathered = list(parts)
    if not gathered:
        return nothing, []
    return word.join(f"({sql})" for sql, _ in gathered), [value for _, values in gathered for value in values]
