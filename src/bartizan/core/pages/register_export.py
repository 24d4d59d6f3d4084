"""A register as a file: what the list shows, or everything as an import reads it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path
from django.views.decorators.http import require_GET

from bartizan.core.access import needs
from bartizan.core.actions import record
from bartizan.core.exports import Sheet, as_import, as_shown, csv_lines, workbook
from bartizan.core.models import User
from bartizan.core.pages.register_parts import opened
from bartizan.core.registers import Listing
from bartizan.core.rows import targets

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@needs("")
def as_csv(request: HttpRequest, name: str) -> StreamingHttpResponse:
    """CSV in UTF-8; ``?as=import`` for everything, as an import reads it."""
    sheet = _sheet(request, name, "CSV")
    answer = StreamingHttpResponse(csv_lines(sheet), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


@require_GET
@needs("")
def as_xlsx(request: HttpRequest, name: str) -> HttpResponse:
    """The same as a spreadsheet."""
    sheet = _sheet(request, name, "XLSX")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "export.xlsx"
        workbook(file, [sheet])
        return download(file.read_bytes(), f"{name}.xlsx")


def download(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _sheet(request: HttpRequest, name: str, form: str) -> Sheet:
    """What is exported; that it is goes to the audit."""
    register = opened(request, name)
    shown = Listing(register, request.user, request.GET)
    is_for_import = request.GET.get("as") == "import"
    rows = shown.picked if shown.has_picks else shown.rows
    assert isinstance(request.user, User)
    told = {"form": form, "records": rows.count(), "filters": shown.view_query}
    record(request.user, "exported", f"register:{name}", **told)
    return as_import(targets()[name], request.user, rows) if is_for_import else as_shown(shown, rows)


urlpatterns = [
    path("registers/<slug:name>.csv", as_csv, name="register-export"),
    path("registers/<slug:name>.xlsx", as_xlsx, name="register-export-xlsx"),
]
