"""Anything's own page: what the records say of it, and all that happened to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from bartizan.core import registers
from bartizan.core.access import may, needs, visible_to
from bartizan.core.actions import note_look
from bartizan.core.models import User
from bartizan.core.queries import LOOKED, audit_of
from bartizan.core.registers import Register
from bartizan.estate import queries as estate
from bartizan.watch import lake as events_of
from bartizan.watch import queries, shown
from bartizan.watch.lake import LakeError, Window
from bartizan.watch.models import Alarm
from bartizan.watch.pages import bands, timeline_data
from bartizan.watch.pages.scale import Scale
from bartizan.watch.pages.timeline_view import stamp
from bartizan.web.templatetags.bz import ICONS

# Which register holds a kind of thing, where it is not called so.
REGISTERS = {
    "person": "people",
    "badge": "badges",
    "user": "user-accounts",
    "host": "hosts",
    "portal": "doors",
    "zone": "zones",
    "site": "sites",
    "building": "buildings",
    "floor": "floors",
    "department": "departments",
    "copy": "copies",
    "contact": "contacts",
    "past-outcome": "past-outcomes",
    **dict.fromkeys(("reader", "detector", "camera", "panel", "firewall", "sensor"), "devices"),
}
LENGTHS = {"day": timedelta(days=1), "week": timedelta(days=7), "30d": timedelta(days=30), "400d": timedelta(days=400)}
WORDS = {"day": "Day", "week": "Week", "30d": "30 d", "400d": "400 d"}
ROWS = 40
RECENT = 12
NOT_THERE = "There is no such thing, or it is not open to you."
ALARM_FIELDS = {"person": "person", "zone": "zone", "portal": "portal", "site": "site"}


@require_safe
@needs("")
def entity(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """404 for what the user may not see, as for what is not there: the page does not tell the two apart."""
    user = request.user
    assert isinstance(user, User)
    if "\0" in kind + name:
        raise Http404(NOT_THERE)
    reference = name if kind == "thing" else f"{kind}:{name}"
    register, row = _found(user, kind, name)
    sees_events = may(user, "see events")
    if row is None and not sees_events:
        raise Http404(NOT_THERE)
    called = _called(user, reference, row)
    zone = shown.zone_of(user)
    context: dict[str, Any] = {
        "place": "entity",
        "reference": reference,
        "kind": register.one if register else kind,
        "name": called,
        "code": name if called != name else "",
        "icon": ICONS.get(kind, "link"),
        "zone": zone,
        "alarms": alarms_of(user, kind, name, reference),
        "sees_alarms": may(user, "see alarms"),
        "sees_cases": may(user, "see cases"),
    }
    if register and row:
        context |= _record(user, register, row)
    if sees_events:
        length = request.GET.get("range", "week")
        length = length if length in LENGTHS else "week"
        context |= {"length": length, "lengths": [(WORDS[key], f"?range={key}", key == length) for key in LENGTHS]}
        context |= _happened(user, reference, timezone.now(), LENGTHS[length], zone)
    if row is None and not any(context.get(name) for name in ("rows", "last", "alarms", "lake_trouble")):
        raise Http404(NOT_THERE)
    note_look(user, register.subject(row) if register and row else reference)
    found = {case for alarm in context["alarms"] for case in visible_to(user, alarm.cases.all())}
    context["cases"] = sorted(found, key=lambda case: -case.pk)
    return render(request, "watch/entity.html", context)


def _found(user: User, kind: str, name: str) -> tuple[Register | None, Any]:
    """The record and its register; neither for what no register holds or what is not open to the user."""
    register = registers.named(REGISTERS.get(kind, kind))
    if register is None or register.reference is None:
        return None, None
    row = register.rows(user).filter(**{register.key: name}).first()
    return (register, row) if row else (None, None)


def _called(user: User, reference: str, row: Any) -> str:
    named = estate.name_of(user, reference)
    return registers.label(row) if row is not None and named in reference else named


def _record(user: User, register: Register, row: Any) -> dict[str, Any]:
    """What its register says of it: facts, what belongs to it, the people it has to do with, what was changed."""
    columns = [column for column in register.all_columns if not column.is_main]
    values = registers.cells(register, user, columns, [row])[0]
    facts = [(column.title, value) for column, value in zip(columns, values, strict=True)]
    subject, part = register.subject(row), registers.open_parts(user, [row])[0]
    sections = [(section, list(section.lines(user, row))[:20]) for section in register.sections]
    return {
        "facts": [*facts, *(fact for fact in register.facts(part) if fact[0] not in {title for title, _ in facts})],
        "about": register.about(part),
        "sections": [(section, lines) for section, lines in sections if lines],
        "people": registers.people_of(user, row),
        "state": register.state(part) if register.state else None,
        "subject": subject,
        "entries": list(audit_of(user, subject).exclude(verb=LOOKED)[:RECENT]),
        "sees_history": may(user, "see history"),
        "record_url": f"/registers/{register.name}/{row.pk}",
        "edit_url": f"/registers/{register.name}/{row.pk}/edit" if register.may_change(user) else "",
        "register": register.title,
    }


def _happened(user: User, reference: str, now: datetime, span: timedelta, zone: Any) -> dict[str, Any]:
    """Its bands and its latest events."""
    window = Window(now - span, now)
    try:
        lake = queries.lake_of(user)
        story = events_of.story(lake, window, {"reference": reference}, buckets=bands.SLOTS, limit=ROWS)
        found = story.latest
        last = found[0] if found else timeline_data.last_event(lake, {"reference": reference}, now)
    except LakeError as error:
        return {"lake_trouble": str(error)}
    slots = {domain: {n: c["events"] for n, c in enumerate(row) if c["events"]} for domain, row in story.bands.items()}
    rows = shown.shown(user, found, zone, with_day=span > timedelta(days=1))
    return {
        "lately": _lately(user, reference, found),
        "bands": bands.bands(slots, Scale(window.start, window.end, zone), _notable(found), only_filled=True),
        "rows": [(row, _event_url(reference, row)) for row in rows],
        "last": shown.at_of(last) if last else None,
        "zone_word": f"{now.astimezone(zone):%Z}",
        "timeline_url": "/timeline?" + urlencode([("range", "week"), ("rows", "all"), ("reference", reference)]),
    }


def _lately(user: User, reference: str, found: Sequence[shown.Event]) -> list[tuple[str, str, Any]]:
    """Who was seen with it of late, the latest first, with when; not itself."""
    last: dict[str, Any] = {}
    for event in found:
        if event.get("person"):
            last.setdefault(f"person:{event['person']}", shown.at_of(event))
    last.pop(reference, None)
    names = estate.names_of(user, list(last)[:RECENT])
    return [(ref, names[ref], last[ref]) for ref in names if names[ref] not in ref]


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


urlpatterns = [path("entity/<str:kind>/<path:name>", entity, name="entity")]
