"""A response plan as text: looked at, and kept."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bartizan.cases.pages.plan_fields import draft_sent, text_of
from bartizan.cases.pages.plan_keep import NOT_LOOKED, Looked, Writing, answered, around, looked_at, status

START: Final = """\
name: 
why: 
source: house
for:
  rules:
    - Door forced
  level: high
steps:
  - step: 1
    do: Look through the nearest camera before anybody walks in
    owner: Security desk
    within: 2
    ask: Is somebody there?
    answers:
      Yes: 2
      No: 3
  - step: 2
    do: Call the police and stay on the line
    owner: Security desk
    within: 3
  - step: 3
    do: Have the door mended and tried
    owner: Facilities
    within: 1440
    waits: yes
"""  # noqa: W291  the two names wait for the officer's words


def begin(request: HttpRequest, told: Writing) -> HttpResponse:
    return page(request, told, told.held or START)


def from_form(request: HttpRequest, told: Writing) -> HttpResponse:
    """What stands in the form, right or wrong, as its text."""
    return page(request, told, text_of(draft_sent(request), told))


def answer(request: HttpRequest, told: Writing) -> HttpResponse:
    """Look at the text, or keep it as the next version."""
    text = request.POST.get("text", "").replace("\r\n", "\n")

    def shown(told: Writing, looked: Looked, *, tells: bool) -> HttpResponse:
        return page(request, told, text, looked, tells=tells)

    return answered(request, told, looked_at(text), shown)


def page(
    request: HttpRequest,
    told: Writing,
    text: str,
    looked: Looked = NOT_LOOKED,
    *,
    tells: bool = False,
    is_no_form: bool = False,
) -> HttpResponse:
    """``is_no_form``: why it cannot be shown as one is what was found."""
    context = around(told, looked.plan, tells=tells) | {
        "text": text,
        "rows": min(60, max(24, text.count("\n") + 4)),
        "problems": looked.problems,
        "is_no_form": is_no_form,
    }
    return render(request, "cases/plan_edit.html", context, status=status(request, context))
