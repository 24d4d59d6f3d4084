"""The ``cameras`` process: it gives the cameras to workers and writes down what they see, until told to stop."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import OperationalError, close_old_connections
from django.utils import timezone

from bartizan.cameras.actions import kept, retention
from bartizan.cameras.crew import Crew
from bartizan.cameras.decisions import Recording
from bartizan.cameras.listening import Listening
from bartizan.cameras.messages import Message, Observed
from bartizan.cameras.models import Camera, Segment
from bartizan.cameras.recording.recovery import unknown_files
from bartizan.cameras.reviewing import worth_a_look
from bartizan.cameras.setups import ears, model, setups
from bartizan.core import preferences
from bartizan.watch.actions import sources
from bartizan.watch.intake import Intake
from bartizan.watch.journal import JournalFull, Writer

log = logging.getLogger(__name__)
LOOKS: Final = 2.0
"""Seconds between two looks at what people changed."""
_WRITES: Final = 1.0
_MAKES_ROOM: Final = 10.0
_CLEARS: Final = 600.0
_GIGABYTE: Final = 1_000_000_000
_MOST_WAITING: Final = 100_000


def run() -> None:
    """Until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    data = Path(settings.DATA)
    with Writer(data / "journal", "cameras") as writer:
        Office(data, Intake(writer)).run(stop)


class Office:
    """Everything of the cameras that touches records and journal, one thing after the other."""

    def __init__(self, data: Path, intake: Intake) -> None:
        self._data, self._intake = data, intake
        self._media = data / "cameras"
        self._media.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._crew = Crew(data)
        self._listening = Listening()
        self._waiting: list[Message] = []
        self._done: dict[str, float] = {}
        self._may_record = True
        self._known: set[str] = set()
        self._unreviewed: list[tuple[Observed, str]] = []

    def run(self, stop: threading.Event) -> None:
        try:
            while not stop.is_set():
                self._step()
        finally:
            self._take(list(self._crew.close()))
            self._write()

    def _step(self) -> None:
        self._take([*self._crew.messages(0.2), *self._listening.heard()])
        try:
            if self._is_time("write", _WRITES):
                self._write()
            if self._is_time("room", _MAKES_ROOM):
                self._make_room()
            if self._is_time("look", LOOKS):
                self._look()
            if self._is_time("clear", _CLEARS):
                self._clear()
        except OperationalError as error:  # the records are busy: nothing is lost, the next try is soon
            log.warning("The cameras wait: %s", error)

    def _is_time(self, what: str, seconds: float) -> bool:
        now = time.monotonic()
        if now - self._done.get(what, float("-inf")) < seconds:
            return False
        self._done[what] = now
        return True

    def _look(self) -> None:
        close_old_connections()
        has_died = bool(self._crew.died)
        while self._crew.died:
            sources.note_trouble("cameras", self._crew.died[0].words)
            self._known -= self._crew.died.pop(0).codes  # what it left open is measured before the next one begins
        if not has_died and self._is_time("crew is well", _CLEARS):
            sources.well_again("cameras")
        found = setups(may_record=self._may_record)
        self._find_again({setup.code for setup in found} - self._known)
        self._crew.assign(found, model(), preferences.get(Recording).workers)
        self._listening.assign(ears())

    def _find_again(self, codes: set[str]) -> None:
        """Files that nobody closed, since the last one that somebody did."""
        if codes:
            self._write()  # what was closed and waits is no file that nobody closed
        for camera in Camera.objects.filter(device__code__in=codes).select_related("device"):
            newest = Segment.objects.filter(camera=camera).order_by("-begun_at").first()
            since = newest.begun_at.date().isoformat() if newest else ""
            known = set(
                Segment.objects.filter(camera=camera, path__gte=f"{camera.code}/{since}").values_list("path", flat=True)
            )
            found = list(unknown_files(self._media, camera.code, known, since))
            if kept.keep_segments(found):
                log.warning("%d recordings of %s that nobody had closed were found.", len(found), camera.code)
        self._known |= codes

    def _take(self, messages: Sequence[Message]) -> None:
        """What was observed goes to the journal at once; the rest waits a second for its neighbours."""
        observed = [each for each in messages if isinstance(each, Observed)]
        self._waiting += [each for each in messages if not isinstance(each, Observed)]
        if observed:
            self._journal(observed)

    def _journal(self, observed: Sequence[Observed]) -> None:
        try:
            ids = self._intake.accept([each.observation for each in observed])
        except JournalFull as error:
            log.warning("%s", error)
            self._waiting += observed[:_MOST_WAITING]
            return
        self._unreviewed += zip(observed, ids, strict=True)

    def _write(self) -> None:
        """One transaction for all that came in a second; when the records are busy it waits whole."""
        waiting = [each for each in self._waiting if not isinstance(each, Observed)]
        late = [each for each in self._waiting if isinstance(each, Observed)]
        kept.keep(waiting)
        self._waiting.clear()
        if late:
            self._journal(late)
        while self._unreviewed:
            observed, event = self._unreviewed[0]
            if (told := worth_a_look(observed)) is not None:
                kept.keep_review(told, event)
            self._unreviewed.pop(0)

    def _make_room(self) -> None:
        """Never a full disk: the oldest recordings go, and when all that is left is held nothing is recorded."""
        floor = int(preferences.get(Recording).free_gigabytes * _GIGABYTE)
        gone = retention.make_room(self._media, floor)
        self._may_record = retention.has_room(self._media, floor)
        if not self._may_record:
            sources.note_trouble("cameras:disk", _full(gone))
        elif gone.files:
            sources.note_trouble("cameras:disk", _early(gone))
        elif self._is_time("disk is well", 3600):
            sources.well_again("cameras:disk")

    def _clear(self) -> None:
        stays = retention.remove_old(self._media, timezone.now()).unremovable
        if most := preferences.get(Recording).most_gigabytes:
            stays |= retention.remove_over(self._media, int(most * _GIGABYTE)).unremovable
        if stays:
            sources.note_trouble("cameras:retention", f"{_cannot_be_removed(stays)}. Their time is over.")
        else:
            sources.well_again("cameras:retention")


def _cannot_be_removed(unremovable: Mapping[int, str]) -> str:
    return f"{len(unremovable)} recordings cannot be removed ({next(iter(unremovable.values()))})"


def _full(gone: retention.Gone) -> str:
    why = _cannot_be_removed(gone.unremovable) if gone.unremovable else "everything that is recorded is held"
    return f"The disk is full and {why}: nothing more is recorded. Make room."


def _early(gone: retention.Gone) -> str:
    until = f"{gone.newest:%d %b %H:%M} UTC" if gone.newest else ""
    return (
        f"The disk was nearly full: {gone.files} recordings up to {until} went before their time. "
        "Add room, keep recordings for fewer days, or record fewer cameras."
    )
