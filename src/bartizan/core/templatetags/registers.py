"""How a register shows a value of whichever kind."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from bartizan.core.values import Reference, State
from bartizan.web.templatetags.bz import clock, ent, icon
from bartizan.web.words import LEVEL_WORDS

register = template.Library()


@register.simple_tag
def shown(value: Any, zone: str, empty: str = "") -> Any:
    """A cell's content. ``empty`` is what stands for nothing, such as ``none``."""
    if value is None or value in ("", []):
        return format_html('<span class="t3">{}</span>', empty) if empty else ""
    if isinstance(value, Reference):
        return ent(value.to, value.name)
    if isinstance(value, State):
        return state(value)
    if isinstance(value, datetime):
        return clock(value, zone)
    if isinstance(value, list | tuple) and any(isinstance(one, Reference) for one in value):
        return format_html_join(" ", "{}", ((shown(one, zone),) for one in value))
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return f"{value.day} {value:%b %Y}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return ", ".join(f"{one:g}" if isinstance(one, float) else str(one) for one in value)
    return value


@register.simple_tag
def state(value: State) -> SafeString:
    """Normal: icon and word. Abnormal: a pill in its severity's colour."""
    if not value.level:
        mark = icon(value.icon, "i-s t3") if value.icon else ""
        return format_html('<span class="state">{}{}</span>', mark, value.words)
    mark = icon(value.icon) if value.icon else ""
    return format_html('<span class="pill pill-{}">{}{}</span>', LEVEL_WORDS[value.level].lower(), mark, value.words)


@register.filter
def field(mapping: dict[str, Any], name: str) -> Any:
    return mapping.get(name)
