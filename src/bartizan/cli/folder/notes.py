"""What could not be used of a case folder, kept for the answer: nothing is left out in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from bartizan.engines.observe import split_reference

_KEPT: Final = 1_000
"""Rows of one file that are named one by one; the others are counted."""
_NAMED: Final = 20
_TOLD: Final = 8


class FolderError(ValueError):
    """Why nothing can be said of a case folder, and what to do."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that was not used: where it is, what is wrong, and what to do. ``row`` is what a spreadsheet shows."""

    file: str
    row: int
    column: str
    value: str
    what: str
    todo: str

    def words(self) -> str:
        column = f", column {self.column}" if self.column else ""
        value = f" (“{self.value}”)" if self.value and self.value not in self.what else ""
        return f"{self.file} row {self.row}{column}: {self.what}{value}; {self.todo}"


@dataclass(slots=True)
class _File:
    rows: int = 0
    used: int = 0
    skipped: int = 0
    left_out: int = 0
    repeats: int = 0


@dataclass(slots=True)
class _Unknown:
    """A reference that no list knows: how many events have it, and the first of them."""

    first: str
    count: int = 0


@dataclass(slots=True)
class Notes:
    """Filled while the folder is read."""

    files: dict[str, _File] = field(default_factory=dict)
    rows: list[LeftOut] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    files_not_read: dict[str, str] = field(default_factory=dict)
    not_in_tables: dict[str, dict[str, int]] = field(default_factory=dict)
    unknown_actors: dict[str, _Unknown] = field(default_factory=dict)
    unknown_places: dict[str, _Unknown] = field(default_factory=dict)
    placeless: int = 0
    """Events that name neither a place nor a device."""
    not_understood: int = 0
    """Events of kind ``unknown``."""
    events: int = 0
    without_clock: list[str] = field(default_factory=list)

    def _file(self, name: str) -> _File:
        return self.files.setdefault(name, _File())

    def read(self, file: str) -> None:
        self._file(file).rows += 1

    def use(self, file: str) -> None:
        self._file(file).used += 1

    def skipped(self, file: str) -> None:
        self._file(file).skipped += 1

    def repeat(self, file: str) -> None:
        self._file(file).repeats += 1

    def leave_out(self, row: LeftOut) -> None:
        about = self._file(row.file)
        about.left_out += 1
        if about.left_out <= _KEPT:
            self.rows.append(row)

    def not_read(self, file: str, why: str) -> None:
        self.files_not_read[file] = why

    def unused_columns(self, file: str, columns: Sequence[str]) -> None:
        if columns:
            self.others.append(f"{file}: columns that are not used: {', '.join(columns)}.")

    def missed(self, file: str, tables: Mapping[str, Counter[str]]) -> None:
        """Of places and people it is told elsewhere which of them no list knows; a table need not hold the others."""
        for name, values in tables.items():
            if values and name not in ("actor", "place", "device", "asset"):
                self.not_in_tables[f"{file}, table of {name}"] = dict(values.most_common(_NAMED))

    def unknown_actor(self, reference: str, event: str) -> None:
        self.unknown_actors.setdefault(reference, _Unknown(event)).count += 1

    def unknown_place(self, reference: str, event: str) -> None:
        self.unknown_places.setdefault(reference, _Unknown(event)).count += 1

    @property
    def left_out(self) -> int:
        return sum(file.left_out for file in self.files.values())

    def as_json(self) -> dict[str, Any]:
        """Everything; of references that no list knows the twenty most frequent. Of people by where they stand in the
        logs alone: a name or number here would unmask somebody whom the staff list spells otherwise."""
        people = [{"kind": split_reference(name)[0], **asdict(one)} for name, one in _first(self.unknown_actors)]
        places = [{"reference": name, **asdict(one)} for name, one in _first(self.unknown_places)]
        return {
            "rows_left_out": [asdict(row) for row in self.rows],
            "rows_left_out_count": self.left_out,
            "files": {name: asdict(file) for name, file in sorted(self.files.items())},
            "files_not_read": self.files_not_read,
            "not_in_tables": self.not_in_tables,
            "events": self.events,
            "events_not_understood": self.not_understood,
            "events_without_known_person": {"count": _total(self.unknown_actors), "references": people},
            "events_without_known_place": {
                "count": _total(self.unknown_places),
                "references": places,
                "naming_none": self.placeless,
            },
            "sources_without_clock": self.without_clock,
            "others": self.others,
            "words": self.words(),
        }

    def words(self) -> list[str]:
        """The same for a reader, one line each."""
        lines = list(self._rows())
        lines += [f"{file} was not read: {why}." for file, why in self.files_not_read.items()]
        lines += [f"{where}: not in it: {_list(values)}." for where, values in self.not_in_tables.items()]
        repeated = [(name, about.repeats) for name, about in self.files.items() if about.repeats]
        lines += [f"{name}: {count:,} rows are in another file too, and count once." for name, count in repeated]
        if self.not_understood:
            lines.append(f"{self.not_understood:,} events are of a kind that the mapping does not know (“unknown”).")
        lines += self._unknown()
        if self.placeless:
            lines.append(f"{self.placeless:,} events name neither a place nor a device.")
        if self.without_clock:
            lines.append(f"Clocks that nobody checked (clocks.csv): {', '.join(self.without_clock)}.")
        return lines + self.others

    def _unknown(self) -> Iterator[str]:
        if self.unknown_actors:
            some = [
                f"{one.first} ({split_reference(name)[0] or 'no kind'}, {one.count:,})"
                for name, one in _first(self.unknown_actors)
            ]
            total = f"{_total(self.unknown_actors):,} events name somebody whom no list knows"
            yield f"{total}. Look up who it is, first in: {', '.join(some)}."
        if self.unknown_places:
            some = [f"{name} ({one.count:,})" for name, one in _first(self.unknown_places)]
            yield f"{_total(self.unknown_places):,} events name a place that no list knows: {', '.join(some)}."

    def _rows(self) -> Iterator[str]:
        """The first few of each file; the JSON names them all."""
        shown: Counter[str] = Counter()
        for row in self.rows:
            shown[row.file] += 1
            if shown[row.file] <= _TOLD:
                yield f"{row.words()}."
        for name, about in self.files.items():
            if about.left_out > _TOLD:
                yield f"{name}: {about.left_out - _TOLD:,} more rows were left out; --json names them."


def _total(unknown: Mapping[str, _Unknown]) -> int:
    return sum(one.count for one in unknown.values())


def _first(unknown: Mapping[str, _Unknown]) -> list[tuple[str, _Unknown]]:
    return sorted(unknown.items(), key=lambda pair: (-pair[1].count, pair[0]))[:_NAMED]


def _list(values: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({count:,})" for name, count in values.items())
