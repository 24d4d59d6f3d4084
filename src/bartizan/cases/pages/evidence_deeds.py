"""What an officer does with evidence: each form comes here, does one thing, and goes back to its exhibit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from typing import Any

from asgiref.sync import sync_to_async
from django.core.exceptions import ValidationError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bartizan.cases import queries
from bartizan.cases.actions import exhibit as deeds
from bartizan.cases.actions.proving import ask_check
from bartizan.cases.custody import Party, Step, party_of
from bartizan.cases.label import label_of
from bartizan.cases.models import Case, Exhibit, MissingThing
from bartizan.cases.pages import evidence, view
from bartizan.cases.pages.bringing import FORMS, take_in
from bartizan.cases.pages.deeds import local_time
from bartizan.cases.pages.signing import colleagues, party, signature
from bartizan.cases.queries.exhibit import exhibits, links_of
from bartizan.core import vault
from bartizan.core.access import may, needs
from bartizan.core.files import files_of
from bartizan.core.models import User
from bartizan.core.values import is_number
from bartizan.watch.shown import zone_of

ASKED = ("handover", "seal", "read", "copy", "look", "found")
"""Forms that stand beside the list, for the exhibit that is open."""


@require_safe
@needs("see cases")
def tab(request: HttpRequest, number: str, exhibit: str = "") -> HttpResponse:
    return _shown(request, number, exhibit)


def _shown(request: HttpRequest, number: str, exhibit: str = "", trouble: str = "") -> HttpResponse:
    """The tab with one exhibit open, and the form that was asked for."""
    user = request.user
    assert isinstance(user, User)
    case = get_object_or_404(queries.cases(user), number=number)
    told = request.POST if trouble else request.GET
    try:
        content = evidence.page(user, case, exhibit)
    except Exhibit.DoesNotExist as error:
        raise Http404(str(error)) from error
    asked, new = told.get("do", ""), told.get("new", "")
    is_able = may(user, "work cases")
    content |= {
        "asked_for": asked if asked in ASKED and content["chosen"] and is_able else "",
        "new": new if new in (*FORMS, "missing") and is_able else "",
        "forms": FORMS,
        "colleagues": colleagues(user, case) if is_able else [],
        "kept": files_of(user, f"case:{case.number}"),
    }
    return view.show(request, number, "evidence", trouble, content)


@require_safe
@needs("see cases")
def label(request: HttpRequest, number: str, exhibit: str) -> HttpResponse:
    """A page to print: the label alone, black on white in every theme."""
    user = request.user
    assert isinstance(user, User)
    found = get_object_or_404(exhibits(user, get_object_or_404(queries.cases(user), number=number)), number=exhibit)
    return render(request, "cases/label.html", {"label": label_of(found, links_of(found)), "exhibit": found})


@require_POST
@never_cache
@needs("work cases")
def do(request: HttpRequest, number: str, deed: str) -> HttpResponseBase:
    """One deed. What was wrong with it is said on the tab, with what was typed, and nothing is written."""
    user = request.user
    assert isinstance(user, User)
    case = get_object_or_404(queries.cases(user), number=number)
    act = _DEEDS.get(deed)
    if act is None:
        raise Http404(f"Nothing called {deed} can be done with evidence.")
    chosen = request.POST.get("exhibit", "")
    if chosen and not exhibits(user, case).filter(number=chosen).exists():
        raise Http404(f"Case {number} has no exhibit {chosen} that is open to you.")
    try:
        answer = act(request, case, user)
    except ValidationError as error:
        return _shown(request, number, chosen, " ".join(error.messages))
    if isinstance(answer, Exhibit):
        return HttpResponseRedirect(f"/cases/{number}/evidence/{answer.number}")
    return answer or HttpResponseRedirect(f"/cases/{number}/evidence" + (f"/{chosen}" if chosen else ""))


Answer = HttpResponseBase | Exhibit | None


def _exhibit(request: HttpRequest, case: Case, user: User) -> Exhibit:
    return get_object_or_404(exhibits(user, case), number=request.POST.get("exhibit", ""))


def _new(request: HttpRequest, case: Case, user: User) -> Answer:
    return take_in(request, case, user)


def _step(request: HttpRequest, case: Case, user: User) -> Step:
    post = request.POST
    at: datetime | None = local_time(post.get("at", ""), zone_of(user, case.site))
    return Step(
        why=post.get("why", ""),
        how=post.get("how", "").strip(),
        place=post.get("place", ""),
        at=at,
        seal_state=post.get("seal_state", ""),
        seal_found=post.get("seal_found", ""),
        seal_left=post.get("seal_left", "").strip() or None,
        changes=post.get("changes", ""),
        changes_by=post.get("changes_by", ""),
    )


def _handover(request: HttpRequest, case: Case, user: User) -> Answer:
    """From its holder to somebody else, back into the house, or back to its owner."""
    exhibit, to = _exhibit(request, case, user), party(request, case, "to")
    act = _PASSES.get(request.POST.get("deed", ""))
    if act is None:
        raise ValidationError("Say whether it is handed over, comes back, or goes back to its owner.")
    giver = Party(exhibit.holder, exhibit.holder_ref)
    signed = [signature(request, "from", giver, "gives"), signature(request, "to", to, "takes")]
    act(exhibit, to, _step(request, case, user), signed, user)
    return None


_PASSES: dict[str, Callable[..., Any]] = {
    "handover": deeds.hand_over,
    "return": deeds.return_exhibit,
    "back": deeds.give_back,
}


def _copy(request: HttpRequest, case: Case, user: User) -> Answer:
    exhibit, to = _exhibit(request, case, user), party(request, case, "to")
    signed = [signature(request, "from", party_of(user), "gives"), signature(request, "to", to, "takes")]
    deeds.give_copy(exhibit, to, _step(request, case, user), signed, user)
    return None


def _seal(request: HttpRequest, case: Case, user: User) -> Answer:
    signed = [signature(request, "from", party_of(user), "does")]
    witness = party(request, case, "to")
    if witness.name:
        signed.append(signature(request, "to", witness, "witnesses"))
    deeds.seal(_exhibit(request, case, user), _step(request, case, user), signed, user)
    return None


def _read(request: HttpRequest, case: Case, user: User) -> Answer:
    signed = [signature(request, "from", party_of(user), "does")]
    deeds.check_seal(_exhibit(request, case, user), _step(request, case, user), signed, user)
    return None


def _look(request: HttpRequest, case: Case, user: User) -> Answer:
    """The reason is written down before the first byte is shown."""
    exhibit = _exhibit(request, case, user)
    signed = [signature(request, "from", party_of(user), "does")]
    try:
        content = vault.read(exhibit.digest) if exhibit.file else None
    except vault.VaultError as error:
        raise ValidationError(str(error)) from error
    deeds.note_view(exhibit, request.POST.get("why", ""), signed, user)
    return _sent(exhibit, content) if content is not None else None


def _sent(exhibit: Exhibit, content: Iterator[bytes]) -> HttpResponseBase:
    assert exhibit.file is not None
    answer = StreamingHttpResponse(_streamed(content), content_type="application/octet-stream")
    answer["Content-Length"] = str(exhibit.file.size)
    answer["Content-Disposition"] = content_disposition_header(True, exhibit.file.name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


async def _streamed(content: Iterator[bytes]) -> AsyncIterator[bytes]:
    following = sync_to_async(lambda: next(content, None))
    while (chunk := await following()) is not None:
        yield chunk


def _verify(request: HttpRequest, case: Case, user: User) -> Answer:
    ask_check(case, user)
    return None


def _missing(request: HttpRequest, case: Case, user: User) -> Answer:
    deeds.note_missing(case, request.POST.get("name", ""), request.POST.get("what", ""), user)
    return None


def _found(request: HttpRequest, case: Case, user: User) -> Answer:
    chosen = request.POST.get("missing", "")
    if not is_number(chosen):
        raise ValidationError("Choose what was missing.")
    missing = get_object_or_404(MissingThing.objects.filter(custody__case=case, found_as=None), pk=chosen)
    deeds.found_missing(missing, _exhibit(request, case, user), user)
    return None


_DEEDS: dict[str, Callable[[HttpRequest, Case, User], Answer]] = {
    "new": _new,
    "handover": _handover,
    "copy": _copy,
    "seal": _seal,
    "read": _read,
    "look": _look,
    "verify": _verify,
    "missing": _missing,
    "found": _found,
}
