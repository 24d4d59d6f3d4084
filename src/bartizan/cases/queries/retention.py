"""Records of people and packets whose day is over: which they are, and why one of them cannot be deleted yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Max, QuerySet
from django.utils import timezone

from bartizan.cases.house_book import house
from bartizan.cases.models import Case, Charge, Interview, Packet
from bartizan.cases.queries.sanction import logs_of
from bartizan.engines import sanctions
from bartizan.engines.sanctions import HouseError, Step
from bartizan.watch.models import LegalHold

Record = Interview | Charge | Packet
KEPT_FOR: Final = timedelta(days=730)
"""How long a record is kept when the case has none that is kept longer."""


def kept_with(case: Case, today: date) -> date:
    """Until when something that tells of a case is kept: as long as the case's interviews and charges are."""
    parts = (case.interviews, case.charges)
    days: list[date | None] = [part.aggregate(last=Max("keep_until"))["last"] for part in parts]
    return max([today + KEPT_FOR, *filter(None, days)])


def over(model: type[Record], today: date) -> QuerySet[Record]:
    """What was to be kept until a day before ``today`` and has its content still."""
    found = model._default_manager.filter(keep_until__lt=today, emptied_at=None)
    return found.select_related("case__lead").order_by("pk")


def why_kept(record: Record, now: datetime) -> str:
    """Of one whose day is over: why it is kept all the same. Empty: its day is not over, or nothing speaks against."""
    return reason_to_keep(record.case, now) if is_over(record, now) else ""


def is_over(record: Record, now: datetime) -> bool:
    return record.emptied_at is None and record.keep_until < now.date()


def reason_to_keep(case: Case, now: datetime) -> str:
    """What of a case still needs its records of people, in words; empty when nothing does."""
    if case.state != "closed":
        return "the case is not closed"
    if hold := hold_on(case):
        return f"a legal hold stands: {hold.reason}"
    logs = logs_of(charges := list(case.charges.filter(emptied_at=None)))
    running = next((one for one in charges if not has_ended(logs[one.pk], now)), None)
    return f"the procedure of charge {running.number} has not ended" if running else ""


def hold_on(case: Case) -> LegalHold | None:
    """The hold whose time and site touch the case. What else it names is not asked: in doubt it holds."""
    until = case.closed_at or timezone.now()
    for hold in LegalHold.objects.filter(ended_at=None).order_by("pk"):
        is_then = (hold.since is None or hold.since <= until) and (hold.until is None or hold.until > case.first_at)
        if is_then and (not case.site or hold.filters.get("site", case.site) == case.site):
            return hold
    return None


def has_ended(log: Sequence[Step], now: datetime) -> bool:
    """Of a charge: withdrawn; or decided, the time to appeal over or the appeal ruled on, and undone what is due."""
    stand = sanctions.standing(log)
    if stand.withdrawn:
        return True
    if stand.decision is None or stand.letter is None or stand.to_undo:
        return False
    if stand.appeal:
        return stand.ruling is not None
    try:
        until = stand.appeal_until(house())
    except HouseError:
        return False
    return until is not None and until <= now
