"""One cell of a list as its form field, edited in place."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from bartizan.core.access import needs
from bartizan.core.pages.register_edit import fill
from bartizan.core.pages.register_parts import is_editable, opened, record_url, row_of
from bartizan.core.registers import Column, Listing, Register, actions, cells, seen
from bartizan.core.registers.form import form_for, problems_of
from bartizan.web.shell import zone_of
from bartizan.web.templatetags.bz import as_zone


@needs("")
def cell(request: HttpRequest, name: str, key: int, field: str) -> HttpResponse:
    """The cell as a form, or (``?as=text``) as it is; sent back it is saved, with an undo."""
    register = opened(request, name, to_change=True)
    column = next((each for each in register.all_columns if each.path == field), None)
    if column is None or not is_editable(register, column):
        raise Http404(f"{field} is not edited in the list.")
    row = row_of(register, request.user, key)
    if not request.headers.get("X-Part"):
        return HttpResponseRedirect(record_url(Listing(register, request.user, QueryDict()), key))
    with timezone.override(as_zone(zone_of(request.user))):
        if request.GET.get("as") == "text":
            return _show_text(request, register, column, row)
        form = form_for(register, request.user, None, row, only=[field])
        if field not in form.fields:
            raise Http404("What stands there is not open to you; it stays as it is.")
        if request.method == "POST":
            return _saved(request, register, column, row)
        return _show_form(request, register, column, form, seen.seen_of(row, [field]))


def _saved(request: HttpRequest, register: Register, column: Column, row: Any) -> HttpResponse:
    was, before = request.POST.get(seen.NAME, ""), QueryDict(mutable=True)
    fill(before, form_for(register, request.user, None, row, only=[column.path])[column.path])
    form = form_for(register, request.user, request.POST, row, only=[column.path])
    try:
        if problems_of(register, form):
            return _show_form(request, register, column, form, was, status=422)
        saved = actions.save(request.user, register, form, was)  # type: ignore[arg-type]  # signed in
    except seen.Stale as stale:
        now = row_of(register, request.user, row.pk)
        words = stale.theirs[column.path] or "nothing"
        form.add_error(column.path, f"Somebody else saved “{words}” meanwhile. Enter saves yours in its place.")
        return _show_form(request, register, column, form, seen.seen_of(now, [column.path]), status=409)
    except ValidationError as error:
        form.add_error(column.path, error.messages)
        return _show_form(request, register, column, form, was, status=422)
    again = row_of(register, request.user, saved.pk)
    undo = {"before": list(before.items()), "seen": seen.seen_of(again, [column.path])} if form.changed_data else {}
    return _show_text(request, register, column, again, **undo)


def _show_form(
    request: HttpRequest, register: Register, column: Column, form: Any, was: str, status: int = 200
) -> HttpResponse:
    bound = form[column.path]
    errors = [*bound.errors, *form.non_field_errors()]
    context = {"register": register, "column": column, "bound": bound, "errors": errors, "seen": was}
    return render(request, "core/_register_cell.html", context | {"key": form.instance.pk}, status=status)


def _show_text(request: HttpRequest, register: Register, column: Column, row: Any, **undo: Any) -> HttpResponse:
    value = cells(register, request.user, [column], [row])[0][0]
    context = {"register": register, "column": column, "value": value, "key": row.pk, "called": register.called(row)}
    return render(request, "core/_register_cell.html", context | undo)


urlpatterns = [path("registers/<slug:name>/<int:key>/field/<slug:field>", cell, name="register-cell")]
