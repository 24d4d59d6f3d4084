"""A case is opened, gathers alarms, is led and closed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.cases import told
from bartizan.cases.models import Case, CaseEntity, Note, Task
from bartizan.core.actions import publish_live, record
from bartizan.core.models import User
from bartizan.watch.models import Alarm


@atomic
def open_case(alarm: Alarm | None = None, *, headline: str = "", by: User | None = None) -> Case:
    """A case about an alarm, or an empty one that somebody opens by hand."""
    if alarm is None and not headline.strip():
        raise ValidationError("Say in one line what the case is about.")
    now = timezone.now()
    case = Case.objects.create(
        number=_next_number(now),
        headline=headline.strip() or f"{alarm.title}: {alarm.where or 'place not known'}"
        if alarm
        else headline.strip(),
        level=alarm.level if alarm else 2,
        opened_by=by,
        lead=by,
        first_at=alarm.first_at if alarm else now,
        last_at=alarm.last_at if alarm else now,
        zone=alarm.zone if alarm else "",
        site=alarm.site if alarm else "",
    )
    record(by, "opened", f"case:{case.number}", alarm=alarm.pk if alarm else None)
    if alarm is not None:
        join(case, alarm, is_new=True)
    else:
        _tell(case, is_new=True)
    if by is None:
        told.case_opened(case)
    return case


def _next_number(now: datetime) -> str:
    """``2026-041``: the year and a running number, which goes on past 999."""
    year = f"{now.year}-"
    last = Case.objects.filter(number__startswith=year).aggregate(top=Max("pk"))["top"]
    previous = int(Case.objects.get(pk=last).number.split("-")[1]) if last else 0
    return f"{year}{previous + 1:03d}"


@atomic
def join(case: Case, alarm: Alarm, *, by: User | None = None, is_new: bool = False) -> None:
    """The alarm belongs to the case; so does what it touches, and the case's window and level grow with it."""
    from bartizan.cases.rules import entities_of  # noqa: PLC0415  rules call actions, this one asks back

    is_first = not case.alarms.filter(pk=alarm.pk).exists()
    case.alarms.add(alarm)
    for reference, part in entities_of(alarm).items():
        CaseEntity.objects.get_or_create(case=case, reference=reference, defaults={"part": part})
    case.level = max(case.level, alarm.level)
    case.first_at = min(case.first_at, alarm.first_at)
    case.last_at = max(case.last_at, alarm.last_at)
    case.zone = case.zone or alarm.zone
    case.site = case.site or alarm.site
    case.save(update_fields=["level", "first_at", "last_at", "zone", "site"])
    if is_first and not is_new:
        record(by, "joined by alarm", f"case:{case.number}", alarm=alarm.pk, title=alarm.title)
    _tell(case, is_new=is_new)


SETTLES = timedelta(seconds=2)
"""Between two looks at one case while its alarms still come in."""
AGAIN = (timedelta(seconds=15), timedelta(seconds=60))
"""After an alarm the case is looked at once more: what followed it belongs to the sequence."""


def ask_for_a_look(case: Case) -> None:
    """Work out where the case leads: at once, or shortly when it was looked at a moment ago."""
    now = timezone.now()
    due = max(now, case.looked_at + SETTLES) if case.looked_at else now
    Case.objects.filter(pk=case.pk).update(asked_at=now, look_at=due)


def looked(case: Case) -> None:
    """The case was looked at; again when it was asked for meanwhile, or when what happened has settled."""
    now = timezone.now()
    settled = [case.asked_at + wait for wait in AGAIN if case.asked_at and case.asked_at + wait > now]
    same = Case.objects.filter(pk=case.pk)
    if not same.filter(asked_at=case.asked_at).update(looked_at=now, look_at=min(settled, default=None)):
        same.update(looked_at=now, look_at=now + SETTLES)


@atomic
def touch(case: Case, alarm: Alarm) -> None:
    """An alarm of the case repeated."""
    Case.objects.filter(pk=case.pk).update(
        last_at=max(case.last_at, alarm.last_at), first_at=min(case.first_at, alarm.first_at)
    )
    ask_for_a_look(case)


@atomic
def set_pinpoint(case: Case, result: dict[str, Any]) -> None:
    """Where the case leads, as engines.pinpoint worked it out; a headline that a person wrote stays."""
    was = case.pinpoint
    case.pinpoint = result
    fields = ["pinpoint"]
    if result.get("headline") and case.headline == was.get("headline", case.headline) and case.opened_by is None:
        case.headline = result["headline"][:300]
        fields.append("headline")
    case.save(update_fields=fields)
    if was.get("digest") != result.get("digest"):
        record(None, "worked out where it leads", f"case:{case.number}", digest=result.get("digest"))
        _tell(case)


def _tell(case: Case, *, is_new: bool = False) -> None:
    """Without the headline: it may say what the gate hides, and whoever opens the case reads it there."""
    publish_live("case", {"number": case.number, "level": case.level, "new": is_new})


@atomic
def set_state(case: Case, state: str, reason: str, by: User) -> None:
    if state not in dict(Case.STATES):
        raise ValidationError(f"A case is open, investigating or closed, not “{state}”.")
    if state == "closed" and not reason.strip():
        raise ValidationError("Say why the case is closed.")
    before = case.state
    case.state = state
    case.closed_at = timezone.now() if state == "closed" else None
    case.closed_because = reason.strip() if state == "closed" else ""
    case.save(update_fields=["state", "closed_at", "closed_because"])
    record(by, f"set to {state}", f"case:{case.number}", before=before, reason=reason.strip())
    _tell(case)


@atomic
def set_lead(case: Case, user: User | None, by: User) -> None:
    before = case.lead
    case.lead = user
    case.save(update_fields=["lead"])
    record(by, "changed lead", f"case:{case.number}", before=str(before or ""), after=str(user or ""))
    if user != before:
        told.lead_changed(case, by)
    _tell(case)


@atomic
def set_headline(case: Case, headline: str, by: User) -> None:
    if not headline.strip():
        raise ValidationError("A case needs a headline.")
    before = case.headline
    case.headline = headline.strip()[:300]
    case.save(update_fields=["headline"])
    record(by, "changed headline", f"case:{case.number}", before=before, after=case.headline)
    _tell(case)


@atomic
def add_note(case: Case, words: str, by: User) -> Note:
    if not words.strip():
        raise ValidationError("The note is empty.")
    note = Note.objects.create(case=case, words=words.strip(), by=by)
    record(by, "noted", f"case:{case.number}", note=note.pk)
    return note


@atomic
def add_task(case: Case, words: str, who: str, due_at: datetime | None, by: User | None) -> Task:
    if not words.strip():
        raise ValidationError("Say what is to be done.")
    task = Task.objects.create(case=case, words=words.strip()[:300], who=who.strip(), due_at=due_at)
    record(by, "added task", f"case:{case.number}", task=task.words)
    return task


@atomic
def finish_task(task: Task, by: User, *, done: bool = True) -> None:
    task.done_at = timezone.now() if done else None
    task.save(update_fields=["done_at"])
    record(by, "finished task" if done else "reopened task", f"case:{task.case.number}", task=task.words)
