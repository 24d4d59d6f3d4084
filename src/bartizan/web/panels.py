"""Panels that a room shows on a page of another: the cases that are open, on Now. Declared where a room's URLs are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bartizan.core.access import may


@dataclass(frozen=True, slots=True)
class Panel:
    page: str
    """The route's name of the page that shows it."""
    order: int
    template: str
    facts: Callable[[Any], dict[str, Any]]
    """Of the user; the template reads it as ``panel``."""
    needs: str = ""
    """The permission without which it is not shown."""


_panels: dict[str, Panel] = {}


def show(panel: Panel) -> None:
    _panels[panel.template] = panel


def panels(page: str, user: Any) -> list[tuple[str, dict[str, Any]]]:
    """Template and facts of each panel of a page, in order."""
    shown = [each for each in _panels.values() if each.page == page and may(user, each.needs)]
    wanted = sorted(shown, key=lambda each: each.order)
    return [(each.template, each.facts(user)) for each in wanted]
