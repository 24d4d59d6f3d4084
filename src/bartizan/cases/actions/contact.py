"""Somebody is rung, says back what was told, or does not answer; and what a case changes of the call tree."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.cases import contact_notices
from bartizan.cases.models import Case, Contact, ContactChoice, ContactTry
from bartizan.cases.queries.masks import for_anybody
from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.engines.calling import standing
from bartizan.notices import direct

AHEAD: Final = timedelta(minutes=5)
"""How far another machine's clock may be ahead of ours."""
LONGEST_TEXT: Final = 480
"""Three text messages; what is longer is told by voice."""
ADDRESSES: Final = {"phone": "phone", "mail": "email", "sms": "sms", "webhook": "webhook", "portal": "portal"}


@atomic
def note_try(
    case: Case, contact: Contact, way: str, outcome: str, said: str, by: User | None, at: datetime | None = None
) -> ContactTry:
    """One try. Told is only who has said it back, so that needs their words."""
    refuse_if_out(case, contact)
    if way not in dict(ContactTry.WAYS):
        raise ValidationError("Choose the way on which it was tried.")
    if outcome not in ("none", "sent", "back"):
        raise ValidationError("Say whether they said it back, nobody answered, or a message was left.")
    if outcome == "back" and not said.strip():
        raise ValidationError("Write what they said back, in their words: told is only who has said it back.")
    if at is not None and at > timezone.now() + AHEAD:
        raise ValidationError("The try lies in the future. Give the time at which it was made.")
    return keep_try(case, contact, way, outcome, said, by, at)


def keep_try(
    case: Case, contact: Contact, way: str, outcome: str, said: str, by: User | None, at: datetime | None = None
) -> ContactTry:
    made = ContactTry.objects.create(
        case=case,
        contact=contact,
        way=way,
        address=str(getattr(contact, ADDRESSES.get(way, ""), "")),
        outcome=outcome,
        said=" ".join(said.split())[:400],
        by=by,
        at=at or timezone.now(),
    )
    record(by, _VERBS[outcome], f"case:{case.number}", contact=contact.code, way=way, at=made.at.isoformat())
    return made


_VERBS: Final = {
    "none": "tried a contact, no answer",
    "sent": "left a message with a contact",
    "failed": "could not send to a contact",
    "back": "told a contact, who said it back",
}


def refuse_if_out(case: Case, contact: Contact) -> None:
    choice = case.contact_choices.filter(contact=contact).exclude(kind="in").select_related("by").first()
    if choice is None:
        return
    by = (choice.by.get_full_name() or choice.by.username) if choice.by else "an account that is gone"
    raise ValidationError(
        f"{contact.name} is {choice.get_kind_display().lower()} in this case by {by}: {choice.because} "
        "Take that back first, with a reason."
    )


def send_text(case: Case, contact: Contact, words: str, by: User) -> ContactTry:
    """A text message through the office's gateway. Not in a transaction: a slow gateway must not hold the records."""
    refuse_if_out(case, contact)
    if not contact.sms:
        raise ValidationError(f"{contact.name} has no number for text messages. Add one in the register of contacts.")
    plain = " ".join(for_anybody(case, words).split())
    if not plain:
        raise ValidationError("Write what the message says.")
    if len(plain) > LONGEST_TEXT:
        raise ValidationError(f"A text message has at most {LONGEST_TEXT} letters; this one has {len(plain)}.")
    letter = direct.Letter(str(uuid4()), "sms", contact.sms, "", plain)
    result = direct.send(letter, direct.office())
    with atomic():
        made = keep_try(case, contact, "sms", "sent" if result.state == "sent" else "failed", result.words, by)
    if result.state != "sent":
        raise ValidationError(f"The text message to {contact.name} was not sent. {result.words}")
    return made


@atomic
def choose(case: Case, contact: Contact, kind: str, because: str, by: User) -> None:
    """Leave somebody out of this case, wall somebody off from it, or add somebody whom no rule adds."""
    if kind not in dict(ContactChoice.KINDS):
        raise ValidationError("Choose whether to leave out, wall off or add.")
    if not because.strip():
        raise ValidationError("Say why; the reason stays beside the name.")
    facts = {"kind": kind, "because": because.strip()[:400], "by": by, "at": timezone.now()}
    made, _ = ContactChoice.objects.update_or_create(case=case, contact=contact, defaults=facts)
    verb = f"{made.get_kind_display().lower()} a contact"
    record(by, verb, f"case:{case.number}", contact=contact.code, reason=made.because)


@atomic
def take_back(case: Case, contact: Contact, because: str, by: User) -> None:
    """From now on the register's rules hold for this contact again."""
    choice = ContactChoice.objects.filter(case=case, contact=contact).first()
    if choice is None:
        raise ValidationError(f"Nothing was changed for {contact.name} in this case.")
    if not because.strip():
        raise ValidationError("Say why it is taken back; the reason stays in the audit.")
    before = {"kind": choice.kind, "because": choice.because}
    choice.delete()
    record(by, "took a contact back", f"case:{case.number}", contact=contact.code, before=before, reason=because)


@atomic
def tell_silent(now: datetime) -> int:
    """Tell the lead of each contact whom nobody could reach and who is due to go up; how many."""
    waiting = ContactTry.objects.filter(raised_at=None, outcome__in=("none", "sent")).exclude(case__state="closed")
    pairs = waiting.order_by("case", "contact").values_list("case", "contact").distinct()
    return sum(_tell_if_silent(case, contact, now) for case, contact in pairs)


def _tell_if_silent(case: int, contact: int, now: datetime) -> bool:
    tries = list(ContactTry.objects.filter(case=case, contact=contact).select_related("case__lead", "contact"))
    first = tries[0]
    stand = standing((one.plain for one in tries), first.contact.minutes)
    if stand.state != "up" or stand.at is None or stand.at > now:
        return False
    if first.case.contact_choices.filter(contact=contact).exclude(kind="in").exists():
        return False
    ContactTry.objects.filter(pk__in=[one.pk for one in tries], raised_at=None).update(raised_at=now)
    contact_notices.nobody_answers(first.case, first.contact, min(one.at for one in tries))
    return True
