"""How often one address may report, answer and try a code, so that a script is slowed and a person is not.

What is kept for it is a digest of the address under this installation's own key, for as long as the limit runs, apart
from the reports: nobody can tell from it who wrote which.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Limit:
    name: str
    most: int
    seconds: int
    words: str


REPORTS: Final = Limit("reports", 10, 60 * MINUTE, "More reports came from here within an hour than a person writes.")
ANSWERS: Final = Limit("answers", 20, 60 * MINUTE, "More answers came from here within an hour than a person writes.")
SAFE: Final = Limit("safe", 20, 60 * MINUTE, "More answers came with this link within an hour than a person gives.")
WRONG_LINKS: Final = Limit("links", 20, 15 * MINUTE, "Too many links that do not exist were tried from here.")
WRONG_CODES: Final = Limit("codes", 20, 15 * MINUTE, "Too many wrong codes came from here.")


def take(request: HttpRequest, limit: Limit, whose: str = "") -> bool:
    """Count one; whether it was still within the limit. ``whose``: counted for this, whatever address it comes from."""
    return any(cache.add(place, 1, limit.seconds) for place in _places(request, limit, whose))


def is_open(request: HttpRequest, limit: Limit) -> bool:
    return len(cache.get_many(_places(request, limit))) < limit.most


def _places(request: HttpRequest, limit: Limit, whose: str = "") -> list[str]:
    window = int(time.time()) // limit.seconds
    who = salted_hmac("bartizan.report", f"{whose or request.META.get('REMOTE_ADDR', '')}|{window}", algorithm="sha256")
    return [f"bartizan:report:{limit.name}:{who.hexdigest()[:32]}:{at}" for at in range(limit.most)]
