"""One band a domain, drawn as SVG: ticks while events are few, bars of density when they are many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bartizan.engines.observe import DOMAINS
from bartizan.watch.pages.scale import LEFT, RIGHT, WIDTH, Scale, Tick

ROW, HEAD = 43, 22
SLOTS = 392
"""Buckets across the plot: about two units of the drawing each."""
SLOT = (RIGHT - LEFT) / SLOTS
MANY = SLOTS // 5
"""With more slots filled than this, ticks would run into each other."""
HIGH = 20
"""The tallest bar of density; above it is room for what is notable."""
LETTER = 5.9
"""Mean width of a letter at 11 px, for keeping labels apart."""
WORDS: Mapping[str, str] = {
    "door": "Doors",
    "alarm": "Motion",
    "camera": "Cameras",
    "biometric": "Voice, hand",
    "login": "Logins",
    "host": "Hosts",
    "network": "Network",
    "document": "Documents",
}


@dataclass(frozen=True, slots=True)
class Notable:
    """An event that gets its severity's shape and, where there is room, words."""

    at: datetime
    domain: str
    level: int
    words: str
    event: str


@dataclass(frozen=True, slots=True)
class Mark:
    x: float
    y: float
    level: int
    event: str
    words: str


@dataclass(frozen=True, slots=True)
class Label:
    x: float
    y: float
    words: str
    anchor: str


@dataclass(slots=True)
class Band:
    domain: str
    words: str
    count: int
    y: float
    css: str = "tick"
    path: str = ""
    marks: list[Mark] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)

    @property
    def is_dense(self) -> bool:
        """Filled from the bottom: what is notable stands above."""
        return self.css in ("span-1", "area")

    @property
    def text_y(self) -> float:
        return self.y + 19

    @property
    def count_y(self) -> float:
        return self.y + 34

    @property
    def bottom(self) -> float:
        return self.y + ROW


@dataclass(frozen=True, slots=True)
class Bands:
    bands: list[Band]
    ticks: list[Tick]
    height: float
    cursor: float | None
    cursor_words: str
    shade: tuple[float, float] | None

    @property
    def total(self) -> int:
        return sum(band.count for band in self.bands)

    @property
    def flag(self) -> float:
        """The left edge of the cursor's flag, kept inside the drawing."""
        return min(max((self.cursor or 0) - 30, 0), WIDTH - 60)


def bands(
    slots: Mapping[str, Mapping[int, int]],
    scale: Scale,
    notable: Sequence[Notable] = (),
    cursor: datetime | None = None,
    shade: tuple[datetime, datetime] | None = None,
    *,
    only_filled: bool = False,
) -> Bands:
    """Draw the counts of ``slots`` (domain, then slot 0 to SLOTS-1) with what is notable and the cursor."""
    domains = [domain for domain in DOMAINS if slots.get(domain) or not only_filled]
    drawn = [_band(n, domain, slots.get(domain, {})) for n, domain in enumerate(domains)]
    for band in drawn:
        _mark(band, [one for one in notable if one.domain == band.domain], scale)
    cursor = cursor if cursor is not None and scale.has(cursor) else None
    return Bands(
        bands=drawn,
        ticks=scale.ticks(),
        height=HEAD + ROW * len(drawn) + 1,
        cursor=scale.x(cursor) if cursor else None,
        cursor_words=_cursor_words(cursor, scale) if cursor else "",
        shade=_shade(shade, scale),
    )


def _cursor_words(cursor: datetime, scale: Scale) -> str:
    local = cursor.astimezone(scale.zone)
    return f"{local:%H:%M:%S}" if scale.end - scale.start <= timedelta(days=1) else f"{local.day} {local:%b %H:%M}"


def _shade(shade: tuple[datetime, datetime] | None, scale: Scale) -> tuple[float, float] | None:
    if shade is None or shade[1] < scale.start or shade[0] > scale.end:
        return None
    left = scale.x(shade[0])
    return left, max(2.0, round(scale.x(shade[1]) - left, 1))


def _band(n: int, domain: str, slots: Mapping[int, int]) -> Band:
    band = Band(domain, WORDS[domain], sum(slots.values()), HEAD + n * ROW)
    if not slots:
        return band
    if domain == "network" and len(slots) > 12:
        band.css, band.path = "area", _area(slots, band.y)
    elif len(slots) > MANY or domain == "document":
        band.css, band.path = "span-1", _density(slots, band.y)
    else:
        draw = {"alarm": _spans, "camera": _boxes, "biometric": _dots, "host": _short_ticks}.get(domain, _ticks)
        band.css = {"alarm": "span", "camera": "hollow", "biometric": "dot"}.get(domain, "tick")
        band.path = draw(sorted(slots), band.y)
    return band


def _x(slot: float) -> float:
    return LEFT + slot * SLOT


def _ticks(slots: Sequence[int], y: float) -> str:
    return "".join(f"M{_x(s + 0.5):.1f} {y + 15:g}v13" for s in slots)


def _short_ticks(slots: Sequence[int], y: float) -> str:
    return "".join(f"M{_x(s + 0.5):.1f} {y + 19:g}v7" for s in slots)


def _dots(slots: Sequence[int], y: float) -> str:
    return "".join(f"M{_x(s + 0.5) - 4:.1f} {y + 21:g}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z" for s in slots)


def _spans(slots: Sequence[int], y: float) -> str:
    return "".join(
        f"M{_x(a):.1f} {y + 18:g}h{max(3.0, (b - a) * SLOT):.1f}v7h{-max(3.0, (b - a) * SLOT):.1f}z"
        for a, b in _runs(slots)
    )


def _boxes(slots: Sequence[int], y: float) -> str:
    return "".join(
        f"M{_x(a):.1f} {y + 15:g}h{max(6.0, (b - a) * SLOT):.1f}v12h{-max(6.0, (b - a) * SLOT):.1f}z"
        for a, b in _runs(slots)
    )


def _runs(slots: Sequence[int], gap: int = 3) -> list[tuple[int, int]]:
    """Slots that follow each other within ``gap``, as first and end."""
    runs: list[tuple[int, int]] = []
    for slot in slots:
        if runs and slot - runs[-1][1] < gap:
            runs[-1] = (runs[-1][0], slot + 1)
        else:
            runs.append((slot, slot + 1))
    return runs


def _density(slots: Mapping[int, int], y: float) -> str:
    """Bars of four slots each, their height by the root of the count: one event is still seen beside a thousand."""
    wide: dict[int, int] = {}
    for slot, count in slots.items():
        wide[slot // 4] = wide.get(slot // 4, 0) + count
    top = max(wide.values())
    width, base = SLOT * 4 - 1, y + ROW - 4
    return "".join(
        f"M{_x(n * 4):.1f} {base:g}v{-h:.1f}h{width:.1f}v{h:.1f}z"
        for n, count in sorted(wide.items())
        for h in [max(2.0, HIGH * (count / top) ** 0.5)]
    )


def _area(slots: Mapping[int, int], y: float) -> str:
    wide: dict[int, int] = {}
    for slot, count in slots.items():
        wide[slot // 4] = wide.get(slot // 4, 0) + count
    top, base = max(wide.values()), y + ROW - 4
    heights = [HIGH * (wide.get(n, 0) / top) ** 0.5 for n in range(SLOTS // 4)]
    line = "".join(f"L{_x(n * 4 + 2):.1f} {base - h:.1f}" for n, h in enumerate(heights))
    return f"M{LEFT:g} {base:g}{line}L{RIGHT:g} {base:g}z"


def _mark(band: Band, notable: Sequence[Notable], scale: Scale) -> None:
    """The worst first: what stands nearer than a shape's width to a worse one is left out, its row still tells it."""
    taken: list[tuple[float, float]] = []
    placed: list[Notable] = []
    for one in sorted(notable, key=lambda one: (-one.level, one.at)):
        x = scale.x(one.at)
        if all(abs(x - mark.x) >= 10 for mark in band.marks):
            band.marks.append(Mark(x, band.y + (2 if band.is_dense else 13), one.level, one.event, one.words))
            taken.append((x - 9, x + 9))
            placed.append(one)
    for one in placed:
        if label := _label(one.words, scale.x(one.at), band.y + (14 if band.is_dense else 25), taken):
            band.labels.append(label)


def _label(words: str, x: float, y: float, taken: list[tuple[float, float]]) -> Label | None:
    """Right of its mark, else left of it, where nothing stands yet."""
    width = len(words) * LETTER
    for left, anchor in ((x + 12, "start"), (x - 12 - width, "end")):
        right = left + width
        if left >= LEFT and right <= RIGHT and all(right < a or left > b for a, b in taken):
            taken.append((left - 4, right + 4))
            return Label(left if anchor == "start" else right, y, words, anchor)
    return None
