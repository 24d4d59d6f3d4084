"""The scrubber's drawing: a day in bins of ten minutes with a brush, below it two hours by the minute. Plain values in,
shapes of an SVG out (868 by 118 units)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from math import sqrt
from typing import Final

LEFT, RIGHT = 64.0, 832.0
STRETCH: Final = timedelta(hours=2)
AHEAD: Final = timedelta(minutes=10)
"""How much of the stretch lies after the moment that is looked at."""
BIN: Final = timedelta(minutes=10)
MINUTE: Final = timedelta(minutes=1)
_LETTER: Final = 6.4
"""Units that a letter of a label takes, at most."""


@dataclass(frozen=True, slots=True)
class Moved:
    """How much moved in one minute."""

    at: datetime
    share: float
    """Of the minute's frames, 0 to 1."""
    is_grave: bool = False
    """Something that somebody has to look at was seen in it."""


@dataclass(frozen=True, slots=True)
class Gap:
    since: datetime
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody, from when to when."""

    since: datetime
    until: datetime
    name: str
    is_grave: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    width: float
    label: str = ""
    label_x: float = 0.0
    anchor: str = "start"
    is_grave: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time laid across the drawing."""

    start: datetime
    end: datetime

    def x(self, at: datetime) -> float:
        share = (at - self.start) / (self.end - self.start)
        return round(LEFT + (RIGHT - LEFT) * min(1.0, max(0.0, share)), 1)

    def touches(self, since: datetime, until: datetime) -> bool:
        return since < self.end and until > self.start


@dataclass(frozen=True, slots=True)
class Scrub:
    day: Span
    stretch: Span
    title: str
    day_bars: str
    """SVG paths: outside the brush, and in it."""
    day_bars_in: str
    bars: str
    bars_grave: str
    day_gaps: list[Box]
    gaps: list[Box]
    people: list[Box]
    day_ticks: list[Tick]
    ticks: list[Tick]
    cursor: float
    cursor_words: str
    is_empty: bool

    @property
    def left(self) -> float:
        return self.day.x(self.stretch.start)

    @property
    def right(self) -> float:
        return max(self.day.x(self.stretch.end), self.left + 2)

    @property
    def brush_width(self) -> float:
        return round(self.right - self.left, 1)

    @property
    def flag_middle(self) -> float:
        return self.flag + 28

    @property
    def flag(self) -> float:
        return min(max(self.cursor - 28, 0.0), 812.0)


def day_of(at: datetime, zone: tzinfo) -> Span:
    """The calendar day of ``at`` on the clock of ``zone``: 23 or 25 hours long when that clock changes."""
    today = at.astimezone(zone).date()
    first, last = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (today, today + timedelta(days=1)))
    return Span(first, last)


def stretch_of(at: datetime, now: datetime) -> Span:
    """Two hours by the whole minute, with some minutes after ``at``, as far as time has come."""
    end = min(at + AHEAD, now)
    end = end.replace(second=0, microsecond=0) + MINUTE
    return Span(end - STRETCH, end)


def scrub(
    at: datetime, now: datetime, zone: tzinfo, moved: Sequence[Moved], gaps: Sequence[Gap], seen: Iterable[Seen]
) -> Scrub:
    """Draw what is known around ``at`` (aware). ``moved``, ``gaps`` and ``seen`` may lie outside the day."""
    day, stretch = day_of(at, zone), stretch_of(at, now)
    inside = [one for one in moved if stretch.start <= one.at < stretch.end]
    bins = _binned([one for one in moved if day.start <= one.at < day.end])
    in_brush = {start for start in bins if stretch.touches(start, start + BIN)}
    return Scrub(
        day=day,
        stretch=stretch,
        title=_title(at, now, zone),
        day_bars=_bars({at: n for at, n in bins.items() if at not in in_brush}, day, BIN, 30, 20),
        day_bars_in=_bars({at: n for at, n in bins.items() if at in in_brush}, day, BIN, 30, 20),
        bars=_bars({one.at: one.share for one in inside if not one.is_grave}, stretch, MINUTE, 76, 21),
        bars_grave=_bars({one.at: one.share for one in inside if one.is_grave}, stretch, MINUTE, 76, 21),
        day_gaps=_gaps(gaps, day),
        gaps=_gaps(gaps, stretch),
        people=_people(seen, stretch),
        day_ticks=_day_ticks(day, zone),
        ticks=_ticks(stretch, zone),
        cursor=stretch.x(at),
        cursor_words=f"{at.astimezone(zone):%H:%M:%S}",
        is_empty=not bins,
    )


def _title(at: datetime, now: datetime, zone: tzinfo) -> str:
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    return "Today" if local.date() == today else f"{local:%a} {local.day} {local:%b}"


def _binned(moved: Sequence[Moved]) -> dict[datetime, float]:
    """The mean of each ten minutes, by their beginning."""
    shares: dict[datetime, list[float]] = {}
    for one in moved:
        start = one.at.replace(minute=one.at.minute // 10 * 10, second=0, microsecond=0)
        shares.setdefault(start, []).append(one.share)
    return {start: sum(each) / len(each) for start, each in shares.items()}


def _bars(shares: dict[datetime, float], span: Span, step: timedelta, base: float, height: float) -> str:
    """Heights by the root of the share: a single person is seen beside a busy hour."""
    width = max(1.0, (RIGHT - LEFT) * (step / (span.end - span.start)) - 1)
    return "".join(
        f"M{span.x(at):g} {base:g}v{-max(1.0, height * sqrt(min(1.0, share))):.1f}h{width:.1f}V{base:g}z"
        for at, share in sorted(shares.items())
    )


def _gaps(gaps: Sequence[Gap], span: Span) -> list[Box]:
    """The longest has its reason beside it, where there is room."""
    inside = [gap for gap in gaps if span.touches(gap.since, gap.until)]
    longest = max(inside, key=lambda gap: gap.until - gap.since, default=None)
    made = []
    for gap in inside:
        x, right = span.x(gap.since), span.x(gap.until)
        words, at, anchor = ("", 0.0, "start") if gap is not longest else _labelled(_reason(gap), x, right)
        made.append(Box(x, max(2.0, round(right - x, 1)), words, at, anchor))
    return made


def _labelled(words: str, x: float, right: float) -> tuple[str, float, str]:
    """Within the gap where it is wide enough, beside it otherwise."""
    if right - x > len(words) * _LETTER + 12:
        return words, round(x + 6, 1), "start"
    return _beside(words, x, right)


def _reason(gap: Gap) -> str:
    words = gap.reason.rstrip(".")
    return f"gap, {words[:1].lower()}{words[1:]}"[:60]


def _people(seen: Iterable[Seen], span: Span) -> list[Box]:
    """A name where it touches none before it."""
    made, taken = [], LEFT
    for one in sorted((one for one in seen if span.touches(one.since, one.until)), key=lambda one: one.since):
        x, right = span.x(one.since), span.x(one.until)
        words, at, anchor = _beside(one.name, x, right)
        begins = at if anchor == "start" else at - len(words) * _LETTER
        if begins < taken:
            words = ""
        width = max(3.0, round(right - x, 1))
        taken = max(taken, x + width + 4, begins + len(words) * _LETTER + 4 if words and anchor == "start" else 0)
        made.append(Box(x, width, words, at, anchor, is_grave=one.is_grave))
    return made


def _beside(words: str, x: float, right: float) -> tuple[str, float, str]:
    """Words to the right of a box, or to its left where they would leave the drawing."""
    wide = len(words) * _LETTER
    if right + 6 + wide <= RIGHT + 30:
        return words, round(right + 6, 1), "start"
    return words, round(x - 6, 1), "end"


def _day_ticks(day: Span, zone: tzinfo) -> list[Tick]:
    start = day.start.astimezone(zone)
    hours = [datetime.combine(start.date(), time(hour), zone) for hour in range(0, 24, 3)]
    marks = [Tick(day.x(at.astimezone(UTC)), f"{at:%H}:00", "middle" if at.hour else "start") for at in hours]
    return [*marks, Tick(RIGHT, "24:00", "end")]


def _ticks(stretch: Span, zone: tzinfo) -> list[Tick]:
    """Each half hour."""
    at = stretch.start.replace(minute=0, second=0, microsecond=0)
    marks = []
    while at <= stretch.end:
        if at > stretch.start:
            marks.append(Tick(stretch.x(at), f"{at.astimezone(zone):%H:%M}"))
        at += timedelta(minutes=30)
    return marks
