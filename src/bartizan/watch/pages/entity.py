"""Anything's own page: what the records say of it, and all that happened to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from bartizan.core import registers
from bartizan.core.models import User
from bartizan.core.values import Line
from bartizan.estate import queries as estate
from bartizan.watch import lake as events_of
from bartizan.watch import queries, shown
from bartizan.watch.lake import LakeError, Window
from bartizan.watch.models import Alarm
from bartizan.watch.pages import bands, timeline_data
from bartizan.watch.pages.scale import Scale
from bartizan.watch.pages.timeline_view import stamp
from bartizan.web.templatetags.bz import ICONS, kind_icon

# Which register holds a kind of thing, and the field that its reference names.
REGISTERS = {
    "person": ("people", "code"),
    "badge": ("badges", "number"),
    "user": ("user-accounts", "name"),
    "host": ("hosts", "name"),
    "portal": ("doors", "code"),
    "zone": ("zones", "code"),
    "site": ("sites", "code"),
    "building": ("buildings", "code"),
    "floor": ("floors", "code"),
    "department": ("departments", "code"),
    **dict.fromkeys(("reader", "detector", "camera", "panel", "firewall", "sensor"), ("devices", "code")),
}
LENGTHS = {"day": timedelta(days=1), "week": timedelta(days=7), "30d": timedelta(days=30), "400d": timedelta(days=400)}
WORDS = {"day": "Day", "week": "Week", "30d": "30 d", "400d": "400 d"}
ROWS = 60
RECENT = 12
ALARM_FIELDS = {"person": "person", "zone": "zone", "portal": "portal", "site": "site"}


@require_safe
def entity(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    reference = name if kind == "thing" else f"{kind}:{name}"
    length = request.GET.get("range", "week")
    length = length if length in LENGTHS else "week"
    called = estate.name_of(user, reference)
    zone = shown.zone_of(user)
    context: dict[str, Any] = {
        "place": "entity",
        "reference": reference,
        "kind": kind,
        "name": called,
        "code": name if called != name else "",
        "icon": ICONS.get(kind, "link"),
        "zone": zone,
        "length": length,
        "lengths": [(WORDS[key], f"?range={key}", key == length) for key in LENGTHS],
        "alarms": alarms_of(user, kind, name, reference),
    }
    context |= _record(user, kind, name)
    context |= _happened(user, reference, timezone.now(), LENGTHS[length], zone)
    context["cases"] = sorted({case for alarm in context["alarms"] for case in alarm.cases.all()}, key=lambda c: -c.pk)
    return render(request, "watch/entity.html", context)


def _record(user: User, kind: str, name: str) -> dict[str, Any]:
    """The estate's record with its register's facts and sections; nothing for what no register holds."""
    where, field = REGISTERS.get(kind, ("", ""))
    register = registers.named(where)
    row = register.rows(user).filter(**{field: name}).first() if register else None
    if register is None or row is None:
        return {"facts": [], "sections": []}
    facts = [(column.title, column.value(row)) for column in register.columns if not column.is_main]
    return {
        "facts": [*facts, *register.facts(row)],
        "about": register.about(row),
        "sections": [(section, list(section.lines(user, row))[:20]) for section in register.sections],
        "record_url": f"/registers/{register.name}/{row.pk}",
        "register": register.title,
    }


def _happened(user: User, reference: str, now: datetime, span: timedelta, zone: Any) -> dict[str, Any]:
    """Its bands and its latest events; two questions to the lake."""
    window = Window(now - span, now)
    try:
        lake = queries.lake()
        cells = events_of.bands(lake, window, bands.SLOTS, {"reference": reference})
        found = events_of.entity(lake, reference, window, limit=ROWS)
        last = found[0] if found else timeline_data.last_event(lake, {"reference": reference}, now)
    except LakeError as error:
        return {"lake_trouble": str(error)}
    slots = {domain: {n: c["events"] for n, c in enumerate(row) if c["events"]} for domain, row in cells.items()}
    rows = shown.shown(user, found, zone, with_day=span > timedelta(days=1))
    return {
        "bands": bands.bands(slots, Scale(window.start, window.end, zone), _notable(found), only_filled=True),
        "rows": [(row, _event_url(reference, row)) for row in rows],
        "last": shown.at_of(last) if last else None,
        "zone_word": f"{now.astimezone(zone):%Z}",
        "timeline_url": "/timeline?" + urlencode([("range", "week"), ("rows", "all"), ("reference", reference)]),
    }


def _event_url(reference: str, row: shown.Shown) -> str:
    middle = timedelta(minutes=75)
    stretch = [("range", "2.5h"), ("to", stamp(row.at + middle))]
    return "/timeline?" + urlencode([*stretch, ("reference", reference), ("rows", "all"), ("event", row.id)])


def _notable(found: Iterable[shown.Event]) -> list[bands.Notable]:
    return [timeline_data.notable(event) for event in found if event.get("level")]


def alarms_of(user: User, kind: str, name: str, reference: str) -> list[Alarm]:
    """Its alarms: those that are open first, then the latest."""
    alarms = queries.alarms(user)
    found = alarms.filter(actor=reference) | alarms.filter(device=reference) | alarms.filter(asset=reference)
    if field := ALARM_FIELDS.get(kind):
        found |= alarms.filter(**{field: name})
    rows = sorted(found.distinct().order_by("-last_at")[:60], key=lambda alarm: alarm.state == "closed")
    return rows[:RECENT]


def recent(user: User, reference: str) -> list[Line]:
    """For a register's detail: what happened to a record lately. Without a lake there is nothing to tell."""
    now = timezone.now()
    try:
        found = events_of.entity(queries.lake(), reference, Window(now - timedelta(days=30), now), limit=RECENT)
    except LakeError:
        return []
    rows = shown.shown(user, found, shown.zone_of(user))
    return [Line(row.at, kind_icon(row.kind), row.words, _event_url(reference, row)) for row in rows]


registers.events_from(recent)


urlpatterns = [path("entity/<str:kind>/<path:name>", entity, name="entity")]
