"""Bypasses and walk tests that ended, and the report of a test on paper."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from bartizan.core.access import needs
from bartizan.core.actions import note_look
from bartizan.core.typeset import TypesetError
from bartizan.panels import queries
from bartizan.panels.paper import walk_report
from bartizan.web.templatetags.bz import as_zone

WEEK: Final = timedelta(days=7)
"""So long a bypass that ended is shown."""
MOST: Final = 200
TESTS: Final = 50


@require_safe
@needs("see places")
def history(request: HttpRequest) -> HttpResponse:
    context: dict[str, Any] = {
        "place": "panels",
        "ended": list(queries.ended_bypasses(request.user, timezone.now() - WEEK)[:MOST]),
        "tests": list(queries.walk_tests(request.user)[:TESTS]),
    }
    return render(request, "panels/history.html", context)


@require_safe
@needs("see places")
def report(request: HttpRequest, key: int) -> HttpResponse:
    test = get_object_or_404(queries.walk_tests(request.user), pk=key)
    try:
        paper = walk_report(test, as_zone(test.area.panel.site.timezone))
    except TypesetError as error:
        return HttpResponse(str(error), status=422, content_type="text/plain; charset=utf-8")
    note_look(request.user, f"walk-test:{test.pk}")
    answer = HttpResponse(paper, content_type="application/pdf")
    day = f"{test.started_at:%Y-%m-%d}"
    answer["Content-Disposition"] = (
        f'attachment; filename="walk-test-{test.area.panel.code}-{test.area.code}-{day}.pdf"'
    )
    return answer


urlpatterns = [
    path("panels/history", history, name="panels-history"),
    path("panels/walk-tests/<int:key>/report", report, name="panels-walk-report"),
]
