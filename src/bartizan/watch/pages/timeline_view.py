"""What a timeline page shows, as its address says it: reload, share or go back and it is the same view."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.http import QueryDict

LENGTHS: Mapping[str, timedelta] = {
    "1h": timedelta(hours=1),
    "2.5h": timedelta(hours=2.5),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "30d": timedelta(days=30),
}
LENGTH_WORDS = {"1h": "1 h", "2.5h": "2.5 h", "day": "Day", "week": "Week", "30d": "30 d"}
USUAL = "2.5h"
# What a chip may narrow the view to, in the order in which the chips stand.
FILTERS = (
    "site",
    "floor",
    "zone",
    "domain",
    "kind",
    "person",
    "actor",
    "place",
    "device",
    "asset",
    "reference",
    "source",
    "case",
    "text",
)
SHORTEST, LONGEST = timedelta(seconds=10), timedelta(days=400)
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
_PAGE = re.compile(r"(after|before)-(\d{1,17})-([0-9a-fA-F-]{36})$")


class BadViewError(ValueError):
    """The address asks for something that cannot be shown; says what."""


@dataclass(frozen=True, slots=True)
class Page:
    """Which rows: those after, or those before, the one at ``time`` (microseconds) with the id ``event``."""

    is_after: bool
    time: int
    event: str


@dataclass(frozen=True, slots=True)
class View:
    start: datetime
    end: datetime
    length: str = USUAL
    """A key of LENGTHS; empty for a stretch that was dragged out."""
    is_live: bool = True
    """The end moves with the clock: no end was given."""
    filters: tuple[tuple[str, str], ...] = ()
    is_notable: bool = True
    """Rows of notable events only."""
    event: str = ""
    at: datetime | None = None
    """Where the cursor stands."""
    page: Page | None = field(default=None)

    @property
    def span(self) -> timedelta:
        return self.end - self.start

    @property
    def middle(self) -> datetime:
        return self.start + self.span / 2

    def of(self, name: str) -> list[str]:
        """The values that the filter ``name`` has."""
        return [value for key, value in self.filters if key == name]

    def url(self, **changes: object) -> str:
        """The address of this view, or of one that differs from it."""
        return "/timeline?" + urlencode(_parameters(replace(self, **changes)))  # type: ignore[arg-type]

    def without(self, name: str, value: str) -> str:
        return self.url(filters=tuple(f for f in self.filters if f != (name, value)), page=None, event="")

    def between(self, start: datetime, end: datetime, now: datetime, length: str = "") -> View:
        """The same view of another stretch, kept in the past."""
        if end >= now:
            start, end = start - (end - now), now
        return replace(self, start=start, end=end, length=length, is_live=end >= now, page=None)


def view_of(query: QueryDict, now: datetime) -> View:
    """The view that an address asks for at ``now``. Raises BadViewError with words."""
    start, end, length, is_live = _stretch(query, now)
    return View(
        start=start,
        end=end,
        length=length,
        is_live=is_live,
        filters=_filters(query),
        is_notable=query.get("rows", "notable") != "all",
        event=query.get("event", "")[:36],
        at=_time(query, "at"),
        page=_page(query.get("page", "")),
    )


def _filters(query: QueryDict) -> tuple[tuple[str, str], ...]:
    found = tuple((name, value) for name in FILTERS for value in query.getlist(name) if value.strip())
    if any("\0" in value for _, value in found):  # the lake cannot be asked for it
        raise BadViewError("The address asks for a sign that no event holds; the filters are left out.")
    return found


def _stretch(query: QueryDict, now: datetime) -> tuple[datetime, datetime, str, bool]:
    begin, end = _time(query, "from"), _time(query, "to")
    length = query.get("range", "" if begin else USUAL)
    if length and length not in LENGTHS:
        raise BadViewError(f"There is no range “{length}”; choose one of {', '.join(LENGTHS)}.")
    is_live = end is None
    end = now if end is None else max(end, EARLIEST + SHORTEST)
    start = begin if begin and not length else end - LENGTHS[length or USUAL]
    if start >= end:
        raise BadViewError("The stretch ends before it begins. Choose a beginning that lies earlier than the end.")
    if end - start < SHORTEST:
        start = end - SHORTEST
    return max(start, end - LONGEST, EARLIEST), end, length, is_live


def _time(query: QueryDict, name: str) -> datetime | None:
    text = query.get(name, "").strip()
    if not text:
        return None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise BadViewError(f"“{text}” in the address is not a time; times there look like 2026-11-16T20:06Z.") from None
    parsed = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    try:
        return min(max(parsed.astimezone(UTC), EARLIEST), LATEST)
    except OverflowError:
        raise BadViewError(f"“{text}” in the address is outside the calendar.") from None


def _page(text: str) -> Page | None:
    if not text:
        return None
    match = _PAGE.match(text)
    if not match:
        raise BadViewError("The address names a page of rows that does not exist; the first page is shown.")
    return Page(is_after=match[1] == "after", time=int(match[2]), event=match[3])


def stamp(at: datetime) -> str:
    """A time as addresses carry it: ``2026-11-16T20:06:10Z``, with a fraction only where there is one."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _parameters(view: View) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    if view.length:
        pairs += [("range", view.length)]
        pairs += [] if view.is_live else [("to", stamp(view.end))]
    else:
        pairs += [("from", stamp(view.start)), ("to", stamp(view.end))]
    pairs += view.filters
    if not view.is_notable:
        pairs.append(("rows", "all"))
    if view.at:
        pairs.append(("at", stamp(view.at)))
    if view.event:
        pairs.append(("event", view.event))
    if view.page:
        pairs.append(("page", f"{'after' if view.page.is_after else 'before'}-{view.page.time}-{view.page.event}"))
    return pairs


def earlier(view: View, now: datetime) -> View:
    return view.between(view.start - view.span / 2, view.end - view.span / 2, now, view.length)


def later(view: View, now: datetime) -> View:
    return view.between(view.start + view.span / 2, view.end + view.span / 2, now, view.length)


def of_length(view: View, length: str, now: datetime) -> View:
    """As long as ``length`` around the cursor, or ending where the view ends when there is none."""
    span = LENGTHS[length]
    if view.is_live and view.at is None:
        return view.between(now - span, now, now, length)
    middle = view.at or view.middle
    return view.between(middle - span / 2, middle + span / 2, now, length)


def narrower(view: View, now: datetime) -> View:
    fits = [name for name, span in LENGTHS.items() if span < view.span]
    return of_length(view, fits[-1] if fits else "1h", now)


def wider(view: View, now: datetime) -> View:
    fits = [name for name, span in LENGTHS.items() if span > view.span]
    return of_length(view, fits[0] if fits else "30d", now)


def around(view: View, at: datetime, now: datetime, *, is_day: bool = False) -> View:
    """The view with its cursor at ``at`` in the middle; a whole day from its beginning."""
    if is_day:
        return view.between(at, at + LENGTHS["day"], now, "day")
    placed = view.between(at - view.span / 2, at + view.span / 2, now, view.length)
    return replace(placed, at=at, event="")
