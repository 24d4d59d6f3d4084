"""What is done with an alarm from the console. Each is a form of its own and works without script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from bartizan.core.access import covers, needs
from bartizan.core.queries import officers
from bartizan.core.values import is_number
from bartizan.engines.nuisance.causes import NOT_KNOWN, OWN_WORDS
from bartizan.watch import actions, queries
from bartizan.watch.models import Alarm
from bartizan.watch.pages.alarm_focus import focus_context

UNDOABLE = ("acknowledge", "shelve", "close")
UNDO_SECONDS = 60
SAYS_IT_ALL = {"tested": "test", "unknown": NOT_KNOWN}
"""The cause of a verdict that is given without one."""

Deed = Callable[[HttpRequest, Alarm], str]


def acknowledge(request: HttpRequest, alarm: Alarm) -> str:
    actions.acknowledge(alarm, _user(request))
    return f"{alarm.title} acknowledged; you hold it"


def assign(request: HttpRequest, alarm: Alarm) -> str:
    wanted = request.POST.get("to", "")
    to = officers(_user(request)).filter(pk=wanted).first() if is_number(wanted) else None
    if to is None or not covers(to, alarm):
        raise ValidationError("Choose to whom it goes.")
    actions.assign(alarm, to, _user(request))
    return f"{alarm.title} given to {to.get_full_name() or to.username}"


def shelve(request: HttpRequest, alarm: Alarm) -> str:
    try:
        until = datetime.fromisoformat(request.POST.get("until", ""))
        at = until.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValidationError("Choose an end: nothing is shelved without one.") from error
    if until.tzinfo is None:
        raise ValidationError("Choose an end from the list.")
    actions.shelve(alarm, at, request.POST.get("reason", ""), _user(request))
    return f"{alarm.title} shelved"


def close(request: HttpRequest, alarm: Alarm) -> str:
    told = request.POST
    verdict, words = told.get("verdict", ""), told.get("reason", "")
    cause = told.get("cause") or (OWN_WORDS if words.strip() else SAYS_IT_ALL.get(verdict, ""))
    actions.answer(alarm, verdict, cause, words, _user(request))
    return f"{alarm.title} closed. {alarm.reason}"


def reopen(request: HttpRequest, alarm: Alarm) -> str:
    actions.reopen(alarm, _user(request))
    return f"{alarm.title} waits again"


def undo(request: HttpRequest, alarm: Alarm) -> str:
    try:
        kept = signing.loads(request.POST.get("undo", ""), salt=_salt(request, alarm), max_age=UNDO_SECONDS)
    except signing.SignatureExpired as error:
        raise ValidationError("The minute in which it could be undone is over.") from error
    except signing.BadSignature as error:
        raise ValidationError("This page does not know what it was before, so that it cannot be undone.") from error
    actions.restore(alarm, kept["before"], kept["left"], _user(request))
    return f"{alarm.title} stands as before"


def _salt(request: HttpRequest, alarm: Alarm) -> str:
    return f"undo:{alarm.pk}:{_user(request).pk}"


DEEDS: dict[str, Deed] = {
    "acknowledge": acknowledge,
    "assign": assign,
    "shelve": shelve,
    "close": close,
    "reopen": reopen,
    "undo": undo,
}


@require_POST
@needs("work alarms")
def do(request: HttpRequest, key: int, deed: str) -> HttpResponse:
    alarm = get_object_or_404(queries.alarms(_user(request)), pk=key)
    said = trouble = ""
    kept = {"before": actions.standing(alarm)}
    try:
        said = DEEDS[deed](request, alarm)
        kept["left"] = actions.standing(alarm)
    except ValidationError as error:
        trouble = " ".join(error.messages)
    if request.headers.get("X-Part") != "alarm" and not trouble:
        return redirect(f"/?alarm={alarm.pk}")
    alarm = get_object_or_404(queries.alarms(_user(request)), pk=key)
    verdict = request.POST.get("verdict", "")
    context = focus_context(request.user, alarm, deed if trouble else "", trouble, verdict=verdict)
    context |= {"said": said, "reason": request.POST.get("reason", "")}
    if said and deed in UNDOABLE:
        context["undo"] = signing.dumps(kept, salt=_salt(request, alarm), compress=True)
    template = "watch/_now_alarm.html" if request.headers.get("X-Part") else "watch/now_deed.html"
    return render(request, template, context, status=422 if trouble else 200)


def _user(request: HttpRequest) -> Any:
    """The signed-in officer: strangers do not come this far."""
    return request.user


urlpatterns = [path(f"alarms/<int:key>/{deed}", do, {"deed": deed}, name=f"alarm-{deed}") for deed in DEEDS]
