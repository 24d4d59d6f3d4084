"""What every page's frame needs: its place in the navigation, the counts there, the theme and the site's clock.

A room adds itself where its URLs are declared, so that the frame knows no room:

    menu(Item("cases", "Cases", "case", order=40, go="c", count=lambda user: open_cases(user).count()))
    frame(lambda user: {"organisation": "Veldmark Instruments"})
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from bartizan.core.access import may, may_any, works_here
from bartizan.web.templatetags.bz import as_zone

THEMES = ("light", "dark")
DENSITIES = ("compact", "comfortable")
OWN = "me"
"""The route of everybody's own record."""


@dataclass(frozen=True, slots=True)
class Item:
    """A place in the navigation. ``name`` is its route; pages mark themselves with ``place`` in their context."""

    name: str
    label: str
    icon: str
    order: int
    go: str = ""
    """The letter that opens it after g."""
    count: Callable[[Any], int] | None = None
    """How many things wait there for this user."""
    on_phone: bool = False
    """In the bar of five; the others are under More."""
    needs: str | tuple[str, ...] = ""
    """The permission without which it is not offered, or several of which one is enough."""

    def is_for(self, user: Any) -> bool:
        return may_any(user, (self.needs,) if isinstance(self.needs, str) else self.needs)


_items: dict[str, Item] = {}
_frames: list[Callable[[Any], dict[str, Any]]] = []


def menu(item: Item) -> None:
    _items[item.name] = item


def frame(facts: Callable[[Any], dict[str, Any]]) -> None:
    """Add what every page's frame shows of a room (a function of the user)."""
    if facts not in _frames:
        _frames.append(facts)


def items(user: Any = None) -> list[Item]:
    """Those that the user may open; without a user all of them."""
    allowed = [item for item in _items.values() if user is None or item.is_for(user)]
    return sorted(allowed, key=lambda item: item.order)


def first_page(user: Any) -> str:
    """The route that the user begins on: the first of the menu; without a permission of the office the own record."""
    own = [item.name for item in items(user) if item.needs] if works_here(user) else []
    return own[0] if own else OWN


class Allowed:
    """What the user may do, for templates: ``{% if may.work_alarms %}``."""

    def __init__(self, user: Any) -> None:
        self.user = user

    def __getitem__(self, name: str) -> bool:
        return self.user is not None and may(self.user, name.replace("_", " "))


def counts(user: Any) -> dict[str, int]:
    return {item.name: item.count(user) for item in items(user) if item.count}


def shell(request: HttpRequest) -> dict[str, Any]:
    """Template context of every page; little of it for a stranger."""
    user = getattr(request, "user", None)
    context: dict[str, Any] = {
        "theme": theme_of(request),
        "density": _one_of(DENSITIES, request.COOKIES.get("bz_density")),
        "part": request.headers.get("X-Part", ""),
        "zone": "UTC",
    }
    if user is None or not user.is_authenticated or context["part"]:
        return context | _facts(user)
    numbers = counts(user)
    return context | _facts(user) | {"menu": [(item, numbers.get(item.name, 0)) for item in items(user)]}


def _facts(user: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if user is not None and user.is_authenticated:
        for each in _frames:
            facts |= each(user)
    facts["now"] = timezone.now()
    local = facts["now"].astimezone(as_zone(facts.get("zone", "UTC")))
    facts["may"] = Allowed(user)
    return facts | {"today": f"{local:%a} {local.day} {local:%b %Y}", "clock_now": f"{local:%H:%M:%S %Z}"}


def zone_of(user: Any) -> str:
    """The name of the zone in which this user's pages tell the time."""
    return str(_facts(user).get("zone", "UTC"))


def theme_of(request: HttpRequest) -> str:
    """The user's choice, else what the browser last said it prefers, else light."""
    user = getattr(request, "user", None)
    chosen = getattr(user, "theme", "") if user is not None and user.is_authenticated else ""
    return chosen or _one_of(THEMES, request.COOKIES.get("bz_theme"))


def _one_of(allowed: tuple[str, ...], value: str | None) -> str:
    return value if value in allowed else allowed[0]
