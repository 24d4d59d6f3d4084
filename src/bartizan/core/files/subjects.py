"""Which record a file belongs to, who may see it, and why a removed file must stay for now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bartizan.core import registers
from bartizan.core.access import may_change
from bartizan.engines.observe import split_reference


@dataclass(frozen=True, slots=True)
class Subject:
    """A record that files belong to, as one user sees it."""

    reference: str
    title: str
    url: str
    may_change: bool
    """Whether the user may add and remove its files."""


Finder = Callable[[Any, str], Subject | None]
"""Of the user and the record's name without its kind; nothing for what the user may not see."""
Reason = Callable[[str], str]
"""Of a subject: why its removed files must stay, in words; empty when nothing speaks against letting them go."""

_finders: dict[str, Finder] = {}
_reasons: list[Reason] = []


def shows(kind: str, find: Finder) -> None:
    """Records of this kind, such as ``case``, are found so; call it where the room's queries are."""
    _finders[kind] = find


def keeps(reason: Reason) -> None:
    """A room's say before removed content goes: a legal hold, an open case."""
    if reason not in _reasons:
        _reasons.append(reason)


def reason_to_keep(reference: str) -> str:
    return next(filter(None, (reason(reference) for reason in _reasons)), "")


def subject_of(user: Any, reference: str) -> Subject | None:
    """The record of a reference; nothing when there is none that the user may see."""
    kind, name = split_reference(reference)
    if kind in _finders:
        return _finders[kind](user, name)
    for register in registers.registers():
        if not register.is_open_to(user):
            continue
        try:
            row = register.rows(user).filter(**{register.key: name}).first()
        except ValueError:  # its key is a number, and the name is none
            continue
        if row is not None and register.subject(row) == reference:
            url = f"/registers/{register.name}/{row.pk}"
            return Subject(reference, register.called(row), url, may_change(user, register.model))
    return None
