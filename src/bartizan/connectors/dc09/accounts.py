"""What is remembered of each account: its last message, its sequence, whether it is silent."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

_REMEMBERED: Final = 32
"""Messages of an account that are known again when they are sent once more."""
_AGAIN: Final = timedelta(minutes=10)
_ALIVE: Final = timedelta(minutes=10)
_LAST: Final = 9999


@dataclass
class Account:
    """One panel's line to us."""

    heard: datetime
    expected: int = 0
    """The sequence number that comes next; 0 before the first."""
    is_silent: bool = False
    noted: datetime | None = None
    """When it was last noted as alive."""
    recent: OrderedDict[tuple[int, bytes], datetime] = field(default_factory=OrderedDict)

    def is_to_note(self, now: datetime) -> bool:
        """A panel that sends nothing but null messages is noted as alive now and then."""
        self.heard = now
        if self.noted is not None and now - self.noted < _ALIVE:
            return False
        self.noted = now
        return True

    def is_repeat(self, sequence: int, content: bytes, now: datetime) -> bool:
        """Whether the same was received within ten minutes; a repeat is acknowledged and not kept again."""
        seen = self.recent.get((sequence, content))
        return bool(sequence) and seen is not None and now - seen <= _AGAIN

    def took(self, sequence: int, content: bytes, now: datetime) -> int | None:
        """Remembers a message; the number that had been expected where another came."""
        self.heard = now
        missed = self.expected if self.expected and sequence and sequence != self.expected else None
        if sequence:
            self.expected = sequence % _LAST + 1
            self.recent[sequence, content] = now
            while len(self.recent) > _REMEMBERED:
                self.recent.popitem(last=False)
        return missed
