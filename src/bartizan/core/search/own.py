"""What is found of the core itself: registers by title, pages of the settings, console accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bartizan.core import preferences, registers
from bartizan.core.access import may
from bartizan.core.models import User
from bartizan.core.search.kinds import Thing, index, listed


def open_registers(user: Any) -> Sequence[Thing]:
    found = (each for each in registers.registers() if each.is_open_to(user) and not each.is_child)
    return [Thing(each.icon, each.title, "register", f"/registers/{each.name}", each.holds) for each in found]


def settings_pages(user: Any) -> Sequence[Thing]:
    """Pages of the settings, also by what can be decided there."""
    made = [
        Thing(each.icon, each.title, f"settings: {each.words}", f"/settings/{each.name}", _fields(each))
        for each in preferences.all_preferences()
        if may(user, each.permission)
    ]
    entries = (each for each in preferences.all_entries() if may(user, each.permission))
    return [*made, *(Thing(each.icon, each.title, f"settings: {each.words}", each.url) for each in entries)]


def own_account(user: Any) -> Sequence[Thing]:
    """Of who does not manage accounts, and so finds no other one."""
    if not user.is_authenticated or may(user, "manage accounts"):
        return ()
    called = user.get_full_name() or user.username
    return [Thing("person", called, "your own account", "/account", f"{user.username} {user.email}")]


def _fields(preference: preferences.Preference) -> str:
    fields = preference.model.model_fields
    return " ".join(f"{field.title or name} {field.description or ''}" for name, field in fields.items())


listed("registers", "Registers", "list", open_registers)
listed("settings", "Settings", "gear", settings_pages)
listed("own-account", "Your account", "person", own_account)
index(
    User,
    name="accounts",
    title="Console accounts",
    icon="person",
    code=("username",),
    called=("first_name", "last_name"),
    body=("email", "title", "person"),
    shown=lambda user: user.get_full_name() or user.username,
    about=lambda user: ", ".join(filter(None, (user.username, user.title, user.get_role_display()))),
    url=lambda user: f"/settings/accounts/{user.pk}",
    needs="manage accounts",
)
