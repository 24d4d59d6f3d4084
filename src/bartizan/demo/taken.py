"""What the demo would need and somebody has already: account names, sources, and the keys of its records."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from bartizan.core.rows import target
from bartizan.demo import officers
from bartizan.demo.outlets import SOURCES
from bartizan.demo.world import World
from bartizan.watch.models import Source


def taken(made: World) -> list[str]:
    """In words; the demo would change these records of somebody's, and its removal would delete them."""
    found = [f"the account {name}" for name in officers.taken()]
    found += [f"the source {name}" for name in _there(Source.objects, "name", SOURCES)]
    for name, rows in made.rows().items():
        if register := target(name):
            keys = {row[register.key] for row in rows}
            here = _there(register.model._default_manager, register.key, keys)
            found += [f"{register.register.one} {key}" for key in here]
    return found


def _there(records: Any, field: str, wanted: Collection[str]) -> list[str]:
    return sorted(records.filter(**{f"{field}__in": wanted}).values_list(field, flat=True))
