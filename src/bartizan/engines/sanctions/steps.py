"""The steps of a procedure against one person. A step is never changed; a log is a tuple of them in their order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, Final

from pydantic import TypeAdapter, ValidationError

from bartizan.engines.sanctions.weighing import Weight

STANDARDS: Final[Mapping[str, str]] = {
    "preponderance": "more likely than not",
    "clear": "clear and convincing",
    "reasonable": "beyond reasonable doubt",
}
REPLIES: Final[Mapping[str, str]] = {
    "written": "reply in writing",
    "heard": "heard in person",
    "waived": "reply waived",
    "none": "no reply in the time given",
}
SAID: Final[Mapping[str, str]] = {
    "written": "replied in writing",
    "heard": "were heard in person",
    "waived": "waived a reply",
    "none": "did not reply in the time given",
}
"""The same to the person: “You …”."""
RESULTS: Final[Mapping[str, str]] = {"dismissed": "dismissed", "lowered": "won in part", "granted": "won"}
"""What an appeal comes to, and how that reads beside the decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """``by`` is the account of whoever does it, ``at`` an aware time."""

    kind: ClassVar[str] = ""

    by: str
    at: datetime
    gate: str = ""
    """By what the case's gate is open for the person at that moment: ``evidence``, ``override``; empty: it is shut."""
    kept_out: tuple[tuple[str, str], ...] = ()
    """Accounts that can neither weigh, decide nor hear an appeal, each with why, as known at that moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged(Step):
    kind: ClassVar[str] = "charge"

    person: str
    """The staff number."""
    what: str
    rule: str
    """The rule of the organisation that is said to be broken."""
    standard: str
    own: tuple[str, ...] = ()
    """The person's own accounts of the console."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved(Step):
    """One thing that must be shown, by which items, and whether it is. A later one of the same point replaces it."""

    kind: ClassVar[str] = "proof"

    point: str
    rule: str
    items: tuple[str, ...]
    is_met: bool
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Step):
    """The notice: what, how the file is open, until when to reply, when heard, who may come along."""

    kind: ClassVar[str] = "notice"

    words: str
    file_access: str
    withheld: str
    reply_by: datetime
    hear_at: datetime | None
    companion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied(Step):
    kind: ClassVar[str] = "reply"

    how: str
    """A key of REPLIES."""
    words: str
    companion: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed(Step):
    kind: ClassVar[str] = "weighing"

    weights: tuple[Weight, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed(Step):
    """``mildest`` and ``harshest`` are what like past cases came to; both empty when there is none."""

    kind: ClassVar[str] = "proposal"

    outcome: str
    mildest: str = ""
    harshest: str = ""
    outside_because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided(Step):
    kind: ClassVar[str] = "decision"

    findings: str
    on_the_reply: str
    reason: str
    appeal_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterGiven(Step):
    """``digests``: SHA-256 of the letter's files. The appeal's clock starts with ``received_at``."""

    kind: ClassVar[str] = "letter"

    digests: tuple[str, ...]
    how: str
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Appealed(Step):
    kind: ClassVar[str] = "appeal"

    grounds: str
    late_because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealHeard(Step):
    kind: ClassVar[str] = "ruling"

    result: str
    """A key of RESULTS."""
    outcome: str
    """Of a lowered sanction; else empty."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedOut(Step):
    kind: ClassVar[str] = "carrying"

    measure: str
    """Its name within the procedure."""
    sort: str
    """One of house.MEASURES."""
    can_be_undone: bool
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone(Step):
    kind: ClassVar[str] = "undoing"

    measure: str
    is_undone: bool
    """False: it cannot be undone; ``words`` say what was done instead."""
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(Step):
    kind: ClassVar[str] = "withdrawal"

    reason: str


TYPES: Final[Mapping[str, type[Step]]] = {
    each.kind: each
    for each in (
        Charged, Proved, Told, Replied, Weighed, Proposed, Decided, LetterGiven, Appealed, AppealHeard, CarriedOut,
        Undone, Withdrawn,
    )
}  # fmt: skip
KINDS: Final = tuple(TYPES)
_ADAPTERS: Final[Mapping[str, TypeAdapter[Any]]] = {kind: TypeAdapter(each) for kind, each in TYPES.items()}


def to_facts(step: Step) -> dict[str, Any]:
    """What a step says beside who and when, as JSON."""
    told = _ADAPTERS[step.kind].dump_python(step, mode="json")
    return {f.name: told[f.name] for f in fields(step) if f.name not in ("by", "at")}


def from_facts(kind: str, by: str, at: datetime, facts: Mapping[str, Any]) -> Step:
    """The step again. Raises ValueError when the facts are none of that kind."""
    if kind not in TYPES:
        raise ValueError(f"“{kind}” is no step of a procedure.")
    try:
        step: Step = _ADAPTERS[kind].validate_python({"by": by, "at": at, **facts})
    except ValidationError as error:
        raise ValueError(f"A kept step of kind {kind} cannot be read: {error}") from error
    return step
