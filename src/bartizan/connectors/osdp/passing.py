"""A door's contact and exit button: did somebody go through, who, and was it in order?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

GRACE: Final = timedelta(seconds=2)
"""Between the lock falling shut and the contact's word."""
_REFUSED: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody who was let in and for whom the door has not opened yet."""

    holder: str
    badge: str
    direction: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of the door, and who went through with it."""

    kind: str
    data: dict[str, Any] = field(default_factory=dict)
    through: tuple[Expected, ...] = ()
    unseen: str = ""
    """``forced`` or ``unseen_out`` when somebody went whom nobody knows."""


@dataclass
class Passing:
    """What the inputs of one door said so far. Nothing is known of a contact until it has spoken."""

    explains_leaving: bool
    """An exit button or a reader on the inside: without either, an opening from inside looks like a forced one."""
    held_after: timedelta | None
    unlock: timedelta = timedelta(seconds=5)
    is_open: bool | None = None
    opened_at: datetime | None = None
    expected: list[Expected] = field(default_factory=list)
    refused: tuple[str, datetime] | None = None
    pressed_at: datetime | None = None
    is_held: bool = False

    def contact(self, is_open: bool, now: datetime, *, stands_unlocked: bool) -> Happened | None:
        """What a contact's report means; nothing when it repeats itself."""
        if is_open == self.is_open:
            return None
        was, self.is_open, self.is_held = self.is_open, is_open, False
        if not is_open:
            self.opened_at = None
            return Happened("door.closed") if was is not None else None
        self.opened_at = now
        return self._opened(now, stands_unlocked=stands_unlocked)

    def _opened(self, now: datetime, *, stands_unlocked: bool) -> Happened:
        through = tuple(one for one in self.expected if now <= one.until + GRACE)
        self.expected.clear()
        if through or stands_unlocked:
            return Happened("door.opened", through=through)
        pressed, self.pressed_at = self.pressed_at, None
        if pressed is not None and now - pressed <= self.unlock + GRACE:
            return Happened("door.exit", {"direction": "out"}, unseen="unseen_out")
        if not self.explains_leaving:
            return Happened("door.opened", {"unexplained": True}, unseen="unseen_out")
        return Happened("door.forced", self._tried(now), unseen="forced")

    def _tried(self, now: datetime) -> dict[str, Any]:
        """Whose badge was refused just before."""
        if self.refused is None or now - self.refused[1] > _REFUSED:
            return {}
        return {"refused_badge": self.refused[0]}

    def lapsed(self, now: datetime) -> Iterator[Expected]:
        """Those who were let in and never opened the door."""
        gone = [one for one in self.expected if now > one.until + GRACE]
        self.expected = [one for one in self.expected if now <= one.until + GRACE]
        yield from gone

    def held(self, now: datetime, *, stands_unlocked: bool) -> Happened | None:
        """Said once an opening."""
        if self.opened_at is None or self.held_after is None or self.is_held or stands_unlocked:
            return None
        if now - self.opened_at < self.held_after:
            return None
        self.is_held = True
        return Happened("door.held", {"open_seconds": int((now - self.opened_at).total_seconds())})
