"""The part of the ``worker`` process that lets notices leave: a slow server delays nobody but its own channel."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta

from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from bartizan.core.preferences import get
from bartizan.notices.actions import deliveries
from bartizan.notices.decisions import Sending
from bartizan.notices.message import Message, Result
from bartizan.notices.sending import outlet, send

log = logging.getLogger(__name__)
POLL = 0.5
THREADS = 4
"""For each kind of channel, so that mail servers that hang leave push and webhooks alone."""
RETAINS_EVERY = timedelta(hours=6)


class Post:
    """What is on its way. Records are read and written by the one who calls ``turn``, never in the threads."""

    def __init__(self) -> None:
        self.pools = {kind: ThreadPoolExecutor(THREADS, f"notices-{kind}") for kind in ("mail", "push", "webhook")}
        self.away: dict[int, tuple[Message, Future[Result]]] = {}
        self.retains_at: datetime | None = None

    def turn(self, now: datetime) -> int:
        """Settle what came back, send what is due; how many messages left."""
        self._settle()
        pause = timedelta(seconds=get(Sending).pause_seconds)
        claimed = deliveries.claim(now, list(self.away), pause)
        out = outlet() if claimed else None
        for channel, message in claimed:
            assert out is not None
            self.away[channel] = (message, self.pools[message.kind].submit(send, message, out))
        self._retain(now)
        return len(claimed)

    def _settle(self) -> None:
        for channel, (message, future) in list(self.away.items()):
            if future.done():
                deliveries.settle(message.batch, future.result(), timezone.now())
                del self.away[channel]  # after it is written down: a record that was busy is tried at the next turn

    def _retain(self, now: datetime) -> None:
        if self.retains_at is None or now >= self.retains_at:
            self.retains_at = now + RETAINS_EVERY
            deliveries.retain(now, get(Sending).keep_days)

    def close(self) -> None:
        """What is on its way when Bartizan stops is tried again at the next start, under the same name."""
        for pool in self.pools.values():
            pool.shutdown(wait=False, cancel_futures=True)


def work(stop: threading.Event) -> None:
    """Until ``stop``."""
    post = Post()
    while not stop.wait(POLL):
        try:
            post.turn(timezone.now())
        except DatabaseError as error:
            log.warning("The records are busy (%s); notices leave in a moment.", error)
        except Exception:
            log.exception("Notices could not leave; it is tried again.")
            stop.wait(10)
        close_old_connections()
    post.close()
