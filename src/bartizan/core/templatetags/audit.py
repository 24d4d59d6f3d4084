"""What audit lines need in templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from django import template

from bartizan.core import audit_words
from bartizan.core.audit_words import Told
from bartizan.core.models import User
from bartizan.web.templatetags.bz import as_zone

register = template.Library()


@register.filter
def officer(user: User | None, nobody: str = "Bartizan") -> str:
    """Somebody's name, or what stands for nobody."""
    return audit_words.name_of(user, nobody)


@register.filter
def detail_words(detail: Mapping[str, Any]) -> str:
    """What an audit line keeps beside who, what and when, on one line."""
    return audit_words.sentence(detail)


@register.filter
def told(detail: Mapping[str, Any], zone: tzinfo | str = "UTC") -> Told:
    """The same in parts: what changed, before and after, and the rest."""
    return audit_words.told(detail, as_zone(zone) if isinstance(zone, str) else zone)
