"""One case: what is known, what led to it, what is next, and everything that was kept of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from bartizan.cases import queries
from bartizan.cases.findings import Findings, findings
from bartizan.cases.models import Case
from bartizan.cases.pages import (
    bench,
    clips,
    clocks,
    contacts,
    evidence,
    interviews,
    masking,
    need,
    packets,
    pinpoint,
    plan,
)
from bartizan.cases.pages.path import WIDE, crop, walk
from bartizan.cases.pages.signing import colleagues
from bartizan.cases.queries.sanction import charges
from bartizan.core.access import needs, visible_to
from bartizan.core.actions import note_look
from bartizan.core.files import files_of
from bartizan.core.models import User
from bartizan.core.queries import audit_of
from bartizan.engines.observe import split_reference
from bartizan.estate import queries as estate
from bartizan.watch import lake as events_of
from bartizan.watch import queries as watch
from bartizan.watch import shown
from bartizan.watch.lake import LakeError, Window
from bartizan.watch.plan_drawing import still

PARTS = {"actor": "acted", "person": "person", "place": "place", "device": "device", "asset": "thing"}
ROWS = 100
MARGIN = timedelta(minutes=30)


@require_safe
@needs("see cases")
def case(request: HttpRequest, number: str, tab: str = "overview") -> HttpResponse:
    return show(request, number, tab)


def show(
    request: HttpRequest,
    number: str,
    tab: str = "overview",
    trouble: str = "",
    content: dict[str, Any] | None = None,
) -> HttpResponse:
    """The page of a case on one of its tabs, with what went wrong when something was to be done there.

    ``content``: what the tab shows, where a page of its own worked it out.
    """
    user = request.user
    assert isinstance(user, User)
    found = get_object_or_404(queries.cases(user), number=number)
    zone = shown.zone_of(user, found.site)
    known, seen_by = findings(found, zone), queries.seers(found)
    told = TABS[tab].content(user, found, known, zone) if content is None else content
    context: dict[str, Any] = {
        "place": "cases",
        "case": found,
        "zone": zone,
        "tab": tab,
        "tabs": _tabs(user, found, told.pop("counted", {})),
        "template": f"cases/{TABS[tab].template or tab}.html",
        "styles": TABS[tab].styles,
        "known": known,
        "trouble": trouble,
        "typed": request.POST,
        "officers": colleagues(user, found, seen_by),
        "seers": seen_by,
        "timeline_url": timeline_url(found),
        "tasks": found.tasks.order_by("done_at", "due_at", "pk"),
    }
    context |= told
    veil = context.pop("veil", None) or masking.veil_of(user, found)
    context["named"] = [veil.of(found).person(person) for person in sorted(veil.named.get(found.pk, ()))]
    note_look(user, f"case:{found.number}")
    return masking.page(request, found, veil, "cases/case.html", context)


def pinpointed(user: User, case: Case, asked: str = "") -> dict[str, Any]:
    """What the pinpoint tab shows: the verdict, the gate with the form that was asked for, and the path."""
    zone = shown.zone_of(user, case.site)
    return _path(user, case, findings(case, zone)) | pinpoint.content(
        user, case, zone, lambda event: event_url(case, event), asked
    )


def timeline_url(case: Case) -> str:
    """The timeline of the case's window, for what its alarms are about."""
    window = [("from", case.first_at - MARGIN), ("to", case.last_at + MARGIN)]
    return "/timeline?" + urlencode(
        [(k, at.strftime("%Y-%m-%dT%H:%M:%SZ")) for k, at in window] + [("case", case.number)]
    )


def event_url(case: Case, event: str) -> str:
    return f"{timeline_url(case)}&rows=all&event={event}"


def _tabs(user: User, case: Case, counted: Mapping[str, int]) -> list[tuple[str, str, str, int]]:
    """Each tab with its word, address and number. ``counted``: numbers that the open tab has worked out already."""
    base = f"/cases/{case.number}"

    def number(name: str, tab: Tab) -> int:
        return counted[name] if name in counted else tab.count(user, case) if tab.count else 0

    return [
        (name, tab.word, base if name == "overview" else f"{base}/{name}", number(name, tab))
        for name, tab in TABS.items()
    ]


def _overview(user: User, case: Case, known: Findings, zone: Any) -> dict[str, Any]:
    context: dict[str, Any] = {
        "steps": [(step, event_url(case, step.event) if step.event else "") for step in known.steps],
        "alarms": visible_to(user, case.alarms.order_by("-level", "-last_at"))[:12],
        "entities": entities(user, case),
        "notes": case.notes.select_related("by").order_by("-at")[:3],
        "urgent_clocks": clocks.urgent(user, case, zone),
        "players": need.players(user, case),
        "decisions_made": case.decisions.count(),
        "decided": need.decisions(user, case, known, zone)["decisions"][:4],
    }
    return context | contacts.in_short(user, case, zone) | _path(user, case, known)


def _path(user: User, case: Case, known: Findings) -> dict[str, Any]:
    """The plan of the floor on which the place lies, with the way there."""
    focus = estate.zones(user).filter(code=known.zone or case.zone).first()
    if focus is None or focus.floor is None:
        return {}
    plan = estate.plan_of(user, focus.floor)
    way = walk(plan, known.steps)
    drawn = still(plan, focus.code, case.level, known.host)
    if drawn.bounds is None:
        return {}
    box = crop(way, focus, drawn.bounds)
    return {
        "plan_label": "Path on",
        "drawing": replace(drawn, box=" ".join(f"{value:g}" for value in box)),
        "way": way,
        "focus": focus,
        "is_wide": box[2] > WIDE,
    }


def entities(user: User, case: Case) -> list[dict[str, str]]:
    """Who and what the case touches, by their names: people first, then badges and accounts, things, places."""
    found = list(case.entities.all())
    names = estate.names_of(user, [entity.reference for entity in found])
    order = ("person", "badge", "user", "host", "device", "portal", "zone", "site")
    rows = [
        {
            "reference": entity.reference,
            "name": names.get(entity.reference, entity.reference),
            "kind": split_reference(entity.reference)[0],
            "part": PARTS.get(entity.part, entity.part),
        }
        for entity in found
    ]
    return sorted(rows, key=lambda row: (order.index(row["kind"]) if row["kind"] in order else 9, row["name"]))


def _timeline(user: User, case: Case, _known: Findings, zone: Any) -> dict[str, Any]:
    window = Window(case.first_at - MARGIN, case.last_at + MARGIN)
    references = [entity.reference for entity in case.entities.all()]
    if not references:
        return {"rows": []}
    try:
        found = events_of.events(watch.lake_of(user), window, {"reference": references}, limit=ROWS + 1, order="oldest")
    except LakeError as error:
        return {"rows": [], "lake_trouble": str(error)}
    is_long = window.seconds > 86400
    rows = shown.shown(user, found[:ROWS], zone, with_day=is_long)
    return {
        "rows": [(row, event_url(case, row.id)) for row in rows],
        "has_more": len(found) > ROWS,
        "is_long": is_long,
        "zone_word": f"{case.last_at.astimezone(zone):%Z}",
    }


def _alarms(user: User, case: Case, _known: Findings, _zone: Any) -> dict[str, Any]:
    free = watch.alarms(user).exclude(state="closed").filter(cases=None).order_by("-level", "-raised_at")
    own = visible_to(user, case.alarms.select_related("holder").order_by("first_at"))
    return {"alarms": own, "free": free[:50]}


def _people(user: User, case: Case, _known: Findings, _zone: Any) -> dict[str, Any]:
    found = entities(user, case)
    codes = [split_reference(row["reference"])[1] for row in found if row["kind"] == "person"]
    veil = masking.veil_of(user, case)
    # A masked person's job and department would unmask as well as the name.
    codes = [code for code in codes if not veil.of(case).hides(f"person:{code}")]
    people = {person.code: person for person in estate.people(user).filter(code__in=codes)}
    rows = [(row, people.get(split_reference(row["reference"])[1])) for row in found]
    return {"veil": veil, "entities": rows} | need.seen_by(user, case)


def _notes(_user: User, case: Case, _known: Findings, _zone: Any) -> dict[str, Any]:
    return {"notes": case.notes.select_related("by").order_by("-at")}


def _audit(user: User, case: Case, _known: Findings, _zone: Any) -> dict[str, Any]:
    return {"entries": audit_of(user, f"case:{case.number}")[:500]}


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of a case: its word, what it shows, and how many open things it counts."""

    word: str
    content: Callable[[User, Case, Findings, Any], dict[str, Any]] = lambda *_: {}
    count: Callable[[User, Case], int] | None = None
    styles: tuple[str, ...] = ()
    template: str = ""


TABS: dict[str, Tab] = {
    "overview": Tab("Overview", _overview, styles=("clocks",)),
    "pinpoint": Tab("Pinpoint", lambda user, case, _known, _zone: pinpointed(user, case), styles=("bench", "pinpoint")),
    "timeline": Tab("Timeline", _timeline),
    "alarms": Tab("Alarms", _alarms, lambda _user, case: case.alarms.count()),
    "cameras": Tab("Cameras", clips.content),
    "people": Tab("People", _people, lambda _user, case: case.parts.count()),
    "files": Tab("Files", count=lambda user, case: files_of(user, f"case:{case.number}").count()),
    "evidence": Tab(
        "Evidence", evidence.content, lambda user, case: queries.exhibits(user, case).count(), ("evidence",)
    ),
    "interviews": Tab("Interviews", interviews.content, interviews.count, ("interviews",)),
    "clocks": Tab(
        "Clocks",
        clocks.content,
        lambda user, case: queries.running(queries.clocks_of(user, case)).count(),
        ("clocks",),
    ),
    "contacts": Tab("Contacts", contacts.content, contacts.count, ("contacts",)),
    "findings": Tab(
        "Findings",
        lambda user, case, _known, _zone: bench.content(user, case),
        lambda user, case: charges(user, case).count(),
        ("bench",),
        "bench",
    ),
    "packets": Tab("Packets", packets.content, packets.count, ("packets",)),
    "tasks": Tab("Plan & tasks", plan.content, plan.count, ("plan",)),
    "decisions": Tab("Decisions", need.decisions, lambda _user, case: case.decisions.count()),
    "notes": Tab("Notes", _notes, lambda _user, case: case.notes.count()),
    "audit": Tab("Audit", _audit),
}
