"""How a value of an event becomes text that rules compare: one place, so that every part of the engine agrees."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_KEPT_BELOW: Final = 0x3000


class _Folding(dict[int, str]):
    """Unicode simple case folding, character by character, filled as characters are met.

    Simple, not full: one character stays one character, so that ``?`` counts right. The Turkish İ and ı are folded to
    i as well, as Python's ``re.IGNORECASE`` does, so that a look-alike does not slip past a rule.
    """

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = character.casefold()
        if len(folded) != 1:
            folded = character.lower()
        if len(folded) != 1:
            folded = character
        if code < _KEPT_BELOW:  # bounded: rare characters are worked out again rather than kept
            self[code] = folded
        return folded


_FOLDING: Final = _Folding({0x130: "i", 0x131: "i", 0xFB05: "ﬆ", 0x1FD3: "ΐ", 0x1FE3: "ΰ"})


def fold(text: str) -> str:
    """``text`` without regard to case."""
    return text.lower() if text.isascii() else text.translate(_FOLDING)


def as_text(value: Any) -> str:
    """A JSON scalar as text: numbers in decimal, whole floats as integers, booleans as ``true`` and ``false``."""
    if value.__class__ is str:
        return str(value)
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def leaves(value: Any) -> Iterator[str]:
    """The texts of everything inside ``value``: a list's elements, an object's values; nulls are left out."""
    if value is None:
        return
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from leaves(inner)
    else:
        yield as_text(value)


def joined(values: Mapping[str, Any]) -> str:
    """All texts of an event in one, a NUL between them, to be searched for keywords at once."""
    return "\0".join(
        [
            value if value.__class__ is str else str(value) if value.__class__ is int else "\0".join(leaves(value))
            for value in values.values()
        ]
    )


def as_number(text: str) -> int | float | None:
    """The decimal number that ``text`` is, or None: ``0x10``, ``1_000``, ``nan`` and words are no numbers here."""
    stripped = text.strip()
    if not _NUMBER.fullmatch(stripped):
        return None
    try:
        return int(stripped)
    except ValueError:
        return float(stripped)
