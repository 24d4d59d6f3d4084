"""Events of earlier batches that a rule over a window brings up again."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from bartizan.engines.observe import microseconds, moment
from bartizan.watch.actions import Evidence
from bartizan.watch.lake import Lake, Window
from bartizan.watch.lake import event as stored
from bartizan.watch.lake.slices import by_ids

KEPT = 50_000
PAUSE = 1.0
"""Seconds between two questions to the lake: a flood must not turn into questions."""
MARGIN = timedelta(days=1)


class Earlier:
    """Remembers the latest events; what it has forgotten, or never knew before a restart, it asks of the lake."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self.known: OrderedDict[str, tuple[Any, str, str]] = OrderedDict()
        self.asks_at = 0.0

    def remember(self, events: Iterable[Mapping[str, Any]]) -> None:
        for event in events:
            self.known[event["id"]] = (event["time"], event["kind"], event.get("summary", ""))
        while len(self.known) > KEPT:
            self.known.popitem(last=False)

    def evidence(self, ids: Sequence[str], since: int) -> list[Evidence]:
        """Each of ``ids`` as an alarm keeps it: from memory, else from the lake around ``since`` (µs)."""
        missing = [i for i in ids if i not in self.known]
        if missing and time.monotonic() >= self.asks_at:
            self.asks_at = time.monotonic() + PAUSE
            window = Window(moment(since) - MARGIN, moment(since) + MARGIN)
            self.remember(by_ids(self.lake, missing, window))
        return [self._evidence(i, since) for i in ids]

    def event(self, event: str, at: int) -> dict[str, Any]:
        """One event of an earlier batch as the judge had it; what can be said of it when the lake does not know it."""
        found = stored(self.lake, event) or {"id": event, "kind": "unknown", "time": moment(at)}
        return {**found, "time": microseconds(found["time"])}

    def _evidence(self, event: str, since: int) -> Evidence:
        at, kind, summary = self.known.get(event, (since, "", ""))
        return Evidence(event, moment(at) if isinstance(at, int) else at, kind, summary)
