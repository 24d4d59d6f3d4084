"""Any value that a source may send, in a form that JSON holds and people can read, cut where it is far too long."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any, Final

LONGEST_TEXT_BYTES: Final = 1024 * 1024
_DEEPEST: Final = 60
_SIMPLE: Final = frozenset({str, int, bool, type(None)})
_SMALLEST_INT, _GREATEST_INT = -(2**63), 2**64 - 1


def is_flat(data: Mapping[str, Any]) -> bool:
    """Whether ``data`` holds only texts, whole numbers, truth values and nothing: then no value needs a closer look."""
    return _SIMPLE.issuperset(map(type, data.values())) and all(type(name) is str for name in data)


def plain_text(text: str) -> str:
    r"""``text`` as valid UTF-8. Bytes that were none, and lone surrogates, stay legible as ``\xff`` and ``\ud800``.

    So does ``\x00``, which PostgreSQL keeps in no text.
    """
    if "\0" in text:
        text = text.replace("\0", "\\x00")
    if text.isascii():
        return str(text)
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()


class Plainer:
    """Makes values plain and remembers what it cut: how many bytes, and the digest of each whole text."""

    def __init__(self) -> None:
        self.cut_bytes = 0
        self.digests: dict[str, str] = {}

    def text(self, text: str, name: str, longest_bytes: int = LONGEST_TEXT_BYTES) -> str:
        """``text`` in valid UTF-8, at most ``longest_bytes`` of it."""
        whole = plain_text(text)
        if len(whole) <= longest_bytes // 4:
            return whole
        encoded = whole.encode()
        if len(encoded) <= longest_bytes:
            return whole
        kept = encoded[:longest_bytes].decode("utf-8", "ignore")  # not half a character at the end
        self.cut_bytes += len(encoded) - len(kept.encode())
        self.digests[name] = hashlib.sha256(encoded).hexdigest()
        return kept

    def value(self, value: Any, name: str, depth: int = 0) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self.text(value, name)
        if isinstance(value, int | float):
            return _number(value)
        if isinstance(value, bytes | bytearray | memoryview):
            return self.text(bytes(value).decode("utf-8", "backslashreplace"), name)
        if isinstance(value, date):  # a datetime is a date too
            return value.isoformat()
        return self._compound(value, name, depth)

    def _compound(self, value: Any, name: str, depth: int) -> Any:
        if depth >= _DEEPEST:
            return self.text(repr(value), name)
        if isinstance(value, Mapping):
            return self.fields(value, name, depth)
        if isinstance(value, list | tuple | AbstractSet):
            return [self.value(each, f"{name}[{index}]", depth + 1) for index, each in enumerate(value)]
        return self.text(str(value), name)

    def fields(self, mapping: Mapping[Any, Any], name: str = "", depth: int = 0) -> dict[str, Any]:
        """A mapping with texts for names; two names that only differ in their type (``1`` and ``"1"``) both stay."""
        found: dict[str, Any] = {}
        for key, value in mapping.items():
            label = self.text(key if isinstance(key, str) else str(self.value(key, "name", depth + 1)), "name")
            if label in found:
                label = f"{label} ({type(key).__name__})"
            found[label] = self.value(value, f"{name}.{label}" if name else label, depth + 1)
        return found


def _number(value: float) -> float | str:
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(value)
    if _SMALLEST_INT <= value <= _GREATEST_INT:
        return int(value)
    return str(value) if value.bit_length() < 4096 else hex(value)  # Python refuses to write far longer ones in decimal
