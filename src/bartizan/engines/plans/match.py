"""Which plan is meant for a case: the most special first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bartizan.engines.plans.plan import Fits, Plan

_WEIGHT: Final = {"rules": 8, "reports": 4, "kinds": 4, "routes": 2}
"""How special each reason is, by our own convention: a rule says more than a kind of event, that more than a word."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a case when a plan is looked for."""

    rules: frozenset[str] = frozenset()
    """Ids and titles of the rules of its alarms."""
    kinds: frozenset[str] = frozenset()
    route: str = ""
    """How it was done, as far as it is worked out."""
    reports: frozenset[str] = frozenset()
    level: int = 0


def match(plans: Mapping[str, Plan], facts: Facts) -> list[str]:
    """The keys of the plans that are meant for the case, the most special first; of equals the first by key."""
    fitting = {key: special for key, plan in plans.items() if (special := how_special(plan.fits, facts)) is not None}
    return sorted(sorted(fitting), key=lambda key: fitting[key], reverse=True)


def how_special(fits: Fits, facts: Facts) -> tuple[int, int, int] | None:
    """To be compared: how telling its reasons are, its level, and how many of the case's facts it speaks of. Nothing:
    it is not meant for the case."""
    if fits.is_by_hand or facts.level < fits.level:
        return None
    held = {
        "rules": _shared(fits.rules, facts.rules),
        "kinds": sum(any(_is_of(kind, one) for one in fits.kinds) for kind in facts.kinds),
        "routes": sum(one.casefold() in facts.route.casefold() for one in fits.routes if facts.route),
        "reports": _shared(fits.reports, facts.reports),
    }
    asks = bool(fits.rules or fits.kinds or fits.routes or fits.reports)
    if asks and not any(held.values()):
        return None
    return sum(_WEIGHT[name] for name, number in held.items() if number), fits.level, sum(held.values())


def _shared(wanted: Iterable[str], there: Iterable[str]) -> int:
    return len({one.casefold() for one in wanted} & {one.casefold() for one in there})


def _is_of(kind: str, wanted: str) -> bool:
    return kind == wanted or kind.startswith(f"{wanted}.")
