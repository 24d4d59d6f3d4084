"""The personal link of a muster: two buttons, no sign-in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bartizan.cases.actions import muster as acts
from bartizan.cases.pages.report_limits import SAFE, WRONG_LINKS, take
from bartizan.cases.queries.muster import person_of


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def safe(request: HttpRequest, token: str) -> HttpResponse:
    """To open it answers nothing: mail servers open links too. Whoever has a link is never held up by others who try
    wrong ones from the same address, such as an office's."""
    person = person_of(token)
    if person is None:
        if not take(request, WRONG_LINKS):
            return render(request, "cases/report_wait.html", {"limit": WRONG_LINKS}, status=429)
        return render(request, "cases/safe.html", {}, status=404)
    trouble = ""
    if request.method == "POST":
        if not take(request, SAFE, person.digest):
            return render(request, "cases/report_wait.html", {"limit": SAFE}, status=429)
        try:
            acts.answer(person, request.POST.get("answer", ""), request.POST.get("words", "").replace("\x00", ""))
        except ValidationError as error:
            trouble = " ".join(error.messages)
    facts = {"person": person, "muster": person.muster, "trouble": trouble, "token": token, "typed": request.POST}
    return render(request, "cases/safe.html", facts, status=422 if trouble else 200)


urlpatterns = [path("safe/<str:token>", safe, name="safe")]
