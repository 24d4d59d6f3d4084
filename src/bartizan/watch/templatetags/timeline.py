"""What drawings and addresses of the timeline need in templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from django import template

from bartizan.core.models import User
from bartizan.watch.pages.timeline_view import stamp

register = template.Library()


@register.filter
def utc_stamp(at: datetime) -> str:
    """A time for an address or a ``datetime`` attribute."""
    return stamp(at)


@register.filter
def date_words(at: datetime, zone: tzinfo) -> str:
    """``Mon 16 Nov 21:06`` on the site's clock."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %H:%M}"


@register.filter
def for_event(link: str, event: str) -> str:
    """The address of a view with another event selected."""
    return link.replace("%40", event)


@register.filter
def add_float(number: float, other: float) -> str:
    return f"{number + float(other):.1f}"


@register.filter
def as_case(number: str) -> str:
    return f"case:{number}"


@register.filter
def officer(user: User | None, nobody: str = "Bartizan") -> str:
    """Somebody's name, or what stands for nobody."""
    return (user.get_full_name() or user.username) if user else nobody


@register.filter
def detail_words(detail: Mapping[str, Any]) -> str:
    """What an audit line keeps beside who, what and when, as a sentence's worth of words."""
    before, after = detail.get("before"), detail.get("after")
    parts = []
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        parts = [
            f"{name}: {_short(before.get(name))} → {_short(value)}"
            for name, value in after.items()
            if before.get(name) != value
        ]
    elif before or after:
        parts = [f"{_short(before)} → {_short(after)}"] if after is not None else [f"was {_short(before)}"]
    rest = {
        name: value
        for name, value in detail.items()
        if name not in ("before", "after") and value not in (None, "", {}, [])
    }
    return "; ".join([*parts, *(f"{name}: {_short(value)}" for name, value in rest.items())])


def _short(value: Any) -> str:
    """A value as a line has room for it: a digest by its beginning."""
    if value in (None, "", {}, []):
        return "none"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_short(one)}" for name, one in value.items())
    text = str(value)
    if len(text) == 64 and all(letter in "0123456789abcdef" for letter in text):
        return f"{text[:8]}…"
    return text if len(text) <= 120 else f"{text[:119]}…"
