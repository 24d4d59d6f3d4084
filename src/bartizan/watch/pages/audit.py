"""The audit: who did what to what and when. Read only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from bartizan.core.access import visible_to
from bartizan.core.models import AuditEntry, User
from bartizan.core.queries import officers
from bartizan.engines.observe import split_reference
from bartizan.watch import shown
from bartizan.watch.pages.entity import REGISTERS
from bartizan.web.shell import Item, menu

menu(Item("audit", "Audit", "audit", order=80))

PAGE = 100
PAGES = {"case": "/cases/{}", "source": "/sources/{}", "rule": "/rules?rule={}", "alarm": "/?alarm={}"}


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    zone = shown.zone_of(user)
    found = visible_to(user, AuditEntry.objects.select_related("by").order_by("-pk"))
    trouble = ""
    try:
        found = _filtered(found, request, zone)
    except ValueError:
        trouble = "A day is written like 2026-11-17."
    entries = list(found[: PAGE + 1])
    kept = {name: request.GET.get(name, "") for name in ("by", "did", "to", "from", "until")}
    further = {k: v for k, v in kept.items() if v} | ({"before": str(entries[PAGE - 1].pk)} if entries[PAGE:] else {})
    context = {
        "place": "audit",
        "zone": zone,
        "entries": [(entry, url_of(entry.subject)) for entry in entries[:PAGE]],
        "officers": officers(user),
        "kept": kept,
        "has_filters": any(kept.values()),
        "from_value": kept["from"],
        "older": urlencode(further) if "before" in further else "",
        "is_first": "before" not in request.GET,
        "trouble": trouble,
    }
    return render(request, "watch/audit.html", context, status=422 if trouble else 200)


def _filtered(found: QuerySet[AuditEntry], request: HttpRequest, zone: Any) -> QuerySet[AuditEntry]:
    get = request.GET
    if by := get.get("by"):
        found = found.filter(by=None) if by == "bartizan" else found.filter(by__username=by)
    if did := get.get("did", "").strip():
        found = found.filter(verb__icontains=did)
    if to := get.get("to", "").strip():
        found = found.filter(subject__icontains=to)
    if day := get.get("from", "").strip():
        found = found.filter(at__gte=datetime.fromisoformat(day).replace(tzinfo=zone))
    if day := get.get("until", "").strip():
        found = found.filter(at__lt=datetime.fromisoformat(day).replace(tzinfo=zone) + timedelta(days=1))
    before = get.get("before", "")
    return found.filter(pk__lt=int(before)) if before.isdecimal() and len(before) < 19 else found


def url_of(subject: str) -> str:
    """The page of what it was done to, where it has one."""
    kind, name = split_reference(subject)
    if kind in PAGES:
        return PAGES[kind].format(name)
    return f"/entity/{kind}/{name}" if kind in REGISTERS else ""


urlpatterns = [path("audit", audit, name="audit")]
