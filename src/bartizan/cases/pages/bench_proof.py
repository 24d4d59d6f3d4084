"""What shows a charge: exhibits by their number, with whether their custody verifies, and whatever else was named."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from bartizan.cases.models import Case, Exhibit
from bartizan.cases.proofs import exhibits_proved, is_number
from bartizan.cases.queries.exhibit import exhibits
from bartizan.core.models import User
from bartizan.engines.sanctions.steps import Proved


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a point of proof names."""

    words: str
    is_exhibit: bool
    trouble: str
    """What is wrong with its custody; empty: it verifies, or it is no exhibit."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An exhibit in the form."""

    exhibit: Exhibit
    trouble: str
    is_chosen: bool


def shown(user: User, case: Case, proofs: Iterable[Proved], ticked: Collection[str] | None) -> dict[str, Any]:
    """Each point with its items; with ``ticked`` (numbers, as the form had them) the exhibits for the form of a point.

    The custody is examined once, and only where an exhibit is shown.
    """
    found = list(proofs)
    has_exhibits = ticked is not None or any(is_number(item) for proof in found for item in proof.items)
    proved = exhibits_proved(case) if has_exhibits else {}
    told: dict[str, Any] = {"proofs": [(proof, [_item(one, proved) for one in proof.items]) for proof in found]}
    if ticked is not None:
        own = exhibits(user, case).order_by("pk")
        told["choices"] = [Choice(one, proved.get(one.number, ""), one.number in ticked) for one in own]
    return told


def _item(words: str, proved: dict[str, str]) -> Item:
    if not is_number(words):
        return Item(words, is_exhibit=False, trouble="")
    if words not in proved:
        return Item(words, is_exhibit=False, trouble="no exhibit of this case has that number")
    return Item(words, is_exhibit=True, trouble=proved[words])
