"""Opening DuckLake: its extensions come from the installed packages, so nothing is ever downloaded."""

from __future__ import annotations

import fcntl
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import duckdb

from bartizan.watch.lake.columns import DEFINITION
from bartizan.watch.lake.errors import LakeError

MEMORY: Final = "512MB"
THREADS: Final = 2
_EXTENSIONS: Final = ("duckdb_extension_sqlite_scanner", "duckdb_extension_ducklake")

# Up to this many rows of one commit stay in the catalog until the next flush; larger commits are Parquet at
# once, because a row costs ten times as much in the catalog.
INLINED_ROWS: Final = 1000

# DuckDB's SQLite waits in whole seconds for a lock that is held for a millisecond; so it is told to wait for less than
# one, which is not at all, and errors.patiently waits instead.
_BUSY_MILLISECONDS: Final = 100

_CREATION: Final = (
    f"CREATE TABLE IF NOT EXISTS lake.event ({DEFINITION})",
    # day() alone is the day of the month: without the other two, compaction would merge January's files with March's.
    "ALTER TABLE lake.event SET PARTITIONED BY (year(time), month(time), day(time))",
    "ALTER TABLE lake.event SET SORTED BY (time)",
    # The cursor only gains rows, because an insert costs a third of an update; flush() drops all but the newest.
    "CREATE TABLE IF NOT EXISTS lake.cursor (number BIGINT, value VARCHAR)",
    "CALL lake.set_option('parquet_compression', 'zstd')",
    # Small row groups, sorted by time: an hour of a busy day reads one or two of them.
    "CALL lake.set_option('parquet_row_group_size', '16384')",
)


def connect(
    folder: Path, *, is_read_only: bool, memory: str = MEMORY, threads: int = THREADS
) -> duckdb.DuckDBPyConnection:
    """A connection with the lake of ``folder`` attached as ``lake``; the lake is made when there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two processes that start together must not both create it
        if not (folder / "ready").exists():
            _create(folder)
    return _attach(folder, ", READ_ONLY" if is_read_only else "", memory, threads)


def _create(folder: Path) -> None:
    """Make the tables, again if need be: whoever was stopped in the middle left no ``ready``.

    Only here is the catalog put into its journal mode: it stays in it, and asking again with each query would collide
    with every commit.
    """
    with _attach(folder, ", META_JOURNAL_MODE 'WAL'") as connection:
        connection.execute("BEGIN")
        for statement in _CREATION:
            connection.execute(statement)
        connection.execute("COMMIT")
    (folder / "ready").touch()


def _attach(folder: Path, mode: str, memory: str = MEMORY, threads: int = THREADS) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "memory_limit": memory,
            "threads": threads,
            "temp_directory": str(folder / "spill"),
            "preserve_insertion_order": "false",
        }
    )
    for package in _EXTENSIONS:
        connection.execute(f"LOAD '{_quoted(_extension(package))}'")
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    connection.execute(
        f"ATTACH 'ducklake:sqlite:{_quoted(folder / 'catalog.sqlite')}' AS lake ("
        f"DATA_PATH '{_quoted(folder / 'events')}', OVERRIDE_DATA_PATH true, DATA_INLINING_ROW_LIMIT {INLINED_ROWS}, "
        f"META_BUSY_TIMEOUT {_BUSY_MILLISECONDS}{mode})"
    )
    return connection


def _extension(package: str) -> Path:
    """The extension's file in its package. Importing the package is not needed and would run its code."""
    spec = find_spec(package)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    for folder in folders:
        for path in Path(folder).glob(f"extensions/v{duckdb.__version__}/*.duckdb_extension"):
            return path
    raise LakeError(
        f"The package {package.replace('_', '-')} for DuckDB {duckdb.__version__} is not installed; "
        "install Bartizan again with its locked requirements (make install)."
    )


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
