"""What a case taught is written down, and the measures that it makes one propose are decided."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.cases.models import Case, Lesson, Proposal
from bartizan.core.actions import record
from bartizan.core.models import User

LONGEST = 4_000
DEAREST = 1_000_000_000


@atomic
def write_lesson(case: Case, cause: str, would_have_stopped: str, by: User) -> Lesson:
    """At closing or at any time; what it said before stays in the audit."""
    told = {"cause": cause.strip(), "would_have_stopped": would_have_stopped.strip()}
    if not any(told.values()):
        raise ValidationError("Say what the cause was, or what would have stopped it.")
    if long := [name for name, words in told.items() if len(words) > LONGEST]:
        raise ValidationError(f"At most {LONGEST} letters are kept of {' and of '.join(long).replace('_', ' ')}.")
    held = Lesson.objects.filter(case=case).first()
    before = {"cause": held.cause, "would_have_stopped": held.would_have_stopped} if held else {}
    made, _ = Lesson.objects.update_or_create(case=case, defaults={**told, "by": by, "at": timezone.now()})
    record(by, "wrote lesson", f"case:{case.number}", before=before, after=told)
    return made


@atomic
def note_rule(case: Case, rule: str, title: str, by: User) -> None:
    """The rule was made from the case's events."""
    lesson, _ = Lesson.objects.get_or_create(case=case, defaults={"by": by})
    lesson.rules = [*lesson.rules, {"id": rule, "title": title}]
    lesson.save(update_fields=["rules"])
    record(by, "made a rule", f"case:{case.number}", rule=rule, title=title)


@atomic
def propose(case: Case, words: str, owner: str, cost: str, by: User) -> Proposal:
    """A measure for the board's options. ``cost``: a guess in whole units of the house's currency, or nothing."""
    if not words.strip():
        raise ValidationError("Say what is proposed.")
    if not owner.strip():
        raise ValidationError("Say which post or role would carry it out.")
    made = Proposal.objects.create(
        case=case, words=words.strip()[:300], owner=owner.strip()[:120], cost=_cost(cost), by=by
    )
    record(by, "proposed a measure", f"case:{case.number}", **_facts(made))
    return made


def _cost(text: str) -> int | None:
    plain = "".join(text.split())
    if not plain:
        return None
    if not plain.isascii() or not plain.isdigit() or int(plain[:12]) > DEAREST:
        raise ValidationError(f"“{text.strip()[:40]}” is no cost; write a whole number such as 12000, or nothing.")
    return int(plain)


@atomic
def decide_proposal(proposal: Proposal, state: str, reason: str, by: User) -> None:
    """Accepted, refused, done, or proposed anew; refusing needs its reason."""
    if state not in dict(Proposal.STATES):
        raise ValidationError("Choose what was decided from the list.")
    if state == "refused" and not reason.strip():
        raise ValidationError("Say why the measure is refused; the reason stays with it.")
    before = proposal.state
    if state == before:
        raise ValidationError(f"It is {proposal.get_state_display().lower()} already.")
    proposal.state, proposal.reason = state, reason.strip()[:400]
    proposal.decided_by, proposal.decided_at = by, timezone.now()
    proposal.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    record(by, "decided on a measure", f"case:{proposal.case.number}", before=before, **_facts(proposal))


def _facts(proposal: Proposal) -> dict[str, Any]:
    return {
        "measure": proposal.words,
        "owner": proposal.owner,
        "cost": proposal.cost,
        "state": proposal.state,
        "reason": proposal.reason,
    }


def note_export(by: User, count: int) -> None:
    record(by, "exported", "register:lessons", rows=count)
