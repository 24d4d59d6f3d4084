"""What is done to the estate's records as a whole: load rows into a register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.estate.models import Badge, BadgeIssue, Person
from bartizan.estate.rows import TARGETS, Problem, Read, Target, columns, read_row, related

BATCH = 500


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What became of the rows of one file, or of several that were loaded together."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: tuple[Problem, ...] = ()

    @property
    def is_kept(self) -> bool:
        """Whether anything was looked at without being refused as a whole."""
        return not self.problems or bool(self.created or self.changed or self.unchanged)


class _RefusedError(Exception):
    """Undoes the transaction of a file with problems."""


@dataclass(slots=True)
class _Work:
    """One register's rows on their way in."""

    target: Target
    rows: list[Read] = field(default_factory=list)
    records: dict[str, models.Model] = field(default_factory=dict)
    created: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)


def load(target: str, rows: Iterable[Mapping[str, Any]], by: User | None, *, partial: bool = False) -> LoadReport:
    """Bring ``rows`` into one register: what is not there is made, what differs is changed, each by its code.

    All or nothing, unless ``partial``: then the rows that are right are kept. A column that a row leaves out stays as
    it is. The order of rows does not matter.
    """
    return load_together({target: rows}, by, partial=partial)


def load_together(
    files: Mapping[str, Iterable[Mapping[str, Any]]], by: User | None, *, partial: bool = False
) -> LoadReport:
    """The same for several registers at once, which may refer to each other in any order."""
    unknown = [name for name in files if name not in TARGETS]
    if unknown:
        what = f"there is no such register; there are {', '.join(TARGETS)}."
        return LoadReport(problems=tuple(Problem(0, "target", name, what, name) for name in unknown))
    problems: list[Problem] = []
    works = [_read(TARGETS[name], files[name], problems) for name in TARGETS if name in files]
    try:
        with atomic():
            for work in works:
                _upsert(work, problems)
            for work in works:
                _refer_later(work, problems)
            if problems and not partial:
                raise _RefusedError  # noqa: TRY301  the way out of a transaction
            _note(works, by)
    except _RefusedError:
        return LoadReport(problems=tuple(problems))
    return _report(works, problems)


def _read(target: Target, rows: Iterable[Mapping[str, Any]], problems: list[Problem]) -> _Work:
    work, seen = _Work(target), dict[tuple[object, ...], int]()
    for number, cells in enumerate(rows, 1):
        read, wrong = read_row(target, number, cells)
        problems.extend(wrong)
        if read is None:
            continue
        first = seen.setdefault(_identity(target, read), number)
        if first == number:
            work.rows.append(read)
        else:
            what = f"is in row {first} already; keep one of them."
            problems.append(Problem(number, target.key, read.key, what, target.name))
    return work


def _identity(target: Target, read: Read) -> tuple[object, ...]:
    """A badge may come once for everybody who held it."""
    return (
        (read.key, read.references.get("person"), read.issue.get("issued_at")) if target.model is Badge else (read.key,)
    )


def _upsert(work: _Work, problems: list[Problem]) -> None:
    target = work.target
    work.records = _existing(target, {read.key for read in work.rows})
    now = [c for c, f in columns(target).items() if f.is_relation and c not in target.later]
    codes = {column: _codes(related(target, column), work.rows, column) for column in now}
    fresh: dict[str, models.Model] = {}
    for read in [*work.rows]:
        values = dict(read.values)
        if not _resolve(read, target, codes, values, problems):
            work.rows.remove(read)
            continue
        person = values.pop("person_id", None) if target.model is Badge else None
        if person:
            read.issue["person_id"] = person
        instance = work.records.get(read.key)
        if instance is None:
            missing = _missing(target, values)
            if missing:
                what = "is empty, and a new record needs it."
                problems.append(Problem(read.row, missing, "", what, target.name))
                work.rows.remove(read)
                continue
            work.records[read.key] = fresh[read.key] = target.model(**values)
        elif _assign(instance, values) and read.key not in fresh:
            work.changed.add(read.key)
    _write(work, fresh)
    if target.model is Badge:
        _issue(work, problems)


def _existing(target: Target, keys: set[str]) -> dict[str, models.Model]:
    found: dict[str, models.Model] = {}
    for part in _batches(sorted(keys)):
        rows = target.model._default_manager.filter(**{f"{target.key}__in": part})
        found |= {getattr(one, target.key): one for one in rows}
    return found


def _codes(target: Target, rows: Iterable[Read], column: str) -> dict[str, Any]:
    wanted = {read.references[column] for read in rows if read.references.get(column)}
    return {key: one.pk for key, one in _existing(target, wanted).items()}


def _batches(keys: Sequence[str]) -> Iterable[Sequence[str]]:
    return (keys[at : at + BATCH] for at in range(0, len(keys), BATCH))


def _resolve(
    read: Read, target: Target, codes: Mapping[str, Mapping[str, Any]], values: dict[str, Any], problems: list[Problem]
) -> bool:
    """Put what the row's codes lead to into ``values``; whether all of them led somewhere."""
    good = True
    for column, known in codes.items():
        code = read.references.get(column)
        if code is None:
            continue
        if code and code not in known:
            other = related(target, column)
            what = f"is not among the {other.name}; load it there first or in the same go, or mend the {other.key}."
            problems.append(Problem(read.row, column, code, what, target.name))
            good = False
        values[f"{column}_id"] = known.get(code)
    return good


def _missing(target: Target, values: Mapping[str, Any]) -> str:
    """The first column without which a new record cannot be."""
    for field_ in target.model._meta.fields:
        if field_.primary_key or field_.null or field_.blank or field_.has_default():
            continue
        if values.get(field_.attname) in (None, ""):
            return field_.name
    return ""


def _assign(instance: models.Model, values: Mapping[str, Any]) -> bool:
    differs = {name: value for name, value in values.items() if getattr(instance, name) != value}
    for name, value in differs.items():
        setattr(instance, name, value)
    return bool(differs)


def _write(work: _Work, fresh: Mapping[str, models.Model]) -> None:
    manager = work.target.model._default_manager
    manager.bulk_create(fresh.values(), batch_size=BATCH)
    work.created |= set(fresh)
    names = [f.name for f in work.target.model._meta.fields if not f.primary_key and f.name not in work.target.kept]
    manager.bulk_update([work.records[key] for key in sorted(work.changed)], names, batch_size=BATCH)


def _issue(work: _Work, problems: list[Problem]) -> None:
    """A badge's row with a person says who held it; the same person and beginning is the same issue."""
    held = [read for read in work.rows if read.issue.get("person_id")]
    badges = [work.records[read.key].pk for read in held]
    known = {
        (i.badge_id, i.person_id, i.issued_at): i
        for part in (badges[at : at + BATCH] for at in range(0, len(badges), BATCH))
        for i in BadgeIssue.objects.filter(badge__in=part)
    }
    current = {(badge, person): i for (badge, person, _), i in known.items() if i.ended_at is None}
    for read in held:
        values = {name: value for name, value in read.issue.items() if value is not None or name == "ended_at"}
        badge, person, since = work.records[read.key].pk, values["person_id"], values.get("issued_at")
        issue = known.get((badge, person, since)) if since else current.get((badge, person))
        ended = values.get("ended_at")
        began = since or (issue.issued_at if issue else _joined(person))
        if ended and ended < began:
            what = f"lies before the badge was issued ({began:%Y-%m-%d %H:%M} UTC); mend one of the two."
            problems.append(Problem(read.row, "ended_at", ended.isoformat(), what, "badges"))
        elif issue is None:
            BadgeIssue.objects.create(badge_id=badge, **{**values, "issued_at": began})
            work.changed |= {read.key} - work.created
        elif _assign(issue, values):
            issue.save()
            work.changed |= {read.key} - work.created


def _joined(person: int) -> datetime:
    """A badge list without dates: held since its holder joined, as far as that is known."""
    day = Person.objects.values_list("joined_on", flat=True).get(pk=person)
    return timezone.make_aware(datetime(day.year, day.month, day.day)) if day else timezone.now()  # noqa: DTZ001  made aware here


def _refer_later(work: _Work, problems: list[Problem]) -> None:
    target = work.target
    codes = {column: _codes(related(target, column), work.rows, column) for column in target.later}
    altered = []
    for read in work.rows:
        values: dict[str, Any] = {}
        if not _resolve(read, target, codes, values, problems):
            continue
        instance = work.records[read.key]
        if _assign(instance, values):
            altered.append(instance)
            work.changed |= {read.key} - work.created
    if altered:
        target.model._default_manager.bulk_update(altered, target.later, batch_size=BATCH)


def _note(works: Iterable[_Work], by: User | None) -> None:
    for work in works:
        if work.created or work.changed:
            counts = {"created": len(work.created), "changed": len(work.changed), "rows": len(work.rows)}
            record(by, "loaded", f"register:{work.target.name}", **counts)


def _report(works: Sequence[_Work], problems: Sequence[Problem]) -> LoadReport:
    created = sum(len(work.created) for work in works)
    changed = sum(len(work.changed) for work in works)
    every = sum(len({read.key for read in work.rows}) for work in works)
    return LoadReport(created, changed, every - created - changed, tuple(problems))
