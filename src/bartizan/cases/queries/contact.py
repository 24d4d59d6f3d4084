"""Whom a case tells, in order, and how it stands with each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Q, QuerySet

from bartizan.cases.models import Case, CaseNotice, Clock, Contact, ContactChoice, ContactTry, NoticeVersion
from bartizan.cases.models.contact import PARTS
from bartizan.cases.notice_book import forms
from bartizan.cases.queries.case import case_rule
from bartizan.cases.queries.clock import answers_of, laws_in_force, running
from bartizan.core.access import rule, visible_to
from bartizan.engines import clocks
from bartizan.engines.calling import Standing, standing
from bartizan.watch.queries import Reader

# The numbers of executives and authorities are the office's own list, so a reach does not limit it.
rule(Contact, see="see cases", change="change registers")
for part in (ContactChoice, ContactTry, CaseNotice):
    case_rule(part)
case_rule(NoticeVersion, "notice__case")

_IN_ORDER: Final = {part: number for number, parts in enumerate(PARTS.values()) for part in parts}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a case's call tree."""

    contact: Contact
    number: int
    """Its place in the order; 0: left out or walled off."""
    tries: tuple[ContactTry, ...]
    standing: Standing
    choice: ContactChoice | None
    undecided: str
    """What is not answered yet before a law asks for this; empty: it is told."""
    notices: tuple[CaseNotice, ...] = field(default=())

    @property
    def is_out(self) -> bool:
        return self.choice is not None and self.choice.kind != "in"

    @property
    def said(self) -> str:
        """What they said back, the latest."""
        return next((one.said for one in reversed(self.tries) if one.outcome == "back"), "")


def contacts(user: Reader) -> QuerySet[Contact]:
    return visible_to(user, Contact.objects.select_related("escalates_to").order_by("order", "name"))


def notices_of(user: Reader, case: Case) -> QuerySet[CaseNotice]:
    found = case.notices_out.select_related("contact", "clock", "by", "confirmed_by", "sent_by")
    return visible_to(user, found.prefetch_related("versions__by").order_by("number"))


def tree(user: Reader, case: Case) -> list[Row]:
    """The call tree of a case, in its order: who applies by level and law, or was added, or was tried already."""
    choices = {one.contact_id: one for one in visible_to(user, case.contact_choices.select_related("by"))}
    tries: dict[int, list[ContactTry]] = defaultdict(list)
    for one in visible_to(user, case.contact_tries.select_related("by").order_by("at", "pk")):
        tries[one.contact_id].append(one)
    notices: dict[int, list[CaseNotice]] = defaultdict(list)
    for notice in visible_to(user, case.notices_out.order_by("number")):
        notices[notice.contact_id].append(notice)
    verdicts, rows = _Verdicts(case), []
    found = sorted(contacts(user), key=lambda one: (_IN_ORDER.get(one.part, 9), one.order, one.name))
    for contact in found:
        choice, made = choices.get(contact.pk), tries.get(contact.pk, [])
        applies, why = verdicts.of(contact)
        if applies is False and not (choice or made or contact.pk in notices):
            continue
        rows.append(_row(contact, made, choice, "" if applies or choice else why, notices.get(contact.pk, ())))
    return _numbered(rows)


def _row(
    contact: Contact,
    made: Iterable[ContactTry],
    choice: ContactChoice | None,
    undecided: str,
    notices: Iterable[CaseNotice],
) -> Row:
    stand = standing((one.plain for one in made), contact.minutes)
    return Row(contact, 0, tuple(made), stand, choice, undecided, tuple(notices))


def _numbered(rows: Iterable[Row]) -> list[Row]:
    made, number = [], 0
    for row in rows:
        number += not row.is_out
        place = 0 if row.is_out else number
        made.append(Row(row.contact, place, row.tries, row.standing, row.choice, row.undecided, row.notices))
    return made


def others(user: Reader, rows: Iterable[Row]) -> list[Contact]:
    """Those of the register who are not in the tree, to be added by hand."""
    there = {row.contact.pk for row in rows}
    return [one for one in contacts(user) if one.pk not in there]


def clock_met_by(notice: CaseNotice) -> Clock | None:
    """The running clock that a notice meets, one that was started after its draft too: the one that binds."""
    form = forms().get(notice.form)
    if form is None or not form.clock:
        return None
    found = running(notice.case.clocks.filter(Q(pk=notice.clock_id) | Q(rule=form.clock)))
    return found.order_by("due_at").first()


class _Verdicts:
    """Whether a contact is told in a case: by its level, and by the law that asks for it."""

    def __init__(self, case: Case) -> None:
        self.level = case.level
        self.laws: Mapping[str, clocks.Law] = laws_in_force()
        self.answers: Mapping[str, Any] = answers_of(case)

    def of(self, contact: Contact) -> tuple[bool | None, str]:
        """Nothing: it is not decided; the words say what is not answered yet."""
        if self.level < contact.least:
            return False, ""
        law = self.laws.get(contact.law)
        if law is None:
            return True, ""
        verdict = clocks.applies(law, self.answers)
        return verdict.applies, verdict.reason
