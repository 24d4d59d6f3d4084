"""Records in PostgreSQL instead of SQLite: where they lie, and that a data folder and its records stay together.

Everything else of an office (keys, vault, lake, journal) stays in its data folder. So a folder that has its records in
PostgreSQL says so in a file, and neither kind of records is ever begun beside the other by a forgotten setting.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

SETTING: Final = "BARTIZAN_DATABASE"
_SQLITE, _ELSEWHERE = "records.sqlite3", "records.postgresql"
_SHAPE: Final = "postgresql://USER:PASSWORD@HOST:PORT/NAME"
_SESSION: Final = (
    "-c lock_timeout=20s",  # as long as SQLite waits: then the records are called busy
    "-c idle_in_transaction_session_timeout=5min",  # nobody else can act while a process hangs in its deed
    "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3",  # nor when its machine is gone
)


class WrongRecords(Exception):
    """The setting and the data folder do not belong together, or the setting cannot be read."""


def address() -> str:
    """Where the records lie, as libpq writes it; empty: in SQLite in the data folder."""
    return os.environ.get(SETTING, "").strip()


def database(where: str) -> dict[str, Any]:
    """Django's settings for it. Raises WrongRecords in words, and never repeats what may hold a password."""
    if not where.startswith(("postgresql://", "postgres://")):
        raise WrongRecords(f"{SETTING} is not an address of PostgreSQL: write {_SHAPE}, or leave it empty for SQLite.")
    try:
        from psycopg import ProgrammingError, conninfo  # noqa: PLC0415  only who uses PostgreSQL needs it
    except ImportError as error:
        words = f"Records in PostgreSQL need the library psycopg: run `pip install 'bartizan[cluster]'` ({error})."
        raise WrongRecords(words) from None
    try:
        parts = conninfo.conninfo_to_dict(where)
    except ProgrammingError:
        words = "write each @ : / ? # % in a name or password as its code, such as %40 for @"
        raise WrongRecords(f"{SETTING} cannot be read: it is {_SHAPE}; {words}.") from None
    if not parts.get("dbname"):
        raise WrongRecords(f"{SETTING} names no database: it is {_SHAPE}.")
    own = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    named = {name: str(parts.pop(part, "") or "") for name, part in own.items()}
    session = " ".join([*_SESSION, str(parts.pop("options", ""))]).strip()
    options = {"connect_timeout": 10, "application_name": "bartizan", **parts, "options": session}
    return {"ENGINE": "bartizan.core.postgres", **named, "OPTIONS": options}


def unanswered(error: Exception) -> str:
    """What a person can do when the records did not answer, of either kind."""
    said = " ".join(str(error).split())
    if not address():
        return f"The records could not be opened ({said})."
    words = f"PostgreSQL at {shown(address())} did not answer ({said})"
    return f"{words}; check that it runs, that the database is there, and {SETTING}."


def shown(where: str) -> str:
    """The address without a name and a password."""
    try:
        parts = urlsplit(where)
    except ValueError:
        return "PostgreSQL"
    return f"{parts.hostname or 'this machine'}{parts.path}"


def are_there(data: Path) -> bool:
    """Whether this data folder has records, wherever they lie."""
    return (data / (_ELSEWHERE if address() else _SQLITE)).exists()


def belong_together(data: Path) -> None:
    """Raises WrongRecords when the data folder has its records in the other place than the setting says."""
    if address() and (data / _SQLITE).exists():
        words = f"The records of {data} are in SQLite, and they do not move to PostgreSQL by themselves"
        raise WrongRecords(f"{words}: unset {SETTING} to go on with them, or name an empty folder with --data.")
    if not address() and (data / _ELSEWHERE).exists():
        place = (data / _ELSEWHERE).read_text().strip()
        raise WrongRecords(f"The records of {data} are in PostgreSQL ({place}): set {SETTING} to their address.")


def note(data: Path) -> None:
    """Keep beside everything else where the records are; the password stays in the environment alone."""
    if address() and not (data / _ELSEWHERE).exists():
        (data / _ELSEWHERE).write_text(shown(address()) + "\n")


def keep_connections() -> None:
    """For processes whose few threads look often: a connection serves them for a minute. The console's threads come and
    go with each question, and so do their connections."""
    if address():
        from django.db import connections  # noqa: PLC0415  Django has started by now

        connections.settings["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def ask() -> str:
    """Which PostgreSQL it is and how large. Raises WrongRecords in words when it does not answer or does not fit."""
    database(address())  # says so in words when psycopg is missing or the address cannot be read
    import psycopg  # noqa: PLC0415

    try:
        with psycopg.connect(address(), connect_timeout=10) as connection:
            asked = (
                "SELECT current_setting('server_version'), current_setting('server_encoding'), "
                "pg_size_pretty(pg_database_size(current_database()))"
            )
            version, encoding, size = connection.execute(asked).fetchone() or ("", "", "")
    except psycopg.Error as error:
        raise WrongRecords(unanswered(error)) from None
    if encoding != "UTF8":
        words = f"The database at {shown(address())} keeps texts as {encoding}"
        raise WrongRecords(f"{words}: make one with `createdb --encoding UTF8 --template template0 NAME`.")
    return f"{version}, {size}"
