"""The audit's chain: each entry's digest covers the entry and the digest before it, under a key (RFC 2104, SHA-256)."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

FIRST = "0" * 64
"""What stands before the first entry."""


FIELDS = ("by_id", "by_name", "verb", "subject", "detail", "origin")
"""What an entry's digest covers beside its number and time."""


class AuditBrokenError(Exception):
    """The audit is not as it was written; says what to do."""


def plain(detail: Mapping[str, Any]) -> dict[str, Any]:
    """``detail`` as every database gives it back: keys as text, tuples as lists, whole floats as whole numbers, and
    what no text in PostgreSQL holds (NUL, half a character) as it is written in code."""
    told: dict[str, Any] = _legible(json.loads(json.dumps(detail), parse_float=_number))
    return told


def _legible(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_legible(name): _legible(each) for name, each in value.items()}
    return [_legible(each) for each in value] if isinstance(value, list) else value


def _number(text: str) -> int | float:
    value = float(text)
    return int(value) if value.is_integer() else value


def digest(key: bytes, previous: str, number: int, at: datetime, fields: Mapping[str, Any]) -> str:
    """The digest of entry ``number``: any change of it, of one before it, or of their order gives another."""
    told = {"number": number, "at": at.astimezone(UTC).isoformat(timespec="microseconds"), **fields}
    return _mac(key, previous + json.dumps(told, sort_keys=True, separators=(",", ":")))


def seal(key: bytes, number: int, last: str) -> str:
    """Binds how many entries there are to the last one, so that cutting off the end is found too."""
    return _mac(key, f"head {number} {last}")


def _mac(key: bytes, words: str) -> str:
    return hmac.new(key, words.encode(), "sha256").hexdigest()
