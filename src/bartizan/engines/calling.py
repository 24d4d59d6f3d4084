"""How it stands with somebody who is to be told: told is only who has said it back.

Pure: tries and minutes in, a standing out. Nobody answers: again after the contact's minutes, then up to the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

State = Literal["not yet", "again", "up", "told"]
CALLS: Final = 2
"""Unanswered so often, it goes up: the second call may have been the one that was heard."""


@dataclass(frozen=True, slots=True)
class Try:
    at: datetime
    outcome: str
    """``none`` nobody answered, ``sent`` it left and nobody has said it back, ``back`` said back; anything else never
    reached the other end and counts for nothing."""


@dataclass(frozen=True, slots=True)
class Standing:
    state: State
    at: datetime | None = None
    """When it was said back; when the next call is due; when it goes up."""


def standing(tries: Iterable[Try], minutes: int) -> Standing:
    """``minutes``: how long this contact is given before the next step. Tries may come in any order."""
    made = sorted(tries, key=lambda one: one.at)
    told = [one.at for one in made if one.outcome == "back"]
    if told:
        return Standing("told", told[0])
    waited = [one for one in made if one.outcome in ("none", "sent")]
    if not waited:
        return Standing("not yet")
    at = waited[-1].at + timedelta(minutes=minutes)
    most = max(sum(one.outcome == kind for one in waited) for kind in ("none", "sent"))
    return Standing("up" if most >= CALLS else "again", at)
