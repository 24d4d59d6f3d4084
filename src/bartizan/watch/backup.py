"""How the line is held for a backup while it runs, so that no acknowledged event is lost and none is stored twice.

The order of the pins:

1. **Where connectors and imports had read to.** Older than the journal: after a restore a connector reads a little
   again, and what comes twice is known by its key.
2. **The judge's memory**, with the cursor C that belongs to it. By then every event before C is in the lake, and its
   alarms are in the records, because the judge saves its memory after both.
3. **The lake**, so it holds every event before C. Upkeep waits meanwhile (flushing, compaction, retention), the judge
   goes on. Its catalog is copied by SQLite's online backup, and the Parquet files that this copy names are linked.
4. **The journal**, which loses nothing between 2 and 4, because the judge prunes nothing meanwhile. Every event that
   was acknowledged before the backup began is before C, and so in the lake, or after C, and so in the journal.
5. **The records**, last: whatever they tell of alarms comes from events that are in 3 or 4.

A restored judge takes up its memory, reads the journal from C on, and compares with the lake: what is stored is passed
over, what is not is stored. Alarms are found again by rule and event, so none is raised twice.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from bartizan.core.backup.parts import BackupError, Facts, Part, Pins, check_database, part
from bartizan.watch.journal.frames import held_still, segment_path, segments, sound_end, writers
from bartizan.watch.lake import Lake, LakeError
from bartizan.watch.lake.turns import Turns

CATALOG = "catalog.sqlite"


def _pin(pins: Pins) -> None:
    pins.link_below(pins.data / "run" / "read-to")
    for path in sorted((pins.data / "cache").glob("import-*.json")):
        pins.copy(path, path.stat().st_size)
    with held_still(pins.data / "journal", waits=True):
        pins.link(pins.data / "cache" / "judge.state")
        _pin_lake(pins)
        _pin_journal(pins)


def _pin_lake(pins: Pins) -> None:
    lake = pins.data / "lake"
    if not (lake / "ready").exists():
        pins.facts["events"] = 0
        return
    turns = Turns(lake)
    try:
        with turns.upkeep(waits=True):
            catalog = pins.database(lake / CATALOG)
            wanted = _files_of(catalog)
            for path in (lake / "events").rglob("*.parquet"):
                if path.name in wanted:
                    pins.link(path)
                    wanted.discard(path.name)
    finally:
        turns.close()
    if wanted:
        raise BackupError(f"The event lake misses {len(wanted)} of its files, such as {min(wanted)}; see Health.")
    pins.note("lake/ready")
    pins.facts["events"] = _count(pins.folder / "lake")


def _files_of(catalog: Path) -> set[str]:
    """The names of the Parquet files that a catalog needs; DuckLake gives each a name of its own."""
    with closing(sqlite3.connect(catalog)) as db:
        rows = db.execute("SELECT path FROM ducklake_data_file UNION SELECT path FROM ducklake_delete_file").fetchall()
    return {str(path).rsplit("/", 1)[-1] for (path,) in rows}


def _count(folder: Path) -> int:
    try:
        with Lake(folder, read_only=True) as lake:
            count = int(lake.ask("SELECT count(*) AS n FROM lake.event")["n"][0].as_py())
    except LakeError as error:
        raise BackupError(f"The event lake cannot be read: {error}") from error
    for name in ("lock", "flushes", "upkeep.lock", "commit.lock"):
        (folder / name).unlink(missing_ok=True)
    return count


def _pin_journal(pins: Pins) -> None:
    folder = pins.data / "journal"
    for writer in writers(folder):
        numbers = segments(folder / writer)
        for number in numbers[:-1]:
            pins.link(segment_path(folder / writer, number))
        if numbers:
            newest = segment_path(folder / writer, numbers[-1])
            pins.copy(newest, sound_end(newest.read_bytes()))  # a record that is just being written is left out


def _examine(folder: Path, facts: Facts) -> None:
    if not (folder / "lake" / CATALOG).exists():
        if facts["events"]:
            raise BackupError("the event lake is not in it.")
        return
    check_database(folder / "lake" / CATALOG)
    found = _count(folder / "lake")
    if found != facts["events"]:
        raise BackupError(f"the event lake has {found} events and not {facts['events']}.")


def _copied(data: Path) -> int:
    """Bytes of the catalog and of each writer's newest segment."""
    newest = [segment_path(data / "journal" / w, n[-1]) for w in writers(data / "journal") if (n := _numbers(data, w))]
    there = [path for path in (data / "lake" / CATALOG, *newest) if path.exists()]
    return sum(path.stat().st_size for path in there)


def _numbers(data: Path, writer: str) -> list[int]:
    return segments(data / "journal" / writer)


part(Part("line", 10, ("lake", "journal"), _pin, _examine, size=_copied))
