"""What the office decided of its roles: which of them has a permission, where that differs from what is declared."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, Field

from bartizan.core import access, preferences
from bartizan.core.preferences import Preference
from bartizan.core.roles import PERMISSIONS, Permission, Role

ASKS: Mapping[str, str] = {
    "work alarms": "see alarms",
    "work cases": "see cases",
    "change sources": "see sources",
    "change rules": "see sources",
}
"""Nobody works what he cannot see."""


class Roles(BaseModel):
    """Kept as names, so that a permission or role of another version does no harm."""

    given: dict[str, list[str]] = Field(default_factory=dict, description="Roles by permission, where decided here")


preferences.declare(
    Preference(
        "roles",
        Roles,
        "Roles",
        "What each role may see and do.",
        icon="team",
        order=10,
        permission="manage accounts",
        state=lambda decided: f"{len(decided.given)} changed" if decided.given else "as delivered",
    )
)


def decided() -> Mapping[str, frozenset[Role]]:
    """By permission, those that the office decided. Another process sees a change within two seconds."""
    known = set(Role)
    given = preferences.get(Roles).given
    return {name: frozenset(Role(one) for one in roles if one in known) for name, roles in given.items()}


def is_fixed(permission: Permission, role: Role) -> bool:
    """The officer keeps everything, so that somebody can mend the rest; an auditor never changes anything."""
    return role is Role.OFFICER or (role is Role.AUDITOR and permission.changes)


def problems(wanted: Mapping[str, frozenset[Role]]) -> list[str]:
    """Why roles cannot be given so, in words."""
    found = []
    for name, sees in ASKS.items():
        for role in sorted(wanted[name] - wanted[sees] - {Role.OFFICER}):
            words = PERMISSIONS[name].words.lower()
            found.append(f"{role.label}: to {words}, the role must see them too (“{PERMISSIONS[sees].words}”).")
    return found


access.roles_from(decided)
