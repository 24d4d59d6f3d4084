"""How long each kind of event is kept, and what a legal hold keeps beyond that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bartizan.watch.lake.filters import Condition, Filters, Window, all_of, aware, condition_of


@dataclass(frozen=True, slots=True)
class Retention:
    """Events whose kind begins with ``prefix`` are kept for ``days``; the longest prefix that fits decides."""

    prefix: str
    days: int


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold: no event of ``window`` that fits ``filters`` is deleted."""

    window: Window
    filters: Filters = field(default_factory=dict)


def expired(rules: Sequence[Retention], holds: Sequence[Hold], now: datetime) -> Condition:
    """The condition of what may be deleted now. A kind that no rule covers is kept; so is whatever any hold covers."""
    if not rules:
        return "FALSE", []
    longest_first = sorted(rules, key=lambda rule: len(rule.prefix), reverse=True)
    cutoffs = [aware(now) - timedelta(days=rule.days) for rule in longest_first]
    cases = " ".join("WHEN starts_with(kind, ?) THEN ?::TIMESTAMPTZ" for _ in longest_first)
    values = [value for rule, cutoff in zip(longest_first, cutoffs, strict=True) for value in (rule.prefix, cutoff)]
    return all_of(
        [
            ("time < ?", [max(cutoffs)]),  # says nothing new, but lets whole files be passed over
            (f"time < CASE {cases} END", values),
            *(_not_held(hold) for hold in holds),
        ]
    )


def _not_held(hold: Hold) -> Condition:
    sql, values = condition_of(hold.window, hold.filters)
    return f"NOT coalesce({sql}, FALSE)", values
