"""A notice is drafted from the facts, edited, confirmed by counsel's word, and sent once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.cases.actions.clock import meet_clock
from bartizan.cases.actions.contact import keep_try, refuse_if_out
from bartizan.cases.fact_sheet import fact_sheet
from bartizan.cases.models import Case, CaseNotice, Contact, NoticeVersion
from bartizan.cases.notice_book import Form, forms
from bartizan.cases.notice_text import by_hand, fields_from, letter, masks_for, said, signature
from bartizan.cases.queries.clock import running
from bartizan.cases.queries.contact import clock_met_by
from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.estate.models import Organisation
from bartizan.notices import direct

BY_HAND: Final = ("portal", "letter", "person", "phone")
"""Ways that Bartizan cannot take itself: an officer does, and keeps the receipt."""
ON_ITS_WAY: Final = timedelta(minutes=3)
"""A try that was cut off in the middle holds nobody up for longer."""
LONGEST: Final = 4000


@atomic
def draft_notice(case: Case, form_id: str, contact: Contact, by: User) -> CaseNotice:
    """The first version, from the facts as they are now; with the clock that it would meet, if one runs."""
    form = _form(form_id)
    refuse_if_out(case, contact)
    if case.notices_out.filter(form=form.id, contact=contact, sent_at=None).exists():
        raise ValidationError(f"A draft of “{form.name}” to {contact.name} is there already: go on with that one.")
    number = (case.notices_out.aggregate(top=Max("number"))["top"] or 0) + 1
    clock = running(case.clocks.filter(rule=form.clock)).order_by("due_at").first() if form.clock else None
    made = CaseNotice.objects.create(case=case, number=number, form=form.id, contact=contact, clock=clock, by=by)
    _add_version(made, form, None, by)
    record(by, "drafted a notice", f"case:{case.number}", notice=number, form=form.id, to=contact.code)
    return made


def _form(form_id: str) -> Form:
    form = forms().get(form_id)
    if form is None:
        raise ValidationError("Choose the form from the list.")
    return form


def _add_version(notice: CaseNotice, form: Form, changed: Mapping[str, Any] | None, by: User) -> NoticeVersion:
    """From the facts as they are now, with what was written by hand; or with the fields that were ``changed``."""
    last = notice.versions.order_by("number").last()
    kept = dict(last.fields) if last else {}
    sheet = fact_sheet(notice.case)
    fields = fields_from(form, sheet, notice.case, kept) if changed is None else kept | dict(changed)
    version = sheet.version if changed is None or last is None else last.sheet
    number = last.number + 1 if last else 1
    return NoticeVersion.objects.create(notice=notice, number=number, fields=fields, sheet=version, by=by)


@atomic
def edit_notice(notice: CaseNotice, told: Mapping[str, str], by: User) -> None:
    """A new version with the words as they were written; counsel's word on the former one does not hold for it."""
    notice = _draft(notice)
    form = _form(notice.form)
    last = notice.versions.order_by("number").last()
    assert last is not None
    shown = said(form, last.fields, *masks_for(notice.case, form))
    changed = {}
    for one in shown:
        words = told.get(one.field.id)
        if words is None or " ".join(words.split()) == " ".join(one.words.split()):
            continue
        if len(words) > LONGEST:
            raise ValidationError(f"“{one.field.title}” has at most {LONGEST:,} letters.")
        changed[one.field.id] = by_hand(words, by.get_full_name() or by.username)
    if not changed:
        raise ValidationError("Nothing was changed: the draft stays as it is.")
    _renewed(notice, form, changed, by, "edited a notice")


@atomic
def renew_notice(notice: CaseNotice, by: User) -> None:
    """A new version from the facts as they are now; what was written by hand stays."""
    notice = _draft(notice)
    _renewed(notice, _form(notice.form), None, by, "took the facts anew into a notice")


def _renewed(notice: CaseNotice, form: Form, changed: Mapping[str, Any] | None, by: User, verb: str) -> None:
    made = _add_version(notice, form, changed, by)
    notice.counsel, notice.confirmed_by, notice.confirmed_at, notice.trouble = "", None, None, ""
    notice.save(update_fields=["counsel", "confirmed_by", "confirmed_at", "trouble"])
    facts = {"notice": notice.number, "version": made.number, "fields": sorted(changed or ())}
    record(by, verb, f"case:{notice.case.number}", **facts)


@atomic
def confirm_notice(notice: CaseNotice, version: int, counsel: str, by: User) -> None:
    """Counsel's word on the very version that was read, recorded by somebody who wrote none of it."""
    notice = _draft(notice)
    last = notice.versions.aggregate(top=Max("number"))["top"]
    if version != last:
        raise ValidationError(f"The draft was changed meanwhile: version {last} is to be read, not {version}.")
    if not counsel.strip():
        raise ValidationError("Say who of counsel confirmed this text.")
    if notice.by_id == by.pk or notice.versions.filter(by=by).exists():
        raise ValidationError(
            "You wrote this draft, so somebody else records counsel's word on it: two people have then read it."
        )
    notice.counsel, notice.confirmed_by, notice.confirmed_at = counsel.strip()[:120], by, timezone.now()
    notice.save(update_fields=["counsel", "confirmed_by", "confirmed_at"])
    facts = {"notice": notice.number, "version": version, "counsel": notice.counsel}
    record(by, "noted counsel's word on a notice", f"case:{notice.case.number}", **facts)


def _draft(notice: CaseNotice) -> CaseNotice:
    """Locked, so that two officers do not write at once; what was sent stays as it left."""
    held = CaseNotice.objects.select_for_update(of=("self",)).select_related("case", "contact").get(pk=notice.pk)
    if held.sent_at is not None:
        raise ValidationError("This notice was sent and stays as it left. Draft another one to say more.")
    if held.leaves_at is not None and held.leaves_at > timezone.now() - ON_ITS_WAY:
        raise ValidationError("This notice is on its way just now. Look again in a moment.")
    return held


@dataclass(frozen=True, slots=True)
class Leaving:
    """How a notice leaves, and what is known of that when an officer took it there by hand."""

    way: str
    meets_clock: bool = False
    receipt: str = ""
    at: datetime | None = None


def send_notice(notice: CaseNotice, how: Leaving, by: User) -> CaseNotice:
    """Claimed, sent outside of any transaction, settled: a slow server must not hold the records. A failure says what
    happened, and the notice stays a draft. Raises ValidationError in words."""
    held, words = _claim(notice, how, by)
    if how.way in BY_HAND:
        return _sent(held, how, by, words, how.receipt.strip())
    made = direct.Letter(_name(held), _way(how.way), _address(held.contact, how.way), _form(held.form).title, words)
    result = direct.send(made, direct.office())
    if result.state == "sent":
        return _sent(held, how, by, words, result.words)
    _settle_failed(held, how.way, result.words, by)
    raise ValidationError(f"The notice was not sent and stays a draft. {result.words}")


@atomic
def _claim(notice: CaseNotice, how: Leaving, by: User) -> tuple[CaseNotice, str]:
    """The notice, marked as on its way, and its words. Refused while it may not leave."""
    held = _draft(notice)
    form = _form(held.form)
    refuse_if_out(held.case, held.contact)
    if form.needs_counsel and held.confirmed_at is None:
        raise ValidationError(
            "Counsel has not confirmed this text. Have somebody other than its writer read it and record counsel's "
            "word under Confirm; then it can be sent."
        )
    if how.way not in BY_HAND:
        _address(held.contact, _way(how.way))
    elif not how.receipt.strip():
        raise ValidationError("Write the receipt's number, or who took it: that is how it can be shown later.")
    if how.at is not None and how.at > timezone.now() + timedelta(minutes=5):
        raise ValidationError("It cannot have been sent in the future. Give the time at which it was.")
    held.leaves_at = timezone.now()
    held.save(update_fields=["leaves_at"])
    return held, words_of(held, by)


def words_of(notice: CaseNotice, by: User) -> str:
    """The text of the latest version as it leaves now."""
    form, case = _form(notice.form), notice.case
    last = notice.versions.order_by("number").last()
    assert last is not None
    fields = said(form, last.fields, *masks_for(case, form))
    house = Organisation.objects.values_list("name", flat=True).first() or "The security office"
    signed = signature(by.get_full_name() or by.username, by.title, timezone.now())
    return letter(case, form, notice.contact, fields, house, signed)


def _way(way: str) -> direct.Way:
    for each in ("mail", "webhook"):
        if way == each:
            return each
    raise ValidationError("Choose the way on which it leaves.")


def _address(contact: Contact, way: str) -> str:
    address = contact.email if way == "mail" else contact.webhook
    if not address:
        what = "e-mail address" if way == "mail" else "webhook"
        raise ValidationError(f"{contact.name} has no {what}. Add one in the register of contacts.")
    return address


def _name(notice: CaseNotice) -> str:
    """The same at every try of one version, so that a receiver can tell."""
    last = notice.versions.aggregate(top=Max("number"))["top"]
    return str(uuid5(NAMESPACE_URL, f"bartizan:{notice.case.number}:{notice.pk}:{last}"))


def _sent(held: CaseNotice, how: Leaving, by: User, words: str, receipt: str) -> CaseNotice:
    """It has left, whatever becomes of its clock."""
    _settle_sent(held, how, by, words, receipt)
    if how.meets_clock and (clock := clock_met_by(held)) is not None:
        try:
            meet_clock(clock, held.sent_at or timezone.now(), f"{_form(held.form).name}, {receipt}"[:400], by)
        except ValidationError as error:
            raise ValidationError(
                f"The notice was sent, but its clock was not stopped. {' '.join(error.messages)}"
            ) from error
    return held


@atomic
def _settle_sent(held: CaseNotice, how: Leaving, by: User, words: str, receipt: str) -> None:
    at = how.at or timezone.now()
    is_posted = how.way in direct.WAYS
    held.sent_at, held.sent_by, held.sent_way, held.sent_words = at, by, how.way, words
    held.sent_to = _address(held.contact, how.way) if is_posted else held.contact.portal if how.way == "portal" else ""
    held.receipt, held.leaves_at, held.trouble = receipt[:200], None, ""
    held.save()
    # Whoever gave a receipt by hand has answered; a server that took it has not read it.
    keep_try(held.case, held.contact, how.way, "sent" if is_posted else "back", receipt, by, at)
    facts = {"notice": held.number, "form": held.form, "to": held.contact.code, "way": how.way, "receipt": held.receipt}
    record(by, "sent a notice", f"case:{held.case.number}", **facts)


@atomic
def _settle_failed(held: CaseNotice, way: str, words: str, by: User) -> None:
    held.trouble, held.leaves_at = words[:400], None
    held.save(update_fields=["trouble", "leaves_at"])
    keep_try(held.case, held.contact, way, "failed", words, by)
