"""What a register's cell or detail may hold beside words, figures and times; and which words can be a number."""

from __future__ import annotations

from dataclasses import dataclass


def is_number(words: str) -> bool:
    """Whether words can be a record's number in the database: of 18 digits at most."""
    return words.isdecimal() and len(words) <= 18


@dataclass(frozen=True, slots=True)
class Reference:
    """Another thing, shown as a chip that opens its page."""

    to: str
    """Such as ``zone:ML-2.14``."""
    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class State:
    """A state in words. A level makes it abnormal: only then does it take a colour."""

    words: str
    icon: str = ""
    level: int = 0

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a history in a detail panel."""

    at: object
    """A time, or nothing."""
    icon: str
    words: str
    reference: str = ""
    is_current: bool = False
    url: str = ""
    """Where the line leads when that is not the reference's own page."""
