"""Roles of the office, and what each may do. Rooms ask for a permission by its name, never for a role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import TextChoices


class Role(TextChoices):
    OFFICER = "officer", "Chief security officer"
    DIRECTOR = "director", "Director"
    SPECIALIST = "specialist", "Specialist"
    HEAD = "head", "Department head"
    EXECUTIVE = "executive", "Executive"
    AUDITOR = "auditor", "Auditor"
    EMPLOYEE = "employee", "Employee"


_O, _D, _S = Role.OFFICER, Role.DIRECTOR, Role.SPECIALIST
_H, _E, _A = Role.HEAD, Role.EXECUTIVE, Role.AUDITOR


@dataclass(frozen=True, slots=True)
class Permission:
    name: str
    """A verb and what it is about; this is what code asks for."""
    words: str
    roles: frozenset[Role]
    """Who has it unless the office decided otherwise under Settings, Roles."""

    @property
    def changes(self) -> bool:
        """Whether it lets somebody change anything: an auditor never has such a one."""
        return not self.name.startswith("see ")


def _permission(name: str, words: str, *roles: Role) -> tuple[str, Permission]:
    return name, Permission(name, words, frozenset(roles))


PERMISSIONS: Final[Mapping[str, Permission]] = dict(
    (
        _permission("see alarms", "Alarms, and who holds them", _O, _D, _S, _H, _E, _A),
        _permission("work alarms", "Acknowledge, assign, shelve and close alarms", _O, _D, _S),
        _permission("see cameras", "Live pictures and recordings of cameras", _O, _D, _S),
        _permission("export clips", "Take recordings out of the house, and keep them as exhibits", _O, _D),
        _permission("work panels", "Arm, disarm, bypass and walk test areas", _O, _D, _S),
        _permission("work doors", "Lock down, unlock and release doors, and give visitor badges", _O, _D, _S),
        _permission("see events", "The timeline, and what happened to a thing", _O, _D, _S, _A),
        _permission("see cases", "Cases with their notes and files", _O, _D, _S, _E, _A),
        _permission("work cases", "Open, change and close cases", _O, _D, _S),
        _permission("see places", "Sites, zones, doors and devices, and the map", _O, _D, _S, _H, _E, _A),
        _permission("see people", "People, departments, badges, hosts and user accounts", _O, _D, _S, _H, _A),
        _permission("see property", "Property and intellectual property", _O, _D, _S, _H, _E, _A),
        _permission("change registers", "Add, change, import and remove records of the registers", _O, _D),
        _permission("see history", "Who changed a record, and how", _O, _D, _S, _A),
        _permission("see sources", "Sources, rules and how Bartizan itself is", _O, _D, _S, _A),
        _permission("change sources", "Add and change sources", _O, _D),
        _permission("change rules", "Switch rules off and on, and change their level", _O, _D),
        _permission("change settings", "Settings, retention, legal holds, backups and notices", _O),
        _permission("manage accounts", "Invite people to the console; their roles and reach", _O),
        _permission("see audit", "The audit of everything that was done", _O, _A),
    )
)
NEEDS_SECOND_FACTOR: Final = "see cases"
"""Whoever may see cases signs in with a second factor."""
