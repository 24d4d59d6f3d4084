"""A drill: a plan rehearsed without a case, with its times kept."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from bartizan.cases import queries
from bartizan.cases.actions import run as runs
from bartizan.cases.pages.plan import steps_of
from bartizan.cases.pages.plan_deeds import noted, step_of
from bartizan.core.access import needs
from bartizan.core.actions import note_look
from bartizan.core.models import User
from bartizan.core.subjects import page_of
from bartizan.watch.shown import zone_of

page_of("drill", "/drills/{}")


@require_safe
@needs("see cases")
def drill(request: HttpRequest, key: int) -> HttpResponse:
    return _show(request, key)


def _show(request: HttpRequest, key: int, trouble: str = "") -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    run = get_object_or_404(queries.drills(user), pk=key)
    context: dict[str, Any] = {
        "place": "plans",
        "run": run,
        "zone": zone_of(user),
        "trouble": trouble,
        "typed": request.POST,
    }
    if run.started_at:
        context |= steps_of(run, None)
    else:
        context["first_step"] = run.plan.steps[0]
    note_look(user, f"drill:{run.pk}")
    return render(request, "cases/drill.html", context, status=422 if trouble else 200)


@require_POST
@needs("work cases")
def do(request: HttpRequest, key: int, deed: str) -> HttpResponse:
    """Begin a planned drill, note a step, or stop it."""
    user = request.user
    assert isinstance(user, User)
    run = get_object_or_404(queries.drills(user), pk=key)
    try:
        if deed == "begin":
            runs.begin_drill(run, user)
        elif deed == "note":
            runs.note_step(run, step_of(request), user, **noted(request))
        elif deed == "stop":
            runs.stop_run(run, request.POST.get("because", ""), user)
        else:
            raise Http404(f"Nothing called {deed} can be done with a drill.")
    except ValidationError as error:
        return _show(request, key, " ".join(error.messages))
    return HttpResponseRedirect(f"/drills/{run.pk}")


urlpatterns = [
    path("drills/<int:key>", drill, name="drill"),
    path("drills/<int:key>/do/<slug:deed>", do, name="drill-do"),
]
