"""What is done with alarms: raise, acknowledge, assign, shelve, close, undo, escalate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.core import events
from bartizan.core.actions import publish_live, record
from bartizan.core.models import User
from bartizan.watch import told
from bartizan.watch.decisions import wait_of
from bartizan.watch.happened import AlarmRaised
from bartizan.watch.models import Alarm, AlarmEvent

NEVER = timedelta(days=3650)
LONGEST_SHELF = timedelta(days=366)
AT_ONCE = 500
STANDING = ("state", "holder_id", "acknowledged_at", "escalates_at", "shelved_until", "closed_at", "reason")


@dataclass(frozen=True, slots=True)
class Evidence:
    """An event as an alarm keeps it."""

    event: str
    at: datetime
    kind: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Raised:
    """What the judge found, ready to become an alarm or to be counted on one that is there."""

    rule: str
    title: str
    level: int
    group: str
    at: datetime
    triggers: Sequence[str]
    """Ids of the events at which the rule was met: each is counted once, however often it is raised."""
    evidence: Sequence[Evidence]
    where: str = ""
    summary: str = ""
    response: Sequence[str] = ()
    tags: Sequence[str] = ()
    subject: dict[str, str] = field(default_factory=dict)
    """actor, person, device, asset, zone, portal, site."""


@atomic
def raise_alarms(found: Sequence[Raised]) -> list[Alarm]:
    """Alarms for what was found, each once: what was raised before for the same rule and event is left as it is."""
    began = timezone.now()
    known: set[tuple[str, str]] = set()
    triggers = sorted({trigger for one in found for trigger in one.triggers})
    for part in range(0, len(triggers), AT_ONCE):
        rows = AlarmEvent.objects.filter(event__in=triggers[part : part + AT_ONCE], is_trigger=True)
        known |= set(rows.values_list("rule", "event"))
    raised = []
    for one in found:
        fresh = {(one.rule, trigger) for trigger in one.triggers} - known
        if fresh:
            known |= fresh
            raised.append(_raise(one, [event for _, event in sorted(fresh)]))
    told.alarms_raised([alarm for alarm in dict.fromkeys(raised) if alarm.raised_at >= began])
    return raised


def _raise(one: Raised, fresh: Sequence[str]) -> Alarm:
    alarm = Alarm.objects.filter(rule=one.rule, group=one.group).exclude(state="closed").first()
    is_new = alarm is None
    if alarm is None:
        now = timezone.now()
        alarm = Alarm.objects.create(
            rule=one.rule,
            title=one.title,
            level=one.level,
            group=one.group,
            where=one.where,
            summary=one.summary,
            response=list(one.response),
            tags=list(one.tags),
            first_at=min([one.at, *(e.at for e in one.evidence)]),
            last_at=one.at,
            count=len(fresh),
            raised_at=now,
            escalates_at=now + wait if (wait := wait_of(one.level)) else None,
            **one.subject,
        )
    else:
        Alarm.objects.filter(pk=alarm.pk).update(
            count=F("count") + len(fresh),
            last_at=max(alarm.last_at, one.at),
            first_at=min(alarm.first_at, one.at),
            summary=one.summary,
        )
        alarm.refresh_from_db()
    _keep_evidence(alarm, one, fresh)
    _tell(alarm, is_new=is_new)
    events.publish(AlarmRaised(alarm=alarm.pk, is_new=is_new))
    return alarm


def _keep_evidence(alarm: Alarm, one: Raised, fresh: Sequence[str]) -> None:
    """The events that it rests on, and those that were counted, so that none is counted twice."""
    seen = {e.event: e for e in one.evidence} | {
        event: Evidence(event, one.at) for event in fresh if event not in {e.event for e in one.evidence}
    }
    rows = {
        e.event: AlarmEvent(alarm=alarm, rule=one.rule, event=e.event, at=e.at, kind=e.kind, summary=e.summary[:400])
        for e in seen.values()
    }
    for event in fresh:
        rows[event].is_trigger = True
    others = [row for row in rows.values() if not row.is_trigger]
    AlarmEvent.objects.bulk_create(others, batch_size=AT_ONCE, ignore_conflicts=True)
    AlarmEvent.objects.bulk_create(
        [rows[event] for event in fresh],
        batch_size=AT_ONCE,
        update_conflicts=True,
        unique_fields=["rule", "event"],
        update_fields=["is_trigger"],
    )


def _tell(alarm: Alarm, *, is_new: bool = False) -> None:
    publish_live(
        "alarm",
        {
            "id": alarm.pk,
            "level": alarm.level,
            "state": alarm.state,
            "count": alarm.count,
            "new": is_new,
            **{name: getattr(alarm, name) for name in ("site", "person", "zone", "holder_id")},
        },
    )


def _change(alarm: Alarm, by: User | None, verb: str, **changes: Any) -> None:
    before = {name: str(getattr(alarm, name) or "") for name in changes}
    for name, value in changes.items():
        setattr(alarm, name, value)
    alarm.save(update_fields=list(changes))
    record(by, verb, f"alarm:{alarm.pk}", before=before, after={n: str(v or "") for n, v in changes.items()})
    _tell(alarm)


def _needs_open(alarm: Alarm, deed: str) -> None:
    if alarm.state == "closed":
        raise ValidationError(f"This alarm was closed ({alarm.reason or 'no reason given'}); reopen it to {deed} it.")


@atomic
def acknowledge(alarm: Alarm, by: User) -> None:
    """Take the alarm: it waits for nobody else."""
    _needs_open(alarm, "acknowledge")
    _change(
        alarm,
        by,
        "acknowledged",
        state="acknowledged",
        holder=by,
        acknowledged_at=timezone.now(),
        escalates_at=None,
        shelved_until=None,
    )


@atomic
def acknowledge_all(alarms: Sequence[Alarm], by: User) -> None:
    """Each of them, as one deed: in a flood nobody can take them one by one."""
    for alarm in alarms:
        acknowledge(alarm, by)


@atomic
def assign(alarm: Alarm, to: User, by: User) -> None:
    """Give the alarm to somebody; until he acknowledges it, its time runs anew."""
    _needs_open(alarm, "assign")
    if to == by:
        acknowledge(alarm, by)
        return
    wait = wait_of(alarm.level)
    _change(
        alarm,
        by,
        f"assigned to {to.username}",
        holder=to,
        state="raised",
        acknowledged_at=None,
        escalates_at=timezone.now() + wait if wait else None,
    )
    told.alarm_given(alarm, to, by)


@atomic
def shelve(alarm: Alarm, until: datetime, reason: str, by: User) -> None:
    """Out of the way until a stated time; repeats are counted meanwhile. No shelving without reason and end."""
    _needs_open(alarm, "shelve")
    if not reason.strip():
        raise ValidationError("Say why it is shelved.")
    if until <= timezone.now():
        raise ValidationError("Choose an end that lies ahead.")
    if until > timezone.now() + LONGEST_SHELF:
        raise ValidationError("Choose an end within a year.")
    _change(alarm, by, "shelved", state="shelved", shelved_until=until, reason=reason.strip(), escalates_at=None)


@atomic
def close(alarm: Alarm, reason: str, by: User | None) -> None:
    if not reason.strip():
        raise ValidationError("Say how it was settled: false, tested, or what was done.")
    _needs_open(alarm, "close")
    _change(
        alarm,
        by,
        "closed",
        state="closed",
        reason=reason.strip(),
        closed_at=timezone.now(),
        escalates_at=None,
        shelved_until=None,
    )


@atomic
def reopen(alarm: Alarm, by: User | None) -> None:
    """Back into the queue, as if just raised."""
    wait = wait_of(alarm.level)
    _change(
        alarm,
        by,
        "reopened",
        state="raised",
        holder=None,
        acknowledged_at=None,
        closed_at=None,
        shelved_until=None,
        escalates_at=timezone.now() + wait if wait else None,
    )


def standing(alarm: Alarm) -> dict[str, Any]:
    """How an alarm stands, ready for JSON: what deeds change, and what undoing one turns back."""
    now = {name: getattr(alarm, name) for name in STANDING}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in now.items()}


@atomic
def restore(alarm: Alarm, before: Mapping[str, Any], left: Mapping[str, Any], by: User) -> None:
    """Undo a deed: the alarm stands as ``before`` again, with its holder, its clock and its shelf, if it still stands
    as the deed ``left`` it."""
    if standing(alarm) != left:
        raise ValidationError("It was changed since, so that this cannot be undone; see how it stands now.")
    changes = {name: before[name] for name in STANDING if name != "holder_id"}
    for name in ("acknowledged_at", "escalates_at", "shelved_until", "closed_at"):
        changes[name] = datetime.fromisoformat(changes[name]) if changes[name] else None
    holder = User.objects.filter(pk=before["holder_id"]).first()
    _change(alarm, by, "undid", holder=holder, **changes)


@atomic
def escalate_due(now: datetime) -> int:
    """Each alarm that nobody acknowledged in its time goes to the next person; how many went. The order is that of who
    is on call and may see it; when nobody is, everybody who may work it."""
    due = list(Alarm.objects.filter(state="raised", escalates_at__lte=now).select_related("holder"))
    answering = told.answerers_of(due) if due else {}
    for alarm in due:
        order = [one.user for one in answering[alarm.pk]]
        place = order.index(alarm.holder) + 1 if alarm.holder in order else 0
        wait = wait_of(alarm.level) or NEVER
        _change(
            alarm,
            None,
            "escalated",
            holder=order[place % len(order)] if order else None,
            escalated=alarm.escalated + 1,
            escalates_at=now + wait,
        )
    told.alarms_escalated(due)
    return len(due)


@atomic
def unshelve_due(now: datetime) -> int:
    """Alarms whose shelf time has ended wait for somebody again; how many."""
    due = list(Alarm.objects.filter(state="shelved", shelved_until__lte=now))
    for alarm in due:
        reopen(alarm, None)
    return len(due)
