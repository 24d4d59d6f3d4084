"""The nuisance board's own part of the page, and what is proposed there."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from bartizan.core.access import needs, visible_to
from bartizan.panels import nuisance
from bartizan.watch import actions
from bartizan.watch.models import DetectorProposal

OPEN_SHOWN = 20


@require_safe
@needs("see alarms")
def show(request: HttpRequest) -> HttpResponse:
    return _show(request)


def _show(request: HttpRequest, said: str = "", wrong: str = "") -> HttpResponse:
    made = DetectorProposal.objects.filter(state="open").select_related("by").order_by("-pk")
    context: dict[str, Any] = {
        "place": "panels",
        "nuisance": nuisance.board(request.user, timezone.now()),
        "proposals": list(visible_to(request.user, made)[:OPEN_SHOWN]),
        "said": said,
        "wrong": wrong,
    }
    template = "panels/_nuisance.html" if request.headers.get("X-Part") else "panels/nuisance.html"
    return render(request, template, context, status=422 if wrong else 200)


@require_POST
@needs("work alarms")
def propose(request: HttpRequest) -> HttpResponse:
    """The figures are reckoned anew here: what a form says of them counts for nothing."""
    board = nuisance.board(request.user, timezone.now())
    row = next((row for row in board.rows if row.standing.detector == request.POST.get("detector")), None)
    remedy = next((one for one in row.remedies if one.name == request.POST.get("remedy")), None) if row else None
    if row is None or remedy is None:
        return _show(request, wrong="That is not on the board any more; see how it stands now.")
    figures = {
        "false": len(row.standing.false),
        "answered": row.standing.answered,
        "days": board.days,
        "kept": remedy.kept_words,
        "spares": remedy.spared_words,
    }
    try:
        actions.propose(
            row.standing.detector, remedy.name, remedy.words, _user(request),
            figures=figures, site=row.spot.site, zone=row.spot.zone,
        )  # fmt: skip
    except ValidationError as error:
        return _show(request, wrong=" ".join(error.messages))
    return _answered(request, f"Proposed for {row.spot.code}: {remedy.words}")


@require_POST
@needs("work alarms")
def settle(request: HttpRequest, key: int) -> HttpResponse:
    proposal = get_object_or_404(visible_to(request.user, DetectorProposal.objects.all()), pk=key)
    try:
        actions.settle(proposal, request.POST.get("state", ""), request.POST.get("words", ""), _user(request))
    except ValidationError as error:
        return _show(request, wrong=" ".join(error.messages))
    return _answered(request, f"{proposal.words}: {request.POST.get('state')}")


def _answered(request: HttpRequest, said: str) -> HttpResponse:
    if request.headers.get("X-Part"):
        return _show(request, said)
    return HttpResponseRedirect(reverse("panels-nuisance"))


def _user(request: HttpRequest) -> Any:
    """Signed in, and allowed to: ``needs`` has asked."""
    return request.user


urlpatterns = [
    path("panels/nuisance", show, name="panels-nuisance"),
    path("panels/nuisance/propose", propose, name="panels-propose"),
    path("panels/nuisance/<int:key>/settle", settle, name="panels-settle"),
]
