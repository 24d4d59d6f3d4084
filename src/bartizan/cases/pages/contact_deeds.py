"""What is done with contacts and notices: each form does one thing and comes back to the tab."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, re_path
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bartizan.cases import call_script, queries
from bartizan.cases.actions import contact as calls
from bartizan.cases.actions import notice as notices
from bartizan.cases.fact_sheet import fact_sheet
from bartizan.cases.letters import LetterError
from bartizan.cases.models import Case, CaseNotice, Contact
from bartizan.cases.pages import contacts, view
from bartizan.cases.pages.deeds import local_time
from bartizan.cases.queries.contact import contacts as contacts_of
from bartizan.cases.queries.contact import notices_of, tree
from bartizan.core.access import needs
from bartizan.core.actions import note_look, record
from bartizan.core.models import User
from bartizan.core.values import is_number
from bartizan.estate.models import Organisation
from bartizan.watch.shown import zone_of


@require_safe
@needs("see cases")
def tab(request: HttpRequest, number: str) -> HttpResponse:
    return _shown(request, number, request.GET.get("contact", ""), request.GET.get("notice", ""))


def _shown(request: HttpRequest, number: str, contact: str, notice: str, trouble: str = "") -> HttpResponse:
    user = _user(request)
    case = get_object_or_404(queries.cases(user), number=number)
    content = contacts.chosen(user, case, zone_of(user, case.site), contact, notice)
    return view.show(request, number, "contacts", trouble, content)


@require_safe
@never_cache
@needs("see cases")
def script(request: HttpRequest, number: str) -> HttpResponse:
    """The call script on paper; that somebody took it is in the audit."""
    user = _user(request)
    case = get_object_or_404(queries.cases(user), number=number)
    house = Organisation.objects.values_list("name", flat=True).first() or "The security office"
    try:
        made = call_script.as_pdf(
            case, tree(user, case), fact_sheet(case), house, zone_of(user, case.site), timezone.now()
        )
    except LetterError as error:
        return HttpResponse(str(error), status=422, content_type="text/plain; charset=utf-8")
    note_look(user, f"case:{number}")
    record(user, "took the call script", f"case:{number}")
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(False, f"call-script-{number}.pdf") or ""
    return answer


@require_POST
@needs("work cases")
def do(request: HttpRequest, number: str, deed: str) -> HttpResponse:
    """One deed. What was wrong with it is said on the tab, with what was typed."""
    user = _user(request)
    case = get_object_or_404(queries.cases(user), number=number)
    act = _DEEDS.get(deed)
    if act is None:
        raise Http404(f"Nothing called {deed} can be done with contacts.")
    contact, notice = request.POST.get("contact", ""), request.POST.get("notice", "")
    try:
        contact, notice = act(request, case, user) or (contact, notice)
    except ValidationError as error:
        return _shown(request, number, contact, notice, " ".join(error.messages))
    asked = urlencode({name: value for name, value in (("contact", contact), ("notice", notice)) if value})
    return HttpResponseRedirect(f"/cases/{number}/contacts" + (f"?{asked}" if asked else ""))


Became = tuple[str, str] | None
"""Which contact and which notice are open afterwards; nothing: the same as before."""


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _contact(request: HttpRequest, user: User) -> Contact:
    found = contacts_of(user).filter(code=request.POST.get("contact", "")).first()
    if found is None:
        raise ValidationError("Choose a contact from the list.")
    return found


def _notice(request: HttpRequest, case: Case, user: User) -> CaseNotice:
    number = request.POST.get("notice", "")
    if not is_number(number):
        raise ValidationError("Choose a notice from the list.")
    return get_object_or_404(notices_of(user, case), number=int(number))


def _try(request: HttpRequest, case: Case, user: User) -> Became:
    told = request.POST
    at = local_time(told.get("at", ""), zone_of(user, case.site))
    way, outcome, said = (told.get(name, "") for name in ("way", "outcome", "said"))
    calls.note_try(case, _contact(request, user), way, outcome, said, user, at)
    return "", ""


def _text(request: HttpRequest, case: Case, user: User) -> None:
    calls.send_text(case, _contact(request, user), request.POST.get("words", ""), user)


def _choose(request: HttpRequest, case: Case, user: User) -> None:
    told = request.POST
    calls.choose(case, _contact(request, user), told.get("kind", ""), told.get("because", ""), user)


def _back(request: HttpRequest, case: Case, user: User) -> None:
    calls.take_back(case, _contact(request, user), request.POST.get("because", ""), user)


def _draft(request: HttpRequest, case: Case, user: User) -> Became:
    contact = _contact(request, user)
    made = notices.draft_notice(case, request.POST.get("form", ""), contact, user)
    return "", str(made.number)


def _edit(request: HttpRequest, case: Case, user: User) -> None:
    told = {name.removeprefix("field-"): str(words) for name, words in request.POST.items() if name[:6] == "field-"}
    notices.edit_notice(_notice(request, case, user), told, user)


def _renew(request: HttpRequest, case: Case, user: User) -> None:
    notices.renew_notice(_notice(request, case, user), user)


def _confirm(request: HttpRequest, case: Case, user: User) -> None:
    version = request.POST.get("version", "")
    if not is_number(version):
        raise ValidationError("Say which version was read.")
    notices.confirm_notice(_notice(request, case, user), int(version), request.POST.get("counsel", ""), user)


def _send(request: HttpRequest, case: Case, user: User) -> None:
    told = request.POST
    at = local_time(told.get("sent_at", ""), zone_of(user, case.site))
    how = notices.Leaving(told.get("way", ""), bool(told.get("meets")), told.get("receipt", ""), at)
    notices.send_notice(_notice(request, case, user), how, user)


_DEEDS: dict[str, Callable[[HttpRequest, Case, User], Became]] = {
    "try": _try,
    "text": _text,
    "choose": _choose,
    "back": _back,
    "draft": _draft,
    "edit": _edit,
    "renew": _renew,
    "confirm": _confirm,
    "send": _send,
}
_CASE = r"^cases/(?P<number>\d{4}-\d{3,8})/contacts"

urlpatterns = [
    re_path(_CASE + r"$", tab, name="contacts"),
    path("cases/<str:number>/contacts/script.pdf", script, name="call-script"),
    re_path(_CASE + r"/do/(?P<deed>[a-z]+)$", do, name="contact-do"),
]
