"""The matrix of evidence against explanations, in words and shapes, and how its sentences are cleaned of codes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final

from bartizan.cases.wording import QUIET, figure, plain, strength
from bartizan.engines.observe import moment
from bartizan.engines.pinpoint.inquiry import ROUTES

CAP: Final = 100.0
"""The most that one family of evidence may say, as a ratio: the length of half a cell's bar."""
__all__ = ["Cell", "Head", "Matrix", "Row", "cell", "figure", "matrix", "plain"]


@dataclass(frozen=True, slots=True)
class Cell:
    """What one item says of one explanation."""

    ratio: str
    """``×6``, ``÷40``."""
    words: str
    length: float
    """Of the bar from the middle, in per cent of the cell."""
    is_for: bool
    is_quiet: bool
    is_lead: bool

    @property
    def start(self) -> float:
        return 50.0 if self.is_for else 50.0 - self.length


@dataclass(frozen=True, slots=True)
class Row:
    number: str
    words: str
    family: str
    at: str
    rate: str
    breaks: str
    url: str
    """The first of its events on the timeline; empty where no record shows it."""
    events: int
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Head:
    key: str
    words: str
    route: str
    figure: str
    is_lead: bool


@dataclass(frozen=True, slots=True)
class Matrix:
    heads: Sequence[Head]
    rows: Sequence[Row]
    families: int


def matrix(
    columns: Sequence[Mapping[str, Any]],
    items: Sequence[Mapping[str, Any]],
    zones: Mapping[str, str],
    zone: tzinfo,
    link: Callable[[str], str],
) -> Matrix:
    first = max(range(len(columns)), key=lambda n: float(columns[n]["probability"]))
    heads = [_head(column, is_lead=n == first) for n, column in enumerate(columns)]
    rows = [_row(item, first, zones, zone, link) for item in items]
    return Matrix(heads, rows, len({row.family for row in rows}))


def _head(column: Mapping[str, Any], *, is_lead: bool) -> Head:
    route = "" if column["cls"] == "none" else ROUTES.get(column["route"], "")
    return Head(column["key"], column["words"], route, figure(float(column["probability"])), is_lead)


def _row(
    item: Mapping[str, Any], first: int, zones: Mapping[str, str], zone: tzinfo, link: Callable[[str], str]
) -> Row:
    events = [event for event in item["events"] if event]
    return Row(
        number=f"E{item['number']}",
        words=plain(item["words"], zones),
        family=item["family"],
        at=_clock(int(item["time"]), zone),
        rate=item["rate"],
        breaks=item["breaks"],
        url=link(events[0]) if events else "",
        events=len(events),
        cells=[cell(float(nats), is_lead=n == first) for n, nats in enumerate(item["nats"])],
    )


def cell(nats: float, *, is_lead: bool = False) -> Cell:
    """One likelihood ratio, given as its natural logarithm, in words: ``×6, weakly for``."""
    ratio, is_for = math.exp(abs(nats)), nats >= 0
    said = strength(nats)
    is_quiet = said in QUIET
    words = said if is_quiet else f"{said} {'for' if is_for else 'against'}"
    length = 0.0 if is_quiet else round(50 * min(1.0, abs(nats) / math.log(CAP)), 1)
    return Cell(_ratio(ratio, is_for=is_for), words, length, is_for, is_quiet, is_lead)


def _ratio(ratio: float, *, is_for: bool) -> str:
    """``×1``, ``×1.5``, ``÷40``: two figures are enough for what was estimated from a few hundred deeds."""
    sign = "×" if is_for else "÷"
    if ratio < 1.05:
        return "×1"
    return f"{sign}{ratio:.1f}" if ratio < 3 else f"{sign}{ratio:.0f}"


def _clock(time: int, zone: tzinfo) -> str:
    if not time:
        return ""
    local = moment(time).astimezone(zone)
    return f"{local:%a %H:%M:%S}"
