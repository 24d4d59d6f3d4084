"""Who is inside, kept on disk passage by passage: a restart, however hard, forgets nobody."""

from __future__ import annotations

import logging
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import orjson

from bartizan.engines.access import Order, Passage, Presence
from bartizan.engines.access.presence import passage_told, plain_passage
from bartizan.engines.access.written import order_of, plain_order

_log = logging.getLogger(__name__)
_FOLD_AT: Final = 2_000
"""Passages after which they are folded into one state."""
_SHAPE: Final = """
CREATE TABLE IF NOT EXISTS passage (n INTEGER PRIMARY KEY, told BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS folded (only INTEGER PRIMARY KEY CHECK (only = 1), state BLOB NOT NULL);
"""


class Kept:
    """One file. A disk that is full stops no door: what could not be written is said, and the memory goes on."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.trouble = ""
        self.presence = Presence()
        self._count = 0
        self._store: sqlite3.Connection | None = None
        try:
            self._open()
        except (OSError, sqlite3.Error) as error:
            self._failed(error)

    def note(self, passage: Passage) -> None:
        self.presence.note(passage)
        self._write(["passage", plain_passage(passage)])

    def order(self, order: Order) -> None:
        """An order that came as an act, until it is taken back."""
        self.presence.orders[order.id] = order
        self._write(["order", plain_order(order)])

    def end_order(self, number: str) -> None:
        if self.presence.orders.pop(number, None) is not None:
            self._write(["end", number])

    def close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None

    def _open(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        store = sqlite3.connect(self.file, check_same_thread=False, isolation_level=None, timeout=1)
        self.file.chmod(0o600)
        # Not synced at every card: a power cut may forget the last seconds, kill -9 forgets nothing.
        store.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;" + _SHAPE)
        self.presence = restored(store)
        self._store = store  # only now: nothing may be folded over what could not be read
        self._fold()

    def _write(self, told: list[object]) -> None:
        if self._store is None:
            return
        try:
            self._store.execute("INSERT INTO passage (told) VALUES (?)", [orjson.dumps(told)])
            self._count += 1
            if self.trouble or self._count >= _FOLD_AT:
                self._fold()  # after trouble: memory holds what could not be written
            self.trouble = ""
        except sqlite3.Error as error:
            self._failed(error)

    def _fold(self) -> None:
        assert self._store is not None
        self.presence.forget(datetime.now(UTC))
        state = orjson.dumps(self.presence.state())
        with self._store:
            self._store.execute("BEGIN IMMEDIATE")
            self._store.execute("INSERT OR REPLACE INTO folded (only, state) VALUES (1, ?)", [state])
            self._store.execute("DELETE FROM passage")
        self._count = 0

    def _failed(self, error: Exception) -> None:
        if not self.trouble:
            _log.warning("Who is inside cannot be kept in %s: %s", self.file, error)
        self.trouble = f"Who is inside cannot be kept in {self.file} ({error}); doors decide on, until a restart."


def restored(store: sqlite3.Connection) -> Presence:
    """What was kept; what cannot be read is said in the log and left out, since doors must open."""
    presence = Presence()
    for (state,) in store.execute("SELECT state FROM folded"):
        try:
            presence = Presence.restore(orjson.loads(state))
        except (KeyError, TypeError, ValueError, AttributeError):
            _log.exception("Who was inside cannot be read; it begins anew")
    for n, told in store.execute("SELECT n, told FROM passage ORDER BY n"):
        try:
            _retell(presence, orjson.loads(told))
        except (KeyError, TypeError, ValueError):
            _log.exception("Passage %s cannot be read and is left out", n)
    return presence


def presence_in(file: Path) -> Presence:
    """For whoever only looks: who is inside by the readers that Bartizan runs itself. Raises FileNotFoundError before
    the first of them ran."""
    if not file.exists():
        raise FileNotFoundError(file)
    store = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=1)
    try:
        return restored(store)
    finally:
        store.close()


def _retell(presence: Presence, told: list[object]) -> None:
    match told:
        case ["passage", list(plain)]:
            presence.note(passage_told(plain))
        case ["order", plain]:
            order = order_of(plain)
            presence.orders[order.id] = order
        case ["end", str(number)]:
            presence.orders.pop(number, None)
