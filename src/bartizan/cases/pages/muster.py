"""Calling everybody in a place, and the list of who is safe."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from bartizan.cases.actions import muster as acts
from bartizan.cases.models import Muster, MusterPerson
from bartizan.cases.queries.muster import musters, people_of, running_musters, whom
from bartizan.core import preferences
from bartizan.core.access import needs
from bartizan.core.actions import note_look
from bartizan.core.models import User
from bartizan.core.values import is_number
from bartizan.estate import queries as estate
from bartizan.notices.decisions import Mail, Outside
from bartizan.web.templatetags.bz import as_zone

SHOWN: Final = 50
_GROUPS: Final = (("help", "Need help"), ("", "Not answered"), ("safe", "Safe"))


@require_safe
@needs("see alarms")
def listing(request: HttpRequest) -> HttpResponse:
    return _listing(request)


def _listing(request: HttpRequest, trouble: str = "", preview: dict[str, Any] | None = None) -> HttpResponse:
    user = _user(request)
    every = list(musters(user)[:SHOWN])
    context = {
        "place": "muster",
        "running": [one for one in every if one.is_running],
        "past": [one for one in every if not one.is_running],
        "sites": estate.sites(user).order_by("name"),
        "zones": estate.zones(user).select_related("site").order_by("site__name", "name"),
        "departments": estate.departments(user).order_by("name"),
        "words": acts.WORDS,
        "lacks": _lacks(user),
        "trouble": trouble,
        "typed": request.POST or request.GET,
        "preview": preview,
    }
    return render(request, "cases/musters.html", context, status=422 if trouble else 200)


def _lacks(user: User) -> list[str]:
    """What has to be there before a message can reach somebody, in words."""
    told = [] if estate.people(user).exists() else ["Nobody is in the register of people, so a call reaches nobody."]
    told += [] if preferences.get(Mail).host else ["No mail server is set, so no e-mail leaves."]
    gateway = preferences.get(Outside).sms_address
    return told + ([] if gateway else ["No gateway for text messages is set, so none leaves."])


@require_POST
@needs("work alarms")
def call(request: HttpRequest) -> HttpResponse:
    """First it says whom it would reach; sent is it with the second button."""
    user, told = _user(request), request.POST
    scope, _, code = told.get("whom", "").partition(":")
    asked = acts.Call(
        told.get("kind", ""),
        scope,
        code,
        told.get("words", ""),
        told.get("assembly", ""),
        is_drill=bool(told.get("drill")),
    )
    if not told.get("sure"):
        found = whom(user, scope, code, timezone.now())
        return _listing(request, preview=_preview(asked, found.called, found.note))
    try:
        made = acts.call_muster(asked, user)
    except ValidationError as error:
        return _listing(request, " ".join(error.messages))
    return HttpResponseRedirect(f"/muster/{made.number}")


def _preview(asked: acts.Call, called: Any, note: str) -> dict[str, Any]:
    reached = [one for one in called if one.person.email or one.person.phone]
    return {
        "people": len(called),
        "mail": sum(bool(one.person.email) for one in called),
        "sms": sum(bool(one.person.phone) for one in called),
        "unreached": [one.person.name for one in called if one not in reached][:20],
        "note": note,
        "message": ("DRILL. " if asked.is_drill else "") + (asked.words.strip() or acts.WORDS.get(asked.kind, "")),
    }


@require_safe
@needs("see alarms")
def muster(request: HttpRequest, number: str) -> HttpResponse:
    return _muster(request, number)


def _muster(request: HttpRequest, number: str, trouble: str = "") -> HttpResponse:
    user = _user(request)
    found = get_object_or_404(musters(user), number=number)
    people = list(people_of(user, found))
    context = {
        "place": "muster",
        "muster": found,
        "zone": as_zone(found.zone),
        "called": _local(found.at, found),
        "cleared": _local(found.cleared_at, found),
        "groups": [(key, title, [one for one in people if one.answer == key]) for key, title in _GROUPS],
        "listed": len(people),
        "trouble": trouble,
    }
    note_look(user, f"muster:{number}")
    return render(request, "cases/muster.html", context, status=422 if trouble else 200)


def _local(at: datetime | None, found: Muster) -> str:
    """With day and time however long ago: a list is read again after the drill."""
    if at is None:
        return ""
    local = at.astimezone(as_zone(found.zone))
    return f"{local:%a} {local.day} {local:%b %Y %H:%M %Z}"


@require_POST
@needs("work alarms")
def do(request: HttpRequest, number: str, deed: str) -> HttpResponse:
    user = _user(request)
    found = get_object_or_404(musters(user), number=number)
    try:
        if deed == "tick":
            acts.tick(_person(request, user, found), request.POST.get("answer", ""), user)
        elif deed == "clear":
            acts.all_clear(found, user)
        else:
            raise Http404(f"Nothing called {deed} can be done with a muster.")
    except ValidationError as error:
        return _muster(request, number, " ".join(error.messages))
    return HttpResponseRedirect(f"/muster/{number}")


def _person(request: HttpRequest, user: User, found: Muster) -> MusterPerson:
    pk = request.POST.get("person", "")
    if not is_number(pk):
        raise ValidationError("Choose somebody from the list.")
    return get_object_or_404(people_of(user, found), pk=int(pk))


def running(user: Any) -> int:
    return running_musters(user).count()


def of_doors(user: Any) -> dict[str, Any]:
    """Beside the doors: the musters that run, with those first who were not seen."""
    shown = []
    for found in running_musters(user)[:2]:
        people = list(people_of(user, found))
        shown.append(
            {
                "muster": found,
                "listed": len(people),
                "seen": sum(one.answer == "safe" for one in people),
                "missing": [one for one in people if one.answer != "safe"],
            }
        )
    return {"musters": shown}


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


urlpatterns = [
    path("muster", listing, name="muster"),
    path("muster/call", call, name="muster-call"),
    path("muster/<slug:number>", muster, name="muster-one"),
    path("muster/<slug:number>/do/<slug:deed>", do, name="muster-do"),
]
