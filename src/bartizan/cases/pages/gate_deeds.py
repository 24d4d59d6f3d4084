"""What is done at the gate: each form comes here, does one thing, and goes back to the pinpoint page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from bartizan.cases import actions, queries
from bartizan.cases.actions import gate
from bartizan.cases.models import Alias, Case
from bartizan.cases.pages import pinpoint, view
from bartizan.cases.pages.matrix import plain
from bartizan.cases.queries import masks as seen
from bartizan.core.access import may, needs
from bartizan.core.models import User
from bartizan.core.values import is_number
from bartizan.estate.queries import zones


@require_safe
@needs("see cases")
def tab(request: HttpRequest, number: str) -> HttpResponse:
    return _shown(request, number, request.GET.get("do", ""))


def _shown(request: HttpRequest, number: str, asked: str, trouble: str = "") -> HttpResponse:
    """The page with the form that was asked for, where it is open to whoever asks."""
    user = _user(request)
    case = get_object_or_404(queries.cases(user), number=number)
    is_open = may(user, "work cases") and any(d.kind == asked and not d.why_not for d in pinpoint.deeds(user, case))
    content = view.pinpointed(user, case, asked if is_open else "")
    return view.show(request, number, "pinpoint", trouble, content)


@require_POST
@needs("work cases")
def do(request: HttpRequest, number: str, deed: str) -> HttpResponse:
    """One deed at the gate. What was wrong with it is said beside the form on which it was asked for."""
    user = _user(request)
    case = get_object_or_404(queries.cases(user), number=number)
    act = _DEEDS.get(deed)
    if act is None:
        raise Http404(f"Nothing called {deed} can be done at the gate.")
    try:
        act(request.POST, case, user)
    except ValidationError as error:
        return _shown(request, number, deed, " ".join(error.messages))
    return HttpResponseRedirect(f"/cases/{number}/pinpoint")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _sign(told: Mapping[str, str], case: Case, user: User) -> None:
    if told.get("agrees") not in ("yes", "no"):
        raise ValidationError("Say whether the evidence carries it, or does not.")
    gate.sign_reading(case, agrees=told["agrees"] == "yes", words=told.get("words", "")[:2000], by=user)


def _look(told: Mapping[str, str], case: Case, user: User) -> None:
    gate.look_behind(_alias(told, case), told.get("reason", "")[:1000], user)


def _override(told: Mapping[str, str], case: Case, user: User) -> None:
    gate.ask_override(case, _alias(told, case).person, told.get("reason", "")[:2000], user)


def _alias(told: Mapping[str, str], case: Case) -> Alias:
    """By its number: nobody needs to know a staff number to ask about somebody."""
    number = told.get("alias", "")
    alias = Alias.objects.filter(case=case, number=int(number)).first() if is_number(number) else None
    if alias is None:
        raise ValidationError("Choose one of the numbers of this case, such as P1.")
    return alias


def _agree(told: Mapping[str, str], case: Case, user: User) -> None:
    gate.agree_override(_waiting(case), told.get("reason", "")[:2000], user)


def _end(told: Mapping[str, str], case: Case, user: User) -> None:
    gate.end_override(_waiting(case), told.get("reason", "")[:2000], user)


def _waiting(case: Case) -> Any:
    override = seen.waiting_override(case)
    if override is None:
        raise ValidationError("No override is asked for or stands in this case.")
    return override


def _collect(told: Mapping[str, str], case: Case, user: User) -> None:
    """A task of the case, in words that unmask nobody to whoever reads them later."""
    items = seen.verdict_for(seen.veil(None, [case]).of(case), case).get("collect") or []
    number = told.get("item", "")
    if not is_number(number) or not 1 <= int(number) <= len(items):
        raise ValidationError("The list of what to collect has changed meanwhile; choose again.")
    words = plain(items[int(number) - 1]["words"], dict(zones(user).values_list("code", "name")))[:300]
    if case.tasks.filter(words=words, done_at=None).exists():
        raise ValidationError("That is a task of the case already.")
    actions.add_task(case, words, "", None, user)


_DEEDS: dict[str, Callable[[Mapping[str, str], Case, User], None]] = {
    "sign": _sign,
    "look": _look,
    "override": _override,
    "agree": _agree,
    "end": _end,
    "collect": _collect,
}
