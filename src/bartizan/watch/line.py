"""The two processes of the line: ``watch`` receives and keeps, ``judge`` judges and stores."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import gc
import json
import logging
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import OperationalError, close_old_connections

from bartizan.connectors import Health
from bartizan.core import preferences
from bartizan.estate import queries as estate
from bartizan.watch import rulebook, upkeep
from bartizan.watch.actions import sources
from bartizan.watch.intake import Intake
from bartizan.watch.journal import Bell, Writer
from bartizan.watch.judge import Judge
from bartizan.watch.lake import Lake, LakeError
from bartizan.watch.models import Alarm, Source
from bartizan.watch.obey import Obeying
from bartizan.watch.receive import Configured, Receiver

log = logging.getLogger(__name__)
IDLE = 0.25
"""Seconds until an empty journal is looked into although nobody rang."""
LOOKS = 2.0
"""Seconds between two looks at what people changed: sources, rules, estate."""
_STORES: Final = (LakeError, OperationalError, OSError)
"""What a store says that is busy, full or away."""


def receive() -> None:
    """The ``watch`` process: connectors and intake, until SIGTERM or SIGINT."""
    data, stop = Path(settings.DATA), _until_told()
    _collect_rarely()
    with Writer(data / "journal", "watch") as writer:
        intake = Intake(writer)
        asyncio.run(_receive(Receiver(intake, data / "run" / "read-to"), intake, stop))


def judge() -> None:
    """The ``judge`` process: a processor of its own for rules and lake, until SIGTERM or SIGINT."""
    stop = _until_told()
    _collect_rarely()
    judge_until(Path(settings.DATA), stop)


def _collect_rarely() -> None:
    """Events hold no cycles; windows and histories live long: to look for garbage in them took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


def _until_told() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


async def _receive(receiver: Receiver, intake: Intake, stop: threading.Event) -> None:
    looked, obeying = 0.0, Obeying(receiver.connectors)
    while not stop.is_set():
        await obeying.look()
        if time.monotonic() - looked > LOOKS:
            looked = time.monotonic()
            with contextlib.suppress(OperationalError):  # the records are busy: the next look is soon
                await receiver.configure(await asyncio.to_thread(configured))
                await asyncio.to_thread(_report, receiver.health(), intake)
        await asyncio.sleep(0.1)
    await obeying.close()
    await receiver.close()


def _report(lights: Mapping[str, Health], intake: Intake) -> None:
    close_old_connections()
    sources.light(lights)
    sources.keep_skews(intake.skews())
    cut, intake.truncated = intake.truncated, Counter()
    for name, n in cut.items():
        sources.note_trouble(f"source:{name}", f"{n} messages of {name} were over 1 MiB; their beginning is kept.")


def configured() -> set[Configured]:
    """As they are set up now, secrets in clear: sealed anew they look different though nothing changed."""
    close_old_connections()
    return {
        Configured(s.name, s.connector, json.dumps(preferences.opened(s.settings), sort_keys=True))
        for s in Source.objects.filter(is_enabled=True)
    }


class AlreadyJudging(Exception):
    """Another process judges this data folder."""


@dataclass(frozen=True, slots=True)
class Judged:
    events: int
    alarms: int


@contextlib.contextmanager
def only_judge(data: Path) -> Iterator[None]:
    """There is one judge a data folder."""
    (data / "run").mkdir(parents=True, exist_ok=True)
    with (data / "run" / "judge.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyJudging(f"Another process judges {data}.") from None
        yield


def judge_what_is_there(data: Path) -> Judged:
    """Judge the journal to its end and come back: for imports while nothing runs."""
    with only_judge(data):
        judge = open_judge(data)
        before = Alarm.objects.count()
        keeper = upkeep.Upkeep(judge)
        while seen := judge.step():
            keeper.report(seen)
            judge.care()
        keeper.look()
        judge.lake.flush()
        judge.remember()
        judge.lake.close()
        return Judged(judge.stored, Alarm.objects.count() - before)


def open_judge(data: Path) -> Judge:
    """The judge of a data folder, with its estate and rule book; the lake comes last, so that none is left open. One
    thread stores a batch sooner than two, which wait for each other."""
    known, book = estate.snapshot(), rulebook.load()
    return Judge(data, Lake(data / "lake", threads=1), known, book)


def judge_until(data: Path, stop: threading.Event) -> None:
    """Judge until told to stop. When a store is busy or full, say so and begin again as after a crash, from what was
    saved last: the journal keeps everything, and an event whose alarm could not be raised is not taken for judged."""
    with only_judge(data), Bell(data / "journal") as bell:
        keeper = upkeep.Upkeep(open_judge(data))
        while not stop.is_set():
            try:
                _judge_on(keeper, bell, stop)
            except _STORES as error:
                log.warning("The line waits: %s", error)
                _begin_again(data, keeper, str(error), stop)


def _begin_again(data: Path, keeper: upkeep.Upkeep, words: str, stop: threading.Event) -> None:
    """Once the stores answer; until then it is said, as soon as there is where to say it."""
    keeper.judge.lake.close()
    while not stop.wait(1):
        try:
            close_old_connections()
            keeper.trouble("stores", f"{words} The journal keeps what arrives; it is judged as soon as this is mended.")
            keeper.judge = open_judge(data)
        except _STORES as error:
            log.warning("The line still waits: %s", error)
        else:
            return


def _judge_on(keeper: upkeep.Upkeep, bell: Bell, stop: threading.Event) -> None:
    judge = keeper.judge
    looked = idle_since = time.monotonic()
    while not stop.is_set():
        seen = judge.step()
        keeper.report(seen)
        judge.care()
        if time.monotonic() - looked > LOOKS:
            looked = time.monotonic()
            keeper.look()
        idle_since = time.monotonic() if seen else idle_since
        if not seen:
            if time.monotonic() - idle_since > LOOKS:
                judge.close_windows(time.time_ns() // 1000)
                idle_since = time.monotonic()
            bell.wait(IDLE)
    judge.remember()
