"""What an account of the console can be limited to, and whose it can be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Model

from bartizan.core.access import visible_to
from bartizan.core.accounts import MOST, Offer, offers
from bartizan.estate.models import Department, Person, Site


def _offer(model: type[Model]) -> Offer:
    return Offer(choices=_choices(model), name_of=_name_of(model))


def _choices(model: type[Model]) -> Callable[[Any], Sequence[tuple[str, str]]]:
    def choices(user: Any) -> Sequence[tuple[str, str]]:
        shown = visible_to(user, model._default_manager.order_by("name"))
        return list(shown.values_list("code", "name")[: MOST + 1])

    return choices


def _name_of(model: type[Model]) -> Callable[[str], str | None]:
    def name_of(code: str) -> str | None:
        return model._default_manager.filter(code=code).values_list("name", flat=True).first()

    return name_of


offers("sites", _offer(Site))
offers("departments", _offer(Department))
offers("people", _offer(Person))
