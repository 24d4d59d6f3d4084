"""How far whoever manages accounts goes: not to a chief security officer's account, and not beyond the own reach."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from bartizan.core.access import reach_of
from bartizan.core.models import User
from bartizan.core.roles import Role

OFFICER = "Only a chief security officer does this to a chief security officer."
BEYOND = (
    "Your own reach is limited: do this to accounts that are limited to sites and departments of yours, "
    "and give none but those."
)


def bar(by: User, user: User) -> str:
    """Why ``by`` leaves ``user``, as it is or is to become, alone; empty: nothing stands in the way."""
    if by.role == Role.OFFICER:
        return ""
    if user.role == Role.OFFICER:
        return OFFICER
    return "" if by.pk == user.pk or _is_part(user, by) else BEYOND


def _is_part(user: User, by: User) -> bool:
    """Where ``by`` is limited, ``user`` is limited too, and to no more."""
    inner, outer = reach_of(user), reach_of(by)
    sides = ((inner.sites, outer.sites), (inner.departments, outer.departments))
    return all(bool(given) and given <= own for given, own in sides if own)


def refuse_beyond(by: User, user: User) -> None:
    """Raises ValidationError with what ``bar`` says."""
    if words := bar(by, user):
        raise ValidationError(words)


def refuse_own(by: User, user: User, what: str) -> None:
    """Raises ValidationError for what nobody does to oneself."""
    if by.pk == user.pk:
        raise ValidationError(f"Your own {what} changed by another officer.")


def refuse_last_officer(user: User) -> None:
    """Raises ValidationError unless another chief security officer can go on."""
    others = User.objects.filter(role=Role.OFFICER, is_active=True).exclude(pk=user.pk)
    if not others.exists():
        raise ValidationError("This is the last chief security officer: give somebody else the role first.")
