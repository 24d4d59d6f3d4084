"""Who is told of a case: the call tree, what to say, and the notices to authorities."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Final

from django.utils import timezone

from bartizan.cases.actions.notice import words_of
from bartizan.cases.call_script import script_of
from bartizan.cases.fact_sheet import fact_sheet
from bartizan.cases.findings import Findings
from bartizan.cases.models import Case, CaseNotice, Contact, ContactTry, NoticeVersion
from bartizan.cases.models.contact import PARTS
from bartizan.cases.notice_book import Form, forms
from bartizan.cases.notice_text import Said, masks_for, said
from bartizan.cases.pages import clocks
from bartizan.cases.queries.contact import Row, clock_met_by, notices_of, others, tree
from bartizan.core.access import may
from bartizan.core.models import User
from bartizan.web.words import duration_words, short_time

ICONS: Final = {"phone": "phone", "mail": "mail", "sms": "talk", "webhook": "net", "portal": "upload",
                "person": "person", "letter": "file"}  # fmt: skip


MOST_SHOWN: Final = 9
"""Contacts on the overview."""


@dataclass(frozen=True, slots=True)
class Tried:
    icon: str
    words: str
    is_ok: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the tree as it is shown."""

    row: Row
    channel: str
    tried: tuple[Tried, ...]
    said: str
    icon: str
    state: str
    when: str
    is_due: bool
    is_strong: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """The notice that is open."""

    notice: CaseNotice
    form: Form
    version: NoticeVersion
    fields: list[Said]
    words: str
    """As it leaves, or as it left."""
    lock: str
    """Why it cannot be sent yet; empty: it can."""
    clock: Any
    is_own: bool
    """The reader wrote some of it, so somebody else records counsel's word."""
    ways: list[tuple[str, str]]

    @property
    def sheet(self) -> str:
        """The fact sheet's version as people say it: ``7`` of ``7-3fa9…``."""
        return self.version.sheet.partition("-")[0]

    @property
    def open_fields(self) -> int:
        return sum(not one.is_settled for one in self.fields)


def content(user: User, case: Case, known: Findings, zone: tzinfo) -> dict[str, Any]:
    return chosen(user, case, zone, "", "")


def chosen(user: User, case: Case, zone: tzinfo, contact: str, notice: str) -> dict[str, Any]:
    """What the tab shows, with one contact and one notice open."""
    now = timezone.now()
    rows = tree(user, case)
    lines = [_line(row, zone, now) for row in rows]
    notices = list(notices_of(user, case))
    focus = next((one for one in lines if one.row.contact.code == contact), None) or _next(lines)
    told = [row for row in rows if row.standing.state == "told" and not row.is_out]
    one = next((each for each in notices if str(each.number) == notice), None) or next(
        (each for each in notices if each.sent_at is None), notices[-1] if notices else None
    )
    return {
        "groups": [(group, _of_group(lines, group)) for group in PARTS],
        "told": len(told),
        "out": sum(row.is_out for row in rows),
        "listed": sum(not row.is_out for row in rows),
        "focus": focus,
        "is_chosen": bool(contact),
        "script": script_of(focus.row.contact, fact_sheet(case)) if focus else None,
        "notices": [(each, _form(each), _stands(each, zone, now)) for each in notices],
        "draft": _draft(user, one) if one else None,
        "forms": forms().values(),
        "others": others(user, rows),
        "ways": ContactTry.WAYS,
        "urgent_clocks": clocks.urgent(user, case, zone),
        "changes_register": may(user, "change registers"),
        "counted": {"contacts": _untold(case, rows)},
    }


def count(user: User, case: Case) -> int:
    """How many are not told yet although they are to be."""
    return 0 if case.state == "closed" else _untold(case, tree(user, case))


def _untold(case: Case, rows: Iterable[Row]) -> int:
    if case.state == "closed":
        return 0
    return sum(not row.is_out and not row.undecided and row.standing.state != "told" for row in rows)


def in_short(user: User, case: Case, zone: tzinfo) -> dict[str, Any]:
    """Told and not told, for the overview."""
    now, rows = timezone.now(), tree(user, case)
    lines = [_line(row, zone, now) for row in rows]
    listed = [line for line in lines if not line.row.is_out]
    return {
        "told_lines": lines[:MOST_SHOWN],
        "told": sum(line.row.standing.state == "told" for line in listed),
        "to_tell": len(listed),
        "counted": {"contacts": _untold(case, rows)},
    }


def _of_group(lines: Sequence[Line], group: str) -> list[Line]:
    return [line for line in lines if line.row.contact.group == group]


def _next(lines: Iterable[Line]) -> Line | None:
    """Who is to be rung next: whoever is due, then the first who was not told."""
    open_ = [one for one in lines if not one.row.is_out and one.row.standing.state != "told"]
    waiting = [one for one in open_ if one.row.standing.at is not None]
    waiting.sort(key=lambda one: one.row.standing.at or timezone.now())
    return next(iter([one for one in waiting if one.is_due] + [o for o in open_ if not o.row.undecided] + open_), None)


def _line(row: Row, zone: tzinfo, now: datetime) -> Line:
    icon, state, when, is_due, is_strong = _state(row, zone, now)
    tried = tuple(_tried(one, zone, now) for one in row.tries)
    words = row.choice.because if row.choice and row.is_out else row.said
    return Line(row, _channel(row.contact), tried, words, icon, state, when, is_due, is_strong)


def _channel(contact: Contact) -> str:
    ways = (contact.phone, contact.email, contact.sms, "portal" if contact.portal else "",
            "webhook" if contact.webhook else "")  # fmt: skip
    return next(filter(None, ways), "none")


def _tried(one: ContactTry, zone: tzinfo, now: datetime) -> Tried:
    is_ok = one.outcome in ("sent", "back")
    icon = "nocall" if one.way == "phone" and not is_ok else ICONS[one.way]
    words = [short_time(one.at, now, zone), one.get_way_display(), one.get_outcome_display()]
    return Tried(icon, ", ".join(words) + (f": {one.said}" if one.said else ""), is_ok)


def _state(row: Row, zone: tzinfo, now: datetime) -> tuple[str, str, str, bool, bool]:
    """Icon, words, time, whether it is due in the colour of an escalation, whether it stands out."""
    stand, at = row.standing, row.standing.at
    if row.is_out:
        assert row.choice is not None
        return "eyeoff", row.choice.get_kind_display(), "", False, False
    if stand.state == "told" and at is not None:
        return "check", "said back", short_time(at, now, zone), False, False
    if stand.state == "up" and at is not None:
        above = row.contact.escalates_to
        return "", f"{above.name if above else 'the lead'} {_in(at, now)}", "", True, False
    if stand.state == "again" and at is not None:
        return "clock", "Again now" if at <= now else f"Again {_in(at, now)}", "", False, True
    draft = next((one for one in row.notices if one.sent_at is None), None)
    if draft is not None:
        return "clock", _stands(draft, zone, now).capitalize(), "", False, True
    return ("unchecked", "Not decided", "", False, False) if row.undecided else ("", "Not yet", "", False, False)


def _in(at: datetime, now: datetime) -> str:
    return "now" if at <= now else f"in {duration_words((at - now).total_seconds())}"


def _form(notice: CaseNotice) -> Form | None:
    return forms().get(notice.form)


def _stands(notice: CaseNotice, zone: tzinfo, now: datetime) -> str:
    if notice.sent_at is not None:
        return f"sent {short_time(notice.sent_at, now, zone)}"
    if notice.trouble:
        return "could not be sent"
    form = _form(notice)
    if form is not None and form.needs_counsel and notice.confirmed_at is None:
        return "counsel reads it"
    return "ready to send"


def _draft(user: User, notice: CaseNotice) -> Draft | None:
    form, version = _form(notice), max(notice.versions.all(), key=lambda one: one.number, default=None)
    if form is None or version is None:
        return None
    lock = ""
    if form.needs_counsel and notice.confirmed_at is None:
        lock = "It is sent once counsel has confirmed this text."
    is_own = notice.by_id == user.pk or any(one.by_id == user.pk for one in notice.versions.all())
    return Draft(
        notice,
        form,
        version,
        said(form, version.fields, *masks_for(notice.case, form)),
        notice.sent_words or words_of(notice, user),
        lock,
        clock_met_by(notice) if notice.sent_at is None else None,
        is_own,
        _ways(notice.contact),
    )


def _ways(contact: Contact) -> list[tuple[str, str]]:
    """On which a notice to this contact leaves; by hand always."""
    made = [("mail", f"by e-mail to {contact.email}")] if contact.email else []
    made += [("webhook", "to their webhook")] if contact.webhook else []
    by_hand = ("portal", "entered on their portal by hand"), ("letter", "by letter"), ("person", "handed over")
    return [*made, *by_hand]
