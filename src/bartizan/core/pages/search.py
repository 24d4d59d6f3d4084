"""Everything that the reader may see and that matches the words, by kind."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bartizan.core import search as everything
from bartizan.core.access import needs
from bartizan.core.search.found import MOST


@require_safe
@needs("")
def search(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("q", "").strip()[:120]
    context: dict[str, Any] = {"place": "search", "q": asked, "kind": request.GET.get("kind", "")}
    try:
        context |= _found(request.user, asked, context["kind"])
    except everything.Unavailable as reason:
        context["trouble"] = str(reason)
    part = request.headers.get("X-Part") == "results"
    return render(request, "core/_search.html" if part else "core/search.html", context)


def _found(user: Any, asked: str, kind: str) -> dict[str, Any]:
    """All kinds with their first hits, or more hits of the one that was chosen."""
    groups = everything.groups(user, asked)
    chosen = next((group for group in groups if group.name == kind), None)
    hits = everything.search(user, asked, MOST, kind) if chosen else ()
    return {"groups": groups, "chosen": chosen, "hits": hits, "is_cut": chosen and chosen.count > len(hits)}
