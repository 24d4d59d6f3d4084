"""What is done on the tab Packets: a fact is settled or taken back, a packet is made."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bartizan.cases import queries
from bartizan.cases.actions import packet as acts
from bartizan.cases.dossier import Asked
from bartizan.cases.fact_sheet import TITLES, fact_sheet
from bartizan.cases.models import Case
from bartizan.cases.pages import packets, view
from bartizan.core import vault
from bartizan.core.access import may, needs
from bartizan.core.models import User
from bartizan.core.values import is_number

MOST_LINES = 60


@require_safe
@needs("see cases")
def tab(request: HttpRequest, number: str) -> HttpResponse:
    user = _user(request)
    case = get_object_or_404(queries.cases(user), number=number)
    is_able = may(user, "work cases")
    fact = request.GET.get("fact", "")
    told = packets.page(
        user, case, fact=fact if is_able and fact in TITLES else "", makes=is_able and request.GET.get("do") == "make"
    )
    return view.show(request, number, "packets", content=told)


@require_POST
@needs("work cases")
def do(request: HttpRequest, number: str, deed: str) -> HttpResponse:
    """One deed; what was wrong with it is said on the same tab, with what was typed."""
    user = _user(request)
    case = get_object_or_404(queries.cases(user), number=number)
    if deed not in ("settle", "make"):
        raise Http404(f"Nothing called {deed} can be done with packets.")
    try:
        anchor = _settle(request, case, user) if deed == "settle" else _make(request, case, user)
    except ValidationError as error:
        fact = request.POST.get("fact", "") if deed == "settle" else ""
        typed = {name: request.POST.get(name, "") for name in request.POST}
        told = packets.page(user, case, fact=fact, makes=deed == "make", typed=typed if deed == "make" else None)
        return view.show(request, number, "packets", " ".join(error.messages), told)
    return HttpResponseRedirect(f"/cases/{number}/packets#{anchor}")


@require_POST
@never_cache
@needs("work cases")
def annex(request: HttpRequest, number: str, packet: int) -> HttpResponse:
    """The sealed names of witnesses, to whoever may open them and says to whom they go and why."""
    user = _user(request)
    case = get_object_or_404(queries.cases(user), number=number)
    found = get_object_or_404(queries.packets(user, case), number=packet)
    try:
        file = acts.open_annex(found, request.POST.get("to", ""), request.POST.get("reason", ""), user)
        content = b"".join(vault.read(file.digest))
    except ValidationError as error:
        told = packets.page(user, case) | {"annex_of": packet}
        return view.show(request, number, "packets", " ".join(error.messages), told)
    except vault.VaultError as error:
        raise Http404(f"{file.name}: {error}") from error
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
    return answer


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _settle(request: HttpRequest, case: Case, user: User) -> str:
    told = request.POST
    key = told.get("fact", "")
    takes_back = told.get("back") == "1"
    acts.settle_fact(case, key, "" if takes_back else told.get("words", ""), told.get("source", ""), user)
    return f"fact-{key}"


def _make(request: HttpRequest, case: Case, user: User) -> str:
    asked, keep_until = asked_of(request), _day(request)
    offence = " ".join(request.POST.get("offence", "").split())
    if offence and offence != fact_sheet(case).of("offence").words:
        acts.settle_fact(case, "offence", offence, "said on making a packet", user)
    made = acts.make_packet(case, asked, user, request.POST.get("signed", ""), keep_until=keep_until)
    return f"packet-{made.number}"


def _day(request: HttpRequest) -> date | None:
    text = request.POST.get("keep_until", "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValidationError(f"“{text}” is no day until which it is kept; write it like 2028-11-17.") from None


def asked_of(request: HttpRequest) -> Asked:
    """What the form says. Raises ValidationError for what cannot be read."""
    told = request.POST
    copies = told.get("copies", "1").strip()
    if not is_number(copies):
        raise ValidationError("Say how many copies are made, as a number.")
    for_whom, reference, says = (told.get(name, "").strip()[:400] for name in packets.SINGLE)
    lines = {name: _lines(told.get(name, "")) for name in packets.LINES}
    return Asked(
        kind=told.get("kind", ""),
        for_whom=for_whom[:200],
        copies=int(copies),
        their_reference=reference[:120],
        reported_says=says,
        witnesses=tuple((one[0], one[1], one[2]) for one in _parts(lines["witnesses"], 3)),
        preserve=tuple(lines["preserve"]),
        not_examined=tuple((one[0], one[1], one[2]) for one in _parts(lines["not_examined"], 3)),
        players=tuple(lines["players"]),
        asks=tuple(lines["asks"]),
        signers=tuple((one[0], one[1] or "signs") for one in _parts(lines["signers"], 2)),
        with_contents=told.get("contents") == "1",
        with_annex=told.get("annex") == "1",
    )


def _lines(text: str) -> list[str]:
    found = [" ".join(line.split())[:500] for line in text.splitlines() if line.strip()]
    if len(found) > MOST_LINES:
        raise ValidationError(f"A field has at most {MOST_LINES} lines.")
    return found


def _parts(lines: list[str], count: int) -> list[list[str]]:
    """The parts of each line, with a stroke between; parts that are not there are empty."""
    return [([part.strip() for part in line.split("|", count - 1)] + [""] * count)[:count] for line in lines]


_PACKETS = "cases/<str:number>/packets"
urlpatterns = [
    path(_PACKETS, tab, name="packets"),
    path(f"{_PACKETS}/do/<str:deed>", do, name="packet-do"),
    path(f"{_PACKETS}/<int:packet>/annex", annex, name="packet-annex"),
]
