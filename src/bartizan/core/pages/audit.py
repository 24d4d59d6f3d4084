"""The audit: who did what to what, when, from where, before and after; whether it is whole. Nothing changes it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from bartizan.core import actions, audit, audit_words, queries
from bartizan.core.access import needs, visible_to
from bartizan.core.chain import AuditBrokenError
from bartizan.core.models import AuditEntry, User
from bartizan.core.subjects import url_of
from bartizan.core.values import is_number
from bartizan.web.shell import Item, menu, zone_of
from bartizan.web.templatetags.bz import as_zone

menu(Item("audit", "Audit", "audit", order=80, needs="see audit"))

PAGE = 100
FIRST_YEAR, LAST_YEAR = 1970, 9000
FILTERS = ("by", "did", "to", "from", "until", "where")
HEAD = ("number", "time, UTC", "by", "did", "to", "from where", "before and after", "digest")
WALKED = 200_000
"""With more entries than this a walk takes longer than a page may; the command line walks any number."""


class _BadFilterError(ValueError):
    pass


@require_safe
@needs("see audit")
def show(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(request: HttpRequest, verdict: audit.Verdict | None = None) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    zone, trouble = as_zone(zone_of(user)), ""
    found = visible_to(user, AuditEntry.objects.select_related("by").order_by("-pk"))
    try:
        found = _filtered(found, request.GET, zone)
    except _BadFilterError as error:
        trouble = str(error)
    entries = list(found[: PAGE + 1])
    kept = {name: request.GET.get(name, "") for name in FILTERS}
    asked = {name: value for name, value in kept.items() if value}
    older = asked | {"before": str(entries[PAGE - 1].pk)} if entries[PAGE:] else {}
    context = {
        "place": "audit",
        "zone": zone,
        "entries": [_Line(entry, url_of(entry.subject)) for entry in entries[:PAGE]],
        "people": visible_to(user, User.objects.order_by("first_name", "username")),
        "kept": kept,
        "asked": urlencode(asked),
        "older": urlencode(older),
        "is_first": "before" not in request.GET,
        "trouble": trouble,
        "verdict": verdict,
        "verified": queries.verified(),
        "last": queries.audit_anchor(),
    }
    status = 422 if trouble else 200
    return render(request, "core/audit.html", context, status=status)


@dataclass(frozen=True, slots=True)
class _Line:
    entry: AuditEntry
    url: str
    """Of what it was done to."""


def _filtered(found: QuerySet[AuditEntry], asked: Mapping[str, str], zone: Any) -> QuerySet[AuditEntry]:
    if by := asked.get("by"):
        found = found.filter(by=None) if by == "bartizan" else found.filter(by_name=by)
    for name, field in (("did", "verb"), ("to", "subject"), ("where", "origin")):
        if words := asked.get(name, "").strip():
            found = found.filter(**{f"{field}__icontains": words})
    if day := asked.get("from", "").strip():
        found = found.filter(at__gte=_day(day, zone))
    if day := asked.get("until", "").strip():
        found = found.filter(at__lt=_day(day, zone) + timedelta(days=1))
    before = asked.get("before", "")
    return found.filter(pk__lt=int(before)) if is_number(before) else found


def _day(text: str, zone: Any) -> datetime:
    try:
        day = datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError:
        day = datetime.min  # noqa: DTZ901  no year of an audit
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise _BadFilterError(f"“{text}” is not a day of an audit. A day is written like 2026-11-17.")
    return day


@require_POST
@needs("see audit")
def verify(request: HttpRequest) -> HttpResponse:
    """Walk the chain and say on the page what was found; that it was walked is in the audit."""
    user = request.user
    assert isinstance(user, User)
    if (last := queries.audit_anchor()) and last.number > WALKED:
        words = f"{last.number:,} entries take longer than a page may: run “bartizan audit verify” on the machine."
        return _page(request, audit.Verdict(last, words.replace(",", "\u202f")))
    verdict = audit.verify()
    with suppress(AuditBrokenError, IntegrityError):  # nothing can be added to an audit that lost its end
        actions.keep_verdict(user, verdict)
    if verdict.is_whole:
        return HttpResponseRedirect("/audit")
    return _page(request, verdict)


@require_safe
@needs("see audit")
def export(request: HttpRequest) -> HttpResponseBase:
    """Every entry that the filters keep, as CSV, the first one first; the export is an entry of its own."""
    user = request.user
    assert isinstance(user, User)
    try:
        found = _filtered(visible_to(user, AuditEntry.objects.order_by("pk")), request.GET, as_zone(zone_of(user)))
    except _BadFilterError as error:
        return HttpResponse(str(error), status=422, content_type="text/plain; charset=utf-8")
    asked = {name: value for name in FILTERS if (value := request.GET.get(name, ""))}
    actions.record(user, "exported", "audit:entries", **asked)
    answer = StreamingHttpResponse(_csv(found), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return answer


class _Echo:
    """A file that hands back what is written: csv needs somewhere to write, the answer wants the line."""

    def write(self, line: str) -> str:
        return line


def _csv(found: QuerySet[AuditEntry]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(HEAD)
    for entry in found.iterator(chunk_size=1000):
        at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
        who, detail = entry.by_name or "Bartizan", audit_words.sentence(entry.detail, UTC)
        cells = (who, entry.verb, entry.subject, entry.origin, detail)
        yield writer.writerow([entry.pk, at, *(_text(cell) for cell in cells), entry.digest])


def _text(words: str) -> str:
    """A leading sign that a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"'{words}" if words[:1] in ("=", "+", "-", "@", "\t", "\r") else words


urlpatterns = [
    path("audit", show, name="audit"),
    path("audit/verify", verify, name="audit-verify"),
    path("audit.csv", export, name="audit-export"),
]
