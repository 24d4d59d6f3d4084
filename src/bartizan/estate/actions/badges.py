"""Badges change hands: each deed is one transaction with its line in the audit; a badge has one holder at a time."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.core.access import covers, visible_to
from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.core.registers.references import found
from bartizan.estate.models import Badge, BadgeIssue, Person

_NUMBER: Final = re.compile(r"(?=.*\d)\S{1,40}")
ELSEWHERE: Final = "Somebody outside your part of the organisation holds this badge; ask the officer."


@atomic
def issue_badge(badge: Badge, by: User, whom: str, why: str) -> BadgeIssue:
    """Give ``badge`` to somebody, said by staff number or name. Raises ValidationError in words."""
    person = found(visible_to(by, Person.objects.all()), whom)
    if person.left_on and person.left_on < timezone.now().date():
        raise ValidationError(f"{person.name} left on {person.left_on:%d %b %Y}; a badge goes to somebody who is here.")
    if holder := _open(badge):
        _check_reach(by, holder)
        raise ValidationError(f"{holder.person.name} holds this badge; take it back first (returned, lost, revoked).")
    return _issue(badge, person, by, why)


@atomic
def replace_badge(badge: Badge, by: User, number: str, why: str) -> BadgeIssue:
    """Its holder gets the badge of this ``number`` from now on, made when there is none."""
    if number == badge.number:
        raise ValidationError(f"{number} is this badge itself; write the number of the one that replaces it.")
    holder = _held(badge)
    other = Badge.objects.filter(number=number).first()
    if other is None and not _NUMBER.fullmatch(number):
        raise ValidationError(f"“{number}” is no number of a badge; write the new one's, such as 2210.")
    other = other or Badge.objects.create(number=number)
    if taken := _open(other):
        _check_reach(by, taken)
        raise ValidationError(f"{taken.person.name} holds badge {number}; choose one that nobody holds.")
    if not covers(by, other):
        raise ValidationError(f"Badge {number} is not open to you; choose one of yours, or a new one.")
    _end(holder, "replaced", by, why)
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
    holder = _open(badge)
    if holder is None:
        raise ValidationError(f"Nobody holds badge {badge.number}: there is nothing to end.")
    return holder


def _check_reach(by: User, issue: BadgeIssue) -> None:
    if not covers(by, issue):
        raise ValidationError(ELSEWHERE)


def _issue(badge: Badge, person: Person, by: User, why: str) -> BadgeIssue:
    now: datetime = timezone.now()
    made = BadgeIssue.objects.create(badge=badge, person=person, issued_at=now, reason=why[:200])
    record(by, "issued", f"badge:{badge.number}", after={"held by": person.name, "since": now.isoformat()}, reason=why)
    return made


@atomic
def _end(issue: BadgeIssue, end: str, by: User, reason: str) -> None:
    _check_reach(by, issue)
    issue.ended_at, issue.end, issue.reason = timezone.now(), end, reason.strip()[:200]
    issue.save(update_fields=["ended_at", "end", "reason"])
    told = {"before": {"held by": issue.person.name}, "after": {"held by": f"nobody, {end}"}, "reason": reason}
    record(by, end, f"badge:{issue.badge.number}", **told)
