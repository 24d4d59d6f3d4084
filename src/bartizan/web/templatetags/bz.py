"""Template tags of the console, known to every template without loading."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from bartizan.engines.observe import KINDS, moment, split_reference
from bartizan.web import words

register = template.Library()

NOT_KNOWN = "not known"
# The icon of each kind of thing that a reference may name.
ICONS = {
    "badge": "badge",
    "building": "building",
    "camera": "camera",
    "case": "case",
    "contact": "phone",
    "copy": "file",
    "department": "people",
    "detector": "motion",
    "document": "file",
    "door": "door",
    "file": "file",
    "firewall": "net",
    "floor": "layers",
    "host": "host",
    "intellectual-property": "idea",
    "ip": "net",
    "panel": "panel",
    "person": "team",
    "portal": "door",
    "property": "box",
    "reader": "reader",
    "sensor": "sensor",
    "share": "file",
    "site": "site",
    "user": "login",
    "zone": "pin",
}
DOMAIN_ICONS = {
    "door": "door",
    "alarm": "motion",
    "camera": "camera",
    "biometric": "hand",
    "login": "login",
    "host": "host",
    "network": "net",
    "document": "file",
}


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """``{% icon "door" %}``, ``{% icon "door" "i-s t3" %}`` (i-s is the small one)."""
    return format_html(
        '<svg class="i {}" aria-hidden="true"><use href="{}#i-{}"/></svg>', classes, static("bz/sprite.svg"), name
    )


@register.simple_tag
def sev(level: int, hidden: bool = False) -> SafeString:
    """Shape, word and colour of a severity. With ``hidden=True`` the word is for screen readers only."""
    word = words.LEVEL_WORDS.get(level)
    if word is None:
        return SafeString("")
    shown = format_html('<span class="visually-hidden">{}</span>', word) if hidden else word
    return format_html(
        '<span class="sev sev-{}"><svg viewBox="0 0 16 16" aria-hidden="true"><use href="{}#s-{}"/></svg>{}</span>',
        word.lower(),
        static("bz/sprite.svg"),
        word.lower(),
        shown,
    )


@register.simple_tag
def ent(reference: str, name: str = "") -> SafeString:
    """An entity chip that opens the entity's page: ``{% ent "host:ML-WS-214" %}``, ``{% ent ref "Marta Vos" %}``."""
    if not reference:
        return format_html('<span class="t3">{}</span>', NOT_KNOWN)
    kind, own = split_reference(reference)
    return format_html(
        '<a class="ent" href="{}" title="{}">{}<span class="cut">{}</span></a>',
        entity_url(reference),
        reference,
        icon(ICONS.get(kind, "link")),
        name or own,
    )


@register.filter
def entity_url(reference: str) -> str:
    """Where a reference's own page is."""
    kind, name = split_reference(reference)
    if kind == "case":
        return f"/cases/{quote(name)}"
    return f"/entity/{quote(kind or 'thing', safe='')}/{quote(name, safe='')}"


@register.filter
def kind_icon(kind: str) -> str:
    """The icon's name for a kind of event, such as ``door.forced``."""
    known = KINDS.get(kind)
    return DOMAIN_ICONS[known.domain] if known else "record"


@register.filter
def domain_icon(domain: str) -> str:
    return DOMAIN_ICONS.get(domain, "record")


@register.simple_tag
def sev_mark(level: int, x: float, y: float, size: float) -> SafeString:
    """A severity's shape on a plan; the plan's description and the queue say the word."""
    word = words.LEVEL_WORDS[level].lower()
    return format_html(
        '<use href="{}#s-{}" x="{}" y="{}" width="{}" height="{}"/>', static("bz/sprite.svg"), word, x, y, size, size
    )


@register.filter
def kind_words(kind: str) -> str:
    known = KINDS.get(kind)
    return known.words if known else kind


@register.filter
def clock(at: Any, zone: Any = "UTC") -> SafeString:
    """Short time in the site's zone (``today 21:47``), with date and UTC on hover."""
    return _time(at, zone, seconds=False)


@register.filter
def clock_bare(at: Any, zone: Any = "UTC") -> SafeString:
    """Short time where the words before it already point ahead: ``until 18:00``, ``until Mon 08:00``."""
    return SafeString(clock(at, zone).replace(">today ", ">"))


@register.filter
def clock_seconds(at: Any, zone: Any = "UTC") -> SafeString:
    """The same to the second; of today the clock alone (``09:38:12``)."""
    return _time(at, zone, seconds=True)


def _time(at: Any, zone: Any, *, seconds: bool) -> SafeString:
    when = as_datetime(at)
    if when is None:
        return format_html('<span class="t3">{}</span>', NOT_KNOWN)
    utc = when.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{} {} UTC">{}</time>',
        utc.isoformat(),
        f"{utc:%a} {utc.day} {utc:%b %Y}",
        f"{utc:%H:%M:%S}",
        words.short_time(when, timezone.now(), as_zone(zone), seconds=seconds),
    )


@register.filter
def since(at: Any) -> SafeString:
    """How long ago, kept up by the page: ``4 min``."""
    when = as_datetime(at)
    if when is None:
        return format_html('<span class="t3">{}</span>', "never")
    return format_html(
        '<time datetime="{}" data-since title="since {} UTC">{}</time>',
        when.astimezone(UTC).isoformat(),
        f"{when.astimezone(UTC):%d %b %Y %H:%M:%S}",
        words.age_words((timezone.now() - when).total_seconds()),
    )


@register.filter
def until(at: Any) -> SafeString:
    """Time left, counted down by the page: ``0:52``."""
    when = as_datetime(at)
    if when is None:
        return SafeString("")
    return format_html(
        '<time datetime="{}" data-until>{}</time>',
        when.astimezone(UTC).isoformat(),
        words.countdown_words(when - timezone.now()),
    )


@register.filter
def age(seconds: float | None) -> str:
    return NOT_KNOWN if seconds is None else words.age_words(seconds)


@register.filter
def duration(seconds: float | None) -> str:
    return NOT_KNOWN if seconds is None else words.duration_words(seconds)


@register.filter
def figure(number: float | None) -> str:
    return NOT_KNOWN if number is None else words.figure_words(number)


@register.filter
def level_word(level: int) -> str:
    return words.LEVEL_WORDS.get(level, "")


def as_datetime(at: Any) -> datetime | None:
    """What templates hold times as: an aware datetime, microseconds since 1970, or nothing."""
    if isinstance(at, datetime):
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    return moment(int(at)) if isinstance(at, int) else None


def as_zone(zone: Any) -> tzinfo:
    """A zone by name; UTC when this machine does not know it."""
    if isinstance(zone, tzinfo):
        return zone
    try:
        return ZoneInfo(str(zone or "UTC"))
    except (KeyError, ValueError, OSError):
        return UTC


@register.filter
def add_number(number: float, more: float) -> float:
    return float(number) + float(more)


@register.filter
def person_short(user: Any) -> str:
    """An officer as a queue has room for: ``S. Amrani``; the user name without a full one."""
    if user is None:
        return "nobody"
    first, last = getattr(user, "first_name", ""), getattr(user, "last_name", "")
    return f"{first[:1]}. {last}" if first and last else (first or last or user.get_username())
