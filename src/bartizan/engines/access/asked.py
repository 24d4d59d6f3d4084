"""One request with everything that its checks look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bartizan.engines.access.holders import Holder
from bartizan.engines.access.pins import Answer
from bartizan.engines.access.presence import Presence
from bartizan.engines.access.table import Portal, Site, Table, Zone


@dataclass(frozen=True, slots=True)
class Asked:
    table: Table
    presence: Presence
    portal: Portal
    direction: str
    holder: Holder
    now: datetime
    left: str
    """The zone that is left."""
    zone: str
    """The zone that is entered."""
    is_typed: bool
    """Something was typed, whatever it was."""
    pin: Answer

    @property
    def site(self) -> Site | None:
        return self.table.site.get(self.table.site_of(self.portal.inner))

    @property
    def entered(self) -> Zone | None:
        return self.table.zone.get(self.zone)

    @property
    def is_in(self) -> bool:
        return self.direction == "in"
