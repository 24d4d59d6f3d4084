"""The ``panels`` process: it listens to the detectors, lets time pass, and puts what the panels say into the journal.

It reads the journal beside the judge, with a cursor of its own that is kept with the states that came of it. So after
``kill -9`` it goes on where it was, hears nothing twice, and forgets nothing. While there are no panels it sleeps.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import orjson
from django.conf import settings
from django.db import OperationalError, close_old_connections
from django.utils import timezone

from bartizan.engines import intrusion
from bartizan.engines.intrusion import Input, Plan
from bartizan.panels import actions, heard
from bartizan.panels.keypads import Listener
from bartizan.panels.models import Outgoing, Panel, PanelState, ReadTo
from bartizan.panels.plans import plan_of
from bartizan.watch.actions import sources
from bartizan.watch.intake import Intake
from bartizan.watch.journal import Cursor, JournalError, Reader, Writer, forget_place, keep_place

log = logging.getLogger(__name__)
IDLE: Final = 0.1
"""Seconds between two looks into an empty journal, and at what is due."""
LOOKS: Final = 2.0
"""Seconds between two looks at what people changed; without panels also between two looks for one."""
KEEPS: Final = 10.0
"""Seconds after which a cursor that moved is kept although nothing came of it."""
BATCH: Final = 2000
CLOCK_SET: Final = 1.0
"""Seconds by which the wall clock must jump for it to have been set."""
BEHIND_BYTES: Final = 64 * 1024 * 1024
NAME: Final = "panels"
JOURNAL, LAG, STATES = "panels: journal", "panels: behind", "panels: state"
STORES, SAYING, KEYPADS = "panels: records", "panels: saying", "panels: keypads"
"""Parts under Health."""


def run(stop: threading.Event) -> None:
    """Until told to stop. When the records are busy it tries again: what was not kept is read again."""
    data = Path(settings.DATA)
    with Writer(data / "journal", NAME) as writer:
        watch = Watch(data, Intake(writer))
        watch.listen()
        while not stop.is_set():
            try:
                close_old_connections()
                is_idle = watch.turn()
                watch.well(STORES)
            except OperationalError as error:
                log.warning("The panels wait: %s", error)
                watch = Watch(data, watch.intake, watch.keypads)
                stop.wait(LOOKS)
            else:
                stop.wait((IDLE if watch.panels else LOOKS) if is_idle else 0)
        if watch.keypads:
            watch.keypads.close()


class Watch:
    """What the process knows between two turns."""

    def __init__(self, data: Path, intake: Intake, keypads: Listener | None = None) -> None:
        self.journal, self.intake, self.run = data / "journal", intake, data / "run"
        self.keypads = keypads
        self.reader = Reader(self.journal)
        self.cursor: Cursor | None = None
        self.panels: dict[int, tuple[Panel, Plan]] = {}
        self.numbers: dict[str, list[tuple[int, int]]] = {}
        """By reference: the panels and numbers of the detectors that it is."""
        self.looked = self.kept = -1e9
        self.clock = (time.time(), time.monotonic())
        self.troubled: set[str] = set()

    def listen(self) -> None:
        """Codes from keypads; that they cannot come is said, and stops no panel."""
        try:
            self.keypads = Listener(self.run)
        except OSError as error:
            self._tell(KEYPADS, f"No code from a keypad reaches the panels ({error}): choose a shorter data folder.")

    def turn(self) -> bool:
        """Do what there is to do; whether nothing came out of the journal."""
        given: dict[int, list[Input]] = {}
        if time.monotonic() - self.looked > LOOKS:
            given = self._look()
        if not self.panels:
            self._leave()  # what was said before the last panel went
            return True
        if self.keypads:
            self.keypads.take()
        records, after = self._read()
        for pk, inputs in self._sensed(records).items():
            given.setdefault(pk, []).extend(inputs)
        self._add_what_is_due(given)
        self._go_on(given, after)
        self._leave()
        return not records

    # -- what people changed

    def _look(self) -> dict[int, list[Input]]:
        """A panel that is new, or whose plan changed, takes a step at once."""
        self.looked = time.monotonic()
        was, self.panels = self.panels, _in_use()
        self.numbers = _numbers(self.panels)
        if not self.panels:
            forget_place(self.journal, NAME)
            actions.forget_cursor()
            self.cursor = None
            return {}
        if self.cursor is None:
            self.cursor = self._begin()
        self._say_how_it_is()
        new = {
            pk: intrusion.Woke() if pk not in was else intrusion.Tick()
            for pk in self.panels
            if _differs(pk, was, self.panels)
        }
        return {pk: [each] for pk, each in new.items()}

    def _begin(self) -> Cursor:
        """Where it stopped; the first time at the end: what was before there was a panel is no news to it."""
        kept = ReadTo.objects.first()
        if kept is not None:
            return {name: (int(segment), int(byte)) for name, (segment, byte) in kept.cursor.items()}
        cursor: Cursor = {}
        while True:
            records, cursor = self.reader.read(cursor, 100_000)
            if not records:
                actions.keep_cursor(cursor)
                return cursor

    # -- the journal

    def _read(self) -> tuple[list[bytes], Cursor]:
        assert self.cursor is not None
        return self.reader.read(self.cursor, BATCH)

    def _sensed(self, records: Sequence[bytes]) -> dict[int, list[Input]]:
        found: dict[int, list[Input]] = {}
        for record in records:
            if not heard.is_of_interest(record):
                continue
            try:
                event = orjson.loads(record)
                spots = [spot for name in heard.names_of(event) for spot in self.numbers.get(name, ())]
                for pk, number in spots:
                    found.setdefault(pk, []).extend(heard.sensed(event, number))
            except (ValueError, KeyError, TypeError, OverflowError):
                log.warning("A record of the journal could not be understood: %.200r", record)
        return found

    # -- going on

    def _add_what_is_due(self, given: dict[int, list[Input]]) -> None:
        jumped = self._jump()
        now = timezone.now()
        due = dict(PanelState.objects.filter(panel__in=self.panels).values_list("panel", "due_at"))
        for pk in self.panels:
            if jumped:
                given[pk] = [intrusion.ClockSet(jumped), *given.get(pk, [])]
            elif pk not in given and (at := due.get(pk)) is not None and at <= now:
                given[pk] = [intrusion.Tick()]

    def _jump(self) -> float:
        """By how many seconds the wall clock was set since the last turn; 0: it went as it should."""
        before, self.clock = self.clock, (time.time(), time.monotonic())
        jumped = (self.clock[0] - before[0]) - (self.clock[1] - before[1])
        return jumped if abs(jumped) > CLOCK_SET else 0.0

    def _go_on(self, given: dict[int, list[Input]], after: Cursor) -> None:
        if given:
            problems = actions.take([(*self.panels[pk], inputs) for pk, inputs in given.items()], after)
            self._tell(STATES, " ".join(f"{self.panels[pk][0].code}: {words}" for pk, words in problems.items()))
            self._kept(after)
        elif after != self.cursor and time.monotonic() - self.kept > KEEPS:
            actions.keep_cursor(after)
            self._kept(after)
        self.cursor = after

    def _kept(self, cursor: Cursor) -> None:
        """The judge leaves what is after it; nothing before it is needed again."""
        if time.monotonic() - self.kept > KEEPS:
            keep_place(self.journal, NAME, cursor)
            self.kept = time.monotonic()

    def _leave(self) -> None:
        """A full disk stops no panel: what it says waits among the records until there is room in the journal."""
        if not Outgoing.objects.exists():
            return
        try:
            actions.leave(self.intake)
            self.well(SAYING)
        except JournalError as error:
            self._tell(SAYING, f"What the panels say waits. {error}")

    # -- how it is

    def _say_how_it_is(self) -> None:
        assert self.cursor is not None
        self._tell(JOURNAL, " ".join(self.reader.damages()), ends=False)
        behind = self.reader.backlog_bytes(self.cursor)
        words = (
            f"The panels are {behind // 2**20} MB behind what detectors said: alarms come late. Look under Sources "
            "what sends so much; it is caught up by itself when that ends."
        )
        self._tell(LAG, words if behind > BEHIND_BYTES else "")

    def _tell(self, part: str, words: str, *, ends: bool = True) -> None:
        if words:
            self.troubled.add(part)
            sources.note_trouble(part, words)
        elif ends:
            self.well(part)

    def well(self, part: str) -> None:
        if part in self.troubled:
            self.troubled.discard(part)
            sources.well_again(part)


def _in_use() -> dict[int, tuple[Panel, Plan]]:
    found = Panel.objects.filter(is_enabled=True).select_related("site")
    with_parts = found.prefetch_related("areas__groups", "areas__slots", "detectors")
    return {panel.pk: (panel, plan_of(panel)) for panel in with_parts}


def _numbers(panels: dict[int, tuple[Panel, Plan]]) -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {}
    for pk, (panel, _) in panels.items():
        for detector in panel.detectors.all():
            found.setdefault(detector.device, []).append((pk, detector.number))
    return found


def _differs(pk: int, was: dict[int, tuple[Panel, Plan]], now: dict[int, tuple[Panel, Plan]]) -> bool:
    return pk not in was or was[pk][1] != now[pk][1]
