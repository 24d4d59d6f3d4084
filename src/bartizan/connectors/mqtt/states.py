"""What each device said last, so that a sensor's heartbeat is not taken for news. Memory is bounded."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

_DEVICES: Final = 10_000
_VALUES: Final = 100


class States:
    def __init__(self, state_minutes: int) -> None:
        self._last: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._noted: dict[str, datetime] = {}
        self._every = timedelta(minutes=state_minutes)

    def known(self, device: str) -> bool:
        return device in self._last

    def changes(self, device: str, state: Mapping[str, Any]) -> dict[str, Any]:
        """Those values that differ from what the device said last; all of them the first time."""
        last = self._last.setdefault(device, {})
        self._last.move_to_end(device)
        changed = {name: value for name, value in state.items() if name not in last or last[name] != value}
        if len(last) + len(changed) <= _VALUES:
            last.update(changed)
        if len(self._last) > _DEVICES:
            forgotten, _ = self._last.popitem(last=False)
            self._noted.pop(forgotten, None)
        return changed

    def due(self, device: str, now: datetime) -> bool:
        """Whether it is time to note that the device is alive; asking counts as noting it."""
        noted = self._noted.get(device)
        if noted is not None and (not self._every or now - noted < self._every):
            return False
        self._noted[device] = now
        return bool(self._every) or noted is None

    def spoke(self, device: str, now: datetime) -> None:
        self._noted[device] = now
