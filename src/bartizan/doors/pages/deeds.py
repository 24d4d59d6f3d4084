"""What is done from the Doors page. Each deed is a form of its own and works without script."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_POST

from bartizan.core.access import needs, visible_to
from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.core.values import is_number
from bartizan.doors.actions import orders
from bartizan.doors.models import Order
from bartizan.doors.pages.doors import NAMES, NAMES_FOR, page, scope_from, view_of
from bartizan.doors.queries.scopes import Scope

Deed = Callable[[HttpRequest, User], None]
BACK: Final = ("site", "show")


@require_POST
@needs("work doors")
def do(request: HttpRequest, deed: str) -> HttpResponse:
    """Lock down, release, let stand open, end."""
    return _done(request, _DEEDS, deed)


@require_POST
@needs("see people")
def names(request: HttpRequest, deed: str) -> HttpResponse:
    """Show names in the log for a while, which is recorded; or hide them again."""
    return _done(request, _NAMES, deed)


def _done(request: HttpRequest, deeds: dict[str, Deed], deed: str) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    if deed not in deeds:
        raise Http404(f"Nothing called {deed} can be done with doors.")
    try:
        deeds[deed](request, user)
    except ValidationError as error:
        return page(request, " ".join(error.messages), status=422)
    kept = {name: value for name in BACK if (value := request.POST.get(name, ""))}
    return HttpResponseRedirect(f"/doors?{urlencode(kept)}" if kept else "/doors")


def _scope(request: HttpRequest, user: User) -> Scope:
    scope = scope_from(user, request.POST.get("scope", ""))
    if scope is None:
        raise ValidationError("Choose a site, a floor, a zone or a door that is open to you.")
    return scope


def _lock(request: HttpRequest, user: User) -> None:
    view = view_of(request.POST, user)
    orders.lock_down(_scope(request, user), view.level, [], view.minutes, request.POST.get("reason", ""), user)


def _release(request: HttpRequest, user: User) -> None:
    view = view_of(request.POST, user)
    orders.release(_scope(request, user), view.minutes, request.POST.get("reason", ""), user)


def _open(request: HttpRequest, user: User) -> None:
    view = view_of(request.POST, user)
    orders.stand_open(_scope(request, user), view.minutes, request.POST.get("reason", ""), user)


def _end(request: HttpRequest, user: User) -> None:
    pk = request.POST.get("order", "")
    if not is_number(pk):
        raise ValidationError("Choose what to end.")
    orders.end(get_object_or_404(visible_to(user, Order.objects.all()), pk=int(pk)), user)


def _show(request: HttpRequest, user: User) -> None:
    request.session[NAMES] = time.time() + NAMES_FOR
    record(user, "showed names at doors", f"site:{view_of(request.POST, user).site}", minutes=NAMES_FOR // 60)


def _hide(request: HttpRequest, user: User) -> None:
    request.session.pop(NAMES, None)


_DEEDS: Final[dict[str, Deed]] = {"lock": _lock, "release": _release, "open": _open, "end": _end}
_NAMES: Final[dict[str, Deed]] = {"names": _show, "hide": _hide}

urlpatterns = [
    path("doors/names/<slug:deed>", names, name="doors-names"),
    path("doors/do/<slug:deed>", do, name="doors-do"),
]
