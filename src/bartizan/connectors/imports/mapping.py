"""The mapping file: how a foreign file's columns become observations, or rows of the estate's lists."""

from __future__ import annotations

import difflib
import re
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from bartizan.connectors.imports.targets import ALIASES, TARGETS, Type
from bartizan.engines.observe import KINDS

Format = Literal["csv", "jsonl", "xlsx", "evtx"]


class Strict(BaseModel):
    """Refuses a key that it does not know and names those that it does."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        allowed = [field.alias or name for name, field in cls.model_fields.items()]
        for key in given:
            if key not in allowed:
                near = difflib.get_close_matches(str(key), allowed, 1)
                hint = f" Did you mean '{near[0]}'?" if near else ""
                raise ValueError(f"there is no key '{key}' here.{hint} Allowed: {', '.join(allowed)}")
        return given


def _expression(pattern: str | None) -> str | None:
    if pattern is not None:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"'{pattern}' is not a regular expression: {error}") from error
    return pattern


class FileForm(Strict):
    """How the file is written. All of it is found out where it is left out."""

    format: Format | None = None
    encoding: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    quote: str = Field(default='"', min_length=1, max_length=1)
    header_row: int = Field(default=1, ge=0)
    columns: list[str] | None = None
    sheet: str | None = None
    decimal_comma: bool = False
    comment: str | None = None

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str | None) -> str | None:
        if name is not None:
            try:
                "".encode(name)
            except LookupError:
                raise ValueError(f"there is no encoding '{name}'; usual ones: utf-8, utf-16, cp1252") from None
        return name

    @model_validator(mode="after")
    def _named_columns(self) -> Self:
        if self.header_row == 0 and not self.columns:
            raise ValueError("header_row 0 says that the file has no header: name its columns, in order, in 'columns'")
        return self


def _one_or_many(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


class DateForm(Strict):
    """How dates and times are written."""

    format: Annotated[list[str], BeforeValidator(_one_or_many)] = []
    day_first: bool | None = None
    zone: str = "UTC"
    ambiguous: Literal["first", "second"] = "first"

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"there is no time zone '{name}'; write it as Europe/Amsterdam or UTC") from None
        return name


class TimeForm(DateForm):
    """Where an observation's time is and how it is written."""

    column: str | None = None
    columns: list[str] | None = None

    @model_validator(mode="after")
    def _has_column(self) -> Self:
        if (self.column is None) == (self.columns is None):
            raise ValueError("say where the time is: either 'column: NAME' or 'columns: [DATE, TIME]'")
        return self

    def names(self) -> list[str]:
        return [self.column] if self.column is not None else list(self.columns or ())


class BadgeForm(Strict):
    """How a badge number is written, so that all systems' spellings of one badge become the same."""

    wiegand: Literal[26, 34, 37] | None = None
    hex: bool = False
    separator: str | None = None
    facility: Literal["keep", "drop"] = "drop"
    strip_zeros: bool = True


class Value(Strict):
    """One value of the result: where it comes from and what is done to it, in this order."""

    column: str | None = None
    columns: list[str] | None = None
    join: str = " "
    template: str | None = None
    constant: str | None = None
    pattern: Annotated[str | None, BeforeValidator(_expression)] = None
    badge: BadgeForm | None = None
    strip_zeros: bool = False
    case: Literal["lower", "upper"] | None = None
    table: dict[str, str] | None = None
    otherwise: str = "keep"
    type: Type | None = None
    format: Annotated[list[str], BeforeValidator(_one_or_many)] = []
    prefix: str = ""

    @model_validator(mode="after")
    def _has_origin(self) -> Self:
        given = [name for name in ("column", "columns", "template", "constant") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of column, columns, template, constant; given: {given or 'none'}")
        return self

    def names(self) -> list[str]:
        """The columns that it reads."""
        if self.template is not None:
            return re.findall(r"\{([^{}]+)\}", self.template)
        return [self.column] if self.column is not None else list(self.columns or ())


def _value(given: Any) -> Any:
    return {"column": given} if isinstance(given, str) else given


def _values(given: Any) -> Any:
    return [_value(one) for one in given] if isinstance(given, list) else [_value(given)]


def _kind(given: Any) -> Any:
    if isinstance(given, str) and given in KINDS:
        return {"constant": given}
    if isinstance(given, str):
        return {"column": given}
    if isinstance(given, dict) and "otherwise" not in given:
        return {**given, "otherwise": "unknown"}
    return given


Kind = Annotated[Value, BeforeValidator(_kind)]
One = Annotated[Value, BeforeValidator(_value)]
FirstOf = Annotated[list[Value], BeforeValidator(_values)]
_PLACED = ("actor", "place", "device", "asset")


class Filter(Strict):
    """Rows for which it holds are left out."""

    column: str
    equals: Annotated[list[str] | None, BeforeValidator(_one_or_many)] = None
    not_equals: Annotated[list[str] | None, BeforeValidator(_one_or_many)] = None
    matches: Annotated[str | None, BeforeValidator(_expression)] = None
    empty: bool | None = None

    @model_validator(mode="after")
    def _one_test(self) -> Self:
        if sum(test is not None for test in (self.equals, self.not_equals, self.matches, self.empty)) != 1:
            raise ValueError("give exactly one of equals, not_equals, matches, empty")
        return self


class Mapping(Strict):
    source: str = Field(default="", description="Name under which the rows are stored.")
    target: str = "observations"
    rows: Literal["table", "windows", "json"] = "table"
    file: FileForm = FileForm()
    time: Annotated[TimeForm | None, BeforeValidator(_value)] = None
    dates: DateForm = DateForm()
    kind: Kind | None = None
    actor: FirstOf = []
    place: FirstOf = []
    device: FirstOf = []
    asset: FirstOf = []
    outcome: One | None = None
    data: Literal["all", "none"] | list[str] | dict[str, str] = "all"
    key: Annotated[list[str], BeforeValidator(_one_or_many)] = []
    skip: list[Filter] = []
    fields: dict[str, FirstOf] = {}

    @field_validator("kind")
    @classmethod
    def _known_kinds(cls, kind: Value | None) -> Value | None:
        if kind is None:
            return None
        said = list((kind.table or {}).values())
        said += [kind.constant] if kind.constant is not None else []
        said += [kind.otherwise] if kind.otherwise not in ("keep", "problem", "skip") else []
        for word in said:
            if word not in KINDS and word != "skip":
                near = difflib.get_close_matches(word, KINDS, 1)
                hint = f" Did you mean '{near[0]}'?" if near else ""
                raise ValueError(f"there is no kind '{word}'.{hint} The kinds: {', '.join(KINDS)}")
        return kind

    @field_validator("target")
    @classmethod
    def _one_name(cls, target: str) -> str:
        return ALIASES.get(target, target)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.target == "observations":
            return self._for_observations()
        known = TARGETS.get(self.target)
        if known is None:
            raise ValueError(f"there is no target '{self.target}'; targets: observations, {', '.join(TARGETS)}")
        for name in self.fields:
            if name not in known:
                raise ValueError(f"{self.target} have no field '{name}'; they have: {', '.join(known)}")
        missing = [name for name, column in known.items() if column.required and name not in self.fields]
        if missing:
            raise ValueError(f"{self.target} need the field{'s' * (len(missing) > 1)} {', '.join(missing)}")
        return self

    def _for_observations(self) -> Self:
        if not self.source:
            raise ValueError("'source' is missing: the name under which these rows are stored")
        if self.fields:
            raise ValueError("'fields' belongs to a target such as people; for observations use kind, actor, place …")
        if self.rows != "table":
            return self
        if self.time is None:
            raise ValueError("'time' is missing: say which column holds the time")
        if self.kind is None:
            raise ValueError("'kind' is missing: say what each row means, such as 'kind: door.granted'")
        return self

    def values(self) -> dict[str, list[Value]]:
        """Every value by the name of what it fills."""
        if self.target != "observations":
            return dict(self.fields)
        named = {name: list(getattr(self, name)) for name in _PLACED}
        named |= {name: [value] for name in ("kind", "outcome") if (value := getattr(self, name)) is not None}
        return named
