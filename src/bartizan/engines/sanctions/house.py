"""The house's own rules on sanctions, read from a YAML text: the ladder of outcomes, and the times to reply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

MEASURES = ("badge", "accounts", "access", "training", "payroll", "record")
"""What can be carried out. Each outcome of the ladder names those that it allows."""


class HouseError(ValueError):
    """The text is no set of house rules; says what to mend."""


@dataclass(frozen=True, slots=True)
class Outcome:
    key: str
    name: str
    measures: frozenset[str]


@dataclass(frozen=True, slots=True)
class House:
    """``ladder`` runs from mild to harsh; its first rung is that nothing follows."""

    ladder: tuple[Outcome, ...]
    kinds: tuple[str, ...]
    """Kinds of conduct, by which past cases are compared."""
    reply_days: int
    """Calendar days that a person has at least to reply."""
    appeal_days: int
    """Calendar days in which an appeal can be lodged, from the day on which the letter was received."""
    keep_years: int
    """How long a charge is kept after it was brought."""
    source: str
    valid_from: str

    def rank(self, key: str) -> int:
        """The rung of an outcome, 0 is the mildest. Raises KeyError when it is not on the ladder."""
        for rank, outcome in enumerate(self.ladder):
            if outcome.key == key:
                return rank
        raise KeyError(key)

    def outcome(self, key: str) -> Outcome:
        return self.ladder[self.rank(key)]

    def name_of(self, key: str) -> str:
        """The outcome's name; the key itself where today's ladder has it no more."""
        return self.outcome(key).name if self.knows(key) else key

    def knows(self, key: str) -> bool:
        return any(outcome.key == key for outcome in self.ladder)


def read_house(text: str) -> House:
    """Raises HouseError with the line or key that is wrong."""
    try:
        told = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise HouseError(f"This is no YAML: {error}") from error
    if not isinstance(told, Mapping):
        raise HouseError("Write ladder, kinds, reply_days, appeal_days, keep_years, source and valid_from.")
    return House(
        ladder=_ladder(told.get("ladder")),
        kinds=_words(told, "kinds"),
        reply_days=_days(told, "reply_days"),
        appeal_days=_days(told, "appeal_days"),
        keep_years=_days(told, "keep_years"),
        source=str(told.get("source") or "no source given"),
        valid_from=str(told.get("valid_from") or "no date given"),
    )


def _ladder(rungs: Any) -> tuple[Outcome, ...]:
    if not isinstance(rungs, list) or len(rungs) < 2:
        raise HouseError("ladder: list at least two outcomes, from the mildest to the harshest.")
    outcomes = tuple(_outcome(rung) for rung in rungs)
    keys = [outcome.key for outcome in outcomes]
    if len(set(keys)) != len(keys):
        raise HouseError("ladder: two outcomes have the same key.")
    if outcomes[0].measures:
        raise HouseError("ladder: the first outcome is that nothing follows, so it allows no measure.")
    return outcomes


def _outcome(rung: Any) -> Outcome:
    if not isinstance(rung, Mapping) or not rung.get("key") or not rung.get("name"):
        raise HouseError(f"ladder: each outcome has a key and a name; this one has not: {rung!r}.")
    measures = rung.get("measures") or []
    if not isinstance(measures, list) or (unknown := [m for m in measures if m not in MEASURES]):
        wrong = unknown[0] if isinstance(measures, list) else measures
        raise HouseError(f"ladder, {rung['key']}: “{wrong}” is no measure; there are {', '.join(MEASURES)}.")
    return Outcome(str(rung["key"]), str(rung["name"]), frozenset(measures))


def _words(told: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = told.get(name)
    if not isinstance(found, list) or not found or not all(isinstance(one, str) for one in found):
        raise HouseError(f"{name}: list at least one, in words.")
    return tuple(found)


def _days(told: Mapping[str, Any], name: str) -> int:
    found = told.get(name)
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise HouseError(f"{name}: write a whole number of at least 1.")
    return found
