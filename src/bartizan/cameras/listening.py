"""What cameras notice by themselves, over ONVIF: one thread listens to all that have an address for it."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from typing import Final

from bartizan.cameras.messages import ClockTold, Message, Observed, Trouble
from bartizan.cameras.noticing import SOURCE
from bartizan.connectors.onvif import Noticed, OnvifError, clock_ahead, watched
from bartizan.engines.observe import Observation

log = logging.getLogger(__name__)
_FIRST_WAIT, _LONGEST_WAIT = 5.0, 300.0
_CLOCK_EVERY: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Ear:
    """A camera that is to be listened to."""

    code: str
    address: str
    user: str
    password: str
    place: str


class Listening:
    """Told anew whom to listen to, it starts and stops what changed. ``heard`` gives what came in meanwhile."""

    def __init__(self) -> None:
        self._heard: SimpleQueue[Message] = SimpleQueue()
        self._tasks: dict[Ear, asyncio.Task[None]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="onvif", daemon=True)

    def assign(self, ears: Collection[Ear]) -> None:
        if ears and not self._thread.is_alive():
            self._thread.start()
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._assign, frozenset(ears))

    def heard(self) -> list[Message]:
        found: list[Message] = []
        while True:
            try:
                found.append(self._heard.get_nowait())
            except Empty:
                return found

    def _assign(self, ears: frozenset[Ear]) -> None:
        for gone in self._tasks.keys() - ears:
            self._tasks.pop(gone).cancel()
        for new in ears - self._tasks.keys():
            self._tasks[new] = self._loop.create_task(self._listen(new))

    async def _listen(self, ear: Ear) -> None:
        """Until cancelled; a camera that does not answer is asked again, later each time, and said so once."""
        wait, part = _FIRST_WAIT, f"camera:{ear.code}:onvif"

        def well_again() -> None:
            self._heard.put(Trouble(part, ""))

        clock = self._loop.create_task(self._clock(ear))
        try:
            while True:
                try:
                    async for at, found in watched(ear.address, ear.user, ear.password, asyncio.Event(), well_again):
                        wait = _FIRST_WAIT
                        self._heard.put(_observed(ear, at, found))
                except OnvifError as error:
                    self._heard.put(Trouble(part, f"{error} Its pictures are not affected."))
                except Exception as error:  # cameras answer what no specification knows: the ear stays
                    log.exception("What camera %s says over ONVIF could not be read", ear.code)
                    words = f"What it says over ONVIF could not be read ({type(error).__name__}); the log has more."
                    self._heard.put(Trouble(part, words))
                await asyncio.sleep(wait)
                wait = min(wait * 2, _LONGEST_WAIT)
        finally:
            clock.cancel()

    async def _clock(self, ear: Ear) -> None:
        while True:
            try:
                ahead = await asyncio.to_thread(clock_ahead, ear.address, ear.user, ear.password)
            except OnvifError as error:
                log.info("%s", error)
            except Exception:  # as above
                log.exception("The clock of camera %s could not be read", ear.code)
            else:
                self._heard.put(ClockTold(ear.code, ahead))
            await asyncio.sleep(_CLOCK_EVERY)


def _observed(ear: Ear, claimed: datetime, found: Noticed) -> Observed:
    """Our own time of it: cameras' clocks are often wrong, and they tell at once. Theirs is kept beside it."""
    data = {**found.data, "by": "camera", "camera_time": claimed.isoformat()}
    return Observed(
        Observation(
            datetime.now(UTC), SOURCE, found.kind, place=ear.place, device=f"camera:{ear.code}", outcome=found.outcome,
            data=data,
        )
    )  # fmt: skip
