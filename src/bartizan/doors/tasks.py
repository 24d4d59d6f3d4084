"""In the ``worker`` process: readers' table follows the records, the list of who is inside lies ready, visits end."""

from __future__ import annotations

import logging
import threading
import time
from typing import Final

from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from bartizan.core.typeset import TypesetError
from bartizan.doors import inside_list
from bartizan.doors.actions.orders import end_by_time
from bartizan.doors.actions.renewing import renew_table
from bartizan.doors.actions.visitors import forget_visits
from bartizan.doors.queries.table import revision
from bartizan.doors.table_file import NAME, folder
from bartizan.watch.actions import sources

log = logging.getLogger(__name__)
POLL: Final = 0.5
"""Seconds between two looks whether the table would be another."""
LISTS_EVERY: Final = 180.0
ORDERS_EVERY: Final = 5.0
LISTS: Final = "who is inside"
"""The part's name under Health."""


class Rounds:
    """What was written last, so that a look that finds nothing new costs a few small questions."""

    def __init__(self) -> None:
        self.made_of: tuple[str, int] = ("", 0)
        self.lists_at = self.orders_at = 0.0

    def turn(self, beat: float) -> None:
        """``beat``: a clock that only goes forward, in seconds."""
        self._table()
        if beat >= self.orders_at:
            self.orders_at = beat + ORDERS_EVERY
            now = timezone.now()
            end_by_time(now)
            forget_visits(now.date())
        if beat >= self.lists_at:
            self.lists_at = beat + LISTS_EVERY
            self._lists()

    def _table(self) -> None:
        made_of = revision(timezone.now()), _stamp()
        if made_of == self.made_of:
            return
        if renew_table():
            self.made_of = made_of[0], _stamp()

    def _lists(self) -> None:
        try:
            inside_list.write_lists(timezone.now())
        except (OSError, TypesetError) as error:
            sources.note_trouble(LISTS, f"The list of who is inside cannot be written: {error}")
        else:
            sources.well_again(LISTS)


def _stamp() -> int:
    """Of the file: another when somebody else wrote it, such as a page whose transaction was then undone; 0: gone."""
    file = folder() / NAME
    return file.stat().st_mtime_ns if file.exists() else 0


def work(stop: threading.Event) -> None:
    """Until ``stop`` is set; what fails is said under Health and tried again."""
    rounds = Rounds()
    while not stop.wait(POLL):
        try:
            rounds.turn(time.monotonic())
        except DatabaseError as error:
            log.warning("The records are busy (%s); doors go on by the last table.", error)
        except Exception:
            log.exception("The doors' round failed; it is tried again in a moment.")
        close_old_connections()
