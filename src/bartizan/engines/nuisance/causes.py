"""What an alarm turned out to be, what caused it, and which remedies stand against a cause.

The sorting of causes follows what police and insurers ask for in false-alarm statistics (ACPO/NPCC policy, EN 50131
and CLC/TS 50131-7 on unwanted alarms): people, surroundings, equipment, and not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

VERDICTS: Final = [("false", "False"), ("tested", "Tested"), ("real", "Real"), ("unknown", "Not known")]
NOT_KNOWN: Final = "unknown"
OWN_WORDS: Final = "other"
FALSE: Final = "false"
REAL: Final = "real"
TESTED: Final = "tested"


@dataclass(frozen=True, slots=True)
class Cause:
    words: str
    verdicts: tuple[str, ...]
    """Of which verdicts it is offered as the cause."""
    remedy: str = ""
    """What stands against it; a key of ``remedies.REMEDIES``. Empty: only the pattern can say."""


CAUSES: Final[dict[str, Cause]] = {
    "house": Cause("person of the house", (FALSE,), "teach"),
    "cleaner": Cause("cleaner", (FALSE,), "later"),
    "animal": Cause("animal", (FALSE,), "sensitivity"),
    "weather": Cause("weather or headlights", (FALSE,), "angle"),
    "air": Cause("warm air or draught", (FALSE,), "move"),
    "door": Cause("door not shut", (FALSE,), "closer"),
    "work": Cause("work nearby", (FALSE,), "bypass"),
    "user": Cause("user error", (FALSE,), "teach"),
    "battery": Cause("low battery", (FALSE,), "battery"),
    "fault": Cause("equipment fault", (FALSE,), "repair"),
    "test": Cause("test", (TESTED,)),
    "break-in": Cause("break-in", (REAL,)),
    "intruder": Cause("somebody who may not be there", (REAL,)),
    "own": Cause("own person, against the rules", (REAL,)),
    "sabotage": Cause("sabotage", (REAL,)),
    "hazard": Cause("fire, smoke, gas or water", (REAL,)),
    "threat": Cause("hold-up or threat", (REAL,)),
    OWN_WORDS: Cause("in own words", (FALSE, TESTED, REAL, NOT_KNOWN)),
    NOT_KNOWN: Cause("not known", (FALSE, REAL, NOT_KNOWN)),
}


def causes_of(verdict: str) -> list[str]:
    """The short list for ``verdict``, in the order in which it is offered; without ``in own words``, which is typed.
    Raises KeyError for a verdict that there is not."""
    dict(VERDICTS)[verdict]
    return [name for name, cause in CAUSES.items() if verdict in cause.verdicts and name != OWN_WORDS]


def fits(verdict: str, cause: str) -> bool:
    """Whether ``cause`` can be the cause of an alarm of this ``verdict``."""
    return cause in CAUSES and verdict in CAUSES[cause].verdicts


def said(verdict: str, cause: str, words: str) -> str:
    """The answer as one sentence: ``False: cleaner, at the north door``."""
    named = "" if cause in (OWN_WORDS, TESTED) or (cause, verdict) in _SAID else CAUSES[cause].words
    about = ", ".join(part for part in (named, words.strip()) if part)
    verdict_words = dict(VERDICTS)[verdict]
    return f"{verdict_words}: {about}" if about else verdict_words


_SAID: Final = {("test", TESTED), (NOT_KNOWN, NOT_KNOWN)}
"""Causes that say no more than their verdict."""
