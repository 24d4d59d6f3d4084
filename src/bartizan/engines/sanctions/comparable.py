"""What was decided in like cases of the same house, how alike they are and why, and the range that they span."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bartizan.engines.sanctions.house import House

ALIKE_FROM = 0.5
"""A past case that shares less than half is not shown beside this one."""


@dataclass(frozen=True, slots=True)
class Comparable:
    """A case by its number, never by a name. ``outcome`` is a key of the ladder, after any appeal."""

    number: str
    what: str
    rule: str
    kind: str
    level: int
    """How serious the case was, 1 to 4."""
    is_repeated: bool
    is_meant: bool
    outcome: str
    appeal: str = ""
    """What an appeal came to, in a word; empty: none was lodged."""
    is_changed: bool = False
    """Whether the appeal changed the outcome."""


@dataclass(frozen=True, slots=True)
class Likeness:
    past: Comparable
    alike: float
    """The share, by weight, of the features that both have the same way: 0 to 1."""
    same: tuple[str, ...]
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """The mildest and the harshest outcome of the like cases, as keys of the ladder."""

    mildest: str
    harshest: str
    cases: int

    def holds(self, outcome: str, house: House) -> bool:
        return house.rank(self.mildest) <= house.rank(outcome) <= house.rank(self.harshest)


WEIGHTS = {"rule": 0.35, "kind": 0.25, "meant": 0.15, "repeated": 0.15, "level": 0.10}
"""Our own convention, documented in docs/sanctions.md: the rule that was broken counts most. They add up to 1."""


def alike(this: Comparable, past: Iterable[Comparable], least: float = ALIKE_FROM) -> tuple[Likeness, ...]:
    """Those of ``past`` at least so alike, the most alike first, equals by number. The case itself is left out."""
    found = [_likeness(this, one) for one in past if one.number != this.number]
    kept = [one for one in found if one.alike >= least]
    return tuple(sorted(kept, key=lambda one: (-one.alike, one.past.number)))


def span_of(likes: Sequence[Likeness], house: House) -> Span | None:
    """Nothing when no like case has an outcome on today's ladder: then there is no range to be outside of."""
    outcomes = [one.past.outcome for one in likes if house.knows(one.past.outcome)]
    if not outcomes:
        return None
    return Span(min(outcomes, key=house.rank), max(outcomes, key=house.rank), len(outcomes))


def _likeness(this: Comparable, past: Comparable) -> Likeness:
    checks = (
        ("rule", _plain(this.rule) == _plain(past.rule), "same rule", f"another rule ({past.rule})"),
        ("kind", _plain(this.kind) == _plain(past.kind), "same kind of conduct", f"another kind ({past.kind})"),
        ("meant", this.is_meant == past.is_meant, *_pair(past.is_meant, "meant", "not meant")),
        ("repeated", this.is_repeated == past.is_repeated, *_pair(past.is_repeated, "repeated", "the first time")),
        (
            "level",
            this.level == past.level,
            "as serious",
            "more serious" if past.level > this.level else "less serious",
        ),
    )
    same = tuple(words for _, is_same, words, _ in checks if is_same)
    differs = tuple(words for _, is_same, _, words in checks if not is_same)
    score = sum(WEIGHTS[name] for name, is_same, _, _ in checks if is_same)
    return Likeness(past, round(score, 2), same, differs)


def _pair(is_so: bool, yes: str, no: str) -> tuple[str, str]:
    """What is the same, and what differs, about a yes or no of the past case."""
    words = yes if is_so else no
    return f"both {words}", f"there it was {words}"


def _plain(words: str) -> str:
    return " ".join(words.lower().split())
