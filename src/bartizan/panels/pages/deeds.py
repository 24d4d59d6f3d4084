"""What is done with areas from the board. Each is a form of its own and works without script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from bartizan.core.access import needs, visible_to
from bartizan.core.models import User
from bartizan.panels import actions, queries
from bartizan.panels.models import Area, Detector
from bartizan.panels.pages.board import context_of, frame_of, here_of
from bartizan.panels.pages.forms import form_context, number_in
from bartizan.web.templatetags.bz import as_zone

Deed = Callable[[HttpRequest, User], str]
"""Does it and says in words what was done."""


def arm(request: HttpRequest, user: User) -> str:
    areas, mode = _areas(request, user), request.POST.get("mode", "")
    bypasses = _bypasses(request, user)
    at_once = bool(request.POST.get("at_once"))
    actions.arm(areas, mode, user, bypasses=bypasses, delay=not at_once)
    extra = f", {len(bypasses)} bypassed" if bypasses else ""
    return f"{_called(areas)} armed {mode}{extra}" + ("" if at_once else "; the exit delay runs")


def _bypasses(request: HttpRequest, user: User) -> list[actions.NewBypass]:
    """Detectors that are to be bypassed there and then, each with the one reason and end of the form."""
    wanted = {number_in(key) for key in request.POST.getlist("bypass")}
    if not wanted:
        return []
    detectors = visible_to(user, Detector.objects.select_related("panel__site", "area").filter(pk__in=wanted))
    reason = request.POST.get("reason", "")
    return [actions.NewBypass(one, reason, _until(request, one.panel.site.timezone)) for one in detectors]


def disarm(request: HttpRequest, user: User) -> str:
    areas = _areas(request, user)
    waiting = actions.disarm(areas, user)
    if waiting:
        return f"A second person must disarm {_called(waiting)} too"
    return f"{_called(areas)} disarmed"


def bypass(request: HttpRequest, user: User) -> str:
    detector = _detector(request, user)
    until = _until(request, detector.panel.site.timezone)
    holds = actions.bypass(detector, request.POST.get("reason", ""), until, user)
    return (
        f"{detector.name} is bypassed" if holds else f"A second person must ask for the bypass of {detector.name} too"
    )


def end_bypass(request: HttpRequest, user: User) -> str:
    detector = _detector(request, user)
    actions.end_bypass(detector, user)
    return f"{detector.name} counts again"


def start_walk(request: HttpRequest, user: User) -> str:
    area = _area(request, user)
    minutes = number_in(request.POST.get("minutes", "")) or 30
    actions.start_walk_test(area, timezone.now() + timedelta(minutes=minutes), user)
    return f"Walk test of {area.name} begun; fire and panic stay live"


def longer_walk(request: HttpRequest, user: User) -> str:
    area = _area(request, user)
    view = queries.view_of(user, area.pk, timezone.now())
    if view is None or view.test is None:
        raise ValidationError("That walk test has ended.")
    actions.lengthen_walk_test(area, view.test.until + timedelta(minutes=15), user)
    return f"Walk test of {area.name} made 15 minutes longer"


def end_walk(request: HttpRequest, user: User) -> str:
    area = _area(request, user)
    actions.end_walk_test(area, user)
    return f"Walk test of {area.name} ended; its report is under Walk tests"


def move(request: HttpRequest, user: User) -> str:
    area = _area(request, user)
    to = _moment(request.POST.get("to", ""), area.panel.site.timezone, "Say when it is to arm itself.")
    actions.move_arming(area, to, user)
    return f"{area.name} arms itself later, this once"


DEEDS: Final[dict[str, tuple[str, Deed]]] = {
    "arm": ("arm", arm),
    "disarm": ("disarm", disarm),
    "bypass": ("bypass", bypass),
    "end-bypass": ("", end_bypass),
    "walk": ("walk", start_walk),
    "walk-longer": ("", longer_walk),
    "walk-end": ("", end_walk),
    "move": ("move", move),
}
"""Of each deed the form that it came from, which is shown again when it is refused."""


@require_POST
@needs("work panels")
def do(request: HttpRequest, deed: str) -> HttpResponse:
    form, act = DEEDS[deed]
    said = trouble = ""
    try:
        said = act(request, _user(request))
    except ValidationError as error:
        trouble = " ".join(error.messages)
    part = request.headers.get("X-Part", "")
    if said and not part:
        return HttpResponseRedirect(here_of(request))
    context = frame_of(request) | {"said": said, "trouble": trouble}
    context |= form_context(request, form) if trouble and form else {"do": ""}
    if not part:
        context = context_of(request) | context
    template = "panels/_deed.html" if part else "panels/panels.html"
    return render(request, template, context, status=422 if trouble else 200)


def _areas(request: HttpRequest, user: User) -> list[Area]:
    wanted = {number_in(key) for key in request.POST.getlist("area")}
    found = list(queries.areas(user).filter(pk__in=wanted))
    if not found:
        raise ValidationError("Choose at least one area.")
    return found


def _area(request: HttpRequest, user: User) -> Area:
    return get_object_or_404(queries.areas(user), pk=number_in(request.POST.get("area", "")))


def _detector(request: HttpRequest, user: User) -> Detector:
    every = visible_to(user, Detector.objects.select_related("panel__site", "area"))
    found = every.filter(pk=number_in(request.POST.get("detector", ""))).first()
    if found is None:
        raise ValidationError("Choose a detector from the list.")
    return found


def _until(request: HttpRequest, zone: str) -> datetime:
    """The own time where one was typed, else the one that was chosen."""
    own = request.POST.get("until_own", "")
    return _moment(own or request.POST.get("until", ""), zone, "Choose an end: there is no bypass without one.")


def _moment(value: str, zone: str, words: str) -> datetime:
    try:
        found = datetime.fromisoformat(value)
        aware = found if found.tzinfo else found.replace(tzinfo=as_zone(zone))
        aware.timestamp()
    except (ValueError, OverflowError) as error:
        raise ValidationError(words) from error
    return aware


def _called(areas: list[Area]) -> str:
    return areas[0].name if len(areas) == 1 else f"{len(areas)} areas"


def _user(request: HttpRequest) -> Any:
    """Signed in, and allowed to: ``needs`` has asked."""
    return request.user


urlpatterns = [path(f"panels/do/{deed}", do, {"deed": deed}, name=f"panels-{deed}") for deed in DEEDS]
