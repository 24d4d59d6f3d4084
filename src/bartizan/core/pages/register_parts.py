"""What the pages of the registers share: who may open one, the list around a part, and the part beside the list."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from bartizan.core import registers
from bartizan.core.access import require, rule_of, visible_to
from bartizan.core.models import SavedView
from bartizan.core.registers import PAGE, Column, Listing, Register, cells

TABS_SHOWN = 5
"""Saved views beside the title; the others are in the menu."""


def opened(request: HttpRequest, name: str, *, to_change: bool = False) -> Register:
    """The register, for somebody who may see it, or change it: 404 when there is none, 403 in words otherwise."""
    register = registers.named(name)
    if register is None:
        raise Http404(f"There is no register called {name}.")
    rule = rule_of(register.model)
    require(request.user, rule.see)
    if to_change:
        if not rule.change:
            raise PermissionDenied(f"{register.title} are not changed by hand.")
        require(request.user, rule.change)
    return register


def row_of(register: Register, user: Any, key: int) -> Any:
    return get_object_or_404(register.rows(user), pk=key)


def beside(
    request: HttpRequest, register: Register, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A part in the detail's place: alone when only that is asked for, else with the list beside it."""
    shown = Listing(register, request.user, request.GET)
    if request.headers.get("X-Part") == "side":
        around = {"register": register, "listing": shown, "may_change": register.may_change(request.user)}
        return render(request, template, around | context, status=status)
    return render(request, "core/register.html", with_list(shown, side=template, **context), status=status)


def with_list(shown: Listing, **more: Any) -> dict[str, Any]:
    register, user = shown.register, shown.user
    # the page's keys first: sorting 100,000 rows with all that is joined to them is ten times the work
    page: Page[Any] = Paginator(shown.rows.values_list("pk", flat=True), PAGE).get_page(shown.asked.get("page"))
    found = {row.pk: row for row in register.rows(user).filter(pk__in=list(page))}
    columns = shown.columns
    may_change = register.may_change(user)
    return {
        "place": "registers",
        "register": register,
        "listing": shown,
        "total": register.total(shown.rows) if register.total else "",
        "may_change": may_change,
        "page": page,
        "heads": [(column, _next_sort(column, shown.sort), _direction(column, shown.sort)) for column in columns],
        "rows": _rows(register, user, columns, [found[pk] for pk in page if pk in found], may_change=may_change),
        **views_of(shown),
        **more,
    }


def _rows(register: Register, user: Any, columns: list[Column], page: list[Any], *, may_change: bool) -> list[Any]:
    editable = {column.path for column in columns if may_change and is_editable(register, column)}
    values = cells(register, user, columns, page)
    return [
        (row, [(column, value, column.path in editable) for column, value in zip(columns, line, strict=True)])
        for row, line in zip(page, values, strict=True)
    ]


def is_editable(register: Register, column: Column) -> bool:
    """Whether a cell can become its form field: a field of the form that is not the record's fixed key."""
    if column.path not in register.fields or (column.path == register.key and register.is_key_fixed):
        return False
    return column.of is None and not register.field(column.path).many_to_many


def views_of(shown: Listing) -> dict[str, Any]:
    """Saved views: the user's own, then those that others share."""
    kept = visible_to(shown.user, SavedView.objects.filter(register=shown.register.name).select_related("user"))
    open_to = [view for view in kept if view.is_shared or view.user_id == shown.user.pk]
    views = sorted(open_to, key=lambda view: (view.user_id != shown.user.pk, view.name.casefold()))
    now = shown.view_query
    current = next((view for view in views if view.query == now), None)
    return {"views": views, "tabs_shown": views[:TABS_SHOWN], "view": current, "view_query": now}


def _next_sort(column: Column, sort: str) -> str:
    return f"-{column.order}" if sort == column.order else column.order


def _direction(column: Column, sort: str) -> str:
    return {column.order: "ascending", f"-{column.order}": "descending"}.get(sort, "") if sort else ""


def list_url(shown: Listing) -> str:
    return reverse("register", args=[shown.register.name]) + shown.query


def record_url(shown: Listing, key: int) -> str:
    return reverse("register-record", args=[shown.register.name, key]) + shown.query
