"""What is missing or misconfigured on this machine, in plain words."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from bartizan import supervisor
from bartizan.core import postgres

NEEDS_FREE = 2 * 1024**3
CLOCK = Path("/run/systemd/timesync/synchronized")


@dataclass(frozen=True, slots=True)
class Finding:
    is_well: bool
    words: str


def findings(data: Path) -> list[Finding]:
    """Every check, in the order in which a person would mend them."""
    return [*_machine(), *_folder(data), *_libraries(), *_ports(data), *_running(data)]


def _machine() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(
        sys.version_info >= (3, 11),
        f"Python {version}" + ("" if sys.version_info >= (3, 11) else ": Bartizan needs 3.11 or newer."),
    )
    yield Finding(sqlite3.sqlite_version_info >= (3, 35), f"SQLite {sqlite3.sqlite_version}")
    if CLOCK.parent.exists():
        synced = CLOCK.exists()
        yield Finding(
            synced,
            "The clock is synchronised."
            if synced
            else "The clock is not synchronised: times of events will be off. Run `timedatectl set-ntp true`.",
        )


def _folder(data: Path) -> Iterator[Finding]:
    if not data.exists():
        yield Finding(True, f"The data folder {data} is made at the first start.")
        return
    if not os.access(data, os.W_OK | os.X_OK):
        yield Finding(
            False, f"The data folder {data} cannot be written; give it to this user or choose another with --data."
        )
        return
    free = shutil.disk_usage(data).free
    words = f"{free / 1024**3:.1f} GiB free under {data}"
    yield Finding(
        free > NEEDS_FREE,
        words
        if free > NEEDS_FREE
        else f"{words}: under 2 GiB, intake stops when it is full. Free some, or shorten retention.",
    )
    mode = data.stat().st_mode & 0o077
    yield Finding(
        not mode,
        "The data folder is readable by its owner alone."
        if not mode
        else f"Others on this machine can look into {data}: run `chmod 700 {data}`.",
    )
    yield from _postgres(data) if postgres.address() else _records(data / "records.sqlite3")


def _postgres(data: Path) -> Iterator[Finding]:
    """Asked by its address alone: what is wrong with it stops Django before it starts."""
    try:
        postgres.belong_together(data)
        yield Finding(True, f"The records in PostgreSQL at {postgres.shown(postgres.address())}: {postgres.ask()}.")
    except postgres.WrongRecords as error:
        yield Finding(False, str(error))


def _records(path: Path) -> Iterator[Finding]:
    if not path.exists():
        return
    try:
        with sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5) as db:
            answer = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        answer = str(error)
    yield Finding(
        answer == "ok",
        "The records are sound."
        if answer == "ok"
        else f"The records {path} are damaged ({answer}): stop Bartizan and restore a backup.",
    )
    if answer == "ok":
        yield from _search(path)


def _search(path: Path) -> Iterator[Finding]:
    """Whether the search knows as many records of each kind as there are."""
    from django.db import DatabaseError  # noqa: PLC0415  only this check asks the records themselves

    from bartizan.cli import start_django  # noqa: PLC0415

    start_django()
    from django.conf import settings  # noqa: PLC0415

    from bartizan.core import search  # noqa: PLC0415

    if settings.DATABASES["default"]["NAME"] != path:
        return
    try:
        wrong = [f"{name}: {kept} of {there}" for name, (there, kept) in search.counts().items() if there != kept]
    except DatabaseError:
        yield Finding(True, "The search is made ready at the next start.")
        return
    yield Finding(
        not wrong,
        "The search knows every record."
        if not wrong
        else f"The search does not know every record ({'; '.join(wrong)}): run `bartizan search rebuild`.",
    )


def _libraries() -> Iterator[Finding]:
    for name, why in (
        ("hyperscan", "rules"),
        ("duckdb", "the lake"),
        ("evtx", "Windows event logs"),
        ("paho.mqtt", "MQTT"),
    ):
        try:
            import_module(name)
        except ImportError as error:
            yield Finding(
                False, f"The library {name} for {why} does not load ({error}); run `make run` again to install it."
            )
        else:
            yield Finding(True, f"{name} loads, for {why}.")
    for program, why in (
        ("journalctl", "watching this machine's own journal"),
        ("mosquitto", "an MQTT broker of your own"),
    ):
        found = shutil.which(program)
        yield Finding(
            True, f"{program} is here, for {why}." if found else f"{program} is not here; it is only needed for {why}."
        )


def _ports(data: Path) -> Iterator[Finding]:
    if supervisor.status(data) is not None:
        return
    port, address = int(os.environ.get("BARTIZAN_PORT", "8000")), os.environ.get("BARTIZAN_ADDRESS", "127.0.0.1")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            yield Finding(
                False,
                f"The console's port {port} on {address} cannot be used ({error.strerror}); "
                "choose another with `bartizan run --port`.",
            )
        else:
            yield Finding(True, f"The console's port {port} is free.")


def _running(data: Path) -> Iterator[Finding]:
    state = supervisor.status(data)
    if state is None:
        yield Finding(True, "Bartizan does not run on this data folder.")
        return
    children = state["children"]
    assert isinstance(children, dict)
    for name, child in children.items():
        well = child["state"] == "running"
        yield Finding(
            well, f"{name} runs." if well else f"{name} {child['last_exit']} and starts again; see what it printed."
        )
