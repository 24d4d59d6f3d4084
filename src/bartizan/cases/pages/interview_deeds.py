"""What is done in an interview: each form comes here, does one thing, and goes back to its interview."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bartizan.cases import queries, statement_paper
from bartizan.cases.actions import claim as claims
from bartizan.cases.actions import interview as acts
from bartizan.cases.actions import statement as statements
from bartizan.cases.models import AccountClaim, Case, Interview
from bartizan.cases.pages import interview as one
from bartizan.cases.pages import interviews as listing
from bartizan.cases.pages import view
from bartizan.cases.pages.deeds import local_time
from bartizan.cases.pages.signing import colleagues
from bartizan.cases.queries.interview import interviews
from bartizan.core.access import needs
from bartizan.core.actions import note_look
from bartizan.core.models import User
from bartizan.core.typeset import TypesetError
from bartizan.core.values import is_number
from bartizan.watch.shown import zone_of


@require_safe
@needs("see cases")
def tab(request: HttpRequest, number: str) -> HttpResponse:
    user = _user(request)
    case = get_object_or_404(queries.cases(user), number=number)
    shown = listing.listed(user, case, request.GET.get("do", "")) | {"who": request.GET.get("who", "")[:30]}
    return view.show(request, number, "interviews", content=shown)


@require_safe
@needs("see cases")
def page(request: HttpRequest, number: str, interview: int) -> HttpResponse:
    told = request.GET
    return _shown(request, number, interview, told.get("do", ""), told.get("claim", ""), line=told.get("line", ""))


def _shown(
    request: HttpRequest,
    number: str,
    interview: int,
    asked: str = "",
    chosen: str = "",
    trouble: str = "",
    line: str = "",
) -> HttpResponse:
    user = _user(request)
    case, found = _found(user, number, interview)
    note_look(user, f"interview:{case.number}/{found.number}")
    return view.show(request, number, "interviews", trouble, one.content(user, case, found, asked, chosen, line))


@require_safe
@never_cache
@needs("see cases")
def statement(request: HttpRequest, number: str, interview: int) -> HttpResponse:
    """The newest version on paper, to be read back and signed: the notes, never the claims."""
    user = _user(request)
    _case, found = _found(user, number, interview)
    try:
        made = statement_paper.as_pdf(
            found, zone_of(user, found.case.site), anonymous=request.GET.get("anonymous") == "1"
        )
    except (TypesetError, ValidationError) as error:
        words = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        return HttpResponse(words, status=422, content_type="text/plain; charset=utf-8")
    note_look(user, f"interview:{number}/{interview}")
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(True, f"statement-{number}-{interview}.pdf") or ""
    return answer


@require_POST
@needs("work cases")
def plan(request: HttpRequest, number: str) -> HttpResponse:
    user = _user(request)
    case = get_object_or_404(queries.cases(user), number=number)
    try:
        made = acts.plan_interview(case, _planned(request, case, user), user)
    except ValidationError as error:
        return view.show(request, number, "interviews", " ".join(error.messages), listing.listed(user, case, "plan"))
    return HttpResponseRedirect(f"/cases/{number}/interviews/{made.number}")


@require_POST
@needs("work cases")
def do(request: HttpRequest, number: str, interview: int, deed: str) -> HttpResponse:
    """One deed. What was wrong with it is said on the page, with what was typed, and nothing is written."""
    user = _user(request)
    _case, found = _found(user, number, interview)
    act = _DEEDS.get(deed)
    if act is None:
        raise Http404(f"Nothing called {deed} can be done in an interview.")
    chosen = request.POST.get("claim", "")
    try:
        act(request, found, user)
    except ValidationError as error:
        return _shown(request, number, interview, deed, chosen, " ".join(error.messages))
    return HttpResponseRedirect(f"/cases/{number}/interviews/{interview}")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _found(user: User, number: str, interview: int) -> tuple[Case, Interview]:
    case = get_object_or_404(queries.cases(user), number=number)
    return case, get_object_or_404(interviews(user, case).select_related("case"), number=interview)


def _planned(request: HttpRequest, case: Case, user: User) -> acts.Planned:
    told = request.POST
    return acts.Planned(
        heard_as=told.get("heard_as", ""),
        person=told.get("person", "")[:30],
        outsider=told.get("outsider", ""),
        rules=told.get("rules", ""),
        purpose=told.get("purpose", ""),
        legal_basis=told.get("basis", ""),
        keep_until=_day(told.get("keep_until", "")),
        asks=_officer(request, case, user, "asks"),
        notes_by=_officer(request, case, user, "notes_by"),
        planned_at=local_time(told.get("planned_at", ""), zone_of(user, case.site)),
        place=told.get("place", ""),
        language=told.get("language", ""),
        interpreter=told.get("interpreter", ""),
        is_anonymous=told.get("anonymous") == "1",
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise ValidationError(f"“{text}” is not a day; write it like 2028-11-30.") from None


def _officer(request: HttpRequest, case: Case, user: User, name: str) -> User | None:
    chosen = request.POST.get(name, "")
    return next((one for one in colleagues(user, case) if str(one.pk) == chosen), None)


def _right(request: HttpRequest, found: Interview, user: User) -> None:
    acts.give_right(found, request.POST.get("key", ""), request.POST.get("how", ""), user)


def _consent(request: HttpRequest, found: Interview, user: User) -> None:
    told = request.POST
    if told.get("answer") not in ("none", "sound", "both"):
        raise ValidationError("Write down the answer: neither, sound alone, or sound and picture.")
    answer = told["answer"]
    acts.answer_consent(found, told.get("how", ""), user, sound=answer != "none", picture=answer == "both")


def _begin(request: HttpRequest, found: Interview, user: User) -> None:
    acts.begin(found, user, place=request.POST.get("place", ""), companion=request.POST.get("companion", ""))


def _go(deed: str) -> Callable[[HttpRequest, Interview, User], None]:
    return lambda _request, found, user: acts.go_on(found, deed, user)


def _note(request: HttpRequest, found: Interview, user: User) -> None:
    told = request.POST
    who = one.speakers(found).get(told.get("who", ""))
    if who is None:
        raise ValidationError("Say who said it: choose from the list.")
    acts.write_down(found, who, told.get("words", ""), user, told.get("mark", ""))


def _ask(request: HttpRequest, found: Interview, user: User) -> None:
    acts.ask_question(found, request.POST.get("words", ""), request.POST.get("why", ""), user)


def _hold(request: HttpRequest, found: Interview, user: User) -> None:
    told = request.POST
    acts.hold_back(found, told.get("exhibit", ""), told.get("until", ""), told.get("why", ""), user)


def _asked(request: HttpRequest, found: Interview, user: User) -> None:
    acts.was_asked(get_object_or_404(found.questions, pk=_number(request, "question")), user)


def _release(request: HttpRequest, found: Interview, user: User) -> None:
    acts.release(get_object_or_404(found.held, pk=_number(request, "held")), request.POST.get("reason", ""), user)


def _told(request: HttpRequest, found: Interview, user: User) -> claims.Told:
    told, zone = request.POST, zone_of(user, found.case.site)
    line = told.get("line", "")
    return claims.Told(
        words=told.get("words", ""),
        kind=told.get("kind", ""),
        since=local_time(told.get("since", ""), zone),
        until=local_time(told.get("until", ""), zone),
        about=told.get("about", "")[:30],
        place=told.get("place", ""),
        thing=told.get("thing", ""),
        line=int(line) if is_number(line) and len(line) < 7 else None,
    )


def _claim(request: HttpRequest, found: Interview, user: User) -> None:
    claims.enter_claim(found, _told(request, found, user), user)


def _amend(request: HttpRequest, found: Interview, user: User) -> None:
    claims.amend_claim(_chosen(request, found), _told(request, found, user), user)


def _check(request: HttpRequest, found: Interview, user: User) -> None:
    claims.check_claim(_chosen(request, found), user)


def _hand(request: HttpRequest, found: Interview, user: User) -> None:
    told = request.POST
    claims.check_by_hand(_chosen(request, found), told.get("verdict", ""), told.get("words", "")[:1000], user,
                         is_statement=told.get("by") == "statement", items=told.get("exhibits", ""))  # fmt: skip


def _chosen(request: HttpRequest, found: Interview) -> AccountClaim:
    return get_object_or_404(found.claims.select_related("interview__case"), number=_number(request, "claim"))


def _version(request: HttpRequest, found: Interview, user: User) -> None:
    statements.make_version(found, request.POST.get("what", ""), request.POST.get("text", ""), user)


def _readback(request: HttpRequest, found: Interview, user: User) -> None:
    statements.read_back(found, request.POST.get("how", ""), user)


def _sign(request: HttpRequest, found: Interview, user: User) -> None:
    told = request.POST
    statements.sign(found, told.get("part", ""), told.get("name", ""), told.get("how", ""), user)


def _refuse(request: HttpRequest, found: Interview, user: User) -> None:
    statements.refuse(found, request.POST.get("words", ""), user)


def _record(request: HttpRequest, found: Interview, user: User) -> None:
    brought = request.FILES.get("file")
    if brought is None:
        raise ValidationError("Choose the file of the recording.")
    what, typed = request.POST.get("what", ""), request.POST.get("name", "")
    acts.keep_recording(found, brought.name or "recording", brought.chunks(), what, typed, user)


def _finish(_request: HttpRequest, found: Interview, user: User) -> None:
    acts.finish(found, user)


def _evaluate(request: HttpRequest, found: Interview, user: User) -> None:
    acts.evaluate(found, request.POST.get("words", ""), user)


def _end(request: HttpRequest, found: Interview, user: User) -> None:
    acts.end_early(found, request.POST.get("words", ""), user)


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    if not is_number(text):
        raise ValidationError("Choose one from the list.")
    return int(text)


_DEEDS: dict[str, Callable[[HttpRequest, Interview, User], Any]] = {
    "right": _right, "consent": _consent, "begin": _begin, "free": _go("free"), "clarify": _go("clarify"),
    "put": _go("put"), "close": _go("close"), "note": _note, "ask": _ask, "hold": _hold, "asked": _asked,
    "release": _release, "claim": _claim, "amend": _amend, "check": _check, "hand": _hand, "version": _version,
    "readback": _readback, "sign": _sign, "refuse": _refuse, "record": _record, "finish": _finish,
    "evaluate": _evaluate, "end": _end,
}  # fmt: skip

_ONE = "cases/<str:number>/interviews/<int:interview>"
urlpatterns = [
    path("cases/<str:number>/interviews", tab, name="interviews"),
    path("cases/<str:number>/interviews/do/plan", plan, name="interview-plan"),
    path(_ONE, page, name="interview"),
    path(f"{_ONE}/statement.pdf", statement, name="interview-statement"),
    path(f"{_ONE}/do/<slug:deed>", do, name="interview-do"),
]
