"""What an account of the console can be limited to, and whose it can be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from django.db.models import Model

from bartizan.core.access import visible_to
from bartizan.core.accounts import MOST, Offer, offers
from bartizan.estate.models import Department, Person, Site


def _offer(model: type[Model]) -> Offer:
    return Offer(choices=_choices(model), names_of=_names_of(model))


def _choices(model: type[Model]) -> Callable[[Any], Sequence[tuple[str, str]]]:
    def choices(user: Any) -> Sequence[tuple[str, str]]:
        shown = visible_to(user, model._default_manager.order_by("name"))
        return list(shown.values_list("code", "name")[: MOST + 1])

    return choices


def _names_of(model: type[Model]) -> Callable[[Any, Collection[str]], Mapping[str, str]]:
    def names_of(user: Any, codes: Collection[str]) -> Mapping[str, str]:
        return dict(visible_to(user, model._default_manager.filter(code__in=codes)).values_list("code", "name"))

    return names_of


offers("sites", _offer(Site))
offers("departments", _offer(Department))
offers("people", _offer(Person))
