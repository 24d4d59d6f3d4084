"""Accounts of the console: signing in, second factors, sessions, and what a room offers to choose from for an account.

A room above core says once what an account's reach and person can be chosen from:

    offers("sites", Offer(choices=sites, names_of=names_of_sites))
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

OFFERED: Final = ("sites", "departments", "people")
MOST: Final = 500
"""Beyond so many choices a form takes the codes themselves and proves them."""


@dataclass(frozen=True, slots=True)
class Offer:
    choices: Callable[[Any], Sequence[tuple[str, str]]]
    """Codes and names that this user may choose from, at most MOST and one."""
    names_of: Callable[[Any, Collection[str]], Mapping[str, str]]
    """Names by code, of those codes that there are and that this user may see."""


_offers: dict[str, Offer] = {}
_nothing = Offer(choices=lambda _user: (), names_of=lambda _user, _codes: {})


def offers(name: str, offer: Offer) -> None:
    """Say what ``sites``, ``departments`` or ``people`` an account can be given. Raises ValueError for another name."""
    if name not in OFFERED:
        raise ValueError(f"An account is given {', '.join(OFFERED)}, not “{name}”.")
    _offers[name] = offer


def offered(name: str) -> Offer:
    return _offers.get(name, _nothing)
