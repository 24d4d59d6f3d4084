"""A form made from what a pydantic model declares, and read back with one message a field: sources and settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from pydantic import BaseModel, ValidationError

_ACRONYMS = frozenset({"ca", "id", "ip", "mqtt", "tcp", "tls", "udp", "url"})
SECRETS = ("password", "secret", "token")
TYPE_AGAIN = "Type it once more: a secret is not kept with a form that was refused."


@dataclass(frozen=True, slots=True)
class Field:
    """One setting as a form shows it."""

    name: str
    label: str
    help: str
    kind: str
    """``text``, ``number``, ``boolean``, ``choice``, ``secret``, ``list`` (one a line) or ``pairs`` (a = b)."""
    value: str
    is_required: bool
    choices: tuple[str, ...] = ()
    is_kept: bool = False
    """A secret that is stored: leaving its input empty keeps it."""
    low: float | None = None
    high: float | None = None
    error: str = ""


def fields_of(model: type[BaseModel], values: Mapping[str, Any], errors: Mapping[str, str]) -> list[Field]:
    """The fields of ``model``'s settings, those that must be given first. Secrets are never shown again; what Bartizan
    fills in by itself is not asked for."""
    schema = model.model_json_schema()
    required = set(schema.get("required", ()))
    fields = [
        _field(name, _plain(part, schema), values, is_required=name in required, error=errors.get(name, ""))
        for name, part in schema.get("properties", {}).items()
        if not part.get("is_filled_in")
    ]
    return sorted(fields, key=lambda field: not field.is_required)


def read(model: type[BaseModel], post: QueryDict, before: Mapping[str, Any]) -> dict[str, Any]:
    """What somebody typed, as settings. An empty secret keeps the one that is stored; an empty number its default."""
    asked = fields_of(model, {}, {})
    settings = {name: before[name] for name in before.keys() & model.model_fields.keys() - {f.name for f in asked}}
    for field in asked:
        text = post.get(f"set-{field.name}", "")
        if field.kind == "boolean":
            settings[field.name] = text == "on"
        elif field.kind == "list":
            settings[field.name] = [line.strip() for line in text.splitlines() if line.strip()]
        elif field.kind == "pairs":
            settings[field.name] = _pairs(text)
        elif text.strip():
            settings[field.name] = text if field.kind == "secret" else text.strip()
        elif field.kind == "secret" and post.get(f"clear-{field.name}") == "on":
            settings[field.name] = ""
        elif field.kind == "secret" and before.get(field.name):
            settings[field.name] = before[field.name]
        elif field.kind in ("text", "choice") and not field.is_required and _may_be_empty(model, field.name):
            settings[field.name] = ""
    return settings


def problems_of(model: type[BaseModel], settings: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with each setting, in words; nothing when all are right. What may be right today and not tomorrow,
    such as whether a folder can be written, models ask only with this context."""
    try:
        model.model_validate(dict(settings), context={"is_form": True})
    except ValidationError as error:
        return {str(e["loc"][0]) if e["loc"] else "all": _in_words(e["msg"]) for e in error.errors()}
    return {}


def refused(model: type[BaseModel], post: QueryDict, errors: Mapping[str, str]) -> dict[str, str]:
    """``errors`` of a form that is shown again, and what is said at each secret that was typed into it."""
    typed = {f.name for f in fields_of(model, {}, {}) if f.kind == "secret" and post.get(f"set-{f.name}", "").strip()}
    return dict.fromkeys(typed, TYPE_AGAIN) | dict(errors)


def _in_words(message: str) -> str:
    words = message.removeprefix("Value error, ").strip()
    return {"Field required": "This must be given."}.get(words, words.rstrip(".") + ".")


def _plain(part: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """A property without references and without the "or nothing" of an optional one."""
    merged = dict(part)
    for option in part.get("anyOf", ()):
        if option.get("type") != "null":
            merged |= option
    if reference := merged.get("$ref"):
        merged |= schema["$defs"][str(reference).rsplit("/", 1)[-1]]
    return merged


def _field(name: str, part: Mapping[str, Any], values: Mapping[str, Any], *, is_required: bool, error: str) -> Field:
    kind = _kind(name, part)
    value = values[name] if name in values else part.get("default")
    return Field(
        name=name,
        label=_given_title(name, part) or label(name),
        help=str(part.get("description", "")),
        kind=kind,
        value="" if kind == "secret" else _text(value),
        is_kept=kind == "secret" and bool(value) and not error,
        is_required=is_required,
        choices=tuple(str(choice) for choice in part.get("enum", ())),
        low=part.get("minimum", part.get("exclusiveMinimum")),
        high=part.get("maximum", part.get("exclusiveMaximum")),
        error=error,
    )


def _given_title(name: str, part: Mapping[str, Any]) -> str:
    """What the model calls the field; pydantic makes a title of the name where nobody gave one."""
    title = str(part.get("title", ""))
    return "" if title == name.replace("_", " ").title() else title


def label(name: str) -> str:
    words = [word.upper() if word in _ACRONYMS else word for word in name.split("_")]
    return " ".join(words)[:1].upper() + " ".join(words)[1:]


def _kind(name: str, part: Mapping[str, Any]) -> str:
    if part.get("format") == "password" or any(word in name for word in SECRETS):
        return "secret"
    if "enum" in part:
        return "choice"
    kinds = {"boolean": "boolean", "integer": "number", "number": "number", "array": "list", "object": "pairs"}
    return kinds.get(str(part.get("type")), "text")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "on" if value else ""
    if isinstance(value, Mapping):
        return "\n".join(f"{key} = {one}" for key, one in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return "\n".join(str(one) for one in value)
    return str(value)


def _pairs(text: str) -> dict[str, str]:
    split = (line.partition("=") for line in text.splitlines() if line.strip())
    return {key.strip(): value.strip() for key, _, value in split}


def _may_be_empty(model: type[BaseModel], name: str) -> bool:
    return model.model_fields[name].annotation is str
