"""The list of cases, and opening one by hand."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from bartizan.cases import actions, queries
from bartizan.cases.queries.masks import in_a_list
from bartizan.core.access import needs, require
from bartizan.core.models import User
from bartizan.core.values import is_number
from bartizan.watch import queries as watch
from bartizan.watch.shown import zone_of

VIEWS = {"open": "Open", "closed": "Closed", "all": "All"}
SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
@needs("see cases")
def cases(request: HttpRequest) -> HttpResponse:
    """The list; a POST opens a case about an alarm, or an empty one under its headline."""
    if request.method == "POST":
        require(request.user, "work cases")
        return _open(request)
    return _list(request)


def _open(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    number = request.POST.get("alarm", "")
    alarm = get_object_or_404(watch.alarms(user), pk=number) if is_number(number) else None
    try:
        case = actions.open_case(alarm, headline=request.POST.get("headline", ""), by=user)
    except ValidationError as error:
        return _list(request, trouble=" ".join(error.messages))
    return HttpResponseRedirect(f"/cases/{case.number}")


def _list(request: HttpRequest, trouble: str = "") -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    chosen = request.GET.get("show", "open")
    found = queries.cases(user).annotate(raised=Count("alarms", distinct=True))
    found = found.annotate(undone=Count("tasks", filter=Q(tasks__done_at=None), distinct=True))
    if chosen == "open":
        found = found.exclude(state="closed").order_by("-level", "-opened_at")
    elif chosen == "closed":
        found = found.filter(state="closed").order_by("-closed_at")
    if words := request.GET.get("q", "").strip():
        found = found.filter(Q(headline__icontains=words) | Q(number__icontains=words))
    everything = queries.cases(user)
    numbers = {"all": everything.count(), "open": queries.open_cases(user).count()}
    numbers["closed"] = numbers["all"] - numbers["open"]
    context = {
        "place": "cases",
        "cases": in_a_list(user, found[:SHOWN]),
        "views": [(name, word, numbers[name]) for name, word in VIEWS.items()],
        "chosen": chosen if chosen in VIEWS else "all",
        "q": words,
        "zone": zone_of(user),
        "trouble": trouble,
        "alarms": watch.alarms(user).exclude(state="closed").filter(cases=None).order_by("-level", "-raised_at")[:50],
    }
    return render(request, "cases/cases.html", context, status=422 if trouble else 200)
