"""Walks the audit's chain from its first entry to its last and says whether it is whole, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bartizan.core import chain
from bartizan.core.keys import is_kept, key
from bartizan.core.models import AuditEntry, AuditHead

AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Anchor:
    """How long the audit was at some time, and its last digest then, as somebody noted it elsewhere."""

    number: int
    digest: str

    @classmethod
    def of(cls, text: str) -> Anchor:
        """From ``1234:9f86…``. Raises ValueError in words."""
        number, _, digest = text.strip().lower().partition(":")
        if not number.isdecimal() or len(digest) != 64 or set(digest) - set("0123456789abcdef"):
            raise ValueError("An anchor is a number, a colon and the digest of 64 letters: 1234:9f86d081…")
        return cls(int(number), digest)

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"


@dataclass(frozen=True, slots=True)
class Verdict:
    last: Anchor
    """The last entry that is certainly as it was written."""
    trouble: str = ""
    """What is wrong first; empty: nothing."""
    number: int = 0
    """Of the entry that it is about."""

    @property
    def is_whole(self) -> bool:
        return not self.trouble


@dataclass(frozen=True, slots=True)
class _Kept:
    """An entry as it stands in the table."""

    number: int
    at: datetime
    told: dict[str, Any]
    digest: str

    @property
    def words(self) -> str:
        who = str(self.told["by_name"]) or "Bartizan"
        return f"{self.at:%Y-%m-%d %H:%M:%S} UTC, {who} {self.told['verb']} {self.told['subject']}"


class _WrongError(Exception):
    def __init__(self, number: int, words: str) -> None:
        super().__init__(words)
        self.number = number


def audit_key() -> bytes:
    """The chain's key, made with the records. Raises AuditBrokenError when it has gone: under a new one every entry
    would look edited."""
    if not is_kept("audit"):
        raise chain.AuditBrokenError(
            "The audit's key is missing: put keys/audit.key back into the data folder, from the last backup."
        )
    return key("audit")


def verify(anchor: Anchor | None = None, told: Callable[[int], None] = lambda _: None) -> Verdict:
    """Walk the whole chain. Entries that are added meanwhile are walked too; nobody has to wait for it.

    ``anchor``: what somebody noted earlier must still stand where it stood. ``told`` hears how far the walk is.
    """
    try:
        secret = audit_key()
    except chain.AuditBrokenError as error:
        return Verdict(Anchor(0, chain.FIRST), str(error))
    walk = _Walk(secret, anchor, told)
    try:
        walk.to_the_end()
    except _WrongError as error:
        return Verdict(walk.last, str(error), error.number)
    return Verdict(walk.last)


class _Walk:
    def __init__(self, secret: bytes, anchor: Anchor | None, told: Callable[[int], None]) -> None:
        self.secret, self.anchor, self.told = secret, anchor, told
        self.last = Anchor(0, chain.FIRST)

    def to_the_end(self) -> None:
        """The head is read after the entries: what was added between the two is walked in another round."""
        while True:
            before = self.last.number
            try:
                for entry in _entries(before):
                    self._step(entry)
            except (ValueError, TypeError) as error:
                wanted = self.last.number + 1
                raise _WrongError(wanted, f"Entry {wanted} was edited: it cannot be read ({error}).") from error
            head = AuditHead.objects.first()
            if head is None:
                raise _WrongError(self.last.number, "The record of how long the audit is has been removed.")
            if head.number <= self.last.number or self.last.number == before:
                self._check_head(head)
                self._check_anchor_reached()
                return

    def _step(self, entry: _Kept) -> None:
        wanted = self.last.number + 1
        if entry.number != wanted:
            raise _WrongError(wanted, _missing(wanted, entry.number))
        if chain.digest(self.secret, self.last.digest, wanted, entry.at, entry.told) != entry.digest:
            raise _WrongError(wanted, self._what_stands_here(entry))
        self.last = Anchor(wanted, entry.digest)
        if self.anchor and self.anchor.number == wanted and self.anchor != self.last:
            raise _WrongError(wanted, f"Entry {wanted} is not the one that the anchor names: the audit was replaced.")
        if wanted % AT_ONCE == 0:
            self.told(wanted)

    def _what_stands_here(self, entry: _Kept) -> str:
        """Whether the right entry stands elsewhere, or nowhere."""
        with suppress(ValueError, TypeError):  # one further on that cannot be read
            for other in _entries(entry.number):
                if chain.digest(self.secret, self.last.digest, entry.number, other.at, other.told) == other.digest:
                    return f"Entries are out of order from {entry.number} on: entry {other.number} belongs there."
        return f"Entry {entry.number} was edited or replaced; it says: {entry.words}."

    def _check_head(self, head: AuditHead) -> None:
        number = self.last.number
        if head.seal != chain.seal(self.secret, head.number, head.digest):
            raise _WrongError(number, "The record of how long the audit is was edited.")
        if head.number > number:
            raise _WrongError(number + 1, f"The end was cut off: {_missing(number + 1, head.number + 1)}")
        if head.number < number or head.digest != self.last.digest:
            raise _WrongError(head.number, f"The record of how long the audit is was set back to {head.number}.")

    def _check_anchor_reached(self) -> None:
        if self.anchor and self.anchor.number > self.last.number:
            words = (
                f"The audit has {self.last.number} entries, fewer than the anchor's {self.anchor.number}: it was set "
            )
            raise _WrongError(self.last.number + 1, words + "back to an earlier state.")


def _missing(first: int, following: int) -> str:
    if following <= first:
        return f"An entry numbered {following} does not belong there."
    if following == first + 1:
        return f"Entry {first} is missing."
    return f"Entries {first} to {following - 1} are missing."


def _entries(after: int) -> Iterator[_Kept]:
    """In their order; from the very first, whatever its number, when nothing was walked yet."""
    rows = AuditEntry.objects.order_by("pk")
    rows = rows.filter(pk__gt=after) if after else rows
    for number, at, digest, *told in rows.values_list("pk", "at", "digest", *chain.FIELDS).iterator(AT_ONCE):
        if at is None:
            raise ValueError("its time is not one")
        yield _Kept(number, at, dict(zip(chain.FIELDS, told, strict=True)), digest)
