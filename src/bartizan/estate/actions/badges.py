"""Badges change hands: each deed is one transaction with its line in the audit; a badge has one holder at a time."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.core.access import visible_to
from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.estate.models import Badge, BadgeIssue, Person


@atomic
def issue_badge(badge: Badge, by: User, said: str) -> BadgeIssue:
    """Give ``badge`` to somebody; ``said`` is the staff number, then why. Raises ValidationError in words."""
    code, _, why = said.strip().partition(" ")
    person = visible_to(by, Person.objects.filter(code=code.rstrip(",:;"))).first()
    if person is None:
        raise ValidationError(f"Nobody has the staff number “{code}”; write it first, then why: VI-0042 first day.")
    if person.left_on and person.left_on < timezone.now().date():
        raise ValidationError(f"{person.name} left on {person.left_on:%d %b %Y}; a badge goes to somebody who is here.")
    holder = _open(badge)
    if holder:
        raise ValidationError(f"{holder.person.name} holds this badge; take it back first (returned, lost, revoked).")
    return _issue(badge, person, by, why.strip())


@atomic
def replace_badge(badge: Badge, by: User, said: str) -> BadgeIssue:
    """Its holder gets another badge from now on; ``said`` is the new one's number, then why."""
    number, _, why = said.strip().partition(" ")
    number = number.rstrip(",:;")
    if not number:
        raise ValidationError("Write the number of the new badge, then why: 2210 worn out.")
    if number == badge.number:
        raise ValidationError(f"{number} is this badge itself; write the number of the one that replaces it.")
    holder = _held(badge)
    other, _ = Badge.objects.get_or_create(number=number)
    if taken := _open(other):
        raise ValidationError(f"{taken.person.name} holds badge {number}; choose one that nobody holds.")
    _end(holder, "replaced", by, why.strip() or f"replaced by {number}")
    return _issue(other, holder.person, by, f"replaces {badge.number}")


def report_lost(badge: Badge, by: User, reason: str) -> None:
    """From now on it is nobody's: who opens a door with it is a stranger."""
    _end(_held(badge), "lost", by, reason)


def take_back(badge: Badge, by: User, reason: str) -> None:
    _end(_held(badge), "returned", by, reason)


def revoke_badge(badge: Badge, by: User, reason: str) -> None:
    _end(_held(badge), "revoked", by, reason)


def _open(badge: Badge) -> BadgeIssue | None:
    return BadgeIssue.objects.select_for_update().select_related("person").filter(badge=badge, ended_at=None).first()


@atomic
def _held(badge: Badge) -> BadgeIssue:
    found = _open(badge)
    if found is None:
        raise ValidationError(f"Nobody holds badge {badge.number}: there is nothing to end.")
    return found


def _issue(badge: Badge, person: Person, by: User, why: str) -> BadgeIssue:
    now: datetime = timezone.now()
    made = BadgeIssue.objects.create(badge=badge, person=person, issued_at=now, reason=why[:200])
    record(by, "issued", f"badge:{badge.number}", after={"held by": person.name, "since": now.isoformat()}, reason=why)
    return made


@atomic
def _end(issue: BadgeIssue, end: str, by: User, reason: str) -> None:
    issue.ended_at, issue.end, issue.reason = timezone.now(), end, reason.strip()[:200]
    issue.save(update_fields=["ended_at", "end", "reason"])
    told = {"before": {"held by": issue.person.name}, "after": {"held by": f"nobody, {end}"}, "reason": reason}
    record(by, end, f"badge:{issue.badge.number}", **told)
