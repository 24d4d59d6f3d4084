"""Every register's pages: the index, the list, and a record's detail beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from bartizan.core import queries, registers
from bartizan.core.access import may, needs, visible_to
from bartizan.core.actions import note_look
from bartizan.core.pages.register_parts import beside, opened, row_of, with_list
from bartizan.core.registers import Listing, Register
from bartizan.core.registers.listing import searched
from bartizan.core.registers.references import spelled

SUGGESTED = 20
CHILDREN = 200


@require_safe
@needs("")
def index(request: HttpRequest) -> HttpResponse:
    shown = [
        (each, each.rows(request.user).count())
        for each in registers.registers()
        if not each.is_child and each.is_open_to(request.user)
    ]
    may_import = any(each.may_change(request.user) for each, _ in shown)
    return render(request, "core/registers.html", {"place": "registers", "registers": shown, "may_import": may_import})


@require_safe
@needs("")
def listing(request: HttpRequest, name: str) -> HttpResponse:
    if request.headers.get("X-Part") == "side":
        return HttpResponse("")  # the detail was closed
    shown = Listing(opened(request, name), request.user, request.GET)
    template = "core/_register_list.html" if request.headers.get("X-Part") == "list" else "core/register.html"
    return render(request, template, with_list(shown))


@require_safe
@needs("")
def detail(request: HttpRequest, name: str, key: int) -> HttpResponse:
    register = opened(request, name)
    return show_detail(request, register, row_of(register, request.user, key))


def show_detail(request: HttpRequest, register: Register, row: Any, status: int = 200, **more: Any) -> HttpResponse:
    user = request.user
    tabs = tabs_of(user, register)
    tab = request.GET.get("tab", "details")
    tab = tab if tab in tabs else "details"
    reference = register.reference(row) if register.reference else ""
    part = registers.open_parts(user, [row])[0]
    context: dict[str, Any] = {
        "row": row,
        "name": register.called(row),
        "tabs": tabs,
        "tab": tab,
        "reference": reference,
        "about": register.about(part),
        "state": register.state(part) if register.state else None,
    }
    context |= _TABS[tab](user, register, row)
    note_look(user, register.subject(row))
    return beside(request, register, "core/_register_side.html", context | more, status)


def tabs_of(user: Any, register: Register) -> list[str]:
    """The tabs that are open to the user."""
    tabs = ["details"]
    if register.reference and may(user, "see events"):
        tabs.append("timeline")
    tabs.append("files")
    people = registers.named("people")
    if people and people.is_open_to(user) and registers.leads_to_people(register):
        tabs.append("people")
    if may(user, "see history"):
        tabs.append("audit")
    return tabs


def _details(user: Any, register: Register, row: Any) -> dict[str, Any]:
    sections = [(each, list(each.lines(user, row)), _may_add(user, each.adds)) for each in register.sections]
    deeds = [each for each in register.deeds if each.applies(row) and _may_do(user, register, each.permission)]
    facts = dict(_facts(user, register, row)) | dict(register.facts(registers.open_parts(user, [row])[0]))
    return {"facts": list(facts.items()), "sections": sections, "deeds": deeds}


def _timeline(user: Any, register: Register, row: Any) -> dict[str, Any]:
    return {"events": registers.events_of(user, register.subject(row))}


def _people(user: Any, register: Register, row: Any) -> dict[str, Any]:
    return {"people": registers.people_of(user, row)}


def _files(user: Any, register: Register, row: Any) -> dict[str, Any]:
    return {"subject": register.subject(row), "back": f"/registers/{register.name}/{row.pk}?tab=files"}


def _audit(user: Any, register: Register, row: Any) -> dict[str, Any]:
    return {"entries": queries.audit_of(user, register.subject(row), *_of_children(user, register, row))[:100]}


def _of_children(user: Any, register: Register, row: Any) -> Iterator[str]:
    """What belongs to the record as a badge's issues do: it is shown with it, and so is what was done to it."""
    for back in registers.meta_of(register.model).related_objects:
        child = registers.of_model(back.related_model)
        if child is not None and child.is_child and back.one_to_many:
            yield from map(child.subject, child.rows(user).filter(**{back.field.name: row})[:CHILDREN])


_TABS = {"details": _details, "timeline": _timeline, "people": _people, "files": _files, "audit": _audit}


def _facts(user: Any, register: Register, row: Any) -> Iterator[tuple[str, Any]]:
    """The form's fields as they are; a related record as a chip, unless it is not open to the user."""
    for name in register.fields:
        if register.field(name).many_to_many:
            seen = visible_to(user, getattr(row, name).all())[:50]
            yield register.title_of(name), [registers.chip(one) for one in seen]
        else:
            column = registers.Column(register.title_of(name), name)
            yield column.title, registers.cells(register, user, [column], [row])[0][0]


def _may_add(user: Any, name: str) -> bool:
    register = registers.named(name)
    return register is not None and register.may_change(user)


def _may_do(user: Any, register: Register, permission: str) -> bool:
    return may(user, permission) if permission else register.may_change(user)


@require_safe
@needs("")
def suggest(request: HttpRequest, name: str) -> JsonResponse:
    """What a form offers while somebody types the name of a related record."""
    register = opened(request, name)
    words = request.GET.get("q", "").partition("(")[0][:80]
    rows = searched(register, register.rows(request.user), words, request.user)[:SUGGESTED]
    return JsonResponse({"found": [spelled(row) for row in rows]})


urlpatterns = [
    path("registers", index, name="registers"),
    path("registers/<slug:name>", listing, name="register"),
    path("registers/<slug:name>/choices", suggest, name="register-choices"),
    path("registers/<slug:name>/<int:key>", detail, name="register-record"),
]
