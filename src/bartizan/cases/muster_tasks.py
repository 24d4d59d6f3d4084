"""In the ``worker`` process: messages of musters leave, many at once, beside everything else."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Final

from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from bartizan.cases.actions import muster as acts
from bartizan.cases.models import MusterMessage
from bartizan.cases.queries.muster import token_of
from bartizan.notices import direct
from bartizan.notices.decisions import console_address
from bartizan.notices.message import Result

log = logging.getLogger(__name__)
POLL: Final = 0.5
THREADS: Final = 8
AT_ONCE: Final = 64
"""Of one way: the rest waits where it can still be called off."""


class Leaving:
    """What is on its way. Records are read and written by the one who calls ``turn``, never in the threads; a server
    that hangs holds up its own way alone."""

    def __init__(self) -> None:
        self.pools = {way: ThreadPoolExecutor(THREADS, f"muster-{way}") for way, _ in MusterMessage.WAYS}
        self.away: dict[int, tuple[MusterMessage, Future[Result]]] = {}

    def turn(self, now: datetime) -> int:
        """Settle what came back, send what is due; how many messages left."""
        self.settle()
        due = MusterMessage.objects.filter(state="waiting", next_at__lte=now).exclude(pk__in=list(self.away))
        found = [
            message
            for way in self.pools
            for message in due.filter(way=way)
            .order_by("next_at", "pk")
            .select_related("to__muster", "to__person")[
                : AT_ONCE - sum(one.way == way for one, _ in self.away.values())
            ]
        ]
        office, console = (direct.office(), console_address()) if found else (None, "")
        for message in found:
            assert office is not None
            leaves = self.pools[message.way].submit(direct.send, letter_of(message, console), office)
            self.away[message.pk] = (message, leaves)
        return len(found)

    def settle(self) -> None:
        for pk, (message, leaves) in list(self.away.items()):
            if leaves.done():
                acts.settle(message, leaves.result())
                del self.away[pk]  # after it is written down: a record that was busy is tried at the next turn

    def close(self) -> None:
        for pool in self.pools.values():
            pool.shutdown(wait=False, cancel_futures=True)


def work(stop: threading.Event) -> None:
    """Until ``stop``."""
    leaving, forgot = Leaving(), None
    while not stop.wait(POLL):
        try:
            leaving.turn(now := timezone.now())
            if forgot != now.date():
                acts.forget_old(now.date())
                forgot = now.date()
        except DatabaseError as error:
            log.warning("The records are busy (%s); messages of a muster leave in a moment.", error)
        except Exception:
            log.exception("Messages of a muster could not leave; they are tried again.")
        close_old_connections()
    leaving.close()


def letter_of(message: MusterMessage, console: str) -> direct.Letter:
    """What one person reads: what to do, and the own link."""
    muster = message.to.muster
    drill = "DRILL: " if muster.is_drill else ""
    name = f"muster-{message.pk}"
    if message.is_clear:
        words = f"{'DRILL. ' if muster.is_drill else ''}{acts.CLEAR} ({muster.name})"
        return direct.Letter(name, _way(message), message.address, f"{drill}All clear, {muster.name}", words)
    link = f"{console}/safe/{token_of(message.to.nonce)}"
    words = f"{muster.message} ({muster.name}) Say how you are: {link}"
    subject = f"{drill}{muster.get_kind_display()}, {muster.name}" if muster.kind != "own" else f"{drill}{muster.name}"
    return direct.Letter(name, _way(message), message.address, subject, words)


def _way(message: MusterMessage) -> direct.Way:
    return "sms" if message.way == "sms" else "mail"
