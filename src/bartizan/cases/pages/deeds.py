"""What an officer does with a case: each form comes here, does one thing, and goes back to its tab."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from bartizan.cases import actions, queries
from bartizan.cases.models import Case
from bartizan.cases.pages import need, view
from bartizan.core.access import covers, needs
from bartizan.core.models import User
from bartizan.core.queries import officers
from bartizan.core.values import is_number
from bartizan.watch import queries as watch
from bartizan.watch.shown import zone_of


@require_POST
@needs("work cases")
def do(request: HttpRequest, number: str, deed: str) -> HttpResponse:
    """One deed on a case. What was wrong with it is said on the tab where it was asked for."""
    user = request.user
    assert isinstance(user, User)
    case = get_object_or_404(queries.cases(user), number=number)
    act = _DEEDS.get(deed)
    if act is None:
        raise Http404(f"Nothing called {deed} can be done with a case.")
    back = request.POST.get("tab", "overview")
    back = back if back in view.TABS else "overview"
    try:
        act(request, case, user)
    except ValidationError as error:
        return view.show(request, number, back, trouble=" ".join(error.messages))
    if not covers(user, case):  # whoever takes the own account off a case leaves it with that
        return HttpResponseRedirect("/cases")
    return HttpResponseRedirect(f"/cases/{number}" + ("" if back == "overview" else f"/{back}"))


def _state(request: HttpRequest, case: Case, user: User) -> None:
    actions.set_state(case, request.POST.get("state", ""), request.POST.get("reason", ""), user)


def _lead(request: HttpRequest, case: Case, user: User) -> None:
    chosen = request.POST.get("lead", "")
    lead = get_object_or_404(officers(user, "work cases"), pk=chosen) if is_number(chosen) else None
    if lead is not None and not covers(lead, case):
        raise ValidationError(
            f"{lead.get_full_name() or lead.username} may not see this case. Name them on it first, under People."
        )
    actions.set_lead(case, lead, user)


def _headline(request: HttpRequest, case: Case, user: User) -> None:
    actions.set_headline(case, request.POST.get("headline", ""), user)


def _note(request: HttpRequest, case: Case, user: User) -> None:
    actions.add_note(case, request.POST.get("words", ""), user)


def _task(request: HttpRequest, case: Case, user: User) -> None:
    due = local_time(request.POST.get("due", ""), zone_of(user, case.site))
    actions.add_task(case, request.POST.get("words", ""), request.POST.get("who", "")[:120], due, user)


def local_time(text: str, zone: Any) -> datetime | None:
    """A form's date and time on the site's clock."""
    if not text.strip():
        return None
    try:
        at = datetime.fromisoformat(text.strip()).replace(tzinfo=zone)
    except ValueError:
        raise ValidationError(f"“{text}” is not a date and a time; write it like 2026-11-17 10:30.") from None
    if not 1970 <= at.year < 9000:  # beyond it no zone's clock can be shown
        raise ValidationError(f"“{text}” is no time at which something can be due; write it like 2026-11-17 10:30.")
    return at


def _done(request: HttpRequest, case: Case, user: User) -> None:
    task = get_object_or_404(case.tasks, pk=_number(request, "task"))
    actions.finish_task(task, user, done=request.POST.get("done") == "1")


def _join(request: HttpRequest, case: Case, user: User) -> None:
    actions.join(case, get_object_or_404(watch.alarms(user), pk=_number(request, "alarm")), by=user)


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    if not is_number(text):
        raise ValidationError("Choose one from the list.")
    return int(text)


_DEEDS: dict[str, Callable[[HttpRequest, Case, User], None]] = {
    "state": _state,
    "lead": _lead,
    "headline": _headline,
    "note": _note,
    "task": _task,
    "done": _done,
    "join": _join,
    **need.DEEDS,
}
