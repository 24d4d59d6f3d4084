"""The chain, its head and its time stamp as files that prove themselves to somebody without Bartizan."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bartizan.cases import queries
from bartizan.cases.exhibits_told import chain_of
from bartizan.cases.models import Case, TimeStamp
from bartizan.core.access import needs
from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.engines.custody.stamp import ANSWER_TYPE, message_of


@require_safe
@never_cache
@needs("see cases")
def paper(request: HttpRequest, number: str, paper: str) -> HttpResponse:
    """One of them, as a download; that somebody took it is in the audit."""
    user = request.user
    assert isinstance(user, User)
    case = get_object_or_404(queries.cases(user), number=number)
    content, name, kind = _PAPERS[paper](case)
    if request.method == "GET":
        record(user, f"took the {paper} of custody", f"case:{number}")
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


Paper = tuple[bytes, str, str]


def _chain(case: Case) -> Paper:
    return chain_of(case), f"custody-{case.number}.txt", "text/plain; charset=utf-8"


def _stamp(case: Case) -> Paper:
    return bytes(_last(case).token), f"custody-{case.number}.tsr", ANSWER_TYPE


def _head(case: Case) -> Paper:
    """What the last time stamp stands for."""
    last = _last(case)
    return message_of(case.number, last.number, last.digest), f"custody-{case.number}-head.txt", "text/plain"


def _last(case: Case) -> TimeStamp:
    last = TimeStamp.objects.filter(custody__case=case).order_by("-number").first()
    if last is None:
        raise Http404("The custody of this case has no time stamp yet.")
    return last


_PAPERS: dict[str, Callable[[Case], Paper]] = {"chain": _chain, "stamp": _stamp, "head": _head}
