"""Reports within the reach of whoever asks; one's own; and the one that a receipt code opens."""

from __future__ import annotations

import re
from typing import Any, Final

from django.db.models import Q, QuerySet

from bartizan.cases.models import Report, ReportMessage
from bartizan.cases.queries.case import case_rule
from bartizan.core import files
from bartizan.core.access import may, may_change, visible_to
from bartizan.core.actions import digest_of
from bartizan.watch.queries import Reader

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter is mistaken for another when it is copied by hand."""
CODE_LETTERS: Final = 20
"""100 random bits, so that no slow hash is needed and nobody guesses one."""
_MISREAD: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})

# A report says in free text where it happened, so a limited reach shows those alone that joined a case within it.
case_rule(Report, also=lambda user: Q(by=user.pk))
case_rule(ReportMessage, "report__case")


def reports(user: Reader) -> QuerySet[Report]:
    """Those that an officer may work on; an employee's own are ``own_reports``."""
    found = Report.objects.select_related("case", "by").order_by("-received_at", "-pk")
    return visible_to(user, found) if may(user, "see cases") else found.none()


def open_reports(user: Reader) -> QuerySet[Report]:
    """Those that wait for the office."""
    return reports(user).filter(state__in=("new", "answered"))


def own_reports(user: Reader) -> QuerySet[Report]:
    return visible_to(user, Report.objects.order_by("-received_at", "-pk")).filter(by=user.pk)


def messages_of(report: Report) -> QuerySet[ReportMessage]:
    """Of a report that was found by one of the above, or by its code."""
    return report.messages.select_related("by").order_by("at", "pk")


def report_of(code: str) -> Report | None:
    """The report whose receipt this is; whoever has it may read the state and the questions, and answer."""
    plain = plain_code(code)
    return Report.objects.filter(code=digest_of(plain)).first() if len(plain) == CODE_LETTERS else None


def plain_code(code: str) -> str:
    """As it is hashed: no dashes and spaces, capitals, and what is misread put right."""
    return re.sub(r"[^0-9A-Z]", "", code.upper()).translate(_MISREAD)


def _subject(user: Any, number: str) -> files.Subject | None:
    """A report as what files belong to: for the office alone."""
    report = reports(user).filter(number=number).first()
    if report is None:
        return None
    return files.Subject(f"report:{number}", f"report {number}", f"/reports/{number}", may_change(user, Report))


def _is_open(reference: str) -> str:
    kind, _, number = reference.partition(":")
    is_open = kind == "report" and Report.objects.filter(number=number).exclude(state="closed").exists()
    return f"Report {number} is not closed." if is_open else ""


files.shows("report", _subject)
files.keeps(_is_open)
