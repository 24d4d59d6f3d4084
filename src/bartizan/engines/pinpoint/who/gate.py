"""Whether somebody may be named. A second reader signs outside the engine; everything else is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bartizan.engines.pinpoint.who.deeds import is_one_moment
from bartizan.engines.pinpoint.who.log import Log
from bartizan.engines.pinpoint.who.solve import Hypothesis, Weighed
from bartizan.engines.pinpoint.who.verdict import NOBODY, Condition, Gate, Suspect

LEAST: Final = 0.95
_LEFT: Final = 0.5
"""What must remain when the family that carries most is left out."""
_FAMILIES: Final = 2


def gate(weighed: Weighed, people: Sequence[Suspect], found: Sequence[Hypothesis]) -> Gate:
    """The engine's conditions, for the likeliest person: never for one whom another condition excludes."""
    first = people[0] if people else None
    if first is None:
        never = Condition("Somebody of the house stands out", is_met=False, note="nobody does")
        return Gate("", is_ready=False, conditions=(never,), words=NOBODY)
    weakest = min(first.without.values())
    tied = _is_tied(weighed, first.person, found)
    conditions = (
        Condition(f"At least {LEAST:.2f} likely", first.probability >= LEAST, f"{_figure(first.probability)}"),
        Condition(
            "At least two families of evidence carry it",
            len(first.families) >= _FAMILIES,
            ", ".join(first.families) or "none does",
        ),
        Condition(
            "It holds when any one family is left out",
            weakest >= _LEFT,
            f"{_figure(weakest)} without {min(first.without, key=lambda f: (first.without[f], f))}",
        ),
        Condition("A record ties the person to the breach in time", tied, "" if tied else "none does"),
    )
    is_ready = all(condition.is_met for condition in conditions)
    words = "The evidence names one person, once a second reader has signed" if is_ready else NOBODY
    return Gate(first.person, is_ready, conditions, words)


def _is_tied(weighed: Weighed, person: str, found: Sequence[Hypothesis]) -> bool:
    """A record of the deed bears the person's own credential, or a camera or reader named the person beside it."""
    best = next((one for one in found if one.cls == "insider" and one.person == person), None)
    if best is None:
        return False
    deeds = [weighed.acts[number] for number in best.acts]
    acts = [act for act in weighed.acts if any(is_one_moment(act, deed) for deed in deeds)]
    if any(act.row >= 0 and _bears(weighed.log, act.row, person) for act in acts):
        return True
    speaks = weighed.speaks(weighed.people.number[person])
    return speaks["camera"] > 1.0 or speaks["biometric"] > 1.0


def _bears(log: Log, row: int, person: str) -> bool:
    """Whether the record itself holds the person's badge or user account."""
    return log.name("person", row) == person and log.name("actor", row).startswith(("badge:", "card:", "user:"))


def _figure(share: float) -> str:
    """What is nearly certain is not rounded to certainty."""
    return f"{min(share, 0.999):.3f}" if share > 0.985 else f"{share:.2f}"
