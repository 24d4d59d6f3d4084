"""What tells whom: each room declares its own where its rules are, the office switches them under Settings, Notices."""

from __future__ import annotations

from dataclasses import dataclass

PERSONAL = ("mail", "push")
"""Kinds of channel that a person has; a webhook is the office's."""


@dataclass(frozen=True, slots=True)
class Trigger:
    name: str
    title: str
    """What happened: ``An alarm is raised``."""
    whom: str
    """Who is told: ``Whoever is on call and may see it``."""
    least: int = 0
    """From which level on, unless the office decided otherwise."""
    has_levels: bool = False
    """Whether what happened may be more or less severe; otherwise the office is not asked for a level."""
    order: int = 50
    is_private: bool = False
    """About an account: never told to the office's webhooks, and it cannot be switched off."""


_triggers: dict[str, Trigger] = {}


def trigger(declared: Trigger) -> Trigger:
    _triggers[declared.name] = declared
    return declared


def all_triggers() -> list[Trigger]:
    return sorted(_triggers.values(), key=lambda each: (each.order, each.title))


def named(name: str) -> Trigger | None:
    return _triggers.get(name)
