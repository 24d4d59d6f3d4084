"""The timeline of a case masks the case's people as the case itself does: it is another view of the same records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from bartizan.cases import queries
from bartizan.cases.pages.masking import masked, veil_of

PATH: Final = "/timeline"


class MaskedTimeline:
    """Masks what the timeline shows when it is asked for a case; without a case it is the timeline of everything."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        numbers = request.GET.getlist("case") if request.path == PATH else ()
        if not numbers or response.streaming or "text/html" not in response.get("Content-Type", ""):
            return response
        html = response.content.decode()
        for case in queries.cases(request.user).filter(number__in=numbers):
            user: Any = request.user
            html = masked(html, veil_of(user, case).of(case, keeps_officers=True))
        response.content = html
        return response
