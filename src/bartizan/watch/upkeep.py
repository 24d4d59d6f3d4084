"""What the line tells people while it judges: the live stream, states on the map, counters of sources."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import close_old_connections

from bartizan.core.actions import publish_live
from bartizan.estate import queries as estate
from bartizan.watch import rulebook
from bartizan.watch.actions import sources
from bartizan.watch.judge import Judge
from bartizan.watch.tally import Tally

TELLS = 0.25
"""Seconds between two messages about new events; under load the pages get the latest rows and the count."""
ROWS = 20
DOOR_STATES = {
    "door.forced": "forced",
    "door.held": "held",
    "door.opened": "open",
    "door.closed": "closed",
    "door.locked": "locked",
    "door.unlocked": "closed",
}
DEVICE_STATES = {
    "alarm.motion": "motion",
    "alarm.clear": "clear",
    "alarm.opened": "open",
    "alarm.closed": "closed",
    "alarm.tamper": "tamper",
    "camera.covered": "covered",
    "camera.moved": "moved",
    "camera.defocused": "out of focus",
    "camera.frozen": "frozen",
    "camera.clear": "clear",
    "camera.person": "person",
    "camera.motion": "motion",
    "device.offline": "silent",
    "device.online": "clear",
    "device.battery": "battery",
}
SHOWN = (
    *("id", "time", "domain", "kind", "summary", "actor", "level"),
    *("person", "zone", "portal", "site", "host", "device"),
)


class Upkeep:
    """Belongs to the judge."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.told_at = 0.0
        self.untold: list[dict[str, Any]] = []
        self.untold_count = 0
        self.estate = estate.revision()
        self.troubled: set[str] = set()

    def report(self, seen: Sequence[Mapping[str, Any]]) -> None:
        """After each step: open pages hear of it within a quarter of a second, states on the map change."""
        self.untold_count += len(seen)
        self.untold += [{k: e[k] for k in SHOWN if k in e} for e in seen[-ROWS:]]
        if seen:
            sources.show_states(*_states(seen))
        if self.untold_count and time.monotonic() - self.told_at > TELLS:
            publish_live("events", {"n": self.untold_count, "rows": self.untold[-ROWS:]})
            self.untold, self.untold_count, self.told_at = [], 0, time.monotonic()

    def look(self) -> None:
        """Every few seconds: counters are written, changes that people made are taken up."""
        close_old_connections()
        tally, self.judge.tally = self.judge.tally, Tally()
        sources.count(tally)
        self._journal(tally)
        self._windows()
        self._rules()
        if (revision := estate.revision()) != self.estate:
            self.estate = revision
            self.judge.change_estate(estate.snapshot())
        for part in self.troubled:
            sources.well_again(part)
        self.troubled.clear()

    def trouble(self, part: str, words: str) -> None:
        self.troubled.add(part)
        sources.note_trouble(part, words)

    def _journal(self, tally: Tally) -> None:
        for words in self.judge.reader.damages():
            sources.note_trouble("journal", words)
        if tally.damaged:
            sources.note_trouble("journal", f"{tally.damaged} records could not be read and were left out.")

    def _windows(self) -> None:
        """Rules over a window have bounded memory; that it was not enough is said, with the rules that it touched."""
        dropped = self.judge.book.detector.dropped
        if dropped:
            titles = ", ".join(self.judge.book.detector.rules[uid].title for uid in sorted(dropped))
            sources.note_trouble("windows", f"Too much came at once for these rules, the oldest was let go: {titles}.")

    def _rules(self) -> None:
        if rulebook.stamp() == self.judge.book.stamp:
            return
        book = rulebook.load()
        self.judge.change_rules(book)
        if book.problems:
            sources.note_trouble("rules", "\n".join(book.problems[:20]))
        else:
            sources.well_again("rules")


def _states(seen: Sequence[Mapping[str, Any]]) -> tuple[dict[str, tuple[str, int]], dict[str, tuple[str, int]]]:
    """The last state of each door and of each device among the events, with its time in microseconds."""
    doors: dict[str, tuple[str, int]] = {}
    devices: dict[str, tuple[str, int]] = {}
    for event in seen:
        kind = event["kind"]
        if kind in DOOR_STATES and event.get("portal"):
            doors[event["portal"]] = (DOOR_STATES[kind], event["time"])
        if kind in DEVICE_STATES and event.get("device"):
            is_over = event.get("outcome") == "over"
            devices[event["device"]] = ("clear" if is_over else DEVICE_STATES[kind], event["time"])
    return doors, devices
