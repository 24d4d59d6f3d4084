"""What is done to many records at once: one field for all that were selected, or their removal."""

from __future__ import annotations

import copy
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from bartizan.core.access import needs
from bartizan.core.pages.register_parts import beside, list_url, opened
from bartizan.core.registers import Column, Listing, Register, actions, cells, seen
from bartizan.core.registers.form import form_for
from bartizan.core.registers.listing import NOT_OPEN
from bartizan.web.shell import zone_of
from bartizan.web.templatetags.bz import as_zone

MOST = 10_000
"""More at once is an import's work."""
NAMED = 8


@needs("")
def bulk(request: HttpRequest, name: str) -> HttpResponse:
    """The selection is in the address; ``do`` says whether its records are edited or removed."""
    register = opened(request, name, to_change=True)
    shown = Listing(register, request.user, request.GET)
    rows = shown.picked[: MOST + 1]
    number = len(rows)
    if not number:
        return _show(request, shown, {"number": 0})
    if number > MOST:
        raise Http404(f"At most {MOST:,} records are changed at once; narrow the list, or import a file.")
    with timezone.override(as_zone(zone_of(request.user))):
        if request.GET.get("do") == "remove":
            return _remove(request, shown, rows, number)
        return _edit(request, shown, rows, number)


def bulk_fields(register: Register) -> list[str]:
    """What can be the same in many records."""
    return [
        name
        for name in register.fields
        if not (field := register.field(name)).many_to_many and not field.unique and name != register.key
    ]


def _edit(request: HttpRequest, shown: Listing, rows: Any, number: int) -> HttpResponse:
    register, fields = shown.register, bulk_fields(shown.register)
    name = request.POST.get("field") or request.GET.get("field") or fields[0]
    if name not in fields:
        raise Http404(f"{name} is not edited in many records at once.")
    form = form_for(register, request.user, request.POST or None, only=[name])
    titles = [(each, register.title_of(each)) for each in fields]
    context = {"do": "edit", "number": number, "form": form, "fields": titles, "field": name}
    if request.method != "POST" or not form.is_valid():
        return _show(request, shown, context, 422 if form.errors else 200)
    value = form.cleaned_data[name]
    if request.POST.get("step") != "apply":
        form.auto_id = "kept_%s"  # the button has the focus then, not the field that is hidden now
        return _show(request, shown, context | _preview(request.user, register, rows, name, value))
    try:
        changed = actions.change_all(request.user, register, rows, name, value)  # type: ignore[arg-type]  # signed in
    except ValidationError as error:
        return _show(request, shown, context | {"errors": error.messages}, 422)
    return _done(request, shown, f"{changed:,} {register.one if changed == 1 else register.title.lower()} changed")


def _preview(user: Any, register: Register, rows: Any, name: str, value: Any) -> dict[str, Any]:
    """How many would be another than now, and the first of them with what they have."""
    first: list[tuple[str, str]] = []
    column, after, changed = Column(register.title_of(name), name), "", 0
    for row in rows:
        before, shown = seen.words_of(row, [name])[name], copy.copy(row)
        setattr(row, name, value)
        after = seen.words_of(row, [name])[name]
        if before != after:
            changed += 1
            if len(first) < NAMED:
                is_closed = NOT_OPEN in cells(register, user, [column], [shown])[0]
                first.append((register.called(row), str(NOT_OPEN) if is_closed else before))
    return {"is_preview": True, "changed": changed, "first": first, "after": after}


def _remove(request: HttpRequest, shown: Listing, rows: Any, number: int) -> HttpResponse:
    register = shown.register
    context: dict[str, Any] = {"do": "remove", "number": number, "first": [register.called(r) for r in rows[:NAMED]]}
    if request.method != "POST":
        return _show(request, shown, context)
    reason = request.POST.get("reason", "")
    try:
        actions.remove(request.user, register, rows, reason)  # type: ignore[arg-type]  # signed in
    except ValidationError as error:
        return _show(request, shown, context | {"errors": error.messages, "reason": reason}, 422)
    return _done(request, shown, f"{number:,} {register.one if number == 1 else register.title.lower()} removed")


def _show(request: HttpRequest, shown: Listing, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return beside(request, shown.register, "core/_register_bulk.html", _around(shown) | context, status)


def _around(shown: Listing) -> dict[str, Any]:
    return {"list_url": _back(shown), "all_fit": bool(shown.asked.get("all"))}


def _done(request: HttpRequest, shown: Listing, said: str) -> HttpResponse:
    if request.headers.get("X-Part") != "side":
        return HttpResponseRedirect(_back(shown))
    return render(request, "core/_register_said.html", {"said": said, "list_url": _back(shown)})


def _back(shown: Listing) -> str:
    """The list without the selection."""
    kept = shown.asked.copy()
    for name in ("pick", "all", "do", "field"):
        kept.pop(name, None)
    return list_url(Listing(shown.register, shown.user, kept))


urlpatterns = [path("registers/<slug:name>/bulk", bulk, name="register-bulk")]
