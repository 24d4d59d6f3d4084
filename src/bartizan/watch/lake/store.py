"""The lake itself: events go in with the journal's cursor in one transaction, and come out as plain dicts."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import duckdb
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from bartizan.watch.journal import Cursor
from bartizan.watch.lake import catalog
from bartizan.watch.lake.columns import table_of
from bartizan.watch.lake.errors import WAITS_SECONDS, LakeBusy, patiently
from bartizan.watch.lake.retention import Hold, Retention, expired
from bartizan.watch.lake.scope import TABLE
from bartizan.watch.lake.turns import Turns

log = logging.getLogger(__name__)
T = TypeVar("T")

FLUSH_SECONDS: Final = 60.0
FLUSH_ROWS: Final = 50_000
FLUSH_BYTES: Final = 64 * 1024 * 1024

# Snapshots and replaced files stay this long, so that a query that began before a compaction still finds its files.
_GRACE: Final = timedelta(minutes=10)
_ORPHAN_AGE: Final = timedelta(days=1)

_INSERT: Final = "INSERT INTO lake.event SELECT * REPLACE (id::UUID AS id) FROM batch"

# A repeat comes after its original and names the same time or a later one: a day back is enough to find the original.
_INSERT_UNLESS_STORED: Final = (
    _INSERT + " WHERE NOT EXISTS (FROM lake.event AS old WHERE old.id = batch.id::UUID AND old.time BETWEEN ? AND ?)"
)
_REPEAT_SPAN: Final = timedelta(days=1)


class Lake:
    """The event lake in ``folder``. One process appends; any number read, each with its own Lake. Safe for threads."""

    def __init__(
        self, folder: Path, *, read_only: bool = False, memory: str = catalog.MEMORY, threads: int = 2
    ) -> None:
        self.folder = folder
        self._connection = patiently(
            lambda: catalog.connect(folder, is_read_only=read_only, memory=memory, threads=threads), folder
        )
        self._turns = Turns(folder)
        self._writing = RLock()
        self._number = 0
        self._is_resumed = False
        self._replayed_to: Cursor | None = None
        self._rows_unflushed = self._bytes_unflushed = 0
        self._flushed_at = time.monotonic()

    @property
    def table(self) -> str:
        return TABLE

    def close(self) -> None:
        self._connection.close()
        self._turns.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def append(self, events: Sequence[Mapping[str, Any]], cursor: Cursor | None = None) -> int:
        """Store judged ``events`` and how far the journal was read, both or neither; return how many were new.

        An event whose id is made from its source's key (version 5) is stored once, however often it comes. Others
        are stored once because the cursor moves with them: after a start, a batch that the stored cursor covers is
        passed over, and one that straddles it is compared with what is stored. The stored cursor never goes back.
        """
        batch = table_of(list({event["id"]: event for event in events}.values()))
        with self._writing:
            self._resume()
            if cursor is not None and self._replayed_to is not None and covers(self._replayed_to, cursor):
                return 0
            is_replay, reached = self._replayed_to is not None, furthest(cursor, self._replayed_to)
            self._is_resumed = False  # until the commit is certain
            stored = self._commit(lambda connection: self._insert(connection, batch, reached, is_replay=is_replay))
            self._is_resumed = True
            if cursor is not None and covers(cursor, self._replayed_to or {}):
                self._replayed_to = None
        if batch.num_rows <= catalog.INLINED_ROWS:
            self._rows_unflushed += stored
            self._bytes_unflushed += batch.nbytes
        return stored

    def replay(self) -> None:
        """The journal is about to be read again from an earlier position: compare what comes with what is stored."""
        self._is_resumed = False

    def cursor(self) -> Cursor:
        """How far the journal had been read when the newest batch was stored."""
        rows = self.ask("SELECT value FROM lake.cursor ORDER BY number DESC LIMIT 1").to_pylist()
        found: dict[str, list[int]] = orjson.loads(rows[0]["value"]) if rows else {}
        return {name: (segment, offset) for name, (segment, offset) in found.items()}

    def ask(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> pa.Table:
        """Read with a fresh view of what is committed now, from any thread."""

        def read() -> pa.Table:
            with self._connection.cursor() as connection:
                return connection.execute(sql, parameters).to_arrow_table()

        return patiently(lambda: self._turns.steady(read), self.folder)

    @property
    def is_flush_due(self) -> bool:
        """Rows that stay in the catalog slow every query: the writer asks this after each batch."""
        if self._rows_unflushed >= FLUSH_ROWS or self._bytes_unflushed >= FLUSH_BYTES:
            return True
        return self._rows_unflushed > 0 and time.monotonic() - self._flushed_at >= FLUSH_SECONDS

    def flush(self) -> None:
        """Move what the catalog holds of the newest events into Parquet files; while a compaction runs, not yet."""
        with self._turns.upkeep(waits=False) as is_ours:
            if not is_ours:
                return
            self._commit(_flush, self._turns.flush_commit)
        self._rows_unflushed = self._bytes_unflushed = 0
        self._flushed_at = time.monotonic()

    def compact(self) -> None:
        """Merge small files, forget old snapshots and delete the files that nobody reads any more.

        Merging moves live rows and drops none, so what a legal hold kept from ``retain`` stays.
        """
        now = datetime.now(UTC)
        with self._turns.upkeep(waits=True):
            self._call("ducklake_merge_adjacent_files('lake', 'event')")
            self._call("ducklake_expire_snapshots('lake', older_than => ?)", now - _GRACE)
            self._call("ducklake_cleanup_old_files('lake', older_than => ?)", now - _GRACE)
            self._call("ducklake_delete_orphaned_files('lake', older_than => ?)", now - _ORPHAN_AGE)

    def retain(self, rules: Sequence[Retention], holds: Sequence[Hold], now: datetime) -> int:
        """Delete events that are older than their kind is kept, except those under a legal hold; return how many."""
        condition, values = expired(rules, holds, now)

        def delete(connection: duckdb.DuckDBPyConnection) -> int:
            return _changed(connection.execute(f"DELETE FROM lake.event WHERE {condition}", values))  # noqa: S608

        with self._turns.upkeep(waits=True):
            gone = self._commit(delete)
            if gone:  # the rows themselves must go, not only be marked as gone
                self._call("ducklake_rewrite_data_files('lake', 'event', delete_threshold => 0.0)")
        return gone

    def _resume(self) -> None:
        """At the start, and after a commit that failed in doubt: learn from the lake how far it came."""
        if self._is_resumed:
            return
        self._number = int(self.ask("SELECT coalesce(max(number), 0) AS newest FROM lake.cursor")["newest"][0].as_py())
        self._replayed_to = self.cursor() or None
        self._is_resumed = True

    def forget_sources(self, sources: Sequence[str], house: Sequence[str] = (), sites: Sequence[str] = ()) -> int:
        """Delete everything that these sources sent, and what the ``house``'s own sources said of these sites; return
        how many events. The demo is removed so."""
        statement = (
            "DELETE FROM lake.event WHERE source IN (SELECT unnest(?))"
            " OR (source IN (SELECT unnest(?)) AND site IN (SELECT unnest(?)))"
        )

        def delete(connection: duckdb.DuckDBPyConnection) -> int:
            return _changed(connection.execute(statement, [list(sources), list(house), list(sites)]))

        gone = self._commit(delete)
        self._call("ducklake_rewrite_data_files('lake', 'event', delete_threshold => 0.0)")
        return gone

    def _insert(
        self, connection: duckdb.DuckDBPyConnection, batch: pa.Table, cursor: Cursor | None, *, is_replay: bool
    ) -> int:
        stored = 0
        if batch.num_rows:
            connection.register("batch", batch)
            try:
                statement, values = _insertion(batch, is_replay=is_replay)
                stored = _changed(connection.execute(statement, values))
            finally:
                connection.unregister("batch")
        if cursor is not None:
            self._number += 1
            connection.execute("INSERT INTO lake.cursor VALUES (?, ?)", [self._number, orjson.dumps(cursor).decode()])
        return stored

    def _commit(
        self,
        action: Callable[[duckdb.DuckDBPyConnection], T],
        around_commit: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> T:
        """One transaction, tried again while another process is at the catalog."""

        def attempt() -> T:
            with self._writing, self._turns.commit(), self._connection.cursor() as connection:
                connection.execute("BEGIN")
                try:
                    result = action(connection)
                    with around_commit():
                        connection.execute("COMMIT")
                except BaseException:
                    _abandon(connection)
                    raise
                return result

        return patiently(attempt, self.folder)

    def _call(self, procedure: str, *values: datetime) -> None:
        """Run one of DuckLake's own procedures, each of which is a transaction in itself."""

        def call() -> None:
            with self._connection.cursor() as connection:
                connection.execute(f"CALL {procedure}", values).fetchall()

        try:
            patiently(call, self.folder, waits=WAITS_SECONDS[:4])
        except LakeBusy:
            log.info("Compaction of the event lake lost to its writers; now they wait for it.")
            with self._writing, self._turns.commit():
                patiently(call, self.folder)


def furthest(cursor: Cursor | None, reached: Cursor | None) -> Cursor | None:
    """For each writer of the journal the later of two positions; nothing where there is no cursor to store."""
    if cursor is None or not reached:
        return cursor
    return {name: max(each[name] for each in (cursor, reached) if name in each) for name in {*cursor, *reached}}


def covers(reached: Mapping[str, tuple[int, int]], cursor: Mapping[str, tuple[int, int]]) -> bool:
    """Whether everything up to ``cursor`` was read by who ``reached`` there."""
    return all(name in reached and tuple(reached[name]) >= tuple(position) for name, position in cursor.items())


def _insertion(batch: pa.Table, *, is_replay: bool) -> tuple[str, list[datetime]]:
    """How to insert ``batch``: only ids made from keys, or a replay, make it worth looking for what is stored."""
    suspects = batch["time"]
    if not is_replay:
        suspects = suspects.filter(pc.equal(pc.utf8_slice_codeunits(batch["id"], 14, 15), "5"))
    if not len(suspects):
        return _INSERT, []
    times = pc.min_max(suspects).as_py()
    return _INSERT_UNLESS_STORED, [times["min"] - _REPEAT_SPAN, times["max"]]


def _flush(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("CALL ducklake_flush_inlined_data('lake', table_name => 'event')").fetchall()
    connection.execute("DELETE FROM lake.cursor WHERE number < (SELECT max(number) FROM lake.cursor)")


def _changed(result: duckdb.DuckDBPyConnection) -> int:
    (count,) = result.fetchone() or (0,)
    return int(count)


def _abandon(connection: duckdb.DuckDBPyConnection) -> None:
    with suppress(duckdb.Error):  # a commit that failed has ended its transaction already
        connection.execute("ROLLBACK")
