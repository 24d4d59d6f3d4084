"""One line of readers, driven: libosdp as the control panel, readers that come and go, what they say."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from bartizan.connectors.osdp.serial_line import SerialLine
from bartizan.connectors.osdp.settings import OsdpSettings, Reader
from bartizan.connectors.osdp.told import Command

State = Literal["online", "offline", "key"]
"""``key``: it answers, and no secure channel comes about: its key is another."""
_PATIENCE: Final = 3.0
"""Seconds until a reader that does not come up is asked anew; libosdp by itself waits 300."""
_CRITICAL: Final = 2
"""libosdp's log level: what is wrong with a reader is said in the health light and logged once, in our words."""
_NOTIFICATION: Final = 5
_ENFORCE_SECURE: Final = 65536


@dataclass(frozen=True, slots=True)
class Said:
    """What one reader said: a card, keys, a status."""

    reader: Reader
    event: Mapping[str, Any]


class Bus:
    """Owned and driven by one thread."""

    def __init__(self, settings: OsdpSettings) -> None:
        """Raises OSError when the port cannot be opened, ImportError without libosdp."""
        import osdp_sys  # noqa: PLC0415  the extra bartizan[doors]

        self.readers: Sequence[Reader] = settings.parsed()
        self.line = SerialLine(settings.serial_port, settings.baud)
        self.states: dict[int, State] = {}
        self._since = dict.fromkeys((reader.address for reader in self.readers), time.monotonic())
        self._waits = dict.fromkeys(self._since, _PATIENCE)
        self._said: deque[Said] = deque()
        osdp_sys.set_loglevel(_CRITICAL)
        self._panel: Any = osdp_sys.ControlPanel(_infos(settings, self.readers, self.line))
        self._panel.set_event_callback(self._hear)

    def turn(self, seconds: float) -> Iterator[Said]:
        """One turn: wait for the line at most so long, let the library work, hand on what was said."""
        self.line.wait(seconds)
        self._panel.refresh()
        self._look_after()
        while self._said:
            yield self._said.popleft()

    def tell(self, reader: Reader, *commands: Command) -> bool:
        """Whether the reader was there to be told."""
        if self.states.get(reader.address) != "online":
            return False
        number = self.readers.index(reader)
        return all(self._panel.submit_command(number, command) for command in commands)

    def close(self) -> None:
        self._panel = None
        self.line.close()

    def _hear(self, number: int, event: Mapping[str, Any]) -> int:
        if event["event"] != _NOTIFICATION:
            self._said.append(Said(self.readers[number], event))
        return 0

    def _look_after(self) -> None:
        online, now = int(self._panel.status()), time.monotonic()
        for number, reader in enumerate(self.readers):
            if online >> number & 1:
                self.states[reader.address] = "online"
                self._since[reader.address], self._waits[reader.address] = now, _PATIENCE
            elif now - self._since[reader.address] > self._waits[reader.address]:
                self._ask_anew(number, reader, now)
            elif self.states.get(reader.address) == "online":
                self._lost(reader, now)

    def _lost(self, reader: Reader, now: float) -> None:
        self.states[reader.address] = "offline"
        self._since[reader.address] = now
        self.line.heard.discard(reader.address)

    def _ask_anew(self, number: int, reader: Reader, now: float) -> None:
        """It was waited for in vain: say what is wrong, and begin with it again, less often from time to time, because
        asking one that is away costs the others of the line their turn."""
        self.states[reader.address] = "key" if reader.address in self.line.heard else "offline"
        self.line.heard.discard(reader.address)
        self._panel.disable_pd(number)
        self._panel.refresh()
        self._panel.enable_pd(number)
        self._since[reader.address] = now
        self._waits[reader.address] = min(self._waits[reader.address] * 1.5, 15.0)


def _infos(settings: OsdpSettings, readers: Sequence[Reader], line: SerialLine) -> list[dict[str, Any]]:
    keys = settings.key_of()
    return [
        {
            "name": f"reader-{reader.address}",
            "address": reader.address,
            "flags": _ENFORCE_SECURE if settings.require_secure else 0,
            "scbk": keys.get(reader.address),
            "channel": line,
            "version": 1,
            "model": 1,
            "vendor_code": 0,
            "serial_number": 0,
            "firmware_version": 0,
        }
        for reader in readers
    ]
