"""One link of a case's custody, the bytes that stand for it, and their digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final

FIRST: Final = "0" * 64
"""What stands before the first link of a case."""
VERSION: Final = 1
"""Of the canonical bytes; another one when a field is added, so that older links go on being checked as they were."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who confirmed a link, how, and what proves it."""

    part: str
    """``gives``, ``takes``, ``does`` (acts alone) or ``witnesses``."""
    name: str
    """As it was typed."""
    who: str
    """``officer:alice`` for an account of the console; empty for anybody else."""
    way: str
    """``session``, ``password`` (typed on the spot), or ``paper``."""
    reference: str
    """Of the paper, or the outsider's own number for it."""
    shown: str
    """What an outsider showed, such as a warrant card and its number."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """What was done with one exhibit.

    The fields are those of ISO/IEC 27037:2012, 6.1: the unique identity (``case``, ``exhibit``), who had access, when
    and where (``giver``, ``taker``, ``at``, ``place``), who checked it in and out and why (``deed``, ``why``,
    ``signatures``), and unavoidable changes with who answers for them (``changes``, ``changes_by``).
    """

    case: str
    number: int
    """Within the case, from 1 without a gap."""
    exhibit: str
    step: int
    """Within the exhibit, from 1 without a gap."""
    deed: str
    at: datetime
    """When it was done, aware."""
    written_at: datetime
    """When it was written down, aware: never before it was done."""
    giver: str
    giver_ref: str
    taker: str
    """Who holds the exhibit afterwards."""
    taker_ref: str
    place: str
    """Where it is afterwards."""
    why: str
    how: str
    seal_state: str
    """``whole`` or ``broken`` as it was read; empty when nobody looked or there was none."""
    seal_found: str
    seal_left: str
    changes: str
    changes_by: str
    content: str
    """SHA-256 of a digital exhibit's content; empty for a thing."""
    record: str
    """``record_digest`` of the exhibit's description, which never changes."""
    signatures: tuple[Signature, ...]
    previous: str
    """The digest of the link before it in the case."""
    digest: str


def canonical(link: Link) -> bytes:
    """The bytes that stand for a link: JSON in UTF-8 with sorted keys, no spaces, times in UTC to the microsecond.

    Everything but ``digest`` itself. Raises ValueError for a time without a zone.
    """
    told = asdict(link)
    del told["digest"]
    return _bytes(told | {"version": VERSION})


def link_digest(link: Link) -> str:
    """SHA-256 (FIPS 180-4) of the canonical bytes, in hexadecimal: any change gives another."""
    return hashlib.sha256(canonical(link)).hexdigest()


def record_digest(fields: Mapping[str, Any]) -> str:
    """SHA-256 of an exhibit's description: texts, whole numbers, aware times or None by name."""
    return hashlib.sha256(_bytes(fields)).hexdigest()


def _bytes(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain).encode()


def _plain(value: Any) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} has no place in a link.")
    if value.tzinfo is None:
        raise ValueError("A time without a zone stands for no moment.")
    return value.astimezone(UTC).isoformat(timespec="microseconds")
