"""Accounts of the console: signing in, second factors, sessions, and what a room offers to choose from for an account.

A room above core says once what an account's reach and person can be chosen from:

    offers("sites", Offer(choices=sites, name_of=name_of_site))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

OFFERED: Final = ("sites", "departments", "people")
MOST: Final = 500
"""Beyond so many choices a form takes the code itself and proves it."""


@dataclass(frozen=True, slots=True)
class Offer:
    choices: Callable[[Any], Sequence[tuple[str, str]]]
    """Codes and names that this user may choose from, at most MOST and one."""
    name_of: Callable[[str], str | None]
    """The name of a code; nothing when there is no such code."""


_offers: dict[str, Offer] = {}
_nothing = Offer(choices=lambda _user: (), name_of=lambda _code: None)


def offers(name: str, offer: Offer) -> None:
    """Say what ``sites``, ``departments`` or ``people`` an account can be given. Raises ValueError for another name."""
    if name not in OFFERED:
        raise ValueError(f"An account is given {', '.join(OFFERED)}, not “{name}”.")
    _offers[name] = offer


def offered(name: str) -> Offer:
    return _offers.get(name, _nothing)
