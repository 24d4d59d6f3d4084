"""Rights and notices by jurisdiction: what is said to whom before an account, read from data and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bartizan.engines.interviews.procedure import HEARD_AS


class RulesError(Exception):
    """A file of rights cannot be used, in words: the file, the key, and what is expected."""


@dataclass(frozen=True, slots=True)
class Right:
    key: str
    words: str
    """In a few words, as the list shows it."""
    say: str
    """As it is said to whoever is heard."""
    source: str
    heard_as: tuple[str, ...]
    """To whom it is owed; a key of :data:`procedure.HEARD_AS` each."""
    is_needed: bool
    """Without it no account is taken."""


@dataclass(frozen=True, slots=True)
class Rules:
    id: str
    name: str
    as_of: date
    """The day as of which it was written down."""
    source: str
    address: str
    recording: str
    """What consent to sound and picture needs here."""
    note: str
    rights: tuple[Right, ...]

    def of(self, heard_as: str) -> tuple[Right, ...]:
        return tuple(right for right in self.rights if heard_as in right.heard_as)

    def needed(self, heard_as: str) -> frozenset[str]:
        return frozenset(right.key for right in self.of(heard_as) if right.is_needed)


def rules_of(raw: Any, where: str) -> Rules:
    """Raises RulesError."""
    if not isinstance(raw, Mapping):
        raise RulesError(f"{where}: keys and values are expected, beginning with “id:”.")
    as_of = raw.get("as_of")
    if not isinstance(as_of, date):
        raise RulesError(f"{where}: as_of is the day on which it was written down, such as 2026-11-01.")
    rows = raw.get("rights")
    if not isinstance(rows, list) or not rows:
        raise RulesError(f"{where}: rights is a list with at least one right.")
    told = {key: _text(raw, key, where) for key in ("id", "name", "source", "address", "recording", "note")}
    rights = tuple(_right(row, f"{where}, right {number}") for number, row in enumerate(rows, start=1))
    if len({right.key for right in rights}) < len(rights):
        raise RulesError(f"{where}: two rights have the same key.")
    if not any(right.is_needed for right in rights):
        raise RulesError(f"{where}: at least one right is needed before an account is taken.")
    return Rules(as_of=as_of, rights=rights, **told)


def _right(raw: Any, where: str) -> Right:
    if not isinstance(raw, Mapping):
        raise RulesError(f"{where}: keys and values are expected, beginning with “key:”.")
    heard_as = raw.get("heard_as", list(HEARD_AS))
    if not isinstance(heard_as, list) or not heard_as or set(heard_as) - set(HEARD_AS):
        raise RulesError(f"{where}: heard_as lists some of {', '.join(HEARD_AS)}.")
    is_needed = raw.get("needed", True)
    if not isinstance(is_needed, bool):
        raise RulesError(f"{where}: needed is true or false.")
    told = {key: _text(raw, key, where) for key in ("key", "words", "say", "source")}
    return Right(heard_as=tuple(heard_as), is_needed=is_needed, **told)


def _text(raw: Mapping[str, Any], key: str, where: str) -> str:
    text = raw.get(key)
    if not isinstance(text, str) or not text.strip():
        raise RulesError(f"{where}: {key} is missing; it is a text.")
    return " ".join(text.split())
