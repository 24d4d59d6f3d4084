"""How one is told: one's own channels with their tests, and quiet hours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bartizan.core.access import may, needs
from bartizan.core.accounts.browsers import browser_words
from bartizan.core.models import User
from bartizan.core.preferences import get
from bartizan.notices import actions, push, queries, this_browser
from bartizan.notices.decisions import Mail
from bartizan.notices.models import LEVELS, QuietHours
from bartizan.notices.trial import trial
from bartizan.web.shell import zone_of

RECENT = 8
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@require_safe
@needs("")
@never_cache
def own(request: HttpRequest) -> HttpResponse:
    return page(request, {})


def page(request: HttpRequest, errors: Mapping[str, str], kept: Mapping[str, Any] | None = None) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    hours = QuietHours.objects.filter(user=user).first()
    context = {
        "place": "account",
        "channels": queries.own_channels(user),
        "levels": LEVELS,
        "hours": hours or QuietHours(user=user, starts=time(22), ends=time(7), days=list(range(7)), is_on=False),
        "days": list(enumerate(DAYS)),
        "recent": queries.deliveries(user).filter(channel__user=user)[:RECENT],
        "vapid": push.public_key(),
        "has_mail": bool(get(Mail).host),
        "may_set": may(user, queries.CHANGE),
        "mail": user.email,
        "errors": errors,
        "kept": kept or {},
    }
    return render(request, "notices/own.html", context, status=422 if errors else 200)


@require_POST
@needs("")
@never_cache
def add(request: HttpRequest, kind: str) -> HttpResponse:
    user, post = request.user, request.POST
    assert isinstance(user, User)
    if kind == "mail":
        try:
            actions.add_channel(user, "mail", post.get("address", ""))
        except ValidationError as error:
            return page(request, {"address": " ".join(error.messages)}, {"address": post.get("address", "")})
        return HttpResponseRedirect("/account/notices")
    if kind != "push":
        raise Http404("A channel is a mail address or a browser.")
    keys = {name: post.get(name, "") for name in ("p256dh", "auth")}
    problem = push.problem_of(post.get("endpoint", ""), keys)
    if problem:
        return HttpResponse(problem, status=422, content_type="text/plain")
    name = browser_words(request.headers.get("User-Agent", ""))
    try:
        channel = actions.add_channel(user, "push", post["endpoint"], name=name, keys=keys)
    except ValidationError as error:
        return HttpResponse(" ".join(error.messages), status=422, content_type="text/plain")
    answer = HttpResponse(status=204)
    this_browser.remember(request, answer, channel.pk)
    return answer


@require_POST
@needs("")
@never_cache
def do(request: HttpRequest, key: int, deed: str) -> HttpResponse:
    """Change, test or remove one's own channel; another person's is not found."""
    user = request.user
    assert isinstance(user, User)
    channel = get_object_or_404(queries.own_channels(user), pk=key)
    if deed == "save":
        least = request.POST.get("least", "")
        try:
            actions.change_channel(
                channel, user, least=int(least) if least.isdecimal() else -1, is_on="is_on" in request.POST
            )
        except ValidationError as error:
            return page(request, {f"channel-{key}": " ".join(error.messages)})
    elif deed == "test":
        trial(channel, user)
    elif deed == "remove":
        actions.remove_channel(channel, user)
    else:
        raise Http404(f"Nothing called {deed} can be done with a channel.")
    return HttpResponseRedirect("/account/notices")


@require_POST
@needs("")
@never_cache
def quiet(request: HttpRequest) -> HttpResponse:
    user, post = request.user, request.POST
    assert isinstance(user, User)
    try:
        starts, ends = _clock(post.get("starts", "")), _clock(post.get("ends", ""))
        days = {int(day) for day in post.getlist("days")}
        breaks = int(post.get("breaks", ""))
    except ValueError:
        return page(request, {"quiet": "A time is written like 22:00."})
    try:
        actions.set_quiet_hours(user, starts, ends, days, breaks, is_on="is_on" in post, zone=zone_of(user))
    except ValidationError as error:
        return page(request, {"quiet": " ".join(error.messages)})
    return HttpResponseRedirect("/account/notices#quiet")


def _clock(text: str) -> time:
    """Raises ValueError; also for a time with an offset, for the clock is the site's."""
    found = time.fromisoformat(text)
    if found.tzinfo:
        raise ValueError(text)
    return found


urlpatterns = [
    path("account/notices", own, name="my-notices"),
    path("account/notices/add/<slug:kind>", add, name="my-notices-add"),
    path("account/notices/quiet", quiet, name="my-notices-quiet"),
    path("account/notices/<int:key>/<slug:deed>", do, name="my-notices-do"),
]
