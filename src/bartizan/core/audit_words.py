"""What an audit entry says beside who, what and when: each field that changed, before and after, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from bartizan.core.models import User

NONE = "none"
LONGEST = 120
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:?\d\d|Z)$")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Change:
    """A field; ``before`` is empty words for something that is new."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    changes: tuple[Change, ...]
    rest: tuple[tuple[str, str], ...]
    """What else there is, as name and words."""


def told(detail: Any, zone: tzinfo | None = None) -> Told:
    if not isinstance(detail, Mapping):  # an entry that somebody edited past Bartizan
        return Told((), (("cannot be read", str(detail)[:LONGEST]),))
    before, after = detail.get("before"), detail.get("after")
    rest = {k: v for k, v in detail.items() if k not in ("before", "after") and v not in (None, "", {}, [])}
    if isinstance(before, Mapping) or isinstance(after, Mapping):
        changes = _by_field(_fields(before), _fields(after), zone)
    elif before not in (None, "") or after not in (None, ""):
        changes = [Change("", words(before, zone), words(after, zone) if after is not None else "")]
    else:
        changes = []
    return Told(tuple(changes), tuple((_name(name), words(value, zone)) for name, value in rest.items()))


def _fields(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _by_field(before: Mapping[str, Any], after: Mapping[str, Any], zone: tzinfo | None) -> list[Change]:
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return [
        Change(_name(n), words(before[n], zone) if n in before else "", words(after[n], zone) if n in after else "")
        for n in names
    ]


def _name(name: str) -> str:
    """``escalates_at`` is “escalates at”."""
    return name.replace("_", " ")


def words(value: Any, zone: tzinfo | None = None) -> str:
    """A value as a line has room for it: a time on the site's clock, a digest by its beginning."""
    if value in (None, "", {}, []):
        return NONE
    if isinstance(value, Mapping):
        return ", ".join(f"{_name(str(name))} {words(one, zone)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(words(one, zone) for one in value)
    return ("yes" if value else "no") if isinstance(value, bool) else _text(str(value), zone)


def _text(text: str, zone: tzinfo | None) -> str:
    if _DIGEST.fullmatch(text):
        return f"{text[:8]}…"
    if _TIME.fullmatch(text):
        return _clock(text, zone)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _clock(text: str, zone: tzinfo | None) -> str:
    """Somebody may have typed what only looks like a time."""
    try:
        at = datetime.fromisoformat(text)
        at = at.astimezone(zone) if zone else at
    except (ValueError, OverflowError):
        return text
    return f"{at:%a} {at.day} {at:%b %Y %H:%M} {at:%Z}".strip()


def sentence(detail: Any, zone: tzinfo | None = None) -> str:
    """All of it on one line."""
    said = told(detail, zone)
    parts = [_changed(change) for change in said.changes]
    return "; ".join([*parts, *(f"{name}: {value}" for name, value in said.rest)])


def _changed(change: Change) -> str:
    name = f"{change.name}: " if change.name else ""
    if not change.after:
        return f"{name}was {change.before}"
    return f"{name}{change.before} → {change.after}" if change.before else f"{name}{change.after}"


def name_of(user: User | None, nobody: str = "Bartizan") -> str:
    """Somebody's name, or what stands for nobody."""
    return (user.get_full_name() or user.username) if user else nobody
