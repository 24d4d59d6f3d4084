"""A response plan as a form: nothing needs to be known of how its text is written."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bartizan.cases.pages import plan_text
from bartizan.cases.pages.plan_fields import draft_sent, fits, leads, loses_remarks, shown, text_of, wrong_of
from bartizan.cases.pages.plan_keep import NOT_LOOKED, Looked, Writing, answered, around, looked_at, status
from bartizan.cases.queries import plan as plans_of
from bartizan.cases.queries.clock import laws_in_force
from bartizan.engines.plans import Draft, PlanError, StepDraft, draft_of, edited, has_remarks
from bartizan.engines.plans.read import LEVELS

BLANK: Final = Draft(source="House", steps=(StepDraft("s1"),))
PART: Final = "plan-fields"


def begin(request: HttpRequest, told: Writing) -> HttpResponse:
    return from_kept(request, told, told.held) if told.held else page(request, told, BLANK, focus=("", "name"))


def from_text(request: HttpRequest, told: Writing) -> HttpResponse:
    return from_kept(request, told, request.POST.get("text", "").replace("\r\n", "\n"))


def from_kept(request: HttpRequest, told: Writing, text: str) -> HttpResponse:
    """The text as a form; what no field could hold leaves it a text, and says why."""
    try:
        draft = draft_of(text)
    except PlanError as error:
        return plan_text.page(request, told, text, Looked(text, problems=error.problems), is_no_form=True)
    return page(request, told, draft, drops_remarks=has_remarks(text))


def answer(request: HttpRequest, told: Writing) -> HttpResponse:
    """A button on a step, or look at the whole, or keep it as the next version."""
    draft, how = draft_sent(request), request.POST.get("how", "")
    if how not in ("look", "keep"):
        return _moved_on(request, told, draft, how)

    def as_form(told: Writing, looked: Looked, *, tells: bool) -> HttpResponse:
        return page(request, told, draft, looked, tells=tells)

    return answered(request, told, looked_at(text_of(draft, told)), as_form)


def _moved_on(request: HttpRequest, told: Writing, draft: Draft, how: str) -> HttpResponse:
    """``how``: the deed, the step's id and what of it, such as ``drop:s3:1``; nothing is judged yet."""
    deed, step, nth = (*how.split(":"), "", "")[:3]
    after = edited(draft, deed, step, nth)
    if deed == "add":
        return page(request, told, after, focus=(after.steps[-1].id, "do"))
    if deed == "more":
        return page(request, told, after, focus=("", step))
    found = [one.id for one in after.steps if not one.is_out]
    ends = {"up": found[:1], "down": found[-1:]}
    other = {"up": "down", "down": "up", "out": "back", "back": "out", "drop": "answer"}
    is_end = deed not in ends or step in ends[deed]
    return page(request, told, after, focus=(step, other.get(deed, deed) if is_end else deed))


def page(
    request: HttpRequest,
    told: Writing,
    draft: Draft,
    looked: Looked = NOT_LOOKED,
    *,
    tells: bool = False,
    focus: tuple[str, str] = ("", ""),
    drops_remarks: bool = False,
) -> HttpResponse:
    """``focus``: a step's id and which of its fields or buttons, or no id and a field of the plan's own."""
    beside, listed = wrong_of(draft, looked.text, looked.problems)
    context: dict[str, Any] = around(told, looked.plan, tells=tells) | fits(draft, told.user)
    context |= {
        "draft": draft,
        "form_steps": shown(draft, beside, focus),
        "leads": leads(draft),
        "levels": list(LEVELS),
        "wrong": beside,
        "problems": listed,
        "focus": focus[1] if not focus[0] else "",
        "begins": focus == ("", "name"),
        "owners": plans_of.owners(told.user),
        "laws": list(laws_in_force()),
        "drops_remarks": drops_remarks or loses_remarks(told),
    }
    name = "cases/plan_form_fields.html" if request.headers.get("X-Part") == PART else "cases/plan_form.html"
    return render(request, name, context, status=status(request, context))
