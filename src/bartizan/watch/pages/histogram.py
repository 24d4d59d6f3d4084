"""How much happened around the stretch in view: bars, the brush that chooses the stretch, and its cone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from bartizan.watch.pages.scale import LEFT, RIGHT, WIDTH, Scale, Tick

BASE, TOP = 58.0, 6.0
HEIGHT = 88.0
# From a stretch up to this long: how much around it is drawn, and how wide a bar is.
_AROUND = (
    (timedelta(hours=12), timedelta(days=1), timedelta(minutes=10), "per 10 min"),
    (timedelta(days=2), timedelta(days=7), timedelta(hours=1), "per hour"),
    (timedelta(days=14), timedelta(days=35), timedelta(hours=6), "per 6 h"),
    (timedelta(days=60), timedelta(days=90), timedelta(days=1), "per day"),
    (timedelta(days=4000), timedelta(days=400), timedelta(days=3), "per 3 days"),
)


@dataclass(frozen=True, slots=True)
class Window:
    """What the histogram covers."""

    start: datetime
    end: datetime
    step: timedelta
    per: str
    title: str


@dataclass(frozen=True, slots=True)
class Histogram:
    title: str
    total: int
    per: str
    bars: str
    """SVG path of the bars outside the brush."""
    bars_in: str
    ticks: list[Tick]
    left: float
    """The brush's edges."""
    right: float
    cone: str
    window: Window

    @property
    def width(self) -> float:
        return max(1.0, round(self.right - self.left, 1))


def window_around(start: datetime, end: datetime, zone: tzinfo) -> Window:
    """The calendar day of a stretch of hours, the week around a day, and so on; whole steps on the site's clock."""
    _, span, step, per = next(row for row in _AROUND if end - start <= row[0])
    local_end = (end - timedelta(microseconds=1)).astimezone(zone)
    last = _midnight(local_end + timedelta(days=1), zone)
    if span == timedelta(days=1) and start < _midnight(local_end, zone):  # the stretch runs over midnight
        last = local_end.replace(minute=0, second=0, microsecond=0) + timedelta(hours=4)
    first = (last.replace(tzinfo=None) - span).replace(tzinfo=zone)
    first, last = first.astimezone(UTC), last.astimezone(UTC)
    return Window(min(first, start), last, step, per, _title(first, last, zone))


def _midnight(local: datetime, zone: tzinfo) -> datetime:
    return datetime.combine(local.date(), time(), zone)


def _title(first: datetime, last: datetime, zone: tzinfo) -> str:
    a, b = first.astimezone(zone), (last - timedelta(microseconds=1)).astimezone(zone)
    if a.date() == b.date():
        return f"{a:%a} {a.day} {a:%b}"
    return f"{a.day} {a:%b} to {b.day} {b:%b}" if a.month != b.month else f"{a.day} to {b.day} {b:%b}"


def histogram(
    counts: Mapping[datetime, int], window: Window, start: datetime, end: datetime, zone: tzinfo
) -> Histogram:
    """Draw ``counts`` (events by the beginning of their step) with the brush over ``start`` to ``end``."""
    scale = Scale(window.start, window.end, zone)
    left, right = scale.x(start), scale.x(end)
    top = max(counts.values(), default=0)
    inside = {at: n for at, n in counts.items() if start - window.step < at < end}
    outside = {at: n for at, n in counts.items() if at not in inside}
    return Histogram(
        title=window.title,
        total=sum(counts.values()),
        per=window.per,
        bars=_bars(outside, scale, window.step, top),
        bars_in=_bars(inside, scale, window.step, top),
        ticks=[t for t in scale.ticks(8) if t.label],
        left=left,
        right=max(right, left + 1),
        cone=f"{left},{BASE} {max(right, left + 1)},{BASE} {RIGHT},{HEIGHT} {LEFT},{HEIGHT}",
        window=window,
    )


def _bars(counts: Mapping[datetime, int], scale: Scale, step: timedelta, top: int) -> str:
    width = max(1.0, (RIGHT - LEFT) * (step / (scale.end - scale.start)) - 1.1)
    return "".join(
        _bar(scale.x(at), max(1.5, (BASE - TOP) * count / top), width, BASE)
        for at, count in sorted(counts.items())
        if count and scale.has(at)
    )


def _bar(x: float, height: float, width: float, base: float) -> str:
    width = min(width, WIDTH - x)
    return f"M{x:.1f} {base:g}v{-height:.1f}h{width:.1f}v{height:.1f}z"
