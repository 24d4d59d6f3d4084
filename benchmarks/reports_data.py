"""The real breaches that the sorting of reports is trained and measured on, in groups that may not be split.

../shared/data/breach/us-health-breaches.csv: what US health institutions told their regulator. A row counts when it
has a narrative and the label in question; most rows have neither a text nor a place. One institution's breaches, and
breaches whose narratives share three in ten of their five-word runs (one business associate told on behalf of many),
are one group: they stay on one side of every split.
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
CSV = Path("breach") / "us-health-breaches.csv"
_MISSING = "Missing["
_FORMS = re.compile(r"\b(?:inc|llc|llp|pc|pllc|md|dds|corp|corporation|the|of|and|co|ltd|pa|dba)\b")
_ALIKE = 0.3
_RUN = 5


@dataclass(frozen=True, slots=True)
class Breach:
    text: str
    types: tuple[str, ...]
    """The labels recorded, in the regulator's (alphabetical) order; empty when it recorded none."""
    places: tuple[str, ...]
    entity: str


def source() -> Path:
    return Path(os.environ.get("BARTIZAN_TEST_DATA", ROOT.parent / "shared" / "data")) / CSV


def digest() -> str:
    return hashlib.sha256(source().read_bytes()).hexdigest()


def breaches() -> list[Breach]:
    """The rows with a narrative. Raises FileNotFoundError without the data."""
    with source().open(newline="", encoding="utf-8") as file:
        rows = [
            Breach(
                row["WebDescription"].strip(),
                _labels(row["BreachType"]),
                _labels(row["BreachedInformationLocation"]),
                row["CoveredEntityName"],
            )
            for row in csv.DictReader(file)
        ]
    return [row for row in rows if row.text and not row.text.startswith(_MISSING)]


def _labels(text: str) -> tuple[str, ...]:
    return () if not text or text.startswith(_MISSING) else tuple(text.split(", "))


def groups(rows: Sequence[Breach]) -> list[int]:
    """For each row the number of its group: the same institution, or a narrative that is nearly the same."""
    leader = list(range(len(rows)))

    def first(at: int) -> int:
        while leader[at] != at:
            at = leader[at]
        return at

    runs, seen = [_runs(row.text) for row in rows], dict[str, int]()
    for at, row in enumerate(rows):
        leader[first(at)] = first(seen.setdefault(_institution(row.entity), at))
        for other in range(at):
            if _are_alike(runs[at], runs[other]):
                leader[first(at)] = first(other)
    return [first(at) for at in range(len(rows))]


def _institution(name: str) -> str:
    plain = re.sub(r"[^a-z0-9 ]", " ", name.lower())
    return " ".join(_FORMS.sub(" ", plain).split())


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"[a-z]+", text.lower())
    return frozenset(tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1))


def _are_alike(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> bool:
    return bool(one and other) and len(one & other) > _ALIKE * min(len(one), len(other))


def was_read(row: Breach) -> bool:
    """Whether the row is of the eight tenths, by a hash of the institution's name, that the lexicon's writer read."""
    return int(hashlib.sha256(_institution(row.entity).encode()).hexdigest(), 16) % 10 < 8
