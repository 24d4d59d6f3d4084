"""What a case taught, on its tab; and the measures that all cases make one propose, for the board's options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bartizan.cases import queries
from bartizan.cases.actions import lesson as acts
from bartizan.cases.findings import Findings
from bartizan.cases.models import Case, Lesson, Proposal
from bartizan.cases.queries.masks import veil
from bartizan.core.access import needs, visible_to
from bartizan.core.exports import Sheet, csv_lines
from bartizan.core.models import User
from bartizan.watch.models import AlarmEvent
from bartizan.watch.shown import zone_of

EVENTS: Final = 24
"""Events of a case that are offered for a rule."""
OF_A_KIND: Final = 2
COLUMNS: Final = ("Measure", "Owner", "Cost, a guess", "State", "Reason", "Case", "Proposed", "Decided")


def content(user: User, case: Case, known: Findings, _zone: Any) -> dict[str, Any]:
    """The section Lessons of a case."""
    return {
        "lesson": visible_to(user, Lesson.objects.filter(case=case).select_related("by")).first(),
        "cause_guess": _guess(known),
        "proposals": queries.proposals(user).filter(case=case).order_by("pk"),
        "planned": queries.drills(user).filter(learnt_in=case).order_by("pk"),
        "rule_events": case_events(case),
    }


def _guess(known: Findings) -> str:
    """What the pinpoint says of it, for somebody to correct."""
    if not known.is_there:
        return ""
    way = f" Way in: {known.entry}." if known.entry else ""
    return f"{known.how[:1].upper()}{known.how[1:]}, {known.where}.{way}"


def case_events(case: Case) -> list[AlarmEvent]:
    """Those on which the case's alarms rest, the triggers first, and of each kind no more than two that read apart."""
    found = AlarmEvent.objects.filter(alarm__cases=case).order_by("-is_trigger", "at")
    kinds: dict[str, dict[str, AlarmEvent]] = {}
    for one in found[:400]:
        same = kinds.setdefault(one.kind, {})
        if len(same) < OF_A_KIND:
            same.setdefault(one.summary, one)
    return [one for same in kinds.values() for one in same.values()][:EVENTS]


@dataclass(frozen=True, slots=True)
class Line:
    """A proposal outside its case: with its people masked as on the case's own page."""

    proposal: Proposal
    words: str
    owner: str
    reason: str
    headline: str


@require_safe
@needs("see cases")
def index(request: HttpRequest) -> HttpResponse:
    return _list(request)


def _list(request: HttpRequest, trouble: str = "") -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    chosen = request.GET.get("show", "")
    everything = list(queries.proposals(user))
    shown = [one for one in everything if chosen in ("", one.state)]
    open_ones = [one for one in everything if one.state in ("proposed", "accepted")]
    context = {
        "place": "plans",
        "lines": _lines(user, shown),
        "chosen": chosen,
        "views": [("", "All", len(everything))]
        + [(key, word, sum(one.state == key for one in everything)) for key, word in Proposal.STATES],
        "states": Proposal.STATES,
        "cost": sum(one.cost or 0 for one in open_ones),
        "unknown": sum(one.cost is None for one in open_ones),
        "zone": zone_of(user),
        "trouble": trouble,
        "typed": request.POST,
    }
    return render(request, "cases/lessons.html", context, status=422 if trouble else 200)


def _lines(user: User | None, proposals: list[Proposal]) -> list[Line]:
    """``user``: who reads it; nobody: it leaves the console, for whomever."""
    seen = veil(user, list({one.case.pk: one.case for one in proposals}.values()))
    masks = {one.case.pk: seen.of(one.case, keeps_officers=True) for one in proposals}
    return [
        Line(one, *(masks[one.case.pk].text(words) for words in (one.words, one.owner, one.reason, one.case.headline)))
        for one in proposals
    ]


@require_safe
@never_cache
@needs("see cases")
def export(request: HttpRequest) -> StreamingHttpResponse:
    """For the board: nobody is named in it but whom a gate has named."""
    user = request.user
    assert isinstance(user, User)
    lines = _lines(None, list(queries.proposals(user)))
    rows = [
        (
            line.words, line.owner, line.proposal.cost, line.proposal.get_state_display(), line.reason,
            line.proposal.case.number, line.proposal.at.date(),
            line.proposal.decided_at.date() if line.proposal.decided_at else None,
        )
        for line in lines
    ]  # fmt: skip
    acts.note_export(user, len(rows))
    answer = StreamingHttpResponse(csv_lines(Sheet("Lessons", COLUMNS, rows)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="lessons.csv"'
    return answer


@require_POST
@needs("work cases")
def decide(request: HttpRequest, key: int) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    proposal = get_object_or_404(queries.proposals(user), pk=key)
    try:
        acts.decide_proposal(proposal, request.POST.get("state", ""), request.POST.get("reason", ""), user)
    except ValidationError as error:
        return _list(request, " ".join(error.messages))
    back = f"/cases/{proposal.case.number}/tasks#lessons" if request.POST.get("back") == "case" else "/lessons"
    return HttpResponseRedirect(back)


urlpatterns = [
    path("lessons", index, name="lessons"),
    path("lessons.csv", export, name="lessons-export"),
    path("lessons/<int:key>/decide", decide, name="lesson-decide"),
]
