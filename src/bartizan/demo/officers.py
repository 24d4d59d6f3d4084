"""The demo's accounts of the console. None has a password: who starts the demo signs in by link."""

from __future__ import annotations

from typing import Final

from bartizan.core.models import User
from bartizan.core.roles import Role
from bartizan.estate.models import Person

OFFICERS: Final = (
    ("nora", "Nora Lindqvist", "CSO"), ("saskia", "Saskia Amrani", "Director"), ("yusuf", "Yusuf Demir", "Systems"),
    ("pieter", "Pieter Blom", "Control"), ("aisha", "Aisha Bakker", "Patrol"), ("jonas", "Jonas Lund", "Gate 2"),
    ("hanneke", "Hanneke de Wit", "Legal"), ("ingrid", "Ingrid Maes", "Auditor"),
)  # fmt: skip
ROLES: Final = {"CSO": Role.OFFICER, "Director": Role.DIRECTOR, "Legal": Role.HEAD, "Auditor": Role.AUDITOR}


def make(username: str, name: str, title: str) -> User:
    """The account, or the one of an earlier demo that was switched off because it stands in the audit."""
    first, _, last = name.partition(" ")
    role = ROLES.get(title, Role.SPECIALIST)
    facts = {
        "first_name": first,
        "last_name": last,
        "title": title,
        "role": role,
        "sites": ["ML"] if role == Role.DIRECTOR else [],
        "departments": ["LEG"] if role == Role.HEAD else [],
        "person": Person.objects.filter(name=name).values_list("code", flat=True).first() or "",
        "is_active": True,
    }
    user, _ = User.objects.update_or_create(username=username, defaults=facts)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    return user


def chief() -> User:
    return User.objects.get(username=OFFICERS[0][0])


def taken() -> list[str]:
    """The demo's account names that are somebody's."""
    facts = {username: (name, title) for username, name, title in OFFICERS}
    found = User.objects.filter(username__in=facts).order_by("username")
    return [one.username for one in found if one.is_active or (one.get_full_name(), one.title) != facts[one.username]]
