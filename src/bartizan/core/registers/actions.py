"""What is done to the records of any register: save, change many, remove, bring back; and saved views."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any

from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.db.models import Model, ProtectedError, RestrictedError
from django.db.models.deletion import Collector
from django.db.transaction import atomic
from django.forms import ModelForm

from bartizan.core import search
from bartizan.core.access import reach_of, rule_of
from bartizan.core.actions import record, record_all
from bartizan.core.models import AuditEntry, SavedView, User
from bartizan.core.registers import seen
from bartizan.core.registers.declared import Register
from bartizan.core.registers.fields import Row, label, manager_of, meta_of
from bartizan.core.registers.form import values_of

BATCH = 500
SHARED = "This is shared by the whole organisation: whoever is limited to a part of it does not change it."
TAKEN = "Somebody else saved the same meanwhile: what must be one's own is taken. Nothing was kept."
OUTSIDE = "This would lie outside your part of the organisation: keep it within your own sites and departments."


@atomic
def save(by: User, register: Register, form: ModelForm[Any], was_seen: str = "") -> Row:
    """Make or change what a valid form describes; the audit keeps the fields that changed, before and after.

    Raises ValidationError when it would lie outside the user's reach, and Stale when it is no longer as it was seen.
    """
    is_new = form.instance.pk is None
    before = {}
    if not is_new:
        kept = manager_of(register.model).get(pk=form.instance.pk)
        seen.check(kept, was_seen)
        _keep_within(by, register, [kept])
        before = seen.words_of(kept, form.changed_data)
    try:
        form.instance.validate_constraints()  # the form looks only at those of its own fields
        with atomic():
            saved = form.save()
    except (ValidationError, IntegrityError) as error:
        raise ValidationError(error.messages if isinstance(error, ValidationError) else TAKEN) from None
    _keep_within(by, register, [saved])
    after = seen.words_of(saved, form.changed_data)
    if is_new or before != after:
        record(by, "made" if is_new else "changed", register.subject(saved), **_told(before, after))
    return saved


@atomic
def change_all(by: User, register: Register, rows: Iterable[Row], name: str, value: Any) -> int:
    """Give one field the same value in all ``rows``, or in none; how many are another now. Each is in the audit."""
    changed: list[Row] = []
    told: list[tuple[str, str, dict[str, Any]]] = []
    wrong: list[str] = []
    for row in rows:
        before = seen.words_of(row, [name])
        setattr(row, name, value)
        after = seen.words_of(row, [name])
        if before == after:
            continue
        wrong += [f"{register.called(row)}: {words}" for _, words in register.problems(values_of(register, row))]
        told.append(("changed", register.subject(row), _told(before, after)))
        changed.append(row)
    if wrong:
        raise ValidationError([f"Nothing was changed: {len(wrong)} of them would be wrong.", *wrong[:8]])
    _keep_within(by, register, changed)
    try:
        with atomic():
            manager_of(register.model).bulk_update(changed, [name], batch_size=BATCH)
    except IntegrityError:
        raise ValidationError("Nothing was changed: two of them cannot have the same here.") from None
    _keep_within(by, register, changed)
    record_all(by, told)
    search.follow_change(register.model, [row.pk for row in changed], name)
    return len(changed)


@atomic
def remove(by: User, register: Register, rows: Iterable[Row], reason: str) -> AuditEntry | None:
    """Remove all of ``rows``, or none of them; the audit keeps each with the reason.

    The entry that ``bring_back`` undoes, when it is one record and nothing else changes with it. Raises
    ValidationError that says what still refers to a record.
    """
    if not reason.strip():
        raise ValidationError("Write why: it is kept in the audit.")
    gone = list(rows)
    _keep_within(by, register, gone)
    _keep_listed(register, gone)
    alone = len(gone) == 1 and _goes_alone(gone[0])
    kept = {"record": serializers.serialize("json", gone)} if alone else {}
    told = [
        ("removed", register.subject(row), {"name": register.called(row), "reason": reason.strip()} | kept)
        for row in gone
    ]
    try:
        for part in _batches(gone):
            manager_of(register.model).filter(pk__in=[row.pk for row in part]).delete()
    except (ProtectedError, RestrictedError):
        raise ValidationError(_still_there(gone)) from None
    record_all(by, told)
    return AuditEntry.objects.order_by("-pk").first() if alone else None


@atomic
def bring_back(by: User, register: Register, entry: AuditEntry) -> Row:
    """Undo a removal: the record is there again as it was. Raises ValidationError when its place was taken."""
    found = next(serializers.deserialize("json", entry.detail["record"]))
    row = found.object
    if manager_of(register.model).filter(pk=row.pk).exists():
        raise ValidationError("It is there already.")
    try:
        with atomic():
            found.save(force_insert=True)
            connection.check_constraints(table_names=[meta_of(row).db_table])  # SQLite would say it at the very end
    except IntegrityError:
        raise ValidationError("It cannot come back: what it belonged to is gone, or its name was taken.") from None
    _keep_within(by, register, [row])
    record(by, "brought back", register.subject(row))
    return manager_of(register.model).get(pk=row.pk)


def _keep_within(by: User, register: Register, rows: Sequence[Row]) -> None:
    """Raises ValidationError when any lies outside the user's reach; what is only one's own counts as outside."""
    rule, reach = rule_of(register.model), reach_of(by)
    if not rows or reach.is_whole:
        return
    kept = rule.within(reach) if rule.within else None
    if not kept:
        raise ValidationError(SHARED)
    for part in _batches(rows):
        pks = {row.pk for row in part}
        if manager_of(register.model).filter(kept, pk__in=pks).values("pk").distinct().count() < len(pks):
            raise ValidationError(OUTSIDE)


def _batches(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    return (rows[at : at + BATCH] for at in range(0, len(rows), BATCH))


def _keep_listed(register: Register, rows: Sequence[Row]) -> None:
    """Raises ValidationError when another record's list names any: with its last reader gone a secret would open."""
    lists = [each for each in meta_of(register.model).related_objects if each.many_to_many]
    for part, each in product(_batches(rows), lists):
        name = each.field.name
        found = manager_of(each.related_model).filter(**{f"{name}__in": [row.pk for row in part]})
        pairs = list(found.values_list(name, "pk"))
        for row in part:
            if number := len({pk for one, pk in pairs if one == row.pk}):
                kind = meta_of(each.related_model)
                what = kind.verbose_name if number == 1 else kind.verbose_name_plural
                raise ValidationError(
                    f"{label(row)} cannot be removed: {each.field.verbose_name} of {number} {what} name it. "
                    "Take it off there first. Nothing was removed."
                )


def _goes_alone(row: Row) -> bool:
    """Whether nothing else is removed or emptied with it."""
    collector: Any = Collector(using="default")
    try:
        collector.collect([row])
    except (ProtectedError, RestrictedError):
        return False
    removed = sum(len(found) for found in collector.data.values()) + sum(len(found) for found in collector.fast_deletes)
    emptied = any(len(found) for group in collector.field_updates.values() for found in group)
    return removed <= 1 and not emptied


def _still_there(rows: Sequence[Row]) -> str:
    """What still refers to the first of them that cannot go, and how many."""
    for row in rows:
        if others := _in_the_way(row):
            break
    numbers = Counter(map(type, others))
    told = [
        f"{n} {meta_of(kind).verbose_name if n == 1 else meta_of(kind).verbose_name_plural}"
        for kind, n in sorted(numbers.items(), key=lambda one: -one[1])
    ]
    kinds = f"{', '.join(told[:-1])} and {told[-1]}" if told[1:] else told[0]
    verb = "refers" if list(numbers.values()) == [1] else "refer"
    return f"{label(row)} cannot be removed: {kinds} still {verb} to it. Nothing was removed."


def _in_the_way(row: Row) -> list[Model]:
    collector: Any = Collector(using="default")
    try:
        collector.collect([row])
    except ProtectedError as error:
        return list(error.protected_objects)
    except RestrictedError as error:
        return list(error.restricted_objects)
    return []


def _told(before: dict[str, str], after: dict[str, str]) -> dict[str, dict[str, str]]:
    return {"before": before, "after": after} if before else {"after": after}


@atomic
def keep_view(by: User, register: Register, name: str, query: str, *, is_shared: bool) -> SavedView:
    """Save a list as it is under a name; the same name again replaces it. Sharing is audited, a private view is not."""
    if not name.strip():
        raise ValidationError("Give the view a name.")
    if len(query) > 1000:
        raise ValidationError("These filters are too long to be kept as a view.")
    kept = {"query": query, "is_shared": is_shared}
    view, _ = SavedView.objects.update_or_create(user=by, register=register.name, name=name.strip()[:60], defaults=kept)
    if is_shared:
        record(by, "shared a view", f"view:{register.name}/{view.name}", query=query)
    return view


@atomic
def rename_view(by: User, view: SavedView, name: str) -> None:
    if not name.strip():
        raise ValidationError("Give the view a name.")
    others = SavedView.objects.filter(user=view.user, register=view.register, name=name.strip()[:60])
    if others.exclude(pk=view.pk).exists():
        raise ValidationError("Another view of yours has this name.")
    view.name = name.strip()[:60]
    view.save(update_fields=["name"])


@atomic
def remove_view(by: User, view: SavedView) -> None:
    if view.is_shared:
        record(by, "removed a shared view", f"view:{view.register}/{view.name}")
    view.delete()
