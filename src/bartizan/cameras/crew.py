"""The workers: processes that have their share of the cameras each, begun anew when one dies."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Final

from bartizan.cameras.messages import Assign, Message, Model, Setup
from bartizan.cameras.worker import work

_SPAWN: Final = multiprocessing.get_context("spawn")
_ENDS_WITHIN: Final = 30.0
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0
_TOGETHER: Final = 8
"""Cameras a worker, where there are many."""
_STEADY: Final = 30.0
"""Seconds of life after which a death is no repetition of the one before."""


@dataclass
class _Worker:
    number: int
    process: SpawnProcess | None = None
    pipe: Connection | None = None
    told: Assign | None = None
    starts_at: float = 0.0
    began: float = 0.0
    wait: float = _FIRST_WAIT


@dataclass(frozen=True, slots=True)
class Died:
    words: str
    codes: frozenset[str]


def _fitting(cameras: int) -> int:
    """Workers for so many cameras: a processor is never without one, and threads of few cameras seldom wait for each
    other (Python runs one of a process at a time: 24 cameras in two processes cost a tenth more than in eight)."""
    processors = os.cpu_count() or 1
    return min(max(processors, -(-cameras // _TOGETHER)), 4 * processors)


class Crew:
    """Cameras stay with the worker that has them while it lives."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._workers: list[_Worker] = []
        self._of: dict[str, int] = {}
        self.died: list[Died] = []
        """Workers that ended by themselves, since somebody last looked."""

    def assign(self, setups: Sequence[Setup], model: Model, most: int) -> None:
        """Give every camera to a worker. ``model``'s passes are those of a processor; its workers share them."""
        self._share(setups, most or _fitting(len(setups)))
        share = min(1.0, (os.cpu_count() or 1) / max(1, len(self._workers)))
        for worker in self._workers:
            mine = tuple(setup for setup in setups if self._of[setup.code] == worker.number)
            assign = Assign(mine, model, share)
            if worker.told != assign or worker.process is None:
                self._tell(worker, assign)

    def _share(self, setups: Sequence[Setup], most: int) -> None:
        codes = {setup.code for setup in setups}
        self._of = {code: number for code, number in self._of.items() if code in codes}
        while len(self._workers) < min(most, len(codes)):
            self._workers.append(_Worker(len(self._workers)))
        for code in sorted(codes - self._of.keys()):
            load = [sum(n == w.number for n in self._of.values()) for w in self._workers]
            self._of[code] = load.index(min(load))

    def _tell(self, worker: _Worker, assign: Assign) -> None:
        if worker.process is None:
            if not assign.setups or time.monotonic() < worker.starts_at:
                return
            self._start(worker)
        assert worker.pipe is not None
        with suppress(OSError):  # it died just now: ``messages`` finds out
            worker.pipe.send(assign)
            worker.told = assign

    def _start(self, worker: _Worker) -> None:
        ours, theirs = _SPAWN.Pipe()
        worker.process = _SPAWN.Process(
            target=work, args=(theirs, str(self._data)), name=f"cameras {worker.number}", daemon=True
        )
        worker.process.start()
        theirs.close()
        worker.pipe, worker.told, worker.began = ours, None, time.monotonic()

    def messages(self, seconds: float) -> Iterator[Message]:
        """What the workers say, waiting at most so long for the first word."""
        pipes = {worker.pipe: worker for worker in self._workers if worker.pipe is not None}
        if not pipes:
            time.sleep(seconds)
            return
        for ready in wait(list(pipes), seconds):
            assert isinstance(ready, Connection)
            yield from self._heard(pipes[ready], ready)

    def _heard(self, worker: _Worker, pipe: Connection) -> Iterator[Message]:
        try:
            while pipe.poll():
                yield pipe.recv()
        except (EOFError, OSError):
            self._bury(worker)

    def _bury(self, worker: _Worker) -> None:
        assert worker.process is not None
        assert worker.pipe is not None
        worker.process.join(5)
        codes = frozenset(setup.code for setup in worker.told.setups) if worker.told else frozenset()
        words = (
            f"The process of cameras {', '.join(sorted(codes))} ended with {worker.process.exitcode}; it starts again."
        )
        self.died.append(Died(words, codes))
        worker.pipe.close()
        worker.process = worker.pipe = worker.told = None
        now = time.monotonic()
        if now - worker.began > _STEADY:
            worker.wait = _FIRST_WAIT
        worker.starts_at, worker.wait = now + worker.wait, min(worker.wait * 2, _LONGEST_WAIT)

    def close(self) -> Iterator[Message]:
        """Ask all to end, and hand on what they still have to say: the files that they close now."""
        for worker in self._workers:
            if worker.pipe is not None:
                with suppress(OSError):  # it died just now: ``messages`` finds out
                    worker.pipe.send(None)
        end = time.monotonic() + _ENDS_WITHIN
        while any(worker.pipe is not None for worker in self._workers) and time.monotonic() < end:
            yield from self.messages(0.2)
        for worker in self._workers:
            if worker.process is not None:
                worker.process.kill()
