"""What each register's records look like, for /api/docs and for programs that read the OpenAPI description."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any, Final, Literal

from django.db import models
from pydantic import BaseModel, ConfigDict, Field, create_model

from bartizan.core.rest.answers import fields_of
from bartizan.core.rows import Target, related, targets

_TYPES: Final[tuple[tuple[type, Any], ...]] = (
    (models.BooleanField, bool),
    (models.IntegerField, int),
    (models.FloatField, float),
    (models.DecimalField, float),
    (models.DateTimeField, dt.datetime),
    (models.DateField, dt.date),
    (models.TimeField, dt.time),
    (models.JSONField, list[Any]),
)


class Problem(BaseModel):
    """Why a request was not done."""

    detail: str
    fields: dict[str, str] = Field(default={}, description="What is wrong with single fields, and what to do")


def record(target: Target) -> type[BaseModel]:
    """A record as it is read."""
    return _model(target, "", is_read=True)


def wanted(target: Target) -> type[BaseModel]:
    """A record as it is made or replaced."""
    return _model(target, "Wanted")


def changes(target: Target) -> type[BaseModel]:
    """Some fields of a record."""
    return _model(target, "Changes", is_partial=True)


def _model(target: Target, end: str, *, is_read: bool = False, is_partial: bool = False) -> type[BaseModel]:
    made: dict[str, Any] = {"id": (int, Field(description="Its number in this installation"))} if is_read else {}
    for name, column in fields_of(target).items():
        needed = is_read or not (is_partial or column.null or column.blank or column.has_default())
        kind = _type(column)
        is_empty = getattr(column, "null", False) and not column.many_to_many
        told = Field(... if needed else None, description=_description(target, name, column))
        made[name] = (kind | None if is_empty else kind, told)
    name = "".join(part.capitalize() for part in target.name.split("-")) + end
    return create_model(name, __config__=ConfigDict(extra="forbid"), **made)


def _type(column: Any) -> Any:
    if column.many_to_many:
        return list[str] | Literal["(not open to you)"]  # rows.CLOSED
    if column.is_relation:
        return str
    values = tuple(value for value, _ in column.flatchoices)
    if values:
        return Literal[values]
    return next((kind for field, kind in _TYPES if isinstance(column, field)), str)


def _description(target: Target, name: str, column: Any) -> str:
    said = [target.register.title_of(name)]
    if column.is_relation:
        other = related(column)
        said.append(f"the {other.key} of one of the {other.register.title.lower()}")
    if column.help_text:
        said.append(str(column.help_text))
    return "; ".join(said)


def typed(schema: dict[str, Any]) -> dict[str, Any]:
    """The description with the routes of each register in place of those for any; ``schema`` is changed."""
    paths, models_ = schema["paths"], schema["components"].setdefault("schemas", {})
    models_["Problem"] = Problem.model_json_schema()
    generic = {path: paths.pop(path) for path in [*paths] if "{name}" in path}
    for target in targets().values():
        for kind in (record(target), wanted(target), changes(target)):
            made = kind.model_json_schema(ref_template="#/components/schemas/{model}")
            models_ |= made.pop("$defs", {})
            models_[kind.__name__] = made
        for path, methods in generic.items():
            paths[path.replace("{name}", target.name)] = {
                method: _operation(target, method, operation, has_key="{key}" in path)
                for method, operation in methods.items()
            }
    return schema


def _operation(target: Target, method: str, generic: dict[str, Any], *, has_key: bool) -> dict[str, Any]:
    told, title = copy.deepcopy(generic), target.register.title
    told["operationId"] = f"{generic['operationId'].rsplit('_', 1)[-1]}_{target.name.replace('-', '_')}"
    told["tags"] = [title]
    told["parameters"] = [p for p in told.get("parameters", ()) if p["name"] != "name"]
    if method == "get" and not has_key:
        asked = {"type": "array", "items": {"type": "string"}}
        told["parameters"].append({"in": "query", "name": "filter", "schema": asked, "description": "field:value"})
    one = "".join(part.capitalize() for part in target.name.split("-"))
    told["responses"] = _responses(one, method, has_key=has_key)
    if method in ("post", "put", "patch"):
        body = one + ("Changes" if method == "patch" else "Wanted")
        told["requestBody"] = {"required": True, "content": _content(body)}
    if has_key and method != "get":
        told["parameters"].append({"in": "header", "name": "If-Match", "schema": {"type": "string"}})
    return told


def _responses(one: str, method: str, *, has_key: bool) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "OK"}
    if method == "get" and not has_key:
        records = {"type": "array", "items": {"$ref": f"#/components/schemas/{one}"}}
        figures = {name: {"type": "integer"} for name in ("count", "page", "pages")}
        page = {"type": "object", "properties": figures | {"records": records}}
        good["content"] = {"application/json": {"schema": page}}
    elif method != "delete":
        good["content"] = _content(one)
    status = {"post": "201", "delete": "204"}.get(method, "200")
    bad = {"401": "No token, or one that opens nothing", "403": "Not allowed"} | (
        {"404": "Not there"} if has_key else {}
    )
    if method != "get":
        bad["422"] = "Not right: see fields"
    return {status: good} | {
        code: {"description": words, "content": _content("Problem")} for code, words in bad.items()
    }


def _content(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
