"""Which source can do what to which device. Asked where no connector runs: it looks at settings only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from pydantic import ValidationError

from bartizan.connectors import installed, reaches_of, verbs_of
from bartizan.core import preferences
from bartizan.watch.models import Source


@dataclass(frozen=True, slots=True)
class Hand:
    """A source that is switched on and can act."""

    source: str
    verbs: frozenset[str]
    reaches: frozenset[str]


def hands() -> list[Hand]:
    """Every source that can act, by name. One whose settings are not right cannot."""
    kinds = installed()
    found = []
    for source in Source.objects.filter(is_enabled=True, connector__in=kinds).order_by("name"):
        kind = kinds[source.connector]
        if not verbs_of(kind):
            continue
        try:
            settings = kind.Settings.model_validate(preferences.opened(source.settings))
        except ValidationError:
            continue  # the source's own page says so, and the receiver does not start it
        found.append(Hand(source.name, frozenset(verbs_of(kind)), reaches_of(kind, settings)))
    return found


def who_can_all(verb: str, targets: Collection[str]) -> dict[str, str]:
    """The source that can do it to each of the targets; those that nobody reaches are left out."""
    found: dict[str, str] = {}
    for hand in hands():
        if verb in hand.verbs:
            found |= {target: hand.source for target in targets if target in hand.reaches and target not in found}
    return found
