"""A visitor's badge is given and taken back; what is kept of a visit ends by itself. PINs are set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.core.access import covers, may_change, visible_to
from bartizan.core.actions import publish_live, record
from bartizan.core.models import User
from bartizan.core.registers.references import found
from bartizan.doors.actions.renewing import renew_table
from bartizan.doors.models import AccessGroup, Clearance, Visitor
from bartizan.engines import access
from bartizan.estate.models import BadgeIssue, Person, Site

KEPT: Final = timedelta(days=30)
"""How long a name is kept after the visit, unless somebody chose otherwise."""
LONGEST: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Visit:
    """As somebody at the desk fills it in."""

    name: str
    organisation: str
    host: str
    """Staff number or name."""
    site: str
    badge: str
    purpose: str
    legal_basis: str
    since: datetime
    until: datetime
    groups: tuple[str, ...] = ()
    needs_host: bool = True
    keep_days: int = KEPT.days


def give_badge(visit: Visit, by: User) -> Visitor:
    """From ``since`` to ``until`` the badge lets the visitor in where its groups may enter. Raises ValidationError."""
    made = _given(visit, by)
    renew_table()
    return made


@atomic
def _given(visit: Visit, by: User) -> Visitor:
    if not may_change(by, Visitor):
        raise ValidationError("Your role does not give visitor badges.")
    host = _host(visit.host, by)
    site = visible_to(by, Site.objects.filter(code=visit.site)).first()
    if site is None:
        raise ValidationError("Choose a site from the list.")
    _check(visit)
    groups = list(AccessGroup.objects.filter(code__in=visit.groups))
    made = Visitor(
        number=_number(), name=" ".join(visit.name.split()), organisation=visit.organisation.strip(), host=host,
        site=site, badge=visit.badge.strip(), needs_host=visit.needs_host, since=visit.since, until=visit.until,
        purpose=" ".join(visit.purpose.split()), legal_basis=visit.legal_basis, given_by=by,
        keep_until=(visit.until + timedelta(days=visit.keep_days)).date(),
    )  # fmt: skip
    made.full_clean()
    made.save()
    made.groups.set(groups)
    if not covers(by, made):
        raise ValidationError("This host or site is outside your part of the organisation.")
    # What for is forgotten with the name, and the audit forgets nothing: it is not written there.
    record(by, "gave a visitor badge", f"visitor:{made.number}", badge=made.badge, host=host.code, site=site.code,
        until=made.until.isoformat(), legal_basis=made.legal_basis)  # fmt: skip
    _show(made)
    return made


def _host(words: str, by: User) -> Person:
    host = found(visible_to(by, Person.objects.all()), words)
    if host.left_on and host.left_on < timezone.now().date():
        raise ValidationError(f"{host.name} left on {host.left_on:%d %b %Y}; a host is somebody who works here.")
    assert isinstance(host, Person)
    return host


def _check(visit: Visit) -> None:
    badge = visit.badge.strip()
    if not visit.name.strip() or not visit.purpose.strip():
        raise ValidationError("Write who comes, and what for.")
    if not badge:
        raise ValidationError("Write the number of the badge that you hand over.")
    if visit.until <= max(visit.since, timezone.now()):
        raise ValidationError("The visit ends before it begins, or is over.")
    if visit.until - visit.since > LONGEST:
        raise ValidationError(
            f"A visitor's badge is for {LONGEST.days} days at most; give a badge of the house instead."
        )
    if BadgeIssue.objects.filter(badge__number=badge, ended_at=None).exists():
        raise ValidationError(f"Badge {badge} belongs to somebody of the house; take one of the visitors'.")
    at_once = Visitor.objects.filter(Q(ended_at=None), badge=badge, since__lt=visit.until, until__gt=visit.since)
    if other := at_once.first():
        raise ValidationError(
            f"Badge {badge} is {other.number}'s until {other.until:%d %b %H:%M} UTC; take it back first."
        )
    if not 0 <= visit.keep_days <= 3650:
        raise ValidationError("Keep the record 0 to 3,650 days after the visit.")


def _number() -> str:
    year = timezone.now().year
    last = Visitor.objects.filter(number__startswith=f"V{year}-").order_by("-pk").first()
    return f"V{year}-{int(last.number.partition('-')[2]) + 1 if last else 1:04d}"


def take_back(visitor: Visitor, by: User) -> None:
    """The badge lets nobody in any more."""
    _taken_back(visitor, by)
    renew_table()


@atomic
def _taken_back(visitor: Visitor, by: User) -> None:
    held = Visitor.objects.select_for_update().get(pk=visitor.pk)
    if not may_change(by, Visitor):
        raise ValidationError("Your role does not take visitor badges back.")
    if held.ended_at is not None:
        raise ValidationError("The badge was taken back already.")
    held.ended_at = timezone.now()
    held.save(update_fields=["ended_at"])
    record(by, "took a visitor badge back", f"visitor:{held.number}", badge=held.badge)
    _show(held)


@atomic
def forget_visits(today: date) -> int:
    """Who came is forgotten when what is kept of it ends; that somebody came, when and to whom, stays."""
    over = Visitor.objects.filter(keep_until__lt=today).exclude(name="")
    numbers = list(over.values_list("number", flat=True))
    over.update(name="", organisation="", purpose="no longer kept")
    for number in numbers:
        record(None, "ended what is kept of", f"visitor:{number}")
    return len(numbers)


@atomic
def set_pin(person: Person, pin: str, by: User) -> None:
    """From now on it opens doors that ask for a PIN; an empty one takes it away. Nobody can read it back."""
    if not may_change(by, Clearance) or not covers(by, person):
        raise ValidationError("You do not set this person's PIN.")
    held, _ = Clearance.objects.get_or_create(person=person)
    try:
        held.pin_hash = access.hash_pin(pin) if pin else ""
    except access.PinError as error:
        raise ValidationError(str(error)) from error
    held.pin_set_at = timezone.now() if pin else None
    held.save(update_fields=["pin_hash", "pin_set_at"])
    record(by, "set the PIN of" if pin else "took the PIN away from", f"person:{person.code}")


def _show(visitor: Visitor) -> None:
    told: dict[str, Any] = {"visitor": visitor.number, "site": visitor.site.code}
    publish_live("doors", told)
