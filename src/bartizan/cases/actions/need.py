"""A case is kept to those who need to know of it, people get their part in it, and decisions are kept with reasons."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.cases.models import Case, Decision, Named, Part, Wall
from bartizan.cases.queries.case import seers
from bartizan.cases.queries.gate import gate_of
from bartizan.core.access import may
from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.estate.models import Person


@atomic
def keep_to_named(case: Case, reason: str, by: User) -> None:
    """From now on only the lead and those named on it see the case; whoever does this is named."""
    if case.is_named_only:
        raise ValidationError("The case is already kept to those named on it.")
    reason = _said(reason, "Say why the case is kept to those named on it.")
    if not case.named.filter(user=by, ended_at=None).exists():
        Named.objects.create(case=case, user=by, why="kept the case to those named on it", by=by)
    case.is_named_only = True
    case.save(update_fields=["is_named_only"])
    record(by, "kept the case to those named on it", f"case:{case.number}", reason=reason)


@atomic
def open_to_roles(case: Case, reason: str, by: User) -> None:
    """Everybody sees it again whose role and reach show it; walls stay."""
    if not case.is_named_only:
        raise ValidationError("The case is open already to everybody whose role and reach show it.")
    reason = _said(reason, "Say why the case may be seen again by everybody whose role and reach show it.")
    case.is_named_only = False
    case.save(update_fields=["is_named_only"])
    record(by, "opened the case to those whose role shows it", f"case:{case.number}", reason=reason)


@atomic
def name_on(case: Case, user: User, why: str, by: User) -> Named:
    if not may(user, "see cases"):
        raise ValidationError(f"The role of {_name(user)} does not show cases; an officer's account is needed.")
    if case.walls.filter(user=user, ended_at=None).exists():
        raise ValidationError(f"{_name(user)} is walled off from this case: take the wall away first.")
    if case.named.filter(user=user, ended_at=None).exists():
        raise ValidationError(f"{_name(user)} is named on this case already.")
    named = Named.objects.create(case=case, user=user, why=_said(why, "Say what for.")[:300], by=by)
    record(by, "named on the case", f"case:{case.number}", who=user.username, why=named.why)
    return named


@atomic
def take_off(named: Named, reason: str, by: User) -> None:
    reason = _said(reason, "Say why the name is taken off the case.")
    named.ended_at = timezone.now()
    named.save(update_fields=["ended_at"])
    _leave_somebody(named.case)
    record(by, "took off the case", f"case:{named.case.number}", who=named.user.username, reason=reason)


@atomic
def wall_off(case: Case, user: User, why: str, by: User) -> Wall:
    """Whatever the role of ``user``, nothing of the case is shown to them until the wall is taken away."""
    why = _said(why, "Say why: it is read by whoever asks later how the case was kept.")[:300]
    if case.lead_id == user.pk:
        raise ValidationError(f"{_name(user)} leads the case: give it to another lead first.")
    if case.walls.filter(user=user, ended_at=None).exists():
        raise ValidationError(f"{_name(user)} is walled off from this case already.")
    wall = Wall.objects.create(case=case, user=user, why=why, by=by)
    case.named.filter(user=user, ended_at=None).update(ended_at=timezone.now())
    _leave_somebody(case)
    record(by, "walled off from the case", f"case:{case.number}", who=user.username, why=why)
    return wall


@atomic
def take_wall_away(wall: Wall, reason: str, by: User) -> None:
    reason = _said(reason, "Say why the wall is no longer needed.")
    wall.ended_at = timezone.now()
    wall.save(update_fields=["ended_at"])
    record(by, "took a wall away", f"case:{wall.case.number}", who=wall.user.username, reason=reason)


def _leave_somebody(case: Case) -> None:
    """A case that nobody can work is lost: so that is refused."""
    if not any(may(user, "work cases") for user in seers(case)):
        raise ValidationError("Then nobody could work this case any more. Name somebody else on it first.")


@atomic
def give_part(case: Case, part: str, by: User, *, person: str = "", name: str = "", note: str = "") -> Part:
    """Somebody is a witness, subject, victim, contact or expert. Subject: only whom the gate has named."""
    person, name = person.strip(), name.strip()
    if part not in dict(Part.PARTS):
        raise ValidationError("Choose a part: witness, subject, victim, contact or expert.")
    if bool(person) == bool(name):
        raise ValidationError("Give a staff number, or the name of somebody from outside.")
    if person and not Person.objects.filter(code=person).exists():
        raise ValidationError(f"Nobody in the register has the staff number “{person}”.")
    if part == "subject" and not gate_of(case).opens_for(person):
        raise ValidationError(
            "Nobody is a subject while the gate is shut for them: say witness or contact, or see the tab Pinpoint."
        )
    found, _ = Part.objects.update_or_create(
        case=case, person=person, name=name[:120], defaults={"part": part, "note": note.strip()[:200], "by": by}
    )
    # The audit does not say who: whoever may see the case finds it there.
    record(by, "gave a part in the case", f"case:{case.number}", part=part)
    return found


@atomic
def decide(case: Case, words: str, reason: str, by: User) -> Decision:
    words = _said(words, "Say what was decided.")[:300]
    reason = _said(reason, "Say why: a decision without its reason cannot be defended later.")[:400]
    number = (Case.objects.select_for_update().get(pk=case.pk).decisions.aggregate(top=Max("number"))["top"] or 0) + 1
    made = Decision.objects.create(case=case, number=number, words=words, reason=reason, by=by)
    record(by, "decided", f"case:{case.number}", decision=number)
    return made


def _said(words: str, otherwise: str) -> str:
    if not words.strip():
        raise ValidationError(otherwise)
    return words.strip()


def _name(user: User) -> str:
    return user.get_full_name() or user.username
