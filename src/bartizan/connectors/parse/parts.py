"""What a parser makes of a message: the parts of an observation that the message itself tells."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple


class Parts(NamedTuple):
    """A named tuple and not a dataclass: it is made for every message, and costs a third of the time."""

    kind: str
    data: dict[str, Any]
    actor: str = ""
    asset: str = ""
    outcome: str = ""
    device: str = ""
    at: datetime | None = None
    """When the body itself says when it happened; naive where it names no zone."""
    place: str = ""
    complete: bool = False
    """Whether ``data`` holds all of the message, so that it need not be kept beside it."""


def outcome_of(good: bool) -> str:
    return "success" if good else "failure"


def reference(kind: str, name: str | None) -> str:
    """``user:alice``, or nothing for nobody."""
    return f"{kind}:{name}" if name else ""


def is_address(text: str) -> bool:
    """Whether ``text`` looks like an IPv4 or IPv6 address rather than a host name; a look, not a proof."""
    return ":" in text or (text[-1:].isdigit() and text.replace(".", "").isdigit())


def port(text: str) -> int | str:
    """A port as a number where it is one."""
    return int(text) if text.isdecimal() else text
