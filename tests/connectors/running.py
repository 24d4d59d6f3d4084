"""A connector that runs in a thread of its own while a test plays the other end."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bartizan.connectors import Connector
from bartizan.engines.observe import Observation


def free_port() -> int:
    """A port that is free for TCP and UDP."""
    while True:
        with socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagram:
            stream.bind(("127.0.0.1", 0))
            port = int(stream.getsockname()[1])
            try:
                datagram.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Running:
    """What a running connector has handed on so far."""

    def __init__(self, connector: Connector) -> None:
        self.connector = connector
        self.seen: list[Observation] = []
        self.batches: list[int] = []
        self.pace = threading.Event()
        """Cleared, the consumer is stuck: as if the disk did not answer."""
        self.pace.set()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=[self._consume()], daemon=True)
        self._thread.start()

    async def _consume(self) -> None:
        async for batch in self.connector.observations(self._stop):
            await asyncio.to_thread(self.pace.wait)
            self.seen.extend(batch)
            self.batches.append(len(batch))

    def until(self, satisfied: Callable[[list[Observation]], bool], seconds: float = 10) -> list[Observation]:
        end = time.monotonic() + seconds
        while not satisfied(self.seen):
            assert time.monotonic() < end, f"{len(self.seen)} seen, last {self.seen[-3:]}, {self.connector.health}"
            assert self._thread.is_alive(), "the connector ended by itself"
            time.sleep(0.01)
        return self.seen

    def count(self, number: int, seconds: float = 10) -> list[Observation]:
        return self.until(lambda seen: len(seen) >= number, seconds)

    def until_health(self, state: str, seconds: float = 10) -> str:
        self.until(lambda _: self.connector.health.state == state, seconds)
        return self.connector.health.words

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        assert not self._thread.is_alive(), "the connector does not stop"
        self._loop.close()


@contextmanager
def running(connector: Connector) -> Iterator[Running]:
    run = Running(connector)
    try:
        yield run
    finally:
        run.pace.set()
        run.stop()
