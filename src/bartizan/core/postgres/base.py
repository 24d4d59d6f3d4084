"""Django's backend for PostgreSQL, with what the rooms rely on since they were written on SQLite.

**One transaction at a time.** Actions read before they write: the next number of a case, the last link of a chain. On
SQLite nobody can come between, for a transaction takes the right to write when it begins (IMMEDIATE). Here it takes one
lock of the database instead, and gives it back when it ends, however it ends. The audit's head would make transactions
wait for one another anyway; waiting at the beginning leaves no two that hold half of what the other needs. Reading
outside of one waits for nobody.

**A text's length is for forms to keep.** What a sender wrote is cut where it is shown; the line must not stand still
over a zone's name with 31 letters.

**What has no value comes first** (``compiler``).
"""

from __future__ import annotations

from typing import Final

from django.db.backends.postgresql import base, operations

_TURN: Final = 0x4241525449  # any number that other programs in this database do not take


class DatabaseOperations(operations.DatabaseOperations):
    compiler_module = "bartizan.core.postgres.compiler"


class DatabaseWrapper(base.DatabaseWrapper):
    data_types = {**base.DatabaseWrapper.data_types, "CharField": "varchar", "SlugField": "varchar"}
    ops_class = DatabaseOperations

    def set_autocommit(self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False) -> None:
        """Where Django begins and ends a transaction. Raises OperationalError when the turn does not come in time."""
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        if autocommit:
            return
        try:
            with self.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])
        except BaseException:
            self.close()  # else the next deed on this thread would go on in the transaction that never began
            raise
