"""Every register's pages: the index, list, detail beside it, form, and export."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bartizan.core import actions, queries, registers
from bartizan.core.register_form import form_for, problems_of
from bartizan.core.registers import PAGE, Column, Register
from bartizan.web.shell import zone_of
from bartizan.web.templatetags.bz import as_zone

TABS = ("details", "timeline", "audit")


@dataclass(frozen=True, slots=True)
class Chip:
    name: str
    title: str
    value: str
    choices: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Listing:
    """A register as one user asked for it in the URL."""

    register: Register
    user: Any
    asked: QueryDict

    @property
    def rows(self) -> Any:
        rows = registers.searched(self.register, self.register.rows(self.user), self.asked.get("q", ""))
        for each in self.register.filters:
            if value := self.asked.get(each.name, ""):
                rows = registers.filtered(each, rows, value)
        return registers.sorted_by(self.register, rows, self.sort) if self.sort else rows

    @property
    def sort(self) -> str:
        return self.asked.get("sort", "")

    @property
    def columns(self) -> list[Column]:
        return registers.shown_columns(self.register, self.asked.getlist("col"))

    @property
    def chips(self) -> list[Chip]:
        return [
            Chip(f.name, f.title or f.name, self.asked.get(f.name, ""), registers.choices(self.register, f, self.user))
            for f in self.register.filters
        ]

    @property
    def query(self) -> str:
        """What links of the list carry on, with its question mark."""
        kept = self.asked.copy()
        for name in ("tab", "said"):
            kept.pop(name, None)
        return f"?{kept.urlencode()}" if kept else ""

    @property
    def is_narrowed(self) -> bool:
        return any(self.asked.get(name) for name in ("q", *(f.name for f in self.register.filters)))


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    shown = [(each, each.rows(request.user).count()) for each in registers.registers()]
    return render(request, "core/registers.html", {"place": "registers", "registers": shown})


@require_safe
def listing(request: HttpRequest, name: str) -> HttpResponse:
    if request.headers.get("X-Part") == "side":
        return HttpResponse("")  # the detail was closed
    shown = Listing(_register(name), request.user, request.GET)
    template = "core/_register_list.html" if request.headers.get("X-Part") == "list" else "core/register.html"
    return render(request, template, _list_context(shown))


def _list_context(shown: Listing, **more: Any) -> dict[str, Any]:
    paginator = Paginator(shown.rows, PAGE)
    page: Page[Any] = paginator.get_page(shown.asked.get("page"))
    heads = [(column, _next_sort(column, shown.sort), _direction(column, shown.sort)) for column in shown.columns]
    return {
        "place": "registers",
        "register": shown.register,
        "listing": shown,
        "page": page,
        "heads": heads,
        "rows": [(row, [(column, column.value(row)) for column in shown.columns]) for row in page],
        **more,
    }


def _next_sort(column: Column, sort: str) -> str:
    return f"-{column.order}" if sort == column.order else column.order


def _direction(column: Column, sort: str) -> str:
    return {column.order: "ascending", f"-{column.order}": "descending"}.get(sort, "") if sort else ""


@require_safe
def detail(request: HttpRequest, name: str, key: int) -> HttpResponse:
    register = _register(name)
    row = get_object_or_404(register.rows(request.user), pk=key)
    shown = Listing(register, request.user, request.GET)
    tab = request.GET.get("tab", "details")
    context = _detail_context(request, register, row, tab if tab in TABS else "details")
    if request.headers.get("X-Part") == "side":
        return render(request, "core/_register_side.html", {"register": register, "listing": shown, **context})
    return render(request, "core/register.html", _list_context(shown, **context))


def _detail_context(request: HttpRequest, register: Register, row: Any, tab: str) -> dict[str, Any]:
    reference = register.reference(row) if register.reference else ""
    context: dict[str, Any] = {"row": row, "name": register.called(row), "tab": tab, "reference": reference}
    context["about"] = register.about(row)
    context["state"] = register.state(row) if register.state else None
    if tab == "details":
        context["facts"] = [*_facts(register, row), *register.facts(row)]
        context["sections"] = [(each, list(each.lines(request.user, row))) for each in register.sections]
    elif tab == "timeline":
        context["events"] = registers.events_of(request.user, reference) if reference else None
    else:
        context["entries"] = queries.audit_of(request.user, register.subject(row))[:100]
    return context


def _facts(register: Register, row: Any) -> Iterator[tuple[str, Any]]:
    """The form's fields as they are; a related record by its name, as a chip where it has a page of its own."""
    for name in register.fields:
        field = registers.meta_of(register.model).get_field(name)
        value = registers.reach(row, name)
        if field.is_relation and value is not None:
            value = registers.chip(value)
        own = str(getattr(field, "verbose_name", name)).capitalize()
        yield register.labels.get(name, own), value


def edit(request: HttpRequest, name: str, key: int | None = None) -> HttpResponse:
    """The form, in the detail's place. Its times are on the site's clock."""
    register = _register(name)
    row = None if key is None else get_object_or_404(register.rows(request.user), pk=key)
    shown = Listing(register, request.user, request.GET)
    with timezone.override(as_zone(zone_of(request.user))):
        form = form_for(register, request.user, request.POST or None, row)
        if request.method == "POST" and not problems_of(register, form):
            saved = actions.save_record(request.user, form, register.subject)  # type: ignore[arg-type]  # signed in
            return HttpResponseRedirect(_detail_url(name, saved.pk, shown))
        if request.method == "POST":
            form = form_for(register, request.user, request.POST, row) if not form.errors else form
        context = {"form": form, "row": row, "name": register.called(row) if row else f"New {register.one}"}
        status = 422 if form.errors else 200
        if request.headers.get("X-Part") == "side":
            context |= {"register": register, "listing": shown}
            return render(request, "core/_register_form.html", context, status=status)
        return render(request, "core/register.html", _list_context(shown, **context), status=status)


def _detail_url(name: str, key: int, shown: Listing) -> str:
    return reverse("register-record", args=[name, key]) + shown.query


@require_safe
def export(request: HttpRequest, name: str) -> StreamingHttpResponse:
    """All rows that the filters keep, with the columns that are shown, as CSV in UTF-8."""
    shown = Listing(_register(name), request.user, request.GET)
    answer = StreamingHttpResponse(_csv(shown), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{shown.register.name}.csv"'
    return answer


class _Echo:
    """A file that hands back what is written: csv needs somewhere to write, the answer wants the line."""

    def write(self, line: str) -> str:
        return line


def _csv(shown: Listing) -> Iterator[str]:
    writer = csv.writer(_Echo())
    columns = shown.columns
    yield "\ufeff" + writer.writerow([column.title for column in columns])
    for row in shown.rows.iterator(chunk_size=1000):
        yield writer.writerow([_text(column.value(row)) for column in columns])


def _text(value: Any) -> str:
    """Times in UTC. A leading sign that a spreadsheet would take for a formula gets an apostrophe before it."""
    if value is None:
        return ""
    words = value.isoformat() if isinstance(value, datetime) else str(value)
    is_formula = words[:1] in "=+-@\t\r" and not isinstance(value, int | float)
    return f"'{words}" if words and is_formula else words


def _register(name: str) -> Register:
    register = registers.named(name)
    if register is None:
        raise Http404(f"There is no register called {name}.")
    return register
