"""Takes away what the demo made, and nothing else."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db.models import ProtectedError
from django.db.transaction import atomic

from bartizan import supervisor
from bartizan.cases.models import Case
from bartizan.core.actions import record
from bartizan.core.models import AuditEntry, User
from bartizan.core.rows import register_name, targets
from bartizan.demo import marks
from bartizan.demo.outlets import SOURCES
from bartizan.demo.world import world
from bartizan.estate.models import Badge, BadgeIssue
from bartizan.notices.models import Notice
from bartizan.watch.lake import Lake
from bartizan.watch.models import Alarm, AlarmEvent, Source


class NotOursError(Exception):
    """There is no demo here, or something of it is in use by records that somebody else made."""


@dataclass(frozen=True, slots=True)
class Removed:
    records: int
    alarms: int
    cases: int
    events: int


def remove(at_rest: bool = False) -> Removed:
    """Remove the demo from the data folder. Raises NotOursError, with nothing removed, when it cannot.

    ``at_rest``: the parent that runs has put the line to rest for this.

    What was done stays in the audit; console accounts that did something are switched off instead of removed.
    """
    data = Path(settings.DATA)
    made = marks.read(data)
    if not made:
        raise NotOursError(f"The demo never was in {data}: there is nothing to remove.")
    if supervisor.status(data) and not at_rest:
        raise NotOursError("Bartizan is running on this folder; stop it first, then remove the demo.")
    with Lake(data / "lake") as lake:
        try:
            with atomic():
                alarms, cases = _alarms_and_cases(lake, made)
                records = _records(int(made["seed"]), date.fromisoformat(made["today"]))
                Source.objects.filter(name__in=SOURCES).delete()
                _officers(made["officers"])
                record(None, "removed the demo", "register:organisation", records=records, alarms=alarms, cases=cases)
        except ProtectedError as error:
            raise NotOursError(_in_use(error)) from error
        events = lake.forget_sources(SOURCES)
    # The judge's memory is of people who are gone.
    (data / "cache" / "judge.state").unlink(missing_ok=True)
    marks.forget(data)
    return Removed(records, alarms, cases, events)


def _in_use(error: ProtectedError) -> str:
    holders = sorted({f"{one._meta.verbose_name} “{one}”" for one in error.protected_objects})
    return (
        f"Records of your own rest on the demo's: {', '.join(holders[:5])}"
        f"{' and others' if len(holders) > 5 else ''}. Move or delete them first; nothing was removed."
    )


def _alarms_and_cases(lake: Lake, made: marks.Marks) -> tuple[int, int]:
    """Alarms that rest on the demo's events alone, and the cases that gathered nothing else."""
    foreign = _foreign({str(e) for e in AlarmEvent.objects.values_list("event", flat=True).distinct()}, lake)
    kept = set(AlarmEvent.objects.filter(event__in=foreign).values_list("alarm", flat=True))
    ours = Alarm.objects.exclude(pk__in=kept).exclude(events=None)
    gone = set(ours.values_list("pk", flat=True))
    cases = [
        case.pk
        for case in Case.objects.prefetch_related("alarms")
        if case.pk in made.get("cases", ()) or (case.alarms.all() and {a.pk for a in case.alarms.all()} <= gone)
    ]
    Case.objects.filter(pk__in=cases).delete()
    Alarm.objects.filter(pk__in=gone).delete()
    return len(gone), len(cases)


def _foreign(events: Collection[str], lake: Lake) -> list[str]:
    """Those of ``events`` that other sources than the demo's sent; none may be guessed to be the demo's."""
    rows = lake.ask(
        "SELECT id::VARCHAR AS id FROM lake.event"
        " WHERE source IN (SELECT unnest(?)) AND id::VARCHAR IN (SELECT unnest(?))",
        [list(SOURCES), list(events)],
    )
    return sorted(set(events) - {row["id"] for row in rows.to_pylist()})


def _records(seed: int, today: date) -> int:
    """The estate's records, the last-named first, by the codes that the same seed gives again."""
    rows = {register_name(name): each for name, each in world(seed, today).rows().items()}
    count = 0
    badges = [row["number"] for row in rows["badges"]]
    BadgeIssue.objects.filter(badge__number__in=badges).delete()
    Badge.objects.filter(number__in=badges).delete()
    for target in reversed(targets().values()):
        keys = {row[target.key] for row in rows.get(target.name, ())}
        found = target.model._default_manager.filter(**{f"{target.key}__in": keys})
        count += found.count()
        found.delete()
    return count + len(set(badges))


def _officers(usernames: Collection[str]) -> None:
    busy = set(AuditEntry.objects.filter(by__username__in=usernames).values_list("by__username", flat=True))
    Notice.objects.filter(user__username__in=usernames).delete()
    for user in User.objects.filter(username__in=usernames):
        if user.username in busy:
            user.is_active = False
            user.save(update_fields=["is_active"])
        else:
            user.delete()
