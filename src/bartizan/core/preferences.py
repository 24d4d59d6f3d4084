"""What the office decides in the console instead of a default: one pydantic model for each kind of setting.

A room declares what can be decided, and asks for it where it is used:

    declare(Preference("mail", Mail, "Mail", "How notices leave by e-mail.", icon="mail", order=30))
    get(Mail).server

What was decided is kept as core.Setting; secrets are sealed by the vault. Another process sees a change within two
seconds. ``core.actions.decide`` changes it. A room's own page of settings is listed beside them with ``page``.
"""

from __future__ import annotations

import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import DatabaseError
from pydantic import BaseModel, SecretStr, ValidationError

from bartizan.core import vault
from bartizan.core.models import Setting

Decided = TypeVar("Decided", bound=BaseModel)

LOOKS = 1.0
"""Seconds for which a process trusts what it read."""
SEALED = "sealed"
MASK = "•••"


@dataclass(frozen=True, slots=True)
class Preference:
    name: str
    """Of its page, ``/settings/<name>``, and of its row."""
    model: type[BaseModel]
    """Every field has a default and a description; what is secret is a SecretStr."""
    title: str
    words: str
    """One sentence: what it decides."""
    icon: str = "gear"
    order: int = 50
    permission: str = "change settings"
    takes: str = "It holds at once."
    """When a change takes effect, as the page says it."""
    state: Callable[[Any], str] = lambda _decided: ""
    """A few words on how it is set now, for the list."""
    test: str = ""
    """The route's name of a page or deed that tries it out; its button stands under the form."""
    test_words: str = "Try it"


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of settings that a room has of its own."""

    title: str
    words: str
    icon: str
    url: str
    permission: str = "change settings"
    order: int = 50
    state: Callable[[Any], str] = lambda _user: ""
    """A few words on how it is, for this user."""


_preferences: dict[str, Preference] = {}
_entries: dict[str, Entry] = {}
_held: tuple[dict[str, dict[str, Any]], dict[str, BaseModel]] = {}, {}
"""What was read, and what was made of that; always exchanged together, since several threads ask."""
_read_at = float("-inf")


def declare(preference: Preference) -> None:
    """Raises TypeError when a field has no default: every setting holds before anybody decided."""
    missing = [name for name, field in preference.model.model_fields.items() if field.is_required()]
    if missing:
        raise TypeError(f"{preference.model.__name__} needs a default for {', '.join(missing)}.")
    _preferences[preference.name] = preference


def page(entry: Entry) -> None:
    _entries[entry.url] = entry


def all_preferences() -> list[Preference]:
    return sorted(_preferences.values(), key=lambda each: (each.order, each.title))


def all_entries() -> list[Entry]:
    return sorted(_entries.values(), key=lambda each: (each.order, each.title))


def named(name: str) -> Preference | None:
    return _preferences.get(name)


def of(model: type[BaseModel]) -> Preference:
    """Raises LookupError for a model that no room declared."""
    for preference in _preferences.values():
        if preference.model is model:
            return preference
    raise LookupError(f"{model.__name__} is not declared as a preference.")


def get(model: type[Decided]) -> Decided:
    """What holds now: as decided, else the defaults."""
    name = of(model).name
    read, made = _look()
    if name not in made:
        made[name] = restored(model, read.get(name, {}))
    found = made[name]
    assert isinstance(found, model)
    return found


def forget() -> None:
    """Read again at the next question: a change was made here."""
    global _read_at  # noqa: PLW0603  one reading for the process
    _read_at = float("-inf")


def _look() -> tuple[dict[str, dict[str, Any]], dict[str, BaseModel]]:
    global _read_at, _held  # noqa: PLW0603
    held = _held
    if time.monotonic() - _read_at < LOOKS:
        return held
    try:
        found = dict(Setting.objects.values_list("name", "value"))
    except DatabaseError:  # records that are busy, or not made yet: what held goes on holding
        return held
    if found != held[0]:
        _held = held = found, {}
    _read_at = time.monotonic()
    return held


def stored(decided: BaseModel) -> dict[str, Any]:
    """As it is kept: JSON, secrets sealed."""
    values = decided.model_dump(mode="json")
    for name, value in _secrets(decided).items():
        values[name] = sealed(value) if value else ""
    return values


def sealed(secret: str) -> dict[str, str]:
    return {SEALED: b64encode(vault.seal(secret.encode())).decode()}


def is_sealed(value: Any) -> bool:
    return isinstance(value, Mapping) and value.keys() == {SEALED}


def opened(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was kept, with its secrets in clear; without those that cannot be opened: their defaults hold, and a page
    asks for them again."""
    clear = {name: _unsealed(value) if is_sealed(value) else value for name, value in values.items()}
    return {name: value for name, value in clear.items() if value is not None}


def _unsealed(value: Mapping[str, str]) -> str | None:
    try:
        return vault.unseal(b64decode(value[SEALED])).decode()
    except (vault.VaultError, ValueError):
        return None


def restored(model: type[Decided], values: Mapping[str, Any]) -> Decided:
    """What was kept; of a field that this version does not know, or no longer allows, the default holds."""
    known = opened({name: value for name, value in values.items() if name in model.model_fields})
    try:
        return model.model_validate(known)
    except ValidationError as error:
        wrong = {str(each["loc"][0]) for each in error.errors() if each["loc"]}
    if not wrong & known.keys():  # the fields are right one by one, not together
        return model()
    return restored(model, {name: value for name, value in known.items() if name not in wrong})


def masked(decided: BaseModel) -> dict[str, Any]:
    """Fit for the audit and for a page: that there is a secret is told, not which."""
    shown = {name: MASK if value else "" for name, value in _secrets(decided).items()}
    return decided.model_dump(mode="json") | shown


def _secrets(decided: BaseModel) -> dict[str, str]:
    values = {name: getattr(decided, name) for name in type(decided).model_fields}
    return {name: value.get_secret_value() for name, value in values.items() if isinstance(value, SecretStr)}
