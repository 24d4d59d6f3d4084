"""A call goes out to everybody in a place; who is safe is kept; the all clear ends it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.cases import muster_notices
from bartizan.cases.models import Muster, MusterMessage, MusterPerson
from bartizan.cases.queries.muster import Called, token_of, whom
from bartizan.core.actions import digest_of, publish_live, record
from bartizan.core.models import User
from bartizan.estate import queries as estate
from bartizan.notices.message import Result

WORDS: Final = {
    "evacuate": "Leave the building now by the nearest exit. Do not use the lifts.",
    "shelter": "Stay inside. Close doors and windows, and keep away from the glass.",
}
CLEAR: Final = "All clear. You may go back."
LINK_LIFE: Final = timedelta(hours=24)
KEPT: Final = timedelta(days=90)
"""How long it is kept who was where and safe; a drill as long as a true call, so that they can be compared."""
AGAIN: Final = (5, 30, 120)
"""Seconds until a message that did not leave is tried again; then it has failed, and the list says so."""
AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Call:
    kind: str
    scope: str
    code: str = ""
    words: str = ""
    place: str = ""
    is_drill: bool = False


@atomic
def call_muster(call: Call, by: User) -> Muster:
    """Everybody whom it is for is put on the list, with a message on each way that the register gives."""
    words = " ".join((call.words or WORDS.get(call.kind, "")).split())
    if call.kind not in dict(Muster.KINDS):
        raise ValidationError("Choose whether to evacuate, to shelter, or to write your own words.")
    if not words:
        raise ValidationError("Write what people are to do.")
    if len(words) > 300:
        raise ValidationError(f"Keep it under 300 letters, so that a text message holds it; it has {len(words)}.")
    name, zone = _place(call, by)
    running = Muster.objects.filter(cleared_at=None, scope=call.scope, code=call.code).first()
    if running is not None:
        raise ValidationError(f"{running.number} runs for {name} already. Give its all clear first, or go on with it.")
    now = timezone.now()
    found = whom(by, call.scope, call.code, now)
    if not found.called:
        raise ValidationError(
            f"Nobody is on record for {name}: no desk, no department and no badge read there lately. Choose a larger "
            "place, such as the site."
        )
    made = Muster.objects.create(
        number=_number(now), kind=call.kind, words=words, place=call.place.strip()[:120], is_drill=call.is_drill,
        scope=call.scope, code=call.code, name=name, zone=zone, by=by, at=now, keep_until=(now + KEPT).date(),
    )  # fmt: skip
    people = _listed(made, found.called)
    _write(people, is_clear=False)
    muster_notices.called(made, people)
    record(by, "called a muster", f"muster:{made.number}", after={
        "kind": made.kind, "scope": made.scope, "place": made.name, "drill": made.is_drill, "people": len(people),
        "words": made.words})  # fmt: skip
    _show(made)
    return made


def _place(call: Call, by: User) -> tuple[str, str]:
    """Name and clock of what was chosen, if it is within the reach of whoever calls."""
    site = estate.sites(by).order_by("pk").first()
    clock = site.timezone if site else "UTC"
    if call.scope == "everybody":
        return "Everybody", clock
    if call.scope == "zone" and (zone := estate.zones(by).filter(code=call.code).select_related("site").first()):
        return f"{zone.name}, {zone.site.name}", zone.site.timezone
    if call.scope == "site" and (found := estate.sites(by).filter(code=call.code).first()):
        return found.name, found.timezone
    if call.scope == "department" and (part := estate.departments(by).filter(code=call.code).first()):
        return part.name, clock
    raise ValidationError("Choose a zone, a site or a department from the list, or everybody.")


def _number(now: datetime) -> str:
    last = Muster.objects.filter(number__startswith=f"M{now.year}-").order_by("-pk").first()
    return f"M{now.year}-{int(last.number.partition('-')[2]) + 1 if last else 1:03d}"


def _listed(muster: Muster, called: Sequence[Called]) -> list[MusterPerson]:
    rows = []
    for one in called:
        nonce = secrets.token_urlsafe(24)
        rows.append(
            MusterPerson(
                muster=muster, person=one.person, why=one.why[:160], nonce=nonce, digest=digest_of(token_of(nonce)),
                expires_at=muster.at + LINK_LIFE,
            )
        )  # fmt: skip
    return MusterPerson.objects.bulk_create(rows, batch_size=AT_ONCE)


def _write(people: Sequence[MusterPerson], *, is_clear: bool) -> None:
    """A message on each way; the worker sends them. Who has no way is on the list all the same, and is looked for."""
    rows = [
        MusterMessage(to=one, way=way, address=address, is_clear=is_clear)
        for one in people
        for way, address in (("mail", one.person.email), ("sms", one.person.phone))
        if address
    ]
    MusterMessage.objects.bulk_create(rows, batch_size=AT_ONCE)


@atomic
def answer(person: MusterPerson, said: str, words: str) -> None:
    """By the personal link. It may be changed while the muster runs: who was safe may need help later."""
    if said not in ("safe", "help"):
        raise ValidationError("Choose one of the two buttons.")
    if not person.muster.is_running:
        raise ValidationError("The all clear was given: nobody reads answers here any more. Ring the security office.")
    _keep(person, said, words, None)


@atomic
def tick(person: MusterPerson, said: str, by: User) -> None:
    """By an officer at the assembly point; also to take a tick back."""
    if said not in dict(MusterPerson.ANSWERS):
        raise ValidationError("Choose safe, needs help, or not answered.")
    if not person.muster.is_running:
        raise ValidationError("The all clear was given: the list stays as it is.")
    _keep(person, said, person.words, by)
    facts = {"person": person.person.code, "answer": said or "taken back"}
    record(by, "ticked on a muster list", f"muster:{person.muster.number}", **facts)


def _keep(person: MusterPerson, said: str, words: str, by: User | None) -> None:
    person.answer, person.words, person.ticked_by = said, " ".join(words.split())[:300], by
    person.answered_at = timezone.now() if said else None
    person.save(update_fields=["answer", "words", "ticked_by", "answered_at"])
    if said == "help":
        muster_notices.needs_help(person)
    _show(person.muster)


@atomic
def all_clear(muster: Muster, by: User) -> None:
    """It ends the muster and is told to everybody who was called."""
    held = Muster.objects.select_for_update().get(pk=muster.pk)
    if not held.is_running:
        raise ValidationError("The all clear was given already.")
    held.cleared_at, held.cleared_by = timezone.now(), by
    held.save(update_fields=["cleared_at", "cleared_by"])
    waiting = MusterMessage.objects.filter(to__muster=held, state="waiting")
    waiting.update(state="failed", said="The all clear came before it left.", ended_at=held.cleared_at)
    people = list(held.people.select_related("person"))
    _write(people, is_clear=True)
    muster_notices.cleared(held, people)
    counts = {name: sum(one.answer == name for one in people) for name in ("safe", "help")}
    record(by, "gave the all clear", f"muster:{held.number}", people=len(people), **counts)
    _show(held)


def _show(muster: Muster) -> None:
    """To the open lists: which muster, and nothing of anybody on it."""
    publish_live("muster", {"number": muster.number})


@atomic
def settle(message: MusterMessage, result: Result) -> None:
    """What became of one try."""
    message.tries += 1
    message.said = result.words[:400]
    if result.state == "sent":
        message.state, message.ended_at = "sent", timezone.now()
    elif result.state == "never" or message.tries >= len(AGAIN):
        message.state, message.ended_at = "failed", timezone.now()
    else:
        message.next_at = timezone.now() + timedelta(seconds=AGAIN[message.tries - 1])
    # Not over an all clear that came meanwhile.
    MusterMessage.objects.filter(pk=message.pk, state="waiting").update(
        tries=message.tries, said=message.said, state=message.state, ended_at=message.ended_at, next_at=message.next_at
    )


@atomic
def forget_old(today: date) -> int:
    """Who was where is not kept for longer than it is of use; how many musters went."""
    old = Muster.objects.filter(keep_until__lt=today).exclude(cleared_at=None)
    numbers = list(old.values_list("number", flat=True))
    for number in numbers:
        record(None, "removed a muster that is kept no longer", f"muster:{number}")
    Muster.objects.filter(number__in=numbers).delete()
    return len(numbers)
