"""Keeps the index as the records are: whatever saves or deletes a record keeps its row anew, in the same transaction.

What a record says of another one follows that one: when a person gets another name, so do the person's hosts, accounts
and badges in the index, at once, however many they are (10,000 take about a second). Writes that send no signals
(``bulk_create``, ``QuerySet.update``) call ``refresh``; what they leave out is found by ``bartizan doctor`` as long as
numbers differ, and mended by ``bartizan search rebuild``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import AppConfig
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.db.models.signals import post_delete, post_migrate, post_save, pre_delete

from bartizan.core.registers import manager_of, meta_of
from bartizan.core.search import kept
from bartizan.core.search.kinds import Kind, kinds


@dataclass(frozen=True, slots=True)
class Mention:
    """Records of ``kind`` say ``fields`` of the records to which ``path`` leads."""

    kind: Kind
    path: str
    fields: frozenset[str]
    is_list: bool
    """The relation is stored at the mentioned record, as a badge's issues are: a new one changes what is said."""


@dataclass(slots=True)
class Plan:
    """What a save of a model's record means for the index."""

    kinds: list[Kind] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)

    @property
    def fields(self) -> frozenset[str]:
        own = {path.partition("__")[0] for kind in self.kinds for path in kind.paths}
        return frozenset(own.union(*(each.fields for each in self.mentions)))

    @property
    def own(self) -> frozenset[str]:
        return frozenset(path for kind in self.kinds for path in kind.paths if "__" not in path)


_plans: dict[type[Model], Plan] = {}
_followed: dict[str, Kind] = {}
_MENTIONING = "_search_mentioning"


def start(app: AppConfig) -> None:
    """Called once a process; ``app`` is the core, after whose migrations the index is looked at."""
    follow()
    post_migrate.connect(_migrated, sender=app, dispatch_uid="search")


def _migrated(**_: Any) -> None:
    """A new version may keep more of a record, and a data folder of before has no index: then it is made anew."""
    if kept.is_kept() and kept.is_there() and not kept.is_as_declared():
        kept.rebuild()


def follow() -> None:
    """Connect to every model that the kinds read; those that were declared since are made up for."""
    current = {kind.name: kind for kind in kinds()}
    if current.keys() == _followed.keys() and all(_followed[name] is kind for name, kind in current.items()):
        return
    _followed.clear()
    _followed.update(current)
    _plans.clear()
    _plans.update(_planned(list(current.values())))
    for model in _plans:
        post_save.connect(_saved, sender=model, dispatch_uid="search")
        pre_delete.connect(_leaving, sender=model, dispatch_uid="search")
        post_delete.connect(_left, sender=model, dispatch_uid="search")


def _planned(found: list[Kind]) -> dict[type[Model], Plan]:
    plans: dict[type[Model], Plan] = defaultdict(Plan)
    for kind in found:
        plans[kind.model].kinds.append(kind)
        for path in kind.relations:
            for mention, model in _mentions(kind, path):
                plans[model].mentions.append(mention)
    return dict(plans)


def _mentions(kind: Kind, path: str) -> list[tuple[Mention, type[Model]]]:
    """One for each step of the path: a badge's ``issues__person`` reads issues, and people."""
    steps, model, found = path.split("__"), kind.model, []
    for at, name in enumerate(steps, 1):
        relation: Any = meta_of(model).get_field(name)
        model = relation.related_model
        way = "__".join(steps[:at])
        said = {each.removeprefix(f"{way}__").partition("__")[0] for each in kind.paths if each.startswith(f"{way}__")}
        is_list = bool(relation.auto_created)
        if is_list:
            said.add(relation.field.name)
        found.append((Mention(kind, way, frozenset(said), is_list), model))
    return found


def _saved(sender: type[Model], instance: Any, created: bool, update_fields: Any, **_: Any) -> None:
    plan = _plans.get(sender)
    if plan is None or not kept.is_kept():
        return
    if update_fields is not None and plan.fields.isdisjoint(_names(sender, update_fields)):
        return
    others = [_keep(kind, instance, created, update_fields) for kind in plan.kinds]
    for mention in plan.mentions:
        if created and not mention.is_list:
            continue
        if any(others) or created or not mention.fields <= plan.own:
            kept.refresh(mention.kind.model, _mentioning(mention, instance))


def _keep(kind: Kind, instance: Any, created: bool, update_fields: Any) -> bool:
    """Whether the record says something else than what was kept."""
    row = instance
    if kind.relations or update_fields is not None:  # what lies in memory may be older than what is stored
        row = manager_of(kind.model).prefetch_related(*kind.relations).get(pk=instance.pk)
    texts = kind.texts(row)
    if not created and kept.text_of(kind, instance.pk) == texts:
        return False
    kept.write(kind, [(instance.pk, texts)])
    return True


def follow_change(model: type[Model], pks: Sequence[int], name: str) -> None:
    """After one field of many records was written at once: keep them anew, and those that say it of them."""
    if not kept.is_kept():
        return
    kept.refresh(model, pks)
    for mention in _plans[model].mentions if model in _plans else ():
        if name in mention.fields:
            found = manager_of(mention.kind.model).filter(**{f"{mention.path}__in": pks})
            kept.refresh(mention.kind.model, found.values_list("pk", flat=True))


def _mentioning(mention: Mention, instance: Any) -> list[int]:
    found = manager_of(mention.kind.model).filter(**{mention.path: instance})
    return list(found.values_list("pk", flat=True).distinct())


def _leaving(sender: type[Model], instance: Any, **_: Any) -> None:
    """Who says something of it must be asked before it goes: afterwards their references are empty."""
    plan = _plans.get(sender)
    if plan is not None and plan.mentions and kept.is_kept():
        found = [(mention.kind.model, _mentioning(mention, instance)) for mention in plan.mentions]
        setattr(instance, _MENTIONING, found)


def _left(sender: type[Model], instance: Any, **_: Any) -> None:
    plan = _plans.get(sender)
    if plan is None or not kept.is_kept():
        return
    for kind in plan.kinds:
        kept.remove(kind, [instance.pk])
    for model, pks in getattr(instance, _MENTIONING, ()):
        kept.refresh(model, pks)


def _names(model: type[Model], update_fields: Any) -> set[str]:
    """Field names, whether they were given as ``owner`` or ``owner_id``."""
    names = set(update_fields)
    for name in update_fields:
        try:
            names.add(meta_of(model).get_field(name).name)
        except FieldDoesNotExist:
            names.add(name.removesuffix("_id"))
    return names
