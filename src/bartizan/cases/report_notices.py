"""What reports tell people, and whom: declared here, switched under Settings, Notices."""

from __future__ import annotations

from django.utils import timezone

from bartizan.cases.models import Report
from bartizan.core.access import covers
from bartizan.core.models import User
from bartizan.notices.actions import Telling, happened
from bartizan.notices.queries import answerers, first_of
from bartizan.notices.triggers import Trigger, trigger

RECEIVED = trigger(
    Trigger(
        "report-received",
        "Somebody reports something",
        "Whoever is on call and may see it; nobody on call: whoever may work cases",
        has_levels=True,
        order=24,
    )
)
ANSWERED = trigger(
    Trigger(
        "report-answered",
        "A reporter answers a question",
        "Whoever asked last; the lead too, when the report is in a case",
        order=25,
    )
)
ASKED = trigger(
    Trigger(
        "report-asked",
        "The office asks about a report",
        "Whoever made it under the own name; a reporter without a name finds it with the receipt code",
        order=26,
    )
)


def received(report: Report) -> None:
    order = answerers(Report.objects.filter(pk=report.pk), timezone.now(), "work cases")
    users = first_of(order.get(report.pk, []))
    happened(RECEIVED.name, [_telling(report, users, f"Report {report.number} came in: {report.get_kind_display()}")])


def answered(report: Report) -> None:
    last = report.messages.filter(is_question=True).order_by("-pk").first()
    lead = report.case.lead if report.case else None
    users = [one for one in dict.fromkeys([last.by if last else None, lead]) if one and covers(one, report)]
    happened(ANSWERED.name, [_telling(report, users, f"The reporter of {report.number} has answered")])


def asked(report: Report, by: User) -> None:
    if report.by is None or report.by == by:
        return
    words = f"The security office has a question about your report {report.number}"
    telling = Telling([report.by], words, "/report/back", 0, f"report:{report.number}", "A question about your report")
    happened(ASKED.name, [telling])


def _telling(report: Report, users: list[User], words: str) -> Telling:
    number = report.number
    return Telling(users, words, f"/reports/{number}", report.level, f"report:{number}", f"Report {number}")
