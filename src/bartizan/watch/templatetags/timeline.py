"""What drawings and addresses of the timeline need in templates."""

from __future__ import annotations

from datetime import datetime, tzinfo

from django import template

from bartizan.core.templatetags import audit
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


register.filter("officer", audit.officer)
register.filter("detail_words", audit.detail_words)
