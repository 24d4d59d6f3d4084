"""The index itself: one FTS5 table beside the records, derived from them and written in their transactions.

A row's number is its kind's number above and the record's key below, so that the matches of one kind are a range of
numbers that FTS5 walks without reading the rows. Beginnings of one to four letters have lists of their own.
On PostgreSQL there is no index yet: nothing is kept, and asking says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Final

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.expressions import RawSQL
from django.db.transaction import atomic

from bartizan.core.registers import manager_of
from bartizan.core.search.kinds import ROOM, Kind, fingerprint, kinds

TABLE: Final = "core_search"
_LOOK: Final = "prefix = '1 2 3 4', tokenize = 'unicode61 remove_diacritics 2'"
MAKE: Final = (
    f"CREATE VIRTUAL TABLE {TABLE} USING fts5(code, name, body, others, {_LOOK})",
    f"CREATE TABLE {TABLE}_made (fingerprint TEXT NOT NULL)",
)
AT_ONCE: Final = 500
PLACES: Final = 400  # of one statement; SQLite takes many more

Texts = tuple[str, str, str, str]


class Unavailable(Exception):
    """The records lie in a database for which there is no index."""


def is_kept() -> bool:
    return bool(connection.vendor == "sqlite")


def is_there() -> bool:
    """Whether the table was made: it is not, while migrations go back beyond it."""
    return TABLE in connection.introspection.table_names()


def require_kept() -> None:
    if not is_kept():
        raise Unavailable("Searching everything needs the records in SQLite; search within a register instead.")


def write(kind: Kind, rows: Iterable[tuple[int, Texts]]) -> None:
    """What is kept of these records from now on, by their keys."""
    values = [(kind.base + pk, *texts) for pk, texts in rows]
    if values:
        with connection.cursor() as cursor:
            sql = f"REPLACE INTO {TABLE} (rowid, code, name, body, others) VALUES (%s, %s, %s, %s, %s)"  # noqa: S608
            cursor.executemany(sql, values)


def remove(kind: Kind, pks: Sequence[int]) -> None:
    if pks:
        with connection.cursor() as cursor:
            cursor.executemany(f"DELETE FROM {TABLE} WHERE rowid = %s", [(kind.base + pk,) for pk in pks])  # noqa: S608


def text_of(kind: Kind, pk: int) -> Texts | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT code, name, body, others FROM {TABLE} WHERE rowid = %s", [kind.base + pk])  # noqa: S608
        found: Texts | None = cursor.fetchone()
        return found


def with_matches(expression: str, among: Sequence[Kind]) -> list[Kind]:
    """Those of the kinds that have any match, whoever may see it."""
    if not among:
        return []
    one = f"SELECT EXISTS (SELECT 1 FROM {TABLE} WHERE {TABLE} MATCH %s AND rowid BETWEEN %s AND %s)"  # noqa: S608
    asked = [value for kind in among for value in (expression, *_range(kind))]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([one] * len(among)), asked)
        return [kind for kind, (is_there,) in zip(among, cursor.fetchall(), strict=True) if is_there]


def matches(kind: Kind, expression: str) -> RawSQL:
    """The keys of the records of a kind that match, for ``filter(pk__in=…)``: what they are is for the database."""
    sql = f"SELECT rowid - %s FROM {TABLE} WHERE {TABLE} MATCH %s AND rowid BETWEEN %s AND %s"  # noqa: S608
    return RawSQL(sql, (kind.base, expression, *_range(kind)))  # noqa: S611  # the table's name is ours


def _range(kind: Kind) -> tuple[int, int]:
    return kind.base, kind.base + (1 << ROOM) - 1


def refresh(model: type[Model], pks: Iterable[int]) -> None:
    """Keep these records anew, or no longer when they are gone: call it after a write that sends no signals, such as
    ``bulk_create`` and ``QuerySet.update``, in the same transaction."""
    if not is_kept():
        return
    wanted = sorted(set(pks))
    for kind in (each for each in kinds() if each.model is model):
        for at in range(0, len(wanted), PLACES):
            _refresh(kind, wanted[at : at + PLACES])


def _refresh(kind: Kind, pks: Sequence[int]) -> None:
    there = [(row.pk, kind.texts(row)) for row in _rows(kind).filter(pk__in=pks)]
    remove(kind, sorted(set(pks) - {pk for pk, _ in there}))
    write(kind, there)


def _rows(kind: Kind) -> QuerySet[Any]:
    return manager_of(kind.model).prefetch_related(*kind.relations).order_by("pk")


@atomic
def rebuild() -> dict[str, int]:
    """Make the index anew from the records; how many of each kind."""
    require_kept()
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE}")  # noqa: S608
        cursor.execute(f"DELETE FROM {TABLE}_made")  # noqa: S608
        cursor.execute(f"INSERT INTO {TABLE}_made VALUES (%s)", [fingerprint()])  # noqa: S608
    return {kind.name: _write_all(kind) for kind in kinds()}


def _write_all(kind: Kind) -> int:
    count = 0
    rows = _rows(kind).iterator(chunk_size=AT_ONCE)
    while part := [(row.pk, kind.texts(row)) for row in islice(rows, AT_ONCE)]:
        write(kind, part)
        count += len(part)
    return count


def is_as_declared() -> bool:
    """Whether the index was made by the same declarations; a new version may keep more of a record."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT fingerprint FROM {TABLE}_made")  # noqa: S608
        return bool(cursor.fetchall() == [(fingerprint(),)])


def counts() -> dict[str, tuple[int, int]]:
    """By kind, how many records there are and how many the index has: they are the same unless something is wrong."""
    found = {}
    with connection.cursor() as cursor:
        for kind in kinds():
            asked = f"SELECT COUNT(*) FROM {TABLE}_content WHERE id BETWEEN %s AND %s"  # noqa: S608
            cursor.execute(asked, _range(kind))
            found[kind.name] = manager_of(kind.model).count(), cursor.fetchone()[0]
    return found
