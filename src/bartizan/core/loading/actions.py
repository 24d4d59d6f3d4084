"""Load rows into registers: what is not there is made, what differs is changed, each by its key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.transaction import atomic, set_rollback

from bartizan.core import search
from bartizan.core.access import may_change, reach_of
from bartizan.core.actions import record, record_all
from bartizan.core.loading.plan import Plan, within
from bartizan.core.loading.references import BATCH, batches
from bartizan.core.loading.works import Change, LoadReport, LoadWork
from bartizan.core.models import User
from bartizan.core.registers import Register, manager_of, meta_of
from bartizan.core.rows import Cells, Numbered, Problem, register_name, targets

OUTSIDE = "would lie outside your reach of sites and departments; mend those, or leave the row out."
TWICE = "Two records cannot share what must be one's own; mend the rows that do, then load again."


def load(target: str, rows: Iterable[Cells], by: User | None, *, partial: bool = False) -> LoadReport:
    """Bring ``rows`` into one register.

    All or nothing, unless ``partial``: then the rows that are right are kept. A column that a row leaves out stays as
    it is. The order of rows does not matter.
    """
    return load_together({target: rows}, by, partial=partial)


def load_together(files: Mapping[str, Iterable[Cells]], by: User | None, *, partial: bool = False) -> LoadReport:
    """The same for several registers at once, which may refer to each other in any order."""
    return load_numbered({name: enumerate(rows, 1) for name, rows in files.items()}, by, partial=partial)


def load_numbered(
    files: Mapping[str, Iterable[Numbered]],
    by: User | None,
    *,
    partial: bool = False,
    day_first: bool | None = None,
    told: Mapping[str, str] | None = None,
    is_import: bool = True,
) -> LoadReport:
    """The same with the rows' own numbers; ``told`` goes to the audit, such as the file's name.

    What is no import (one record that a program writes) has no line for the load as a whole.
    """
    given = {name: list(rows) for name, rows in files.items()}
    beyond: list[Problem] = []
    while True:
        plan = _planned(given, by, day_first, beyond)
        if plan.problems and not partial:
            return LoadReport(problems=tuple(plan.problems))
        try:
            with atomic():
                _keep(plan)
                found = _outside(plan)
                if not found:
                    _note(plan, told or {}, is_import=is_import)
                    return plan.report()
                set_rollback(True)
        except IntegrityError:
            found = _forbidden(plan)
            if not found:
                return LoadReport(problems=(Problem(0, "", "", TWICE),))
        beyond += found


def check(files: Mapping[str, Iterable[Numbered]], by: User | None, *, day_first: bool | None = None) -> LoadReport:
    """What ``load_numbered`` would do with those rows that are right; nothing is changed."""
    given = {name: list(rows) for name, rows in files.items()}
    beyond: list[Problem] = []
    while True:
        plan = _planned(given, by, day_first, beyond)
        report = plan.report()
        if not (_is_limited(by) or _has_constraints(plan)):
            return report
        found = _tried(plan)
        if not found:
            return report
        beyond += found


def _tried(plan: Plan) -> list[Problem]:
    """What lies outside the reach, or the records forbid: known only when it is there, so it is written and undone."""
    try:
        with atomic():
            _keep(plan)
            found = _outside(plan)
            set_rollback(True)
    except IntegrityError:
        return _forbidden(plan) or [Problem(0, "", "", TWICE)]
    return found


def _is_limited(by: User | None) -> bool:
    return by is not None and not reach_of(by).is_whole


def _has_constraints(plan: Plan) -> bool:
    return any(meta_of(work.target.model).constraints for work in plan.works.values() if work.changes)


def _forbidden(plan: Plan) -> list[Problem]:
    """The rows whose records are in the way of others that are there already."""
    found: list[Problem] = []
    for work in plan.works.values():
        for read in (each for each in work.rows if each.key in work.changes):
            try:
                work.records[read.key].validate_constraints()
            except ValidationError as error:
                found.append(Problem(read.row, "", "", " ".join(error.messages), work.target.name))
    return found


def _planned(
    files: Mapping[str, Iterable[Numbered]], by: User | None, day_first: bool | None, beyond: list[Problem]
) -> Plan:
    """``beyond`` are the rows that are known to lie outside the reach."""
    plan, known = Plan(by, day_first=day_first), targets()
    left_out = {(problem.target, problem.row) for problem in beyond}
    plan.problems += beyond
    for name, rows in _spread(files).items():
        target = known.get(name)
        if target is None:
            what = f"there is no such register; there are {', '.join(known)}."
            plan.problems.append(Problem(0, "target", name, what, name))
        elif by is not None and not may_change(by, target.model):
            what = f"your role does not change {target.register.title.lower()}; ask the officer to load them."
            plan.problems.append(Problem(0, "register", name, what, name))
        else:
            plan.read(target, (each for each in rows if (name, each[0]) not in left_out))
    plan.works = {name: plan.works[name] for name in known if name in plan.works}
    plan.find()
    return plan


def _spread(files: Mapping[str, Iterable[Numbered]]) -> Mapping[str, list[Numbered]]:
    """The rows of each register: some bring rows of others along."""
    found: dict[str, list[Numbered]] = defaultdict(list)
    for given, rows in files.items():
        name = register_name(given)
        target = targets().get(name)
        if target is None or target.brought is None:
            found[name].extend(rows)
            continue
        for number, cells in rows:
            for other, part in target.brought.spread(cells):
                found[other].append((number, part))
    return found


def _keep(plan: Plan) -> None:
    for work in plan.works.values():
        _update(work, work.altered, later=False)  # first: what has ended makes room for what begins
        with _without_circles(work):
            manager_of(work.target.model).bulk_create([c.record for c in work.fresh], batch_size=BATCH)
    for work in plan.works.values():
        _update(work, work.changes.values(), later=True)
        _keep_lists(work)
        _keep_extras(work)


@contextmanager
def _without_circles(work: LoadWork) -> Iterator[None]:
    """New records are made without what may lead in a circle; it is written once all are there."""
    held = [(c.record, n, getattr(c.record, n)) for c in work.fresh for n in work.target.later if n in c.told]
    for one, name, _ in held:
        setattr(one, name, None)
    yield
    for one, name, value in held:
        setattr(one, name, value)


def _update(work: LoadWork, changes: Iterable[Change], *, later: bool) -> None:
    """Write the changed columns of those records that have any of them."""
    own = {name for name, column in work.target.columns.items() if column.model is work.target.model}
    own -= {name for name, column in work.target.columns.items() if column.many_to_many}
    own = {name for name in own if (name in work.target.later) == later}
    found = [(change, {n for n in change.told if n in own}) for change in changes]
    records = [change.record for change, names in found if names]
    names = sorted(set().union(*(names for _, names in found)))
    if records:
        manager_of(work.target.model).bulk_update(records, names, batch_size=BATCH)


def _keep_lists(work: LoadWork) -> None:
    for change in work.changes.values():
        for name, wanted in change.lists.items():
            getattr(change.record, name).set(wanted)


def _keep_extras(work: LoadWork) -> None:
    if work.target.extra is None:
        return
    manager, columns = manager_of(work.target.extra.model), work.target.extra.columns
    fresh = [each.record for each in work.extras if each.record.pk is None]
    altered = [each.record for each in work.extras if each.record.pk is not None]
    if altered:  # first: what has ended makes room for what begins
        manager.bulk_update(altered, columns, batch_size=BATCH)
    manager.bulk_create(fresh, batch_size=BATCH)


def _outside(plan: Plan) -> list[Problem]:
    """Rows whose records lie outside the loader's reach once they are kept."""
    if plan.by is None or not _is_limited(plan.by):
        return []
    found: list[Problem] = []
    for work in plan.works.values():
        rows, seen = manager_of(work.target.model).all(), set[Any]()
        for part in batches([change.record.pk for change in work.changes.values()]):
            seen |= set(within(plan.by, rows.filter(pk__in=part)).values_list("pk", flat=True))
        key = work.target.key
        lost = {change.key for change in work.changes.values() if change.record.pk not in seen}
        found += [Problem(read.row, key, read.key, OUTSIDE, work.target.name) for read in work.rows if read.key in lost]
    return found


def _note(plan: Plan, told: Mapping[str, str], *, is_import: bool) -> None:
    """A line for the load, one for each changed record, and one for each new one when a person loaded it."""
    end = " by import" if is_import else ""
    for work in plan.works.values():
        if not work.changes:
            continue
        counts = {"created": len(work.fresh), "changed": len(work.altered), "rows": len(work.rows)}
        if is_import:
            record(plan.by, "loaded", f"register:{work.target.name}", **counts, **told)
        kept = work.altered if plan.by is None else [*work.changes.values()]
        record_all(plan.by, [_line(work.target.register, change, told, end) for change in kept])
        search.refresh(work.target.model, [change.record.pk for change in work.changes.values()])


def _line(register: Register, change: Change, told: Mapping[str, str], end: str) -> tuple[str, str, dict[str, Any]]:
    after = {name: after for name, (_, after) in change.told.items()}
    before = {} if change.is_new else {"before": {name: before for name, (before, _) in change.told.items()}}
    return (
        f"{'made' if change.is_new else 'changed'}{end}",
        register.subject(change.record),
        {
            **before,
            "after": after,
            **told,
        },
    )
