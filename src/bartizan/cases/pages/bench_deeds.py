"""What is done on the bench: each form comes here, does one thing, and goes back to its charge."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bartizan.cases import letters, queries
from bartizan.cases.actions import measure as measures
from bartizan.cases.actions import sanction as acts
from bartizan.cases.house_book import house
from bartizan.cases.models import Case, Charge
from bartizan.cases.pages import bench, view
from bartizan.cases.pages.deeds import local_time
from bartizan.cases.queries import sanction as bench_of
from bartizan.core.access import may, needs
from bartizan.core.actions import note_look
from bartizan.core.models import User
from bartizan.core.queries import officers
from bartizan.core.values import is_number
from bartizan.engines import sanctions
from bartizan.engines.sanctions import FACTORS, Weight
from bartizan.engines.sanctions.letter import letter_of
from bartizan.watch.shown import zone_of

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@require_safe
@needs("see cases")
def tab(request: HttpRequest, number: str) -> HttpResponse:
    return _shown(request, number, request.GET.get("charge", ""), request.GET.get("do", ""))


def _shown(request: HttpRequest, number: str, chosen: str, asked: str, trouble: str = "") -> HttpResponse:
    user = _user(request)
    case = get_object_or_404(queries.cases(user), number=number)
    is_able = may(user, "work cases") and (asked in bench.DEEDS or asked in ("charge", "measure"))
    content = bench.content(user, case, chosen, asked if is_able else "", request.POST.getlist("exhibit"))
    if charge := content.get("charge"):
        note_look(user, f"charge:{case.number}/{charge.number}")
    return view.show(request, number, "findings", trouble, content)


@require_safe
@never_cache
@needs("see cases")
def draft(request: HttpRequest, number: str, charge: int, ending: str) -> HttpResponse:
    """The letter as far as it has come, with its holes; what was decided is among the case's files."""
    user = _user(request)
    found = _charge(user, get_object_or_404(queries.cases(user), number=number), str(charge))
    now = sanctions.standing(bench_of.log_of(found))
    letter = letter_of(now, bench_of.letter_facts(found), house(), bench_of.names_of(now))
    at = now.decision.at if now.decision else timezone.now()
    try:
        made = letters.as_pdf(letter, at) if ending == "pdf" else letters.as_docx(letter)
    except letters.LetterError as error:
        return HttpResponse(str(error), status=422, content_type="text/plain; charset=utf-8")
    note_look(user, f"charge:{number}/{found.number}")
    answer = HttpResponse(made, content_type=TYPES[ending])
    answer["Content-Disposition"] = content_disposition_header(True, f"draft-{number}-{found.number}.{ending}") or ""
    return answer


@require_POST
@needs("work cases")
def do(request: HttpRequest, number: str, deed: str) -> HttpResponse:
    """One step. What was wrong with it is said beside the form on which it was asked for."""
    user = _user(request)
    case = get_object_or_404(queries.cases(user), number=number)
    chosen = request.POST.get("charge", "")
    try:
        if deed == "charge":
            chosen = str(acts.bring_charge(case, _accusation(request, user), user).number)
        else:
            act = _DEEDS.get(deed)
            if act is None:
                raise Http404(f"Nothing called {deed} can be done on a bench.")
            act(request, _charge(user, case, chosen), user)
    except ValidationError as error:
        return _shown(request, number, chosen, "measure" if deed == "plan" else deed, " ".join(error.messages))
    return HttpResponseRedirect(f"/cases/{number}/findings?charge={chosen}")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _charge(user: User, case: Case, number: str) -> Charge:
    if not is_number(number):
        raise Http404("Say which charge.")
    return get_object_or_404(bench_of.charges(user, case), number=int(number))


def _accusation(request: HttpRequest, user: User) -> acts.Accusation:
    told = request.POST
    chosen = [pk for pk in told.getlist("investigator") if is_number(pk)]
    return acts.Accusation(
        person=told.get("person", ""),
        what=told.get("what", "")[:400],
        rule=told.get("rule", "")[:120],
        standard=told.get("standard", ""),
        kind=told.get("kind", ""),
        is_meant=told.get("meant") == "1",
        is_repeated=told.get("repeated") == "1",
        purpose=told.get("purpose", ""),
        legal_basis=told.get("basis", ""),
        investigators=list(officers(user, "work cases").filter(pk__in=chosen)),
    )


def _proof(request: HttpRequest, charge: Charge, user: User) -> None:
    told = request.POST
    acts.enter_proof(
        charge,
        user,
        point=told.get("point", "")[:300],
        rule=told.get("rule", "")[:120],
        items=[*told.getlist("exhibit"), *told.get("shown_by", "")[:400].split(",")],
        met=told.get("met") == "1",
        note=told.get("note", "")[:400],
    )


def _notice(request: HttpRequest, charge: Charge, user: User) -> None:
    told = request.POST
    reply_by = _time(request, charge, user, "reply_by")
    if reply_by is None:
        raise ValidationError("Say until when the person may reply.")
    acts.give_notice(
        charge,
        user,
        words=told.get("words", "").strip(),
        file_access=told.get("file_access", "").strip(),
        withheld=told.get("withheld", "").strip(),
        reply_by=reply_by,
        hear_at=_time(request, charge, user, "hear_at"),
        companion=told.get("companion", "").strip(),
    )


def _time(request: HttpRequest, charge: Charge, user: User, name: str) -> datetime | None:
    return local_time(request.POST.get(name, ""), zone_of(user, charge.case.site))


def _reply(request: HttpRequest, charge: Charge, user: User) -> None:
    told = request.POST
    acts.keep_reply(charge, user, told.get("how", ""), told.get("words", ""), told.get("companion", "")[:200])


def _weighing(request: HttpRequest, charge: Charge, user: User) -> None:
    acts.weigh(charge, user, [one for factor in FACTORS if (one := _weight(request, factor.number))])


def _weight(request: HttpRequest, number: int) -> Weight | None:
    side, words, source = (request.POST.get(f"{name}-{number}", "") for name in ("side", "words", "from"))
    return Weight(number, side, words[:300], source[:120]) if side else None


def _proposal(request: HttpRequest, charge: Charge, user: User) -> None:
    acts.propose(charge, user, request.POST.get("outcome", ""), request.POST.get("because", "")[:2000])


def _decision(request: HttpRequest, charge: Charge, user: User) -> None:
    told = request.POST
    acts.decide(
        charge,
        user,
        findings=told.get("findings", "")[:4000],
        on_the_reply=told.get("on_the_reply", "")[:4000],
        reason=told.get("reason", "")[:4000],
        appeal_to=told.get("appeal_to", ""),
    )


def _letter(request: HttpRequest, charge: Charge, user: User) -> None:
    received = _time(request, charge, user, "received_at")
    if received is None:
        raise ValidationError("Say when the person received the letter: the time to appeal starts then.")
    acts.give_letter(charge, user, request.POST.get("how", "")[:300], received)


def _appeal(request: HttpRequest, charge: Charge, user: User) -> None:
    acts.lodge_appeal(charge, user, request.POST.get("grounds", "")[:4000], request.POST.get("late", "")[:1000])


def _ruling(request: HttpRequest, charge: Charge, user: User) -> None:
    told = request.POST
    acts.rule_on_appeal(charge, user, told.get("result", ""), told.get("outcome", ""), told.get("reason", "")[:4000])


def _withdrawal(request: HttpRequest, charge: Charge, user: User) -> None:
    acts.withdraw(charge, user, request.POST.get("reason", "")[:2000])


def _plan(request: HttpRequest, charge: Charge, user: User) -> None:
    told = request.POST
    sort, _, target = told.get("sort", "").partition(":")
    measures.plan_measure(charge, user, sort, target, told.get("words", ""), told.get("who", ""))


def _carry(request: HttpRequest, charge: Charge, user: User) -> None:
    measures.carry_out(_measure(request, charge), user)


def _undo(request: HttpRequest, charge: Charge, user: User) -> None:
    measures.undo(_measure(request, charge), user)


def _measure(request: HttpRequest, charge: Charge) -> Any:
    number = request.POST.get("measure", "")
    if not is_number(number):
        raise ValidationError("Choose the measure from the list.")
    return get_object_or_404(charge.measures, number=int(number))


_DEEDS: dict[str, Callable[[HttpRequest, Charge, User], None]] = {
    "proof": _proof,
    "notice": _notice,
    "reply": _reply,
    "weighing": _weighing,
    "proposal": _proposal,
    "decision": _decision,
    "letter": _letter,
    "appeal": _appeal,
    "ruling": _ruling,
    "withdrawal": _withdrawal,
    "plan": _plan,
    "carry": _carry,
    "undo": _undo,
}

_LETTER = "cases/<str:number>/findings/<int:charge>/letter"
urlpatterns = [
    path(f"{_LETTER}.pdf", draft, {"ending": "pdf"}, name="letter-pdf"),
    path(f"{_LETTER}.docx", draft, {"ending": "docx"}, name="letter-docx"),
]
