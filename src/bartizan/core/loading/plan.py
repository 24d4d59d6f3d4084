"""What rows would change in the registers. Only reads; what is written follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet

from bartizan.core.access import reach_of, rule_of
from bartizan.core.cells import same, text_of
from bartizan.core.loading.references import References, batches
from bartizan.core.loading.works import Filled, LoadReport, LoadWork, in_words
from bartizan.core.models import User
from bartizan.core.registers import key_of, manager_of
from bartizan.core.rows import Numbered, Problem, Read, Target, read_row, related
from bartizan.core.values import is_number

OF_OTHERS = "belongs to a record outside your reach; leave the row out, or ask the officer to load it."
SHARED = "is shared by the whole organisation; leave the row out, or ask the officer to load it."


class Plan:
    """Reads the rows of several registers, finds what they refer to, and notes what differs from what is kept."""

    def __init__(self, by: User | None, *, day_first: bool | None = None) -> None:
        self.by = by
        self.problems: list[Problem] = []
        self.works: dict[str, LoadWork] = {}
        self._day_first = day_first
        self._references = References(by, self.works)

    def read(self, target: Target, rows: Iterable[Numbered]) -> None:
        work, seen = LoadWork(target), dict[tuple[object, ...], int]()
        identity = target.extra.identity if target.extra else ()
        for number, cells in rows:
            read, wrong = read_row(target, number, cells, day_first=self._day_first)
            self.problems.extend(wrong)
            if read is None:
                self._references.refused[target.name, text_of(cells.get(target.key))] = number
                continue
            read.key = read.key or f"row {number}"
            first = seen.setdefault((read.key, *(_part(read, name) for name in identity)), number)
            if first == number:
                work.rows.append(read)
                work.columns |= cells.keys()
            else:
                self.wrong(target, read, target.key, read.key, f"is in row {first} already; keep one of them.")
        self.works[target.name] = work

    def find(self) -> None:
        """What the rows would make and change; rows that cannot be go, with a problem each."""
        for work in self.works.values():
            self._find_records(work)
            self._assign(work, later=False)
            self._refuse_incomplete(work)
        for work in self.works.values():
            self._assign(work, later=True)
            self._ask_register(work)
            self._find_extras(work)
        while sum(self._refuse_orphans(work) for work in self.works.values()):
            pass

    def report(self) -> LoadReport:
        works = tuple(self.works.values())
        created, changed, unchanged = (
            sum(len(work.fresh) for work in works),
            sum(len(work.altered) for work in works),
            sum(work.unchanged for work in works),
        )
        return LoadReport(created, changed, unchanged, tuple(self.problems), works)

    def wrong(self, target: Target, read: Read, column: str, value: str, what: str) -> None:
        self.problems.append(Problem(read.row, column, value[:80], what, target.name))
        self._references.refused[target.name, read.key] = read.row

    def _find_records(self, work: LoadWork) -> None:
        """The records that the rows' keys name, and a new one for each key that names none."""
        target = work.target
        work.records = self._existing(target, {read.key for read in work.rows})
        hidden = work.records.keys() - self._keys_within(target, work.records)
        lost = [read for read in work.rows if read.key in hidden]
        what = SHARED if self.by and is_shared(self.by, target.model) else OF_OTHERS
        for read in lost:
            self.wrong(target, read, target.key, read.key, what)
        work.drop(lost)
        for read in work.rows:
            if read.key not in work.records:
                work.records[read.key] = target.model(**({} if target.key == "pk" else {target.key: read.key}))
                work.change_of(read).told[target.key] = ("", read.key)

    def _existing(self, target: Target, keys: set[str]) -> dict[str, models.Model]:
        keys = {key for key in keys if is_number(key)} if target.key == "pk" else keys
        own = {n: c for n, c in target.columns.items() if c.model is target.model}
        single = [n for n, c in own.items() if c.is_relation and not c.many_to_many]
        many = [n for n, c in own.items() if c.many_to_many]
        found: dict[str, models.Model] = {}
        for part in batches(sorted(keys)):
            rows = manager_of(target.model).filter(**{f"{target.key}__in": part}).prefetch_related(*many)
            found |= {str(getattr(one, target.key)): one for one in (rows.select_related(*single) if single else rows)}
        return found

    def _keys_within(self, target: Target, records: Mapping[str, models.Model]) -> set[str]:
        if self.by is None:
            return set(records)
        found: set[str] = set()
        for part in batches(sorted(records)):
            rows = manager_of(target.model).filter(**{f"{target.key}__in": part})
            if hides := rule_of(target.model).except_for:
                rows = rows.exclude(hides(self.by))
            found |= {str(key) for key in within(self.by, rows).values_list(target.key, flat=True)}
        return found

    def _assign(self, work: LoadWork, *, later: bool) -> None:
        """Put into the records what the rows say, noting what differs; what leads into a circle in a second round."""
        target, lost = work.target, list[Read]()
        relations = work.relations(later=later)
        known = {name: self._known(work, name) for name in relations}
        for read in work.rows:
            missing = [(n, one) for n in relations for one in _names(read, n) if one not in known[n]]
            for name, one in missing:
                self.wrong(target, read, name, one, self._references.missing(related(target.columns[name]), one))
            if missing:
                lost.append(read)
                continue
            if not later:
                _note(work, read, read.values)
            for name in relations:
                _refer(work, read, name, [known[name][one] for one in _names(read, name)])
        work.drop(lost)

    def _known(self, work: LoadWork, name: str) -> Mapping[str, models.Model]:
        names = {one for read in work.rows for one in _names(read, name)}
        return self._references.of(related(work.target.columns[name]), names)

    def _refuse_incomplete(self, work: LoadWork) -> None:
        lost = []
        for read in work.rows:
            change = work.changes.get(read.key)
            missing = _missing(change.record, work.target) if change and change.is_new else ""
            if missing:
                lost.append(read)
                self.wrong(work.target, read, missing, "", "is empty, and a new record needs it.")
        work.drop(lost)

    def _ask_register(self, work: LoadWork) -> None:
        """What the register's form would find wrong beyond single fields."""
        lost = []
        for read in work.rows:
            if read.key not in work.changes:
                continue
            record = work.records[read.key]
            found = [*work.target.register.problems(Filled(record, work.target)), *_unclean(record)]
            lost += [read] if found else []
            for name, words in found:
                value = in_words(work.target.columns.get(name), getattr(record, name, ""))
                self.wrong(work.target, read, name, value, words)
        work.drop(lost)

    def _find_extras(self, work: LoadWork) -> None:
        if work.target.extra is None:
            return
        by_row, lost = {(read.row, read.key): read for read in work.rows}, list[Read]()
        for each in work.target.extra.plan([(read, work.records[read.key]) for read in work.rows]):
            if isinstance(each, Problem):
                self.problems.append(each)
                lost.append(by_row[each.row, each.key])
            else:
                work.extras.append(each)
                work.change_of(by_row[each.row, each.key]).told.update(each.told)
        work.drop(lost)

    def _refuse_orphans(self, work: LoadWork) -> bool:
        """Rows that name a new record whose own row was refused; whether there were any."""
        kept = {id(record) for each in self.works.values() for record in each.records.values()}
        lost = []
        for read in work.rows:
            for name, one in _new_relations(work, read):
                if id(one) not in kept:
                    lost.append(read)
                    self.wrong(work.target, read, name, key_of(one), "is refused itself; mend its row first.")
        work.drop(lost)
        return bool(lost)


def within(by: User, rows: QuerySet[Any]) -> QuerySet[Any]:
    """What of ``rows`` the user may change: what is only one's own counts as outside."""
    rule, reach = rule_of(rows.model), reach_of(by)
    if reach.is_whole:
        return rows
    kept = rule.within(reach) if rule.within else None
    return rows.filter(kept) if kept else rows.none()


def is_shared(by: User, model: type[models.Model]) -> bool:
    """Whether all of ``model`` is the same to everybody, so that whoever is limited to a part does not change it."""
    rule, reach = rule_of(model), reach_of(by)
    return not (reach.is_whole or (rule.within and rule.within(reach)))


def _unclean(record: models.Model) -> Iterable[tuple[str, str]]:
    """What the model itself finds wrong, as a form would."""
    try:
        record.clean()
    except ValidationError as error:
        yield from (("", words) for words in error.messages)


def _part(read: Read, name: str) -> object:
    return read.references.get(name, read.extra.get(name))


def _names(read: Read, column: str) -> Sequence[str]:
    """What a row names in a column; nothing when it names nobody or leaves the column out."""
    if column in read.lists:
        return read.lists[column]
    said = read.references.get(column)
    return (said,) if said else ()


def _note(work: LoadWork, read: Read, values: Mapping[str, Any]) -> None:
    record = work.records[read.key]
    is_new = record.pk is None
    for name, value in values.items():
        column = work.target.columns[name]
        before = getattr(record, name, None) if not (is_new and column.is_relation) else None
        if (value is before) or (not isinstance(value, models.Model) and same(before, value)):
            continue
        if isinstance(value, models.Model) and value.pk and value == before:
            continue
        setattr(record, name, value)
        work.change_of(read).told[name] = ("" if is_new else in_words(column, before), in_words(column, value))


def _refer(work: LoadWork, read: Read, name: str, leads_to: list[models.Model]) -> None:
    if name in read.lists:
        _note_list(work, read, name, leads_to)
    elif name in read.references and work.target.extra and name in work.target.extra.columns:
        read.extra[name] = leads_to[0] if leads_to else None
    elif name in read.references:
        _note(work, read, {name: leads_to[0] if leads_to else None})


def _note_list(work: LoadWork, read: Read, name: str, wanted: list[models.Model]) -> None:
    record = work.records[read.key]
    held = [] if record.pk is None else list(getattr(record, name).all())
    if {id(one) if one.pk is None else one.pk for one in wanted} == {one.pk for one in held}:
        return
    change = work.change_of(read)
    change.lists[name] = wanted
    change.told[name] = ("; ".join(map(key_of, held)), "; ".join(map(key_of, wanted)))


def _missing(record: models.Model, target: Target) -> str:
    """The first column without which a new record cannot be."""
    fields: tuple[Any, ...] = record._meta.fields
    for field in fields:
        if field.primary_key or field.null or field.blank or field.has_default():
            continue
        is_set = field.is_cached(record) if field.is_relation else getattr(record, field.name) not in (None, "")
        if not is_set:
            return str(field.name)
    return ""


def _new_relations(work: LoadWork, read: Read) -> Iterable[tuple[str, models.Model]]:
    """The records that a row names and that are not kept yet."""
    record, change = work.records[read.key], work.changes.get(read.key)
    for name in (*work.relations(later=False), *work.relations(later=True)):
        column = work.target.columns[name]
        if name in read.extra:
            found = [read.extra[name]]
        elif column.many_to_many:
            found = change.lists.get(name, []) if change else []
        else:
            found = [column.get_cached_value(record, None)]
        yield from ((name, one) for one in found if one is not None and one.pk is None)
