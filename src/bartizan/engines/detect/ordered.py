"""Temporal conditions: which rules must be seen within the window, in which order, and which must not."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any, Final, Protocol, TypeVar

from bartizan.engines.detect.rule import Correlation, Node

MOST: Final = 256
"""Alternatives that a condition may unfold into."""


class Seen(Protocol):
    """A hit: its rule and its time."""

    @property
    def rule(self) -> str: ...
    @property
    def time(self) -> int: ...


S = TypeVar("S", bound=Seen)


@dataclass(frozen=True, slots=True)
class Alternative:
    """``needed`` are seen, in this order where order matters, and ``barred`` are not."""

    needed: tuple[str, ...]
    barred: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Any alternative fulfils the condition; or ``count`` of the number of different rules does."""

    any_of: tuple[Alternative, ...]
    ordered: bool
    count: Callable[[int], bool] | None = None

    @property
    def waits(self) -> bool:
        """Whether a later hit can make the condition untrue."""
        return self.count is not None or any(choice.barred for choice in self.any_of)

    def fulfilled(self, window: Sequence[S]) -> Sequence[S]:
        """The hits of ``window`` (by time) that fulfil the condition; none when nothing does."""
        present = {mark.rule for mark in window}
        if self.count is not None:
            return window if self.count(len(present)) else ()
        for choice in self.any_of:
            if not present.issuperset(choice.needed) or present & choice.barred:
                continue
            chosen = (
                _in_order(window, choice.needed) if self.ordered else [m for m in window if m.rule in choice.needed]
            )
            if chosen:
                return chosen
        return ()


def _in_order(window: Sequence[S], needed: Sequence[str]) -> list[S]:
    """The earliest hits of ``needed`` one after the other; hits at the same moment may stand in any order."""
    chosen: list[S] = []
    for rule in needed:
        after = chosen[-1].time if chosen else window[0].time
        mark = next((m for m in window if m.rule == rule and m.time >= after and m not in chosen), None)
        if mark is None:
            return []
        chosen.append(mark)
    return chosen


def alternatives(correlation: Correlation) -> Alternatives:
    """What a temporal correlation asks for. Raises ValueError, in words, for a condition that is too large."""
    ordered = correlation.kind == "temporal_ordered"
    if not correlation.kind.startswith("temporal"):
        return Alternatives((), ordered=False)
    if correlation.expression is not None:
        choices = _unfold(correlation.expression, holds=True)
        return Alternatives(tuple(_alternative(choice) for choice in choices), ordered)
    least = correlation.count + (correlation.operator == "gt")
    if correlation.operator not in ("gt", "gte"):
        compare: Callable[[Any, Any], bool] = {
            "lt": operator.lt,
            "lte": operator.le,
            "eq": operator.eq,
            "neq": operator.ne,
        }[correlation.operator]
        return Alternatives((), ordered, lambda seen: compare(seen, correlation.count))
    return Alternatives(tuple(map(Alternative, _subsets(correlation.rules, least))), ordered)


def _subsets(rules: Sequence[str], size: int) -> Iterable[tuple[str, ...]]:
    found = []
    for subset in combinations(rules, max(size, 1)):
        found.append(subset)
        _not_too_many(found)
    return found


def _unfold(node: Node, *, holds: bool) -> list[tuple[tuple[str, bool], ...]]:
    """``node`` (or its opposite) as alternatives of (rule, seen or not)."""
    if node[0] == "rule":
        return [((node[1], holds),)]
    if node[0] == "not":
        return _unfold(node[1], holds=not holds)
    parts = [_unfold(inner, holds=holds) for inner in node[1]]
    if (node[0] == "and") == holds:
        joined = []
        for choice in product(*parts):
            joined.append(tuple(literal for part in choice for literal in part))
            _not_too_many(joined)
        return joined
    return [choice for part in parts for choice in part]


def _not_too_many(found: Sequence[Any]) -> None:
    if len(found) > MOST:
        raise ValueError(f"its condition unfolds into more than {MOST} alternatives; write it as several rules")


def _alternative(literals: Iterable[tuple[str, bool]]) -> Alternative:
    literals = list(literals)
    needed = tuple(dict.fromkeys(rule for rule, seen in literals if seen))
    return Alternative(needed, frozenset(rule for rule, seen in literals if not seen))
