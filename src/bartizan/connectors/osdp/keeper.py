"""The doorkeeper: the table as it was written last, who is inside, and the decision. One for all lines of a data
folder, because who went in by one line comes out by another."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import orjson

from bartizan.connectors.osdp.kept import Kept
from bartizan.engines.access import (
    Card,
    Decision,
    Order,
    Passage,
    Request,
    Standing,
    Table,
    TableError,
    badge_of_card,
    decide,
    from_plain,
    is_in_force,
    standing,
    towards,
)

_log = logging.getLogger(__name__)
PRESENCE: Final = "doors-presence.sqlite"
_LOOK: Final = 0.2
"""Seconds between two looks at the table's file."""
_NO_TABLE: Final = Table(datetime.min.replace(tzinfo=UTC))
_keepers: dict[tuple[Path, Path], Keeper] = {}
_making: Final = threading.Lock()


class Keeper:
    """Safe to ask from several threads: one decides at a time."""

    def __init__(self, table_file: Path, folder: Path) -> None:
        self.table: Table | None = None
        self.trouble = ""
        """What is wrong with the table, in words."""
        self.users = 0
        self._file = table_file
        self._kept = Kept(folder / PRESENCE)
        self._lock = threading.RLock()
        self._reading = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._stop = threading.Event()
        self.reload()
        self._looking = threading.Thread(target=self._look, name="access-table", daemon=True)
        self._looking.start()

    def decide(self, request: Request, now: datetime) -> Decision:
        with self._lock:
            return decide(self.table, self._kept.presence, request, now)

    def note(self, passages: Iterable[Passage]) -> None:
        with self._lock:
            for passage in passages:
                self._kept.note(passage)

    def standing(self, portal: str, now: datetime) -> Standing:
        """Without a table a door stands locked from outside."""
        with self._lock:
            table = self.table or Table(now)
            return standing(table, self._kept.presence, portal, now)

    def order(self, order: Order) -> None:
        with self._lock:
            self._kept.order(order)

    def has_order(self, number: str) -> bool:
        """Whether the table holds it."""
        return self.table is not None and any(order.id == number for order in self.table.orders)

    def end_orders(self, verbs: Collection[str], scope: str, now: datetime) -> None:
        """Ends what acts ordered over exactly this scope, and what has ended by itself."""
        with self._lock:
            for order in list(self._kept.presence.orders.values()):
                is_over = not is_in_force(order, now) and order.since <= now
                if is_over or (order.verb in verbs and order.scope == (scope,)):
                    self._kept.end_order(order.id)

    def badge_of(self, card: Card, facilities: Collection[int]) -> str:
        return badge_of_card(self.table or _NO_TABLE, card, facilities)

    def unlock_seconds(self, portal: str) -> int:
        known = self.table.portal.get(portal) if self.table else None
        return known.unlock_seconds if known else 5

    def ways(self, portal: str, direction: str) -> tuple[str, str]:
        """The zone that is left and the one that is entered; empty where the table does not know the door."""
        known = self.table.portal.get(portal) if self.table else None
        return towards(known, direction) if known else ("", "")

    @property
    def count_inside(self) -> int:
        """How many are in a zone that is not outside."""
        with self._lock:
            where, zones = self._kept.presence.where.values(), self.table.zone if self.table else {}
            return sum(1 for one in where if one.zone in zones and not zones[one.zone].is_outside)

    @property
    def words(self) -> str:
        """What is the matter with table or memory; empty when nothing is."""
        return self.trouble or self._kept.trouble

    def reload(self) -> None:
        """Read the table when its file is another than the last time. A damaged one changes nothing but the light: the
        table before it goes on holding. One at a time: an older table never takes the place of a newer."""
        with self._reading:
            try:
                self._reload()
            except FileNotFoundError:
                self._seen = None
                self._say(f"There is no access table at {self._file}")
            except (OSError, orjson.JSONDecodeError, TableError) as error:
                self._say(f"The access table at {self._file} cannot be read ({error})")

    def _reload(self) -> None:
        status = self._file.stat()
        seen = (status.st_ino, status.st_mtime_ns, status.st_size)
        if seen == self._seen:
            return
        written = self._file.read_bytes()
        self._seen = seen  # of a damaged one too: it stays damaged until it is another
        self.table = from_plain(orjson.loads(written)).ready()
        self.trouble = ""

    def close(self) -> None:
        self._stop.set()
        self._looking.join(5)
        self._kept.close()

    def _look(self) -> None:
        while not self._stop.wait(_LOOK):
            self.reload()

    def _say(self, what: str) -> None:
        words = f"{what}; {'the one before holds' if self.table else 'nobody is let in, leaving stays free'}."
        if words != self.trouble:
            _log.warning("%s", words)
        self.trouble = words


@contextlib.contextmanager
def keeper_of(table_file: Path, folder: Path) -> Iterator[Keeper]:
    """The one that all lines of a data folder share, from the first to the last of them."""
    key = (table_file, folder)
    with _making:
        keeper = _keepers.get(key) or _keepers.setdefault(key, Keeper(table_file, folder))
        keeper.users += 1
    try:
        yield keeper
    finally:
        with _making:
            keeper.users -= 1
            if not keeper.users:
                _keepers.pop(key).close()
