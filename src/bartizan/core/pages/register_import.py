"""Import of a table into a register, and of a workbook into several: upload, preview, accept, report."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bartizan.connectors.imports.files import FileError
from bartizan.core import uploads
from bartizan.core.access import may, may_change, needs
from bartizan.core.exports import Sheet, csv_lines
from bartizan.core.imported import LEFT_OUT, Import
from bartizan.core.loading import LoadReport
from bartizan.core.pages.register_export import download
from bartizan.core.pages.register_parts import opened
from bartizan.core.registers import Register
from bartizan.core.rows import Problem, targets
from bartizan.core.tables import MOST_BYTES, MOST_ROWS
from bartizan.core.template_sheet import template
from bartizan.web.shell import zone_of
from bartizan.web.templatetags.bz import as_zone

SHOWN = 20
"""Changed rows in the preview."""
TOLD = 200
"""Bad rows in the preview; all of them are in the list to download."""


@require_http_methods(["GET", "HEAD", "POST"])
@needs("")
def begin(request: HttpRequest, name: str = "") -> HttpResponse:
    """Choose a file."""
    register = _register(request, name)
    trouble = ""
    if request.method == "POST":
        try:
            upload = _keep(request)
            Import(upload, request.user, QueryDict(), name).look()
            return HttpResponseRedirect(_url(name, upload.token))
        except FileError as error:
            trouble = str(error)
    context = _frame(register) | {
        "trouble": trouble,
        "targets": [each.register for each in targets().values() if may_change(request.user, each.model)],
        "most_megabytes": MOST_BYTES // 2**20,
        "most_rows": MOST_ROWS,
    }
    return render(request, "core/import.html", context, status=422 if trouble else 200)


@require_safe
@needs("")
def preview(request: HttpRequest, token: str, name: str = "") -> HttpResponse:
    """What the file would do; after it was accepted, what it did."""
    register = _register(request, name)
    upload = _upload(request, token)
    if upload.done:
        told = {"upload": upload, "done": upload.done, "may_audit": may(request.user, "see audit")}
        return render(request, "core/import_done.html", _frame(register) | told)
    return _show(request, register, Import(upload, request.user, request.GET, name))


@require_POST
@needs("")
def accept(request: HttpRequest, token: str, name: str = "") -> HttpResponse:
    """Load it: all of it, or, when that was chosen, the rows that are right."""
    register = _register(request, name)
    upload = _upload(request, token)
    if upload.done:
        return HttpResponseRedirect(_url(name, token))
    wanted = Import(upload, request.user, request.GET, name)
    try:
        with timezone.override(as_zone(zone_of(request.user))):
            report = wanted.accept(partial=request.POST.get("which") == "right")
    except FileError:
        return _show(request, register, wanted)
    if not report.is_kept:
        return _show(request, register, wanted, refused=report)
    uploads.note(replace(upload, done=_told(report)))
    upload.path.unlink(missing_ok=True)
    return HttpResponseRedirect(_url(name, token))


@require_POST
@needs("")
def discard(request: HttpRequest, token: str, name: str = "") -> HttpResponse:
    _register(request, name)
    uploads.remove(_upload(request, token))
    return HttpResponseRedirect(reverse("register", args=[name]) if name else reverse("registers"))


@require_safe
@needs("")
def problems(request: HttpRequest, token: str, name: str = "") -> StreamingHttpResponse:
    """Every bad row, as a table to work through."""
    _register(request, name)
    wanted = Import(_upload(request, token), request.user, request.GET, name)
    try:
        with timezone.override(as_zone(zone_of(request.user))):
            found = [*_problem_rows(wanted, wanted.check())]
    except FileError as error:
        raise Http404(str(error)) from None
    sheet = Sheet("Rows to mend", ["Register", "Row", "Column", "Value", "What to do"], [row[:5] for row in found])
    answer = StreamingHttpResponse(csv_lines(sheet), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="rows-to-mend.csv"'
    return answer


@require_safe
@needs("")
def blank(request: HttpRequest, name: str) -> HttpResponse:
    """A spreadsheet to fill in."""
    register = opened(request, name, to_change=True)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "template.xlsx"
        template(file, targets()[register.name])
        return download(file.read_bytes(), f"{register.name}-template.xlsx")


def _show(
    request: HttpRequest, register: Register | None, wanted: Import, refused: LoadReport | None = None
) -> HttpResponse:
    context = _frame(register) | {"upload": wanted.upload, "wanted": wanted, "query": request.GET.urlencode()}
    context |= {"urls": _urls(context["name"], wanted.upload.token), "left_out": LEFT_OUT, "is_refused": bool(refused)}
    status = 200
    try:
        with timezone.override(as_zone(zone_of(request.user))):
            report = refused if refused and not wanted.arriving else wanted.check()
        context |= _previewed(wanted, report)
        status = 422 if refused else 200
    except FileError as error:
        context |= {"trouble": str(error)}
        status = 422
    template_ = "_import_preview.html" if request.headers.get("X-Part") == "preview" else "import_preview.html"
    return render(request, f"core/{template_}", context, status=status)


def _previewed(wanted: Import, report: LoadReport) -> dict[str, Any]:
    changes = [(work.target.register, change) for work in report.works for change in work.changes.values()]
    by_name = {each.target.name: each for each in wanted.arriving}
    shown = [
        (
            register,
            change,
            [
                (_title(by_name, register, n), *told)
                for n, told in change.told.items()
                if any(told) and n != register.key
            ],
        )
        for register, change in changes[:SHOWN]
    ]
    bad = [*_problem_rows(wanted, report)]
    rows = {(problem.target, problem.row) for problem in report.problems}
    return {
        "report": report,
        "shown": shown,
        "more": max(len(changes) - SHOWN, 0),
        "bad": bad[:TOLD],
        "bad_count": len(rows),
        "bad_more": max(len(bad) - TOLD, 0),
        "counts": [(work.target.register, len(work.changes)) for work in report.works if work.changes],
        "is_empty": not (report.created or report.changed or report.problems),
    }


def _title(by_name: Mapping[str, Any], register: Register, field: str) -> str:
    arriving = by_name.get(register.name)
    return arriving.fields.get(field, field) if arriving else field


def _problem_rows(wanted: Import, report: LoadReport) -> Iterator[tuple[str, int | str, str, str, str]]:
    by_name = {each.target.name: each for each in wanted.arriving}
    known = targets()

    def order(problem: Problem) -> tuple[str, int]:
        return problem.target, problem.row

    for each in sorted(report.problems, key=order):
        arriving = by_name.get(each.target)
        title = known[each.target].register.title if each.target in known else each.target
        column = arriving.heading_of(each.column) if arriving and each.column else each.column
        yield title, each.row or "", column, each.value, each.what


def _told(report: LoadReport) -> dict[str, Any]:
    """What the report says once the file is gone."""
    return {
        "created": report.created,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "left_out": len({(problem.target, problem.row) for problem in report.problems}),
        "registers": [
            [work.target.name, work.target.register.title, len(work.fresh), len(work.altered), work.unchanged]
            for work in report.works
        ],
    }


def _keep(request: HttpRequest) -> uploads.Upload:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise FileError("No file was chosen; choose a spreadsheet (.xlsx) or a text file with columns (CSV).")
    return uploads.keep(int(request.user.pk or 0), str(file.name or "file"), file.chunks())


def _upload(request: HttpRequest, token: str) -> uploads.Upload:
    upload = uploads.find(int(request.user.pk or 0), token)
    if upload is None:
        raise Http404("This file is no longer there: files wait for a day. Upload it again.")
    return upload


def _register(request: HttpRequest, name: str) -> Register | None:
    """The one that is loaded; nothing for a workbook of several."""
    if name:
        return opened(request, name, to_change=True)
    if not any(may_change(request.user, each.model) for each in targets().values()):
        raise PermissionDenied(
            "Your role does not allow this: add, change, import and remove records of the registers."
        )
    return None


def _frame(register: Register | None) -> dict[str, Any]:
    return {"place": "registers", "register": register, "name": register.name if register else ""}


def _urls(name: str, token: str) -> dict[str, str]:
    return {deed: _url(name, token, deed) for deed in ("", "accept", "discard", "problems")} | {
        "show": _url(name, token)
    }


def _url(name: str, token: str, deed: str = "") -> str:
    route = f"import-{deed or 'preview'}"
    return reverse(f"register-{route}", args=[name, token]) if name else reverse(f"workbook-{route}", args=[token])


_DEEDS: dict[str, tuple[str, Any]] = {
    "preview": ("", preview),
    "accept": ("/accept", accept),
    "discard": ("/discard", discard),
}
_DEEDS["problems"] = ("/rows-to-mend.csv", problems)

urlpatterns = [
    path("registers/import", begin, name="workbook-import"),
    *(path(f"registers/import/<str:token>{end}", do, name=f"workbook-import-{n}") for n, (end, do) in _DEEDS.items()),
    path("registers/<slug:name>/import", begin, name="register-import"),
    path("registers/<slug:name>/import/template.xlsx", blank, name="register-import-template"),
    *(
        path(f"registers/<slug:name>/import/<str:token>{end}", do, name=f"register-import-{n}")
        for n, (end, do) in _DEEDS.items()
    ),
]
