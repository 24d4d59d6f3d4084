"""The house's own rules on sanctions: those in the data folder, else those that are shipped."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings

from bartizan.engines.sanctions import House, HouseError, read_house

SHIPPED: Final = Path(__file__).parent / "sanctions.yaml"

_read = lru_cache(maxsize=4)(read_house)
"""By its text: a list of outcomes asks once a row, and a change of the file holds at once."""


def house() -> House:
    """Raises HouseError."""
    own = Path(settings.DATA) / "sanctions.yaml"
    return _read((own if own.is_file() else SHIPPED).read_text(encoding="utf-8"))


def outcomes() -> list[tuple[str, str]]:
    """The ladder, for forms and lists; nothing while the house's file cannot be read: the bench says what to mend."""
    try:
        return [(one.key, one.name) for one in house().ladder]
    except HouseError:
        return []


def kinds() -> list[tuple[str, str]]:
    """The kinds of conduct, likewise."""
    try:
        return [(one, one) for one in house().kinds]
    except HouseError:
        return []
