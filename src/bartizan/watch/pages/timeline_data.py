"""What a view of the timeline reads: five questions to the lake however long the stretch, and the records beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from bartizan.core.access import visible_to
from bartizan.core.models import User
from bartizan.engines.observe import EPOCH, KINDS, microseconds, split_reference
from bartizan.estate import queries as estate
from bartizan.watch import lake as events_of
from bartizan.watch import queries, shown
from bartizan.watch.lake import Asked, Filters, Window
from bartizan.watch.models import Alarm, Source
from bartizan.watch.pages import bands, histogram
from bartizan.watch.pages.scale import Scale
from bartizan.watch.pages.timeline_view import Page, View

ROWS = 50
NOTABLE = 500
"""How many notable events are read; a stretch with more of them says so."""
LAST = timedelta(days=400)
_COLUMNS = ("site", "zone", "domain", "kind", "person", "actor", "place", "device", "asset", "source", "reference")


@dataclass(frozen=True, slots=True)
class Plots:
    histogram: histogram.Histogram
    bands: bands.Bands
    notable: Sequence[shown.Event]


@dataclass(frozen=True, slots=True)
class Rows:
    rows: list[shown.Shown]
    is_newest_first: bool
    after: Page | None
    """The page that follows, if there is one."""
    before: Page | None


def filters_of(view: View, user: User) -> Filters:
    """The lake's filters for a view's chips."""
    filters: dict[str, Any] = {}
    for name in _COLUMNS:
        if values := view.of(name):
            filters[name] = values
    if text := view.of("text"):
        filters["text"] = text[0]
    if (floors := view.of("floor")) and "zone" not in filters:
        zones = estate.zones(user).filter(floor__code__in=floors)
        filters["zone"] = list(zones.values_list("code", flat=True)) or ["(no zone)"]
    if numbers := view.of("case"):
        filters["reference"] = [*filters.get("reference", ()), *references_of_case(user, numbers)] or ["(nothing)"]
    return filters


def references_of_case(user: User, numbers: Sequence[str]) -> list[str]:
    """What the alarms of cases are about: any event that mentions one of these belongs beside them."""
    found: set[str] = set()
    for alarm in queries.alarms(user).filter(cases__number__in=numbers):
        found |= {alarm.actor, alarm.device, alarm.asset}
        found |= {f"{kind}:{code}" for kind in ("person", "zone", "portal") if (code := getattr(alarm, kind))}
    return sorted(found - {""})


def plots(lake: Asked, view: View, filters: Filters, zone: tzinfo, cursor: datetime | None) -> Plots:
    """Histogram and bands with what is notable on them."""
    around = histogram.window_around(view.start, view.end, zone)
    bars = events_of.histogram(lake, Window(around.start, around.end), around.step.total_seconds(), filters)
    counts = {bar["start"]: sum(bar["counts"].values()) for bar in bars}
    window = Window(view.start, view.end)
    cells = events_of.bands(lake, window, bands.SLOTS, filters)
    slots = {name: {n: c["events"] for n, c in enumerate(band) if c["events"]} for name, band in cells.items()}
    found = events_of.events(lake, window, {**filters, "level": 1}, limit=NOTABLE)
    return Plots(
        histogram.histogram(counts, around, view.start, view.end, zone),
        bands.bands(slots, Scale(view.start, view.end, zone), [notable(e) for e in found], cursor),
        found,
    )


def notable(event: shown.Event) -> bands.Notable:
    return bands.Notable(
        at=shown.at_of(event),
        domain=str(event.get("domain") or "host"),
        level=int(event.get("level") or 0),
        words=short_words(event),
        event=str(event["id"]),
    )


def short_words(event: shown.Event) -> str:
    """A label's worth: the kind of event and the name that matters most."""
    name = event.get("portal") or event.get("host") or event.get("device") or event.get("actor") or ""
    words = f"{shown.kind_words(str(event['kind']))} {split_reference(str(name))[1]}".strip()
    return words if len(words) <= 36 else words[:35] + "…"


def rows(lake: Asked, user: User, view: View, filters: Filters, zone: tzinfo, cursor: datetime | None) -> Rows:
    """A page of the view's events: the newest first while it is live, else as they happened; without a page of its own
    the one with the cursor on it."""
    ask = _Asking(lake, Window(view.start, view.end), {**filters, "level": 1} if view.is_notable else filters, view)
    if view.page is None and cursor is not None and view.start <= cursor < view.end:
        found, after, before = ask.near(cursor)
    else:
        found, after, before = ask.page(view.page)
    shown_rows = shown.shown(user, found, zone, with_day=view.span > timedelta(days=1))
    return Rows(
        shown_rows,
        view.is_live,
        _page(found, is_after=True) if after else None,
        _page(found, is_after=False) if before else None,
    )


@dataclass(frozen=True, slots=True)
class _Asking:
    """Pages of a stretch's events, each with whether more follow and whether more go before."""

    lake: Asked
    window: Window
    filters: Filters
    view: View

    def page(self, page: Page | None) -> tuple[Sequence[shown.Event], bool, bool]:
        if page is None:
            found = self._ask(ROWS + 1)
            return found[:ROWS], len(found) > ROWS, False
        key = (EPOCH + timedelta(microseconds=page.time), page.event)
        if page.is_after:
            found = self._ask(ROWS + 1, after=key)
            return found[:ROWS], len(found) > ROWS, True
        found = self._ask(ROWS + 1, before=key)
        return found[-ROWS:], True, len(found) > ROWS

    def near(self, cursor: datetime) -> tuple[Sequence[shown.Event], bool, bool]:
        """A third of the page before the cursor, the rest from it on."""
        key = (cursor, _FIRST if not self.view.is_live else _LAST)
        before = self._ask(ROWS // 3 + 1, before=key)
        after = self._ask(ROWS + 1 - min(len(before), ROWS // 3), after=key)
        found = [*before[-(ROWS // 3) :], *after]
        return found[:ROWS], len(found) > ROWS, len(before) > ROWS // 3

    def _ask(self, limit: int, **place: Any) -> list[shown.Event]:
        order: Any = "newest" if self.view.is_live else "oldest"
        return list(events_of.events(self.lake, self.window, self.filters, limit=limit, order=order, **place))


_FIRST, _LAST = "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"


def _page(found: Sequence[shown.Event], *, is_after: bool) -> Page | None:
    if not found:
        return None
    edge = found[-1] if is_after else found[0]
    return Page(is_after, microseconds(shown.at_of(edge)), str(edge["id"]))


def last_event(lake: Asked, filters: Filters, before: datetime) -> shown.Event | None:
    """The newest event that fits, for the button on an empty view."""
    found = events_of.events(lake, Window(before - LAST, before), filters, limit=1)
    return found[0] if found else None


def alarms_between(user: User, view: View) -> list[Alarm]:
    """Alarms in the stretch, the worst first: what the side shows while no event is selected."""
    found = queries.alarms(user).filter(first_at__lte=view.end, last_at__gte=view.start)
    if sites := view.of("site"):
        found = found.filter(site__in=sites)
    if zones := view.of("zone"):
        found = found.filter(zone__in=zones)
    return list(found.order_by("-level", "-last_at")[:12])


def choices(user: User) -> Mapping[str, list[tuple[str, str]]]:
    """What the filter form offers."""
    sources = visible_to(user, Source.objects.order_by("name")).values_list("name", flat=True)
    return {
        "site": [(site.code, site.name) for site in estate.sites(user)],
        "floor": [(f.code, f"{f.building.site.name}, {f.name}") for f in estate.floors(user)],
        "zone": [(zone.code, f"{zone.name}, {zone.site.name}") for zone in estate.zones(user)],
        "domain": list(bands.WORDS.items()),
        "kind": [(kind, known.words) for kind, known in KINDS.items()],
        "source": [(name, name) for name in sources],
    }


def place_names(user: User, references: Sequence[str]) -> Mapping[str, str]:
    """Names of ``references``; a zone's with its site's."""
    names = estate.names_of(user, list(references))
    codes = [split_reference(ref)[1] for ref in references if ref.startswith("zone:")]
    for zone in estate.zones(user).filter(code__in=codes):
        names[f"zone:{zone.code}"] = f"{zone.name}, {zone.site.name}"
    return names
