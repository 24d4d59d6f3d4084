"""Every hypothesis against the evidence: logs of ratios by family, shrunk and capped, and the posterior."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from bartizan.engines.pinpoint.who.acts import Act, Known
from bartizan.engines.pinpoint.who.alibi import Floats
from bartizan.engines.pinpoint.who.routes import (
    BADGE,
    BY_CLASS,
    CLASS_PRIOR,
    EITHER,
    HINTED,
    HINTS,
    OTHERWISE,
    ROUTE,
    UNTOLD,
)
from bartizan.engines.pinpoint.who.signs import FAMILIES, SIGNS

CAP: Final = math.log(100)
"""The most that one family may say for or against, in nats."""
SELDOM: Final = 0.1
"""A sign that a route shows no more often than this never speaks for it, however rare it is elsewhere."""
_ELSEWHERE: Final = 0.2
"""How often what is known of a room alone came about by work at a machine, and what is known of a file by a way in."""
_NO_DESK: Final = 0.1
"""How much less likely a machine that is nobody's own counts as somebody's desk."""
_SHOWN: Final = 0.85
"""Of the signs that a route leaves, how many a healthy log is expected to hold."""


def cap(people: int) -> float:
    """The most that one family may say for or against among so many people: a hundred to one, and in a larger house
    what undoes the spread of suspicion over them. More than single somebody out no family can do alone."""
    return max(CAP, math.log(max(people, 1)))


def capped(nats: Floats, most: float = CAP) -> Floats:
    """Sums within a family are dependent: they count in full while small and never beyond the cap."""
    nats = np.asarray(nats)
    return nats / (1 + (nats / most) ** 8) ** (1 / 8)


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a sign was met around comparable deeds: ``met`` of ``tried``, a half added to both outcomes."""

    met: int
    tried: int

    @property
    def share(self) -> float:
        return (self.met + 0.5) / (self.tried + 1)


def sign_nats(route: str, sign: str, rate: Rate, *, is_there: bool, cls: str = "insider") -> float:
    """What the sign, or its absence, says for the route against a comparable deed that is nothing."""
    if not rate.tried:
        return 0.0
    usual = rate.share
    expected = _expected(route, sign, cls)
    if expected is None:
        return 0.0
    most = 0.0 if is_there and expected <= SELDOM else CAP
    expected = max(min(expected * _SHOWN, 0.98), 0.02)
    if SIGNS[sign].is_of_place:
        expected += (1 - expected) * usual
    ratio = expected / usual if is_there else (1 - expected) / (1 - min(usual, 0.98))
    return max(-CAP, min(most, math.log(ratio)))


def _expected(route: str, sign: str, cls: str) -> float | None:
    """How often a deed of the route shows the sign; None: as often as anything does. Nobody who walks in logs in from
    outside."""
    usual = ROUTE[route].signs.get(sign)
    is_by_door = ROUTE[route].credential in (BADGE, EITHER)
    return usual if cls == "outsider" and is_by_door else OTHERWISE.get(cls, {}).get(sign, usual)


def how(
    act: Act, there: Mapping[str, object], rates: Mapping[str, Rate], effect: Known, cls: str = "insider"
) -> Floats:
    """Routes × families: what the signs around ``act`` say of how it was done, in nats, not yet capped. The last column
    is what the sort of deed and of effect say; it belongs to no family."""
    table = np.zeros((len(ROUTE), len(FAMILIES) + 1))
    for r, (route, about) in enumerate(ROUTE.items()):
        for sign, rate in rates.items():
            table[r, FAMILIES.index(SIGNS[sign].family)] += sign_nats(
                route, sign, rate, is_there=sign in there, cls=cls
            )
        fits = _NO_DESK if act.is_nobodys and route == "borrowed_workstation" else 1.0
        table[r, -1] = math.log(about.effects.get(effect.kind, 0.1) / 0.25 * _described(route, effect) * fits)
    return table


def _described(route: str, effect: Known) -> float:
    """How the description of an effect fits the route: what it says, what it would have said, and what it is about."""
    if hints(route, effect.words):
        return HINTED
    fits = UNTOLD.get(route, 1.0) if effect.kind == "found" else 1.0
    is_of_file = effect.asset.startswith("file:")
    is_of_room = bool(effect.zone) and not effect.host and not effect.asset
    is_by_door = "entry" in ROUTE[route].sorts
    return fits * (_ELSEWHERE if (is_of_file and is_by_door) or (is_of_room and not is_by_door) else 1.0)


def hints(route: str, words: str) -> bool:
    """Whether the description of an effect speaks for the route."""
    said = words.lower()
    return any(word in said for word in HINTS.get(route, ()))


@dataclass(frozen=True, slots=True)
class Bodies:
    """How people's records look when they really are there: shares of :data:`alibi.STATES`, with own badge and behind
    somebody else's."""

    own: Floats
    foreign: Floats


FOREIGN_ENTRY: Final = np.array([0.10, 0.40, 0.27, 0.18, 0.05])
"""With somebody else's badge, or none: an assumption, stated in docs/pinpoint.md."""


def bodies(seen: Sequence[int]) -> Bodies:
    """``seen``: how often people who were certainly at their own machine were in each state by the doors' records."""
    counts = np.array(seen, dtype=float)
    prior = np.array([0.80, 0.10, 0.05, 0.035, 0.015])
    own = (counts + 4 * prior) / (counts.sum() + 4)
    return Bodies(np.maximum(own, 0.004), FOREIGN_ENTRY)


def presence(states: npt.NDArray[np.int64], usual: Floats, shape: Floats) -> Floats:
    """For each person ln P(state | there) / P(state | comparable days); a state in which many are just then is no rarer
    than half of that."""
    everybody = np.arange(len(states))
    now = (np.bincount(states, minlength=len(shape)) - 0.5) / len(states)
    base = np.maximum(usual[everybody, states], now[states] / 2)
    return np.asarray(np.log(shape[states] / base))


def route_priors(cls: str) -> dict[str, float]:
    shares = BY_CLASS[cls]
    total = sum(shares.values())
    return {route: CLASS_PRIOR[cls] * share / total for route, share in shares.items()}
