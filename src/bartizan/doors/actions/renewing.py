"""The readers' table is written anew; that it cannot be written stops nothing else."""

from __future__ import annotations

from typing import Final

from django.utils import timezone

from bartizan.doors.table_file import write_table
from bartizan.watch.actions import sources

TABLE: Final = "access table"
"""The part's name under Health."""


def renew_table() -> bool:
    """Whether the readers have it as the records stand; if not, Health says why, and the worker tries again."""
    try:
        write_table(timezone.now())
    except OSError as error:
        sources.note_trouble(TABLE, f"The access table cannot be written ({error}); readers go on by the last one.")
        return False
    sources.well_again(TABLE)
    return True
