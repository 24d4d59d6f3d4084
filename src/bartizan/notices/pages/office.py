"""What the office decides: what tells whom, who is on call, and its webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bartizan.core.access import needs
from bartizan.core.models import User
from bartizan.core.preferences import get
from bartizan.core.values import is_number
from bartizan.notices import actions, queries, triggers
from bartizan.notices.decisions import Mail
from bartizan.notices.models import LEVELS, Channel, Choice, Duty
from bartizan.notices.trial import trial
from bartizan.web.shell import zone_of
from bartizan.web.templatetags.bz import as_zone

FAILED = 8
HERE = "/settings/notices"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table of what tells whom."""

    trigger: triggers.Trigger
    choice: Choice
    webhooks: frozenset[int]


@dataclass(frozen=True, slots=True)
class OnCall:
    duty: Duty
    is_now: bool
    words: str
    """From when to when, with dates: a week begins and ends on the same day of the week."""


@require_safe
@needs(queries.CHANGE)
@never_cache
def office(request: HttpRequest) -> HttpResponse:
    return page(request)


def page(
    request: HttpRequest,
    errors: Mapping[str, str] | None = None,
    kept: Mapping[str, Any] | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    now = timezone.now()
    duties = list(queries.duties(user, now))
    zone = as_zone(zone_of(user))
    local = now.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    context = {
        "place": "settings",
        "rows": [_row(each) for each in triggers.all_triggers()],
        "kinds": [("mail", "Mail"), ("push", "Push")],
        "levels": LEVELS,
        "webhooks": queries.office_channels(user),
        "duties": [OnCall(duty, duty.starts_at <= now, _span(duty, zone)) for duty in duties],
        "is_covered": any(duty.starts_at <= now for duty in duties),
        "people": queries.who_may("work alarms"),
        "starts": f"{local:%Y-%m-%dT%H:%M}",
        "ends": f"{local + timedelta(days=7):%Y-%m-%dT%H:%M}",
        "unwell": queries.unwell(user).exclude(user=None),
        "failed": queries.deliveries(user).filter(state="failed")[:FAILED],
        "mail_host": get(Mail).host,
        "errors": errors or {},
        "kept": kept or {},
        "secret": secret,
    }
    return render(request, "notices/office.html", context, status=422 if errors else status)


def _span(duty: Duty, zone: tzinfo) -> str:
    times = (at.astimezone(zone) for at in (duty.starts_at, duty.ends_at))
    return " to ".join(f"{at:%a} {at.day} {at:%b %H:%M}" for at in times)


def _row(declared: triggers.Trigger) -> Row:
    choice = queries.choice_of(declared.name)
    chosen = choice.webhooks.values_list("pk", flat=True) if choice.pk else ()
    return Row(declared, choice, frozenset(chosen))


@require_POST
@needs(queries.CHANGE)
@never_cache
def choose(request: HttpRequest) -> HttpResponse:
    """The whole table at once; nothing is changed when a line is wrong."""
    user = request.user
    assert isinstance(user, User)
    try:
        with atomic():
            for declared in triggers.all_triggers():
                _choose(declared, request.POST, user)
    except ValidationError as error:
        return page(request, {"choices": " ".join(error.messages)})
    return HttpResponseRedirect(HERE)


def _choose(declared: triggers.Trigger, post: QueryDict, by: User) -> None:
    name, before = declared.name, _row(declared)
    least = post.get(f"{name}-least", str(before.choice.least))
    wanted = {
        "is_on": declared.is_private or f"{name}-on" in post,
        "least": int(least) if least.isdecimal() else -1,
        "kinds": [kind for kind in triggers.PERSONAL if f"{name}-{kind}" in post],
        "webhooks": frozenset(int(key) for key in post.getlist(f"{name}-webhooks") if is_number(key)),
    }
    held = {n: getattr(before.choice, n) for n in ("is_on", "least", "kinds")} | {"webhooks": before.webhooks}
    if wanted != held:
        actions.choose(name, by, **wanted)  # type: ignore[arg-type]  # the four named arguments of choose


@require_POST
@needs(queries.CHANGE)
@never_cache
def add_webhook(request: HttpRequest) -> HttpResponse:
    user, post = request.user, request.POST
    assert isinstance(user, User)
    try:
        _, secret = actions.add_webhook(user, post.get("name", ""), post.get("address", ""))
    except ValidationError as error:
        return page(request, _errors(error), {"name": post.get("name", ""), "address": post.get("address", "")})
    return page(request, secret=secret, status=201)


@require_POST
@needs(queries.CHANGE)
@never_cache
def webhook(request: HttpRequest, key: int, deed: str) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    channel: Channel = get_object_or_404(queries.office_channels(user), pk=key)
    if deed == "test":
        trial(channel, user)
    elif deed == "remove":
        actions.remove_channel(channel, user)
    elif deed in ("on", "off"):
        actions.change_channel(channel, user, least=channel.least, is_on=deed == "on")
    else:
        raise Http404(f"Nothing called {deed} can be done with a webhook.")
    return HttpResponseRedirect(f"{HERE}#webhooks")


@require_POST
@needs(queries.CHANGE)
@never_cache
def add_duty(request: HttpRequest) -> HttpResponse:
    """Times are the site's."""
    user, post = request.user, request.POST
    assert isinstance(user, User)
    kept = {name: post.get(name, "") for name in ("who", "starts_at", "ends_at", "place", "least", "note")}
    who = {person.username: person for person in queries.who_may("work alarms")}.get(kept["who"])
    if who is None:
        return page(request, {"who": "Choose somebody who may work alarms."}, kept)
    zone = as_zone(zone_of(user))
    try:
        times = [datetime.fromisoformat(kept[name]).replace(tzinfo=zone) for name in ("starts_at", "ends_at")]
    except ValueError:
        return page(request, {"ends_at": "A time is written like 2026-11-22T18:00."}, kept)
    place, least = (
        int(kept[name]) if kept[name].isdecimal() and len(kept[name]) < 4 else -1 for name in ("place", "least")
    )
    try:
        actions.add_duty(user, who, times[0], times[1], place=place, least=least, note=kept["note"])
    except ValidationError as error:
        return page(request, _errors(error), kept)
    return HttpResponseRedirect(f"{HERE}#on-call")


@require_POST
@needs(queries.CHANGE)
@never_cache
def remove_duty(request: HttpRequest, key: int) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    actions.remove_duty(get_object_or_404(queries.duties(user, timezone.now()), pk=key), user)
    return HttpResponseRedirect(f"{HERE}#on-call")


def _errors(error: ValidationError) -> dict[str, str]:
    if hasattr(error, "error_dict"):
        return {name: " ".join(words) for name, words in error.message_dict.items()}
    return {"all": " ".join(error.messages)}


urlpatterns = [
    path("settings/notices", office, name="notice-settings"),
    path("settings/notices/choose", choose, name="notice-choose"),
    path("settings/notices/webhooks", add_webhook, name="notice-webhook-add"),
    path("settings/notices/webhooks/<int:key>/<slug:deed>", webhook, name="notice-webhook"),
    path("settings/notices/on-call", add_duty, name="notice-duty-add"),
    path("settings/notices/on-call/<int:key>/remove", remove_duty, name="notice-duty-remove"),
]
