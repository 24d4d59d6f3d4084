"""The second reader signs, two people override, somebody looks behind an alias."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.cases.models import Alias, Case, Override, Reading, Unmasking
from bartizan.core.actions import record
from bartizan.core.models import User


@atomic
def sign_reading(case: Case, *, agrees: bool, words: str, by: User) -> Reading:
    """A second reader, who does not lead the case, says in words what the evidence carries."""
    if by in (case.lead, case.opened_by):
        raise ValidationError("Whoever leads or opened the case is its first reader. A colleague signs as the second.")
    digest = ((case.pinpoint or {}).get("gate") or {}).get("digest")
    if not digest:
        raise ValidationError("There is no result to sign yet.")
    if not words.strip():
        raise ValidationError("Say in a sentence why the evidence carries it, or why not.")
    reading = Reading.objects.create(case=case, digest=digest, by=by, agrees=agrees, words=words.strip())
    record(by, "signed as second reader" if agrees else "read and did not sign", f"case:{case.number}", digest=digest)
    return reading


@atomic
def ask_override(case: Case, person: str, reason: str, by: User) -> Override:
    if not person.strip():
        raise ValidationError("Say for whom the gate is to be opened: the staff number.")
    if not reason.strip():
        raise ValidationError("Say why the case must go on without the evidence that the gate asks for.")
    if Override.objects.filter(case=case, ended_at=None).exists():
        raise ValidationError("An override is already asked for or stands. End that one first.")
    made = Override.objects.create(case=case, person=person.strip(), reason=reason.strip(), asked_by=by)
    record(by, "asked to override the gate", f"case:{case.number}", reason=made.reason)
    return made


@atomic
def agree_override(override: Override, reason: str, by: User) -> None:
    """The second of two: another person, with a reason of their own."""
    if override.ended_at or override.agreed_at:
        raise ValidationError("That override is no longer waiting for an answer.")
    if by == override.asked_by:
        raise ValidationError("Whoever asked for the override cannot agree to it. A second person must.")
    if not reason.strip():
        raise ValidationError("Give your own reason.")
    override.agreed_by, override.agreed_at, override.agreed_reason = by, timezone.now(), reason.strip()
    override.save(update_fields=["agreed_by", "agreed_at", "agreed_reason"])
    record(by, "agreed to override the gate", f"case:{override.case.number}", reason=override.agreed_reason)


@atomic
def end_override(override: Override, reason: str, by: User) -> None:
    if not reason.strip():
        raise ValidationError("Say why the override ends.")
    override.ended_at = timezone.now()
    override.save(update_fields=["ended_at"])
    record(by, "ended the override of the gate", f"case:{override.case.number}", reason=reason.strip())


@atomic
def give_aliases(case: Case, people: Iterable[str]) -> dict[str, Alias]:
    """P1, P2 … to those of ``people`` (staff numbers, in their order) who have none yet; all by person."""
    Case.objects.select_for_update().get(pk=case.pk)  # two who look first at the same time give the same numbers
    known = {alias.person: alias for alias in Alias.objects.filter(case=case)}
    for person in people:
        if person not in known:
            known[person] = Alias.objects.create(case=case, person=person, number=len(known) + 1)
    return known


@atomic
def look_behind(alias: Alias, reason: str, by: User) -> None:
    """Shows ``by`` who it is. The reason stays."""
    if not reason.strip():
        raise ValidationError("Say why you need to know who this is; the reason is kept with your name.")
    Unmasking.objects.create(alias=alias, by=by, reason=reason.strip())
    record(by, f"looked behind {alias}", f"case:{alias.case.number}", reason=reason.strip())
