"""Takes away what the demo made, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import PROTECT, SET_NULL, Model, ProtectedError, QuerySet
from django.db.transaction import atomic

from bartizan import supervisor
from bartizan.cases.actions.packet import forget_packets
from bartizan.cases.actions.proving import forget_practice
from bartizan.cases.models import Case
from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.core.rows import register_name, targets
from bartizan.demo import contacts, marks, plans, reports, sanctions, source_clock, wings
from bartizan.demo.days import STREET
from bartizan.demo.outlets import HOUSE, SOURCES
from bartizan.demo.world import world
from bartizan.estate.models import Badge, BadgeIssue, Person
from bartizan.notices.models import Notice
from bartizan.watch.lake import Lake
from bartizan.watch.line import judge_what_is_there
from bartizan.watch.models import Alarm, AlarmEvent, Source, Trouble


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
    judge_what_is_there(data)  # what still waits in the journal would come back as alarms
    with Lake(data / "lake") as lake:
        try:
            removed = _from_records(lake, data, made)
        except ProtectedError as error:
            raise NotOursError(_in_use(map(_called, error.protected_objects))) from error
        events = lake.forget_sources(SOURCES, HOUSE, sorted(STREET))
    # The judge's memory is of people who are gone.
    (data / "cache" / "judge.state").unlink(missing_ok=True)
    marks.forget(data)
    return replace(removed, events=events)


@atomic
def _from_records(lake: Lake, data: Path, made: marks.Marks) -> Removed:
    alarms, cases = _alarms_and_cases(lake, made)
    wings.forget()
    records = _records(int(made["seed"]), date.fromisoformat(made["today"]))
    Trouble.objects.filter(part__in=[f"source:{name}" for name in SOURCES]).delete()
    source_clock.forget()
    Source.objects.filter(name__in=SOURCES).delete()
    _officers(made["officers"])
    record(None, "removed the demo", "register:organisation", records=records, alarms=alarms, cases=cases)
    marks.add(data, is_whole=False)  # a stop before the lake has forgotten it too is noticed at the next start
    return Removed(records, alarms, cases, events=0)


def _in_use(names: Iterable[str]) -> str:
    holders = sorted(set(names))
    return (
        f"Records of your own rest on the demo's: {', '.join(holders[:5])}"
        f"{' and others' if len(holders) > 5 else ''}. Move or delete them first; nothing was removed."
    )


def _called(one: Model) -> str:
    return f"{one._meta.verbose_name} “{one}”"


def _alarms_and_cases(lake: Lake, made: marks.Marks) -> tuple[int, int]:
    """Alarms that rest on the demo's events alone, and the cases that gathered nothing else."""
    foreign = _foreign({str(e) for e in AlarmEvent.objects.values_list("event", flat=True).distinct()}, lake)
    kept = set(AlarmEvent.objects.filter(event__in=foreign).values_list("alarm", flat=True))
    ours = Alarm.objects.exclude(pk__in=kept).exclude(events=None)
    gone = set(ours.values_list("pk", flat=True)) | set(made.get("alarms", ()))
    cases = {
        case.pk: case.number
        for case in Case.objects.prefetch_related("alarms")
        if case.pk in made.get("cases", ()) or (case.alarms.all() and {a.pk for a in case.alarms.all()} <= gone)
    }
    _notices([f"alarm:{alarm}" for alarm in gone] + [f"case:{number}" for number in cases.values()])
    forget_practice(cases)
    forget_packets(cases)
    sanctions.forget(made)
    reports.forget(made)
    plans.forget(made)
    Case.objects.filter(pk__in=cases).delete()
    contacts.forget(made)
    Alarm.objects.filter(pk__in=gone).delete()
    return len(gone), len(cases)


def _notices(about: Sequence[str]) -> None:
    """What anybody was told of the demo's alarms, cases and sources."""
    sources = [f"{words}source:{name}" for words in ("", "trouble:") for name in SOURCES]
    Notice.objects.filter(about__in=[*about, *sources]).delete()


def _foreign(events: Collection[str], lake: Lake) -> list[str]:
    """Those of ``events`` that other sources than the demo's sent; none may be guessed to be the demo's."""
    rows = lake.ask(
        "SELECT id::VARCHAR AS id FROM lake.event"
        " WHERE (source IN (SELECT unnest(?)) OR (source IN (SELECT unnest(?)) AND site IN (SELECT unnest(?))))"
        " AND id::VARCHAR IN (SELECT unnest(?))",
        [list(SOURCES), list(HOUSE), sorted(STREET), list(events)],
    )
    return sorted(set(events) - {row["id"] for row in rows.to_pylist()})


def _records(seed: int, today: date) -> int:
    """The estate's records, the last-named first, by the codes that the same seed gives again."""
    ours = _ours(seed, today)
    if names := list(_resting(ours)):
        raise NotOursError(_in_use(names))
    count = sum(ours[each.model].count() for each in targets().values())
    ours[BadgeIssue].delete()
    ours[Badge].delete()
    for each in reversed(targets().values()):
        ours[each.model].delete()
    return count


def _ours(seed: int, today: date) -> dict[type[Model], QuerySet[Any]]:
    rows = {register_name(name): each for name, each in world(seed, today).rows().items()}
    found: dict[type[Model], QuerySet[Any]] = {}
    for each in targets().values():
        keys = {row[each.key] for row in rows.get(each.name, ())}
        found[each.model] = each.model._default_manager.filter(**{f"{each.key}__in": keys})
    found[BadgeIssue] = BadgeIssue.objects.filter(badge__in=found[Badge], person__in=found[Person])
    return found


def _resting(ours: Mapping[type[Model], QuerySet[Any]]) -> Iterator[str]:
    """Records of somebody's own that a removal would change, delete, or stop at."""
    for model, records in ours.items():
        for relation in model._meta.related_objects:
            other = relation.related_model
            found = other._default_manager.filter(**{f"{relation.field.name}__in": records})
            if other in ours:
                found = found.exclude(pk__in=ours[other].values("pk"))
            yield from map(_called, found.distinct())


def _officers(usernames: Collection[str]) -> None:
    Notice.objects.filter(user__username__in=usernames).delete()
    for user in User.objects.filter(username__in=usernames):
        if _is_named(user):
            user.is_active = False
            user.save(update_fields=["is_active"])
        else:
            user.delete()


def _is_named(user: User) -> bool:
    """Whether a record that stays names the account: the audit, or a case that was given to it."""
    lasting = [each for each in User._meta.related_objects if getattr(each, "on_delete", None) in (PROTECT, SET_NULL)]
    return any(each.related_model._default_manager.filter(**{each.field.name: user}).exists() for each in lasting)
