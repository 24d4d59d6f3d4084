"""The registers of contacts, whom to tell when something happens, and of past outcomes, what like cases came to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db.models import F, Value
from django.utils import timezone

from bartizan.cases.models import Contact, PastSanction
from bartizan.cases.notice_book import forms
from bartizan.cases.queries.clock import laws_in_force
from bartizan.core.registers import Column, Filter, Register, add
from bartizan.core.values import State
from bartizan.estate.models import Person
from bartizan.notices.outgoing import parts_of

_NUMBER: Final = re.compile(r"\+?[0-9][0-9 ()./-]{2,38}")
WAYS: Final = ("phone", "email", "sms", "webhook", "portal")


def channels(contact: Contact) -> str:
    """The ways to reach somebody, the quickest first."""
    names = {"phone": contact.phone, "mail": contact.email, "text": contact.sms, "webhook": contact.webhook}
    told = [name for name, value in names.items() if value] + (["portal"] if contact.portal else [])
    return ", ".join(told)


def state(contact: Contact) -> State | None:
    """Whether somebody has to look at the record again."""
    if contact.keep_until is not None and contact.keep_until < timezone.now().date():
        return State("kept until is over: look at it again, or remove it", "clock", 2)
    return None


def problems(data: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    if not any(data.get(way) for way in WAYS):
        yield "phone", "Give at least one way to reach them: a number, an address or a portal."
    for name in ("phone", "sms"):
        if data.get(name) and not _NUMBER.fullmatch(data[name]):
            yield name, "A number has digits, such as +31 6 555 0101."
    for name in ("webhook", "portal"):
        if data.get(name) and parts_of(data[name]) is None:
            yield name, "An address looks like https://www.example.org/notices."
    if data.get("law") and data["law"] not in laws_in_force():
        yield "law", f"There is no such law on file; there are {', '.join(laws_in_force())}."
    if data.get("form") and data["form"] not in forms():
        yield "form", f"There is no such form; there are {', '.join(forms())}."
    if data.get("minutes") is not None and not 1 <= data["minutes"] <= 1440:
        yield "minutes", "Between 1 minute and 1,440, which is a day."
    above = data.get("escalates_to")
    if above is not None and above.code == data.get("code"):
        yield "escalates_to", "Nobody is the next above himself: choose another, or none."


add(
    Register(
        model=Contact,
        icon="phone",
        columns=(
            *("order", Column("Name", "name", is_main=True), "part", "phone"),
            Column("Reached by", "email", of=channels, sort=""),
            *("minutes", "escalates_to"),
        ),
        more=("organisation", "reference", "least", "law", "form", "checked_on", "keep_until"),
        search=("code", "name", "organisation", "reference", "phone", "email"),
        filters=("part", Filter("level", "least")),
        order=("order", "name"),
        later=("escalates_to",),
        reference=lambda c: f"contact:{c.code}",
        about=lambda c: ", ".join(filter(None, (c.part, c.organisation, c.reference))),
        state=state,
        problems=problems,
        holds="Whom to tell when something happens: executives and authorities, on which ways, and who is next.",
    )
)


def past_problems(data: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for name in ("number", "what", "rule"):
        if found := named_in(data.get(name) or ""):
            yield name, f"This names {found}. A past outcome stands here by its reference: say what was done, not who."
    if data.get("decided_on") and data["decided_on"] > timezone.now().date():
        yield "decided_on", "A past outcome was decided already: write a day up to today."


def named_in(text: str) -> str:
    """Whom of the register of people a text names, by name or staff number; nothing for nobody."""
    words = re.findall(r"[\w.-]+", text)
    known = Person.objects.annotate(text=Value(text)).filter(text__icontains=F("name"))
    found = known.first() or Person.objects.filter(code__in=words).first()
    return found.name if found else ""


add(
    Register(
        model=PastSanction,
        icon="scale",
        columns=("number", "what", "rule", "kind", "outcome", "decided_on"),
        more=("level", "is_meant", "is_repeated", "appeal"),
        search=("number", "what", "rule", "kind"),
        filters=("outcome", "kind", "level", "is_meant", "is_repeated"),
        order=("-decided_on", "number"),
        reference=lambda past: f"past-outcome:{past.number}",
        about=lambda past: past.what,
        problems=past_problems,
        holds="What cases of earlier years came to, by reference and never by name, to compare a charge with.",
    )
)
