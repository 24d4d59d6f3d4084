"""The doorkeeper: the table as it was written last, who is inside, and the decision. One for all lines of a data
folder, because who went in by one line comes out by another."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterable, Iterator
from datetime import datetime
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

    def end_orders(self, verbs: Iterable[str], scope: str, now: datetime) -> int:
        """Ends what acts ordered over exactly this scope, and what has ended by itself; how many were in force."""
        with self._lock:
            orders = list(self._kept.presence.orders.values())
            meant = [o for o in orders if o.verb in set(verbs) and o.scope == (scope,)]
            for order in (*meant, *(o for o in orders if not is_in_force(o, now) and o.since <= now)):
                self._kept.end_order(order.id)
            return sum(1 for order in meant if is_in_force(order, now))

    def badge_of(self, card: Card) -> str:
        return badge_of_card(self.table, card) if self.table else str(card.number)

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
        table before it goes on holding."""
        try:
            status = self._file.stat()
            seen = (status.st_ino, status.st_mtime_ns, status.st_size)
            if seen == self._seen:
                return
            self.table = from_plain(orjson.loads(self._file.read_bytes())).ready()
            self._seen, self.trouble = seen, ""
        except FileNotFoundError:
            self._say(f"There is no access table at {self._file}")
        except (OSError, orjson.JSONDecodeError, TableError) as error:
            self._say(f"The access table at {self._file} cannot be read ({error})")

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
