"""What the judge counts of each source between two reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Tally:
    """What was counted since the last time that it was taken, by source."""

    received: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    duplicates: dict[str, int] = field(default_factory=dict)
    late: dict[str, int] = field(default_factory=dict)
    latest: dict[str, int] = field(default_factory=dict)
    damaged: int = 0

    def count(self, event: Mapping[str, Any]) -> None:
        source = event["source"]
        self.received[source] = self.received.get(source, 0) + 1
        self.latest[source] = max(self.latest.get(source, 0), event["received"])
        if event["kind"] == "unknown":
            self.unknown[source] = self.unknown.get(source, 0) + 1
        if event.get("late"):
            self.late[source] = self.late.get(source, 0) + 1
