"""The lake as one reader may see it: every question is put to the part of it that lies within his reach."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa

TABLE = "lake.event"


class Asked(Protocol):
    """What questions are put to: the whole lake, or a part of it."""

    @property
    def table(self) -> str:
        """What stands after FROM."""

    def ask(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> pa.Table: ...


@dataclass(frozen=True, slots=True)
class Part:
    """The events of ``whole`` that ``table`` selects."""

    whole: Asked
    table: str

    def ask(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> pa.Table:
        return self.whole.ask(sql, parameters)


def nothing(whole: Asked) -> Part:
    return Part(whole, _where("FALSE"))


def within(
    whole: Asked,
    *,
    sites: Collection[str] = (),
    people_and_zones: tuple[Collection[str], Collection[str]] | None = None,
) -> Part:
    """Events of ``sites`` (none: of any), and by these people or in these zones (nothing: by anybody, anywhere)."""
    parts = [_in("site", sites)] if sites else []
    if people_and_zones is not None:
        people, zones = people_and_zones
        parts.append(f"({_in('person', people)} OR {_in('zone', zones)})")
    return Part(whole, _where(" AND ".join(parts) or "TRUE"))


def _where(condition: str) -> str:
    return f"(SELECT * FROM {TABLE} WHERE {condition})"  # noqa: S608  literals are quoted below


def _in(column: str, codes: Collection[str]) -> str:
    """Literals rather than parameters: the part stands anywhere in a question, between its own parameters."""
    quoted = ", ".join("'" + code.replace("'", "''") + "'" for code in sorted(codes))
    return f"{column} IN ({quoted})" if quoted else "FALSE"
