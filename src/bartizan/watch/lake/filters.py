"""Which events are meant: windows of time and filters, turned into parameterised conditions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bartizan.engines.observe import split_reference
from bartizan.watch.lake.columns import COUNTABLE, REFERENCES

Filter = str | int | Sequence[str]
"""A value, or several where any fits; a text ending in ``*`` stands for all that begin so; ``level`` is a minimum."""
Filters = Mapping[str, Filter]
Condition = tuple[str, list[Any]]

_SEARCHED: Final = ("summary", "raw", "data")
_CODES: Final = ("person", "zone", "portal", "site", "host")


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


def refers_to(reference: str) -> Condition:
    """``reference`` in any role: as the source named it, and as the bare code of the estate (``zone:ML-2.14``)."""
    kind, code = split_reference(reference)
    parts: list[Condition] = [(f"{name} = ?", [reference]) for name in REFERENCES]
    if kind in _CODES:
        parts.append((f"{kind} = ?", [code]))
    return any_of(parts)


def _one(name: str, value: Filter) -> Condition:
    if name == "level":
        return "level >= ?", [int(str(value))]
    if name == "text":
        return any_of((f"contains(lower({column}), ?)", [str(value).lower()]) for column in _SEARCHED)
    if name == "reference":
        return any_of(refers_to(each) for each in ([str(value)] if isinstance(value, str | int) else value))
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
