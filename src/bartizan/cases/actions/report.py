"""A report comes in, the office asks, the reporter answers, and it becomes part of a case or is closed."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.cases import report_notices
from bartizan.cases.actions.case import add_note, open_case
from bartizan.cases.actions.run import start_fitting
from bartizan.cases.models import Case, Report, ReportMessage
from bartizan.cases.queries.report import ALPHABET, CODE_LETTERS
from bartizan.core import files
from bartizan.core.access import origin
from bartizan.core.actions import digest_of, record
from bartizan.core.models import User
from bartizan.engines import triage

log = logging.getLogger(__name__)
LEVELS_OF: Final = {"threat": 4, "attack": 3, "person": 3, "theft": 3}
"""Of the kinds that do not wait; the others are medium."""
LARGEST_FILE: Final = 20_000_000
LONGEST: Final = 10_000
FORM: Final = "report form"
"""What the audit says in place of an address for what comes without a name."""
_KEPT = 3


@dataclass(frozen=True, slots=True)
class Told:
    """What the reporter wrote."""

    words: str
    place: str = ""
    happened: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that came with it."""

    name: str
    chunks: Iterable[bytes]


@atomic
def file_report(told: Told, *, by: User | None = None, sent: Sent | None = None) -> tuple[Report, str]:
    """Keep what was reported; the report and its receipt code, which is told once and kept only as its digest."""
    words = told.words.strip()
    if not words:
        raise ValidationError("Say in a sentence or two what happened.")
    if len(words) > LONGEST:
        raise ValidationError(f"Please keep it under {LONGEST:,} letters; the rest can go into a file.")
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LETTERS))
    now = timezone.now()
    kind, made = _sorted(words)
    with _without_address(by):
        report = Report.objects.create(
            number=next_number(now),
            words=words,
            place=told.place.strip()[:300],
            happened=told.happened.strip()[:120],
            contact=told.contact.strip()[:200],
            by=by,
            code=digest_of(code),
            received_at=now,
            level=LEVELS_OF.get(kind, 2),
            kind=kind,
            sorted=made,
        )
        record(by, "reported", _name(report), kind=kind, named=by is not None)
        if sent is not None:
            files.add_file(by, _name(report), sent.name, _within_limit(sent.chunks))
        report_notices.received(report)
    return report, "-".join(code[at : at + 4] for at in range(0, CODE_LETTERS, 4))


@contextmanager
def _without_address(by: User | None) -> Iterator[None]:
    """While somebody without a name acts, the audit keeps no address."""
    if by is not None:
        yield
        return
    token = origin.set(FORM)
    try:
        yield
    finally:
        origin.reset(token)


def _sorted(words: str) -> tuple[str, dict[str, Any]]:
    """Kind, and why; a report is taken in even when it cannot be sorted, and then says so."""
    try:
        found = triage.sort(words)
    except triage.WeightsError as error:
        log.exception("A report was not sorted")
        return triage.NOT_SURE, {"trouble": str(error)}
    made = asdict(found)
    return found.kind, made | {"types": made["types"][:_KEPT], "places": made["places"][:_KEPT]}


def _within_limit(chunks: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > LARGEST_FILE:
            raise ValidationError(
                f"The file is over {LARGEST_FILE // 1_000_000} MB. Send the report without it and say that you have it."
            )
        yield chunk


def next_number(now: datetime) -> str:
    """``R-2026-041``: a running number within the year."""
    year = f"R-{now.year}-"
    last = Report.objects.filter(number__startswith=year).order_by("-pk").first()
    return f"{year}{int(last.number.rsplit('-', 1)[1]) + 1 if last else 1:03d}"


@atomic
def ask_reporter(report: Report, words: str, by: User) -> ReportMessage:
    """Put a question to the reporter, who finds it on coming back."""
    _refuse_closed(report)
    asked = _say(report, words, by)
    if report.state != "case":
        _move(report, "asked")
    record(by, "asked the reporter", _name(report), message=asked.pk)
    report_notices.asked(report, by)
    return asked


@atomic
def answer_question(report: Report, words: str) -> ReportMessage:
    """The reporter's answer, with a code or under the own name."""
    if report.state == "closed":
        raise ValidationError("This report is closed. If there is something new, please make another report.")
    with _without_address(report.by):
        answered = _say(report, words, None)
        if report.state != "case":
            _move(report, "answered")
        record(report.by, "answered", _name(report), message=answered.pk)
        report_notices.answered(report)
    return answered


def _say(report: Report, words: str, by: User | None) -> ReportMessage:
    words = words.strip()
    if not words:
        raise ValidationError("Write something first.")
    if len(words) > LONGEST:
        raise ValidationError(f"Please keep it under {LONGEST:,} letters.")
    return ReportMessage.objects.create(report=report, words=words, is_question=by is not None, by=by)


@atomic
def open_from_report(report: Report, headline: str, by: User) -> Case:
    """A case that begins with the report."""
    _refuse_closed(report)
    if report.case is not None:
        raise ValidationError(f"The report is in case {report.case.number} already.")
    what = "Something" if report.kind == triage.NOT_SURE else report.get_kind_display()
    headline = headline.strip() or f"{what}, reported{_at(report.place)}"
    case = open_case(headline=headline[:300], by=by)
    _add_to(case, report, by)
    start_fitting(case)
    return case


@atomic
def join_report(report: Report, case: Case, by: User) -> None:
    """The report belongs to a case that is there."""
    _refuse_closed(report)
    if case.state == "closed":
        raise ValidationError(f"Case {case.number} is closed; set it to open first, or choose another.")
    if report.case_id == case.pk:
        raise ValidationError(f"The report is in case {case.number} already.")
    _add_to(case, report, by)


def _add_to(case: Case, report: Report, by: User) -> None:
    before = report.case.number if report.case else ""
    report.case = case
    report.save(update_fields=["case"])
    _move(report, "case")
    add_note(case, f"Report {report.number}{_at(report.place)}:\n{report.words}", by)
    record(by, "joined to a case", _name(report), case=case.number, before=before)
    record(by, "joined by report", f"case:{case.number}", report=report.number)


@atomic
def close_report(report: Report, reason: str, by: User) -> None:
    """Nothing more follows from it; the reporter sees that it is closed, the reason stays in the office."""
    _refuse_closed(report)
    if not reason.strip():
        raise ValidationError("Say why the report is closed.")
    report.closed_at, report.closed_because = timezone.now(), reason.strip()[:400]
    report.save(update_fields=["closed_at", "closed_because"])
    before = report.state
    _move(report, "closed")
    record(by, "closed", _name(report), before=before, reason=report.closed_because)


@atomic
def sort_by_hand(report: Report, kind: str, by: User) -> None:
    """An officer knows better what kind it is."""
    if kind not in triage.KINDS:
        raise ValidationError("Choose a kind from the list.")
    before, report.kind, report.is_sorted_by_hand = report.kind, kind, True
    report.level = LEVELS_OF.get(kind, 2)
    report.save(update_fields=["kind", "is_sorted_by_hand", "level"])
    record(by, "sorted by hand", _name(report), before=before, after=kind)


def _refuse_closed(report: Report) -> None:
    if report.state == "closed":
        raise ValidationError(f"Report {report.number} is closed.")


def _move(report: Report, state: str) -> None:
    report.state = state
    report.save(update_fields=["state"])


def _at(place: str) -> str:
    return f", {place}" if place else ""


def _name(report: Report) -> str:
    return f"report:{report.number}"
