"""The time axis that all drawings of a timeline share: where a moment stands, and which hours are marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

WIDTH = 896.0
"""Of the drawing, in its own units: one pixel each at 1440."""
LEFT, RIGHT = 96.0, 884.0

DAY = timedelta(days=1)
_MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080, 20160)


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str
    """Empty between two labels."""
    anchor: str


@dataclass(frozen=True, slots=True)
class Scale:
    start: datetime
    end: datetime
    zone: tzinfo

    def x(self, at: datetime) -> float:
        """Across the plot, within its edges."""
        share = (at - self.start) / (self.end - self.start)
        return round(LEFT + (RIGHT - LEFT) * min(1.0, max(0.0, share)), 1)

    def has(self, at: datetime) -> bool:
        return self.start <= at <= self.end

    def ticks(self, labels: int = 6) -> list[Tick]:
        """Round times on the site's clock, about ``labels`` of them with words and one line between each two."""
        step = self._step(labels)
        marks = []
        for local in self._round_times(step):
            x = self.x(local.astimezone(UTC))
            marks.append(Tick(x, self._label(local, step) if _is_round(local, step) else "", _anchor(x)))
        return marks

    def _step(self, labels: int) -> timedelta:
        wanted = (self.end - self.start) / labels
        return next((timedelta(minutes=m) for m in _MINUTES if timedelta(minutes=m) >= wanted), timedelta(days=28))

    def _round_times(self, step: timedelta) -> Iterator[datetime]:
        """Every half step; every step where half of it is no whole day."""
        half = step if step >= DAY and (step / DAY) % 2 else step / 2
        at = datetime.combine(self.start.astimezone(self.zone).date(), time())
        if half >= DAY:
            at -= (at.toordinal() - 1) % (half // DAY) * DAY
        while (local := at.replace(tzinfo=self.zone)) <= self.end:
            if local >= self.start:
                yield local
            at += half  # on the wall clock: 06:00 stays 06:00 on the day on which clocks change

    def _label(self, local: datetime, step: timedelta) -> str:
        if step >= DAY or (step >= DAY / 2 and local.hour == 0):
            return f"{local:%a} {local.day} {local:%b}"
        if local == self.end and local.hour == 0 and local.minute == 0:
            return "24:00"
        return f"{local:%H:%M}"


def _is_round(local: datetime, step: timedelta) -> bool:
    if step >= DAY:
        return (local.toordinal() - 1) % (step // DAY) == 0  # day 1 was a Monday: weeks begin there
    return timedelta(hours=local.hour, minutes=local.minute, seconds=local.second) % step == timedelta()


def _anchor(x: float) -> str:
    if x < LEFT + 16:
        return "start"
    return "end" if x > RIGHT - 16 else "middle"
