"""The forms of notices that Bartizan ships, read from its own YAML and checked as they are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

FOLDER: Final = Path(__file__).parent / "notice_forms"
_FORM: Final = {"id", "name", "title", "article", "needs_counsel", "names_person", "source", "as_of", "note", "fields"}
_FIELD: Final = {"id", "title", "facts"}


class FormError(Exception):
    """A form that cannot be read, in words that name the file."""


@dataclass(frozen=True, slots=True)
class FormField:
    id: str
    title: str
    facts: tuple[str, ...]
    """Keys of the fact sheet, in the order in which they are said."""
    clause: str = ""
    """Where the law asks for it."""

    @property
    def article(self) -> str:
        """The clause without what it asks for."""
        return self.clause.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Form:
    id: str
    name: str
    title: str
    article: str
    needs_counsel: bool
    """It is not sent before counsel has confirmed its text."""
    names_person: bool
    """Whether it may name whom the gate has named; another form names nobody at all."""
    source: str
    as_of: date
    note: str
    fields: tuple[FormField, ...]
    clock: str = ""
    """The law whose clock it meets."""
    url: str = ""


@cache
def forms() -> Mapping[str, Form]:
    """By id, in the order of files and forms. Raises FormError: a form of ours that is wrong stops the tests."""
    found: dict[str, Form] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        for raw in yaml.safe_load(path.read_text(encoding="utf-8")):
            form = form_of(raw, path.name)
            if form.id in found:
                raise FormError(f"{path.name}: there are two forms called {form.id}.")
            found[form.id] = form
    return found


def form_of(raw: Mapping[str, Any], where: str) -> Form:
    called = f"{where}, form {raw.get('id', 'without an id')}"
    _check(raw, _FORM, {"clock", "url"}, called)
    for each in raw["fields"]:
        _check(each, _FIELD, {"clause"}, f"{called}, field {each.get('id', 'without an id')}")
    if not isinstance(raw["as_of"], date):
        raise FormError(f"{called}: as_of is a day such as 2026-11-01.")
    fields = tuple(FormField(**{**each, "facts": tuple(each["facts"])}) for each in raw["fields"])
    return Form(**{**raw, "fields": fields})


def _check(raw: Mapping[str, Any], must: set[str], may: set[str], called: str) -> None:
    missing, unknown = must - set(raw), set(raw) - must - may
    if missing or unknown:
        words = [f"it lacks {', '.join(sorted(missing))}"] if missing else []
        words += [f"it holds {', '.join(sorted(unknown))}, which no form has"] if unknown else []
        raise FormError(f"{called}: {'; '.join(words)}.")
