"""Law enforcement asks that a notice wait: only where the statute knows such a hold, and no longer than it allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bartizan.engines.clocks.law import HoldClause, HoldForm, Law
from bartizan.engines.clocks.moments import aware, day_words, end_of
from bartizan.engines.clocks.reckon import Deadline


class HoldRefused(ValueError):
    """The statute allows no such hold; the words say why."""


@dataclass(frozen=True, slots=True)
class Hold:
    form: str
    """``written`` or ``oral``."""
    stated_at: datetime
    """When the statement was made; aware."""
    until: date
    """The last day on which the notice is to wait, on the law's clock."""
    by: str
    """Who made the statement, by name and office."""


def held(law: Law, plain: Deadline, holds: Sequence[Hold]) -> Deadline:
    """``plain`` with what the ``holds``, in their order, leave of it. Raises HoldRefused with the reason.

    A hold does not stop the clock: the duty is due at its own end or at the end of the hold, whichever is later. That
    is the earlier of the readings that 45 CFR 164.412 and Form 8-K Item 1.05(c) can be given.
    """
    now = plain
    for number, hold in enumerate(holds):
        now = _one(law, plain, now, hold, number)
    return now


def _one(law: Law, plain: Deadline, now: Deadline, hold: Hold, number: int) -> Deadline:
    clause = law.hold
    if clause is None:
        raise HoldRefused(f"{law.law}, {law.article}, allows no hold. {law.no_hold}")
    if not hold.by.strip():
        raise HoldRefused(f"Say who made the statement: {clause.clause} asks for {clause.who}, by name and office.")
    form = _form(clause, hold.form)
    stated = aware(hold.stated_at, "the statement")
    zone = ZoneInfo(plain.zone)
    assert now.due_at is not None, "law_of gives a law without an end no hold"
    assert now.last_on is not None
    if stated >= now.due_at:
        raise HoldRefused(f"The clock had ended on {day_words(now.last_on)} before the statement was made.")
    if hold.until < stated.astimezone(zone).date():
        raise HoldRefused(f"{day_words(hold.until)} lies before the day of the statement.")
    _refuse_too_long(clause, form, plain, hold, number, stated.astimezone(zone).date())
    last = max(now.last_on, hold.until)
    due = max(now.due_at, end_of(hold.until, zone, law.day_ends))
    said = f"{clause.clause}: held by {hold.by} ({hold.form} statement) until the end of {day_words(hold.until)}"
    effect = "which is before its end: nothing changes." if due == now.due_at else "and due with it."
    return replace(now, due_at=due, last_on=last, steps=(*now.steps, f"{said}, {effect}"), later=None)


def _form(clause: HoldClause, wanted: str) -> HoldForm:
    for form in clause.forms:
        if form.form == wanted:
            return form
    known = " or ".join(form.form for form in clause.forms)
    raise HoldRefused(f"{clause.clause} knows a {known} statement of {clause.who}; “{wanted}” is none.")


def _refuse_too_long(
    clause: HoldClause, form: HoldForm, plain: Deadline, hold: Hold, number: int, stated: date
) -> None:
    if not form.longest:
        return
    if form.counted_from == "due":
        if number >= len(form.longest):
            raise HoldRefused(f"{clause.clause} allows {len(form.longest)} holds, and all have been used.")
        assert plain.last_on is not None
        last = plain.last_on + timedelta(days=sum(form.longest[: number + 1]))
        since = f"after {day_words(plain.last_on)}, when it was otherwise due"
        days = sum(form.longest[: number + 1])
    else:
        days = form.longest[0]
        last, since = stated + timedelta(days=days), f"after the {form.form} statement of {day_words(stated)}"
    if hold.until > last:
        raise HoldRefused(f"{clause.clause} allows at most {days} days {since}: until {day_words(last)}.")
