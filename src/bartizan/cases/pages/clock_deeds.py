"""What an officer does with a legal clock: each form does one thing and comes back to the clocks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from bartizan.cases import actions, queries
from bartizan.cases.models import Case, Clock
from bartizan.cases.pages import view
from bartizan.core.access import needs
from bartizan.core.models import User
from bartizan.core.values import is_number
from bartizan.engines import clocks
from bartizan.watch.shown import zone_of

MOST = 1_000_000_000
"""Of a number that answers a question: more people than there are."""


@require_POST
@needs("work cases")
def do(request: HttpRequest, number: str, deed: str) -> HttpResponse:
    """One deed on a clock. What was wrong with it is said above the clocks, and nothing was changed."""
    user = request.user
    assert isinstance(user, User)
    case = get_object_or_404(queries.cases(user), number=number)
    act = _DEEDS.get(deed)
    if act is None:
        raise Http404(f"Nothing called {deed} can be done with a clock.")
    try:
        act(request, case, user)
    except ValidationError as error:
        return view.show(request, number, "clocks", trouble=" ".join(error.messages))
    return HttpResponseRedirect(f"/cases/{number}/clocks")


def _zone(user: User, case: Case) -> ZoneInfo:
    zone = zone_of(user, case.site)
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC")


def _at(request: HttpRequest, name: str, what: str, zone: ZoneInfo) -> datetime:
    """A time as the site's clock showed it. Refuses the hour that comes twice unless it is said which is meant."""
    text = request.POST.get(name, "").strip()
    if not text:
        raise ValidationError(f"Give the time of {what}, on the site's clock.")
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        raise ValidationError(f"“{text[:40]}” is not a date and a time; write it like 2026-11-17 10:30.") from None
    if not 1970 <= local.year < 9000:  # beyond it no zone's clock can be shown
        raise ValidationError(f"“{text[:40]}” is no time of {what}; write it like 2026-11-17 10:30.")
    try:
        return clocks.local_moment(local, zone, request.POST.get("which", ""))
    except clocks.ClockError as error:
        raise ValidationError(str(error)) from error


def _day(request: HttpRequest, name: str) -> date:
    text = request.POST.get(name, "").strip()
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise ValidationError(f"“{text[:40]}” is not a day; write it like 2026-11-17.") from None
    if not 1970 <= found.year < 9000:
        raise ValidationError(f"“{text[:40]}” is no day until which a notice can wait.")
    return found


def _clock(request: HttpRequest, case: Case, user: User) -> Clock:
    text = request.POST.get("clock", "")
    if not is_number(text):
        raise ValidationError("Choose a clock from the list.")
    return get_object_or_404(queries.clocks_of(user, case), pk=int(text))


def _start(request: HttpRequest, case: Case, user: User) -> None:
    zone = _zone(user, case)
    at = _at(request, "trigger_at", "the trigger", zone)
    actions.start_clock(case, request.POST.get("rule", ""), at, request.POST.get("trigger", ""), zone.key, user)


def _move(request: HttpRequest, case: Case, user: User) -> None:
    clock = _clock(request, case, user)
    at = _at(request, "trigger_at", "the trigger", _zone(user, case))
    actions.move_trigger(clock, at, request.POST.get("because", ""), user)


def _hold(request: HttpRequest, case: Case, user: User) -> None:
    clock = _clock(request, case, user)
    stated = _at(request, "stated_at", "the statement", _zone(user, case))
    until, by = _day(request, "until"), request.POST.get("by", "")
    actions.hold_clock(clock, request.POST.get("form", ""), stated, until, by, user)


def _meet(request: HttpRequest, case: Case, user: User) -> None:
    clock = _clock(request, case, user)
    at = _at(request, "met_at", "what was done", _zone(user, case))
    actions.meet_clock(clock, at, request.POST.get("met_with", ""), user)


def _aside(request: HttpRequest, case: Case, user: User) -> None:
    actions.set_aside_clock(_clock(request, case, user), request.POST.get("because", ""), user)


def _confirm(request: HttpRequest, case: Case, user: User) -> None:
    actions.confirm_clock(_clock(request, case, user), request.POST.get("counsel", ""), user)


def _answer(request: HttpRequest, case: Case, user: User) -> None:
    """A form with all questions; one that it does not hold keeps its answer."""
    answers: dict[str, bool | int | None] = {}
    for fact in clocks.questions(queries.laws_in_force().values()):
        text = request.POST.get(f"fact-{fact.id}")
        if text is not None:
            answers[fact.id] = _number(text.strip(), fact) if fact.is_number else _yes_or_no(text)
    actions.answer_laws(case, answers, user)


def _number(text: str, fact: clocks.Fact) -> int | None:
    if not text:
        return None
    if not is_number(text) or int(text) > MOST:
        raise ValidationError(f"“{text[:40]}” is no number that answers: {fact.ask}")
    return int(text)


def _yes_or_no(text: str) -> bool | None:
    return {"yes": True, "no": False}.get(text)


_DEEDS: dict[str, Callable[[HttpRequest, Case, User], None]] = {
    "start": _start,
    "move": _move,
    "hold": _hold,
    "meet": _meet,
    "aside": _aside,
    "confirm": _confirm,
    "answer": _answer,
}
