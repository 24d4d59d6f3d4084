"""Finds the records that rows name: by key or by a name that only one has, among those loaded in the same go first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from django.db import models

from bartizan.core.access import visible_to
from bartizan.core.models import User
from bartizan.core.registers import manager_of
from bartizan.core.rows import Target
from bartizan.core.values import is_number

BATCH = 500
Key = TypeVar("Key")


class Loaded(Protocol):
    """What of one register is on its way in."""

    records: dict[str, models.Model]


def batches(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    return (keys[at : at + BATCH] for at in range(0, len(keys), BATCH))


class References:
    """Looks up names for one load; each name is looked up once."""

    def __init__(self, by: User | None, works: Mapping[str, Loaded]) -> None:
        self._by = by
        self._works = works
        self._found: dict[str, dict[str, models.Model]] = {}
        self.refused: dict[tuple[str, str], int] = {}
        """The rows that are not right themselves, by register and key."""
        self._namesakes: dict[str, Counter[str]] = {}

    def of(self, target: Target, names: set[str]) -> Mapping[str, models.Model]:
        """Name to record, for those of ``names`` that lead to one; what is loaded in the same go goes first."""
        found = self._found.setdefault(target.name, {})
        loaded = self._works[target.name].records if target.name in self._works else {}
        found |= {name: loaded[name] for name in names if name in loaded}
        if unknown := names - found.keys():
            found |= self._by_key(target, unknown)
        if unknown := names - found.keys():
            found |= self._by_name(target, unknown, loaded)
        kept = {id(record) for record in loaded.values()}  # a new record whose row was refused is none
        return {name: record for name, record in found.items() if record.pk or id(record) in kept}

    def missing(self, target: Target, name: str) -> str:
        """Why a name led nowhere, and what to do."""
        if row := self.refused.get((target.name, name)):
            return f"is in row {row}, which is not right itself; mend that row first."
        many = self._namesakes.get(target.name, Counter())[name.casefold()]
        if many > 1:
            return f"is the name of {many} {target.register.title.lower()}; give the {target.key} instead."
        return f"is not among the {target.name}; load it there first or in the same go, or mend the {target.key}."

    def _visible(self, target: Target) -> Any:
        rows = manager_of(target.model).all()
        return rows if self._by is None else visible_to(self._by, rows)

    def _by_key(self, target: Target, names: set[str]) -> dict[str, models.Model]:
        if target.key == "pk":
            names = {name for name in names if is_number(name)}
        return {
            str(getattr(one, target.key)): one
            for part in batches(sorted(names))
            for one in self._visible(target).filter(**{f"{target.key}__in": part})
        }

    def _by_name(self, target: Target, names: set[str], loaded: Mapping[str, Any]) -> dict[str, models.Model]:
        if "name" not in target.columns or target.key == "name":
            return {}
        here = {record.pk: record for record in loaded.values() if record.pk}
        told = [(str(record.name).casefold(), record) for record in loaded.values()]
        told += [(str(n).casefold(), pk) for pk, n in self._visible(target).values_list("pk", "name") if pk not in here]
        count = self._namesakes[target.name] = Counter(name for name, _ in told)
        single = {name: one for name, one in told if count[name] == 1}
        leads = {name: single[name.casefold()] for name in names if name.casefold() in single}
        pks = [one for one in leads.values() if not isinstance(one, models.Model)]
        kept = {one.pk: one for part in batches(pks) for one in manager_of(target.model).filter(pk__in=part)}
        return {name: one if isinstance(one, models.Model) else kept[one] for name, one in leads.items()}
