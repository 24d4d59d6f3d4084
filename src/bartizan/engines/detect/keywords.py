"""Keywords in an event that is still JSON: one look at its bytes says for nearly every event that it holds none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

import hyperscan

_ESCAPED: Final = re.compile(r'["\\\x00-\x1f\x7f/]')
_NUMERIC: Final = re.compile(r"[0-9.eE+-]*")
_SHORTEST: Final = 3


class KeywordSieve:
    """Says of a line of JSON that no keyword is in it, or that it may be."""

    __slots__ = ("_database", "_scan")

    def __init__(self, texts: Iterable[str]) -> None:
        """``texts``: folded; an event without any of them fits no keyword."""
        pieces = {_piece(text) for text in texts if text.isascii()}
        self._database: hyperscan.Database | None = None
        # A number may be written in several ways (1e3), and a short piece is everywhere: then every line may hold it.
        if any(len(piece) < _SHORTEST or _NUMERIC.fullmatch(piece) for piece in pieces):
            self._scan = None
            return
        if pieces:
            self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
            expressions = [re.escape(piece).encode() for piece in sorted(pieces)]
            flags = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_SINGLEMATCH
            self._database.compile(expressions=expressions, elements=len(expressions), flags=flags)
        self._scan = self._database.scan if self._database else _nothing

    def may_hold(self, line: bytes) -> bool:
        r"""False is certain. Text beyond ASCII has cases of its own, and ``\u`` may hide anything: such a line may."""
        if self._scan is None or b"\\u" in line or not line.isascii():
            return True
        seen: list[int] = []
        self._scan(line, match_event_handler=_note, context=seen)
        return bool(seen)


def _piece(text: str) -> str:
    """The longest part of ``text`` that JSON writes as it is."""
    return max(_ESCAPED.split(text), key=len)


def _note(at: int, _start: int, _end: int, _flags: int, seen: Any) -> None:
    seen.append(at)


def _nothing(_line: bytes, **_options: object) -> None:
    """No keyword at all."""
