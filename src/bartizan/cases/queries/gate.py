"""Whether the case may name somebody, and what is missing where it may not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bartizan.cases.models import Alias, Case, Override, Reading, Unmasking
from bartizan.cases.queries.case import case_rule

for part in (Reading, Override, Alias):
    case_rule(part)
case_rule(Unmasking, "alias__case")


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of the gate, in words, and whether it is met."""

    words: str
    is_met: bool
    note: str = ""
    """How far it is, or who met it and when."""


@dataclass(frozen=True, slots=True)
class Gate:
    """``person`` is the staff number of whoever may be named; nobody while the gate is shut."""

    person: str
    by: str
    """``evidence``, ``override``, or empty while it is shut."""
    conditions: tuple[Condition, ...]

    @property
    def is_open(self) -> bool:
        return bool(self.person)

    @property
    def missing(self) -> tuple[Condition, ...]:
        """What is not met yet."""
        return tuple(one for one in self.conditions if not one.is_met)

    def opens_for(self, person: str) -> bool:
        """Whether what follows (an interview as a subject, a charge) may concern that person."""
        return bool(person) and person == self.person


def gate_of(case: Case) -> Gate:
    """The gate of the case's latest result: the engine's conditions, then the second reader, then an override."""
    told: dict[str, Any] = (case.pinpoint or {}).get("gate") or {}
    conditions = [Condition(c["words"], bool(c["is_met"]), c.get("note", "")) for c in told.get("conditions", ())]
    if not conditions:
        conditions = [Condition("Somebody stands out in the evidence", is_met=False, note="nothing is worked out yet")]
    reading = last_reading(case)
    agrees = reading is not None and reading.agrees
    note = f"{reading.by.get_full_name() or reading.by}, {reading.at:%d %b %H:%M} UTC" if reading else ""
    conditions.append(Condition("A second reader has signed", is_met=agrees, note=note if agrees else "not signed"))
    override = standing_override(case)
    if override is not None:
        return Gate(override.person, "override", tuple(conditions))
    named = str(told.get("person") or "")
    is_open = bool(named) and all(one.is_met for one in conditions)
    return Gate(named if is_open else "", "evidence" if is_open else "", tuple(conditions))


def last_reading(case: Case) -> Reading | None:
    """The latest signature under the result as it stands: another result is another thing to sign."""
    digest = ((case.pinpoint or {}).get("gate") or {}).get("digest", "")
    return Reading.objects.filter(case=case, digest=digest).select_related("by").order_by("-pk").first()


def standing_override(case: Case) -> Override | None:
    """The override that both have signed and nobody has taken back."""
    signed = Override.objects.filter(case=case, agreed_at__isnull=False, ended_at=None)
    return signed.select_related("asked_by", "agreed_by").order_by("-pk").first()
