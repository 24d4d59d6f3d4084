"""What the person charged sees and does: the own notice, the letter, reply and appeal; nothing else of the case."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bartizan.cases.actions import sanction as acts
from bartizan.cases.house_book import house
from bartizan.cases.models import Charge
from bartizan.cases.queries import sanction as queries
from bartizan.core import vault
from bartizan.core.access import needs
from bartizan.core.actions import note_look
from bartizan.core.files.actions import looked_at
from bartizan.core.models import User
from bartizan.engines import sanctions
from bartizan.watch.shown import zone_of


@require_safe
@needs("")
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, pk)


def _shown(request: HttpRequest, pk: int, trouble: str = "") -> HttpResponse:
    user, charge = _own(request, pk)
    rules = house()
    now = sanctions.standing(queries.log_of(charge))
    note_look(user, f"charge:{charge.case.number}/{charge.number}")
    open_ = sanctions.next_steps(queries.log_of(charge), rules)
    context: dict[str, Any] = {
        "place": "me", "charge": charge, "stand": now, "zone": zone_of(user, charge.case.site), "trouble": trouble,
        "typed": request.POST, "standard": sanctions.STANDARDS[now.charge.standard] if now.charge else "",
        "may_reply": "reply" in open_, "may_appeal": "appeal" in open_, "appeal_until": now.appeal_until(rules),
        "outcome": rules.name_of(now.outcome) if now.outcome else "",
        "replies": [(sanctions.SAID[one.how], one) for one in now.replies], "house": rules,
        "appeal_to": queries.names_of(now).get(now.decision.appeal_to, "") if now.decision else "",
    }  # fmt: skip
    return render(request, "cases/own_notice.html", context, status=422 if trouble else 200)


@require_POST
@needs("")
def answer(request: HttpRequest, pk: int, deed: str) -> HttpResponse:
    """The person's own reply, or appeal."""
    user, charge = _own(request, pk)
    words = request.POST.get("words", "")[:20_000]
    act = {"reply": acts.reply, "appeal": acts.appeal}.get(deed)
    if act is None:
        raise Http404(f"Nothing called {deed} can be done here.")
    try:
        act(charge, user, words)
    except ValidationError as error:
        return _shown(request, pk, " ".join(error.messages))
    return HttpResponseRedirect(f"/me/notices/{pk}")


@require_safe
@never_cache
@needs("")
def letter(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """The letter, from the moment when the office says that it was given."""
    user, charge = _own(request, pk)
    file = charge.letter_pdf if ending == "pdf" else charge.letter_docx
    if file is None or sanctions.standing(queries.log_of(charge)).letter is None:
        raise Http404("There is no letter yet.")
    try:
        content = b"".join(vault.read(file.digest))
    except vault.VaultError as error:
        raise Http404(f"{file.name}: {error}") from error
    looked_at(user, file)
    sent = HttpResponse(content, content_type="application/octet-stream")
    sent["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
    return sent


def _own(request: HttpRequest, pk: int) -> tuple[User, Charge]:
    user = request.user
    assert isinstance(user, User)
    return user, get_object_or_404(queries.own_charges(user), pk=pk)


urlpatterns = [
    path("me/notices/<int:pk>", notice, name="own-notice"),
    path("me/notices/<int:pk>/letter.pdf", letter, {"ending": "pdf"}, name="own-letter-pdf"),
    path("me/notices/<int:pk>/letter.docx", letter, {"ending": "docx"}, name="own-letter-docx"),
    path("me/notices/<int:pk>/<slug:deed>", answer, name="own-answer"),
]
