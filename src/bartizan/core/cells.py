"""One cell of a table: read into what a model's field keeps, and written so that it is read back the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from math import inf, isfinite
from typing import Any, Final, TypeAlias

import orjson
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from bartizan.connectors.imports.mapping import DateForm
from bartizan.connectors.imports.times import NotATimeError, clock, time_reader

Field: TypeAlias = "models.Field[Any, Any]"
_TRUE: Final = frozenset({"true", "yes", "y", "1", "x", "ja", "j", "oui", "si", "on"})
_FALSE: Final = frozenset({"false", "no", "n", "0", "", "nee", "nein", "non", "off"})
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
_ZONED: Final = re.compile(r":\d\d.*(Z|[+-]\d\d:?\d\d)$")
_PLAIN_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?", re.IGNORECASE)


class Wrong(Exception):
    """A value that cannot be kept, with what to do about it."""


def text_of(value: Any) -> str:
    """A cell as words: a spreadsheet gives badge 4417 as 4417.0."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def value_of(column: Field, value: Any, *, is_numbers: bool = False, day_first: bool | None = None) -> Any:
    """The cell as the column keeps it. Raises Wrong with words for the person with the file.

    ``is_numbers`` says that a list holds numbers, ``day_first`` how a date such as 03/04/2026 is meant.
    """
    if isinstance(column, models.BooleanField):
        return _flag(value)
    if isinstance(column, models.JSONField):
        return _list(value, is_numbers=is_numbers)
    if value is None or text_of(value) == "":
        return _nothing(column)
    return _single(column, value, day_first)


def _single(column: Field, value: Any, day_first: bool | None) -> Any:
    if isinstance(value, list | dict):
        raise Wrong("is a list; give one value.")
    if isinstance(column, models.DateField | models.TimeField):
        return _when(column, value, day_first)
    try:
        return column.clean(_prepared(column, value), None)
    except (ValidationError, OverflowError) as error:
        raise Wrong(_words(column, error)) from None


def written(column: Field, value: Any, *, is_text: bool = True) -> Any:
    """What ``value_of`` reads back as ``value``: words in a CSV file, else also numbers and days of a spreadsheet."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | dict | tuple):
        return _list_written(value)
    if isinstance(value, time):
        return value.isoformat("auto" if value.second or value.microsecond else "minutes")
    if not is_text and isinstance(value, int | float | date) and not isinstance(value, datetime):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def guarded(words: str) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay what they are."""
    return f"'{words}" if _FORMULA.match(words) and not _PLAIN_NUMBER.fullmatch(words) else words


def unguarded(words: str) -> str:
    """What ``guarded`` was given."""
    return words[1:] if words[:1] == "'" and _FORMULA.match(words) else words


def _prepared(column: Field, value: Any) -> Any:
    """What the field's own validation expects; a choice may be given by its words."""
    words = text_of(value)
    for kept, told in column.flatchoices:
        if words.casefold() in (str(kept).casefold(), str(told).casefold()):
            return kept
    if isinstance(column, models.CharField | models.TextField):
        return words
    if isinstance(column, models.DecimalField | models.FloatField):
        return _number(words)
    return words


def _number(words: str) -> str:
    """With a point, whatever the writer's country: 1.052,25 and 1,052.25 and € 1052,25 are one figure."""
    plain = words.lstrip("€$£ \u00a0").replace("\u00a0", "").replace(" ", "")
    comma, point = plain.rfind(","), plain.rfind(".")
    if comma < 0:
        if plain.count(".") > 1 or plain.lstrip("+-").lower() in ("nan", "inf", "infinity"):
            raise Wrong("is not a number; write one such as 51.44.")
        return plain
    if point >= 0:
        return plain.replace(".", "").replace(",", ".") if comma > point else plain.replace(",", "")
    if plain.count(",") > 1 or len(plain) - comma == 4:
        raise Wrong("may be thousands or a fraction; write it with a point and without commas, such as 1052.25.")
    return plain.replace(",", ".")


def _nothing(column: Field) -> Any:
    if column.null:
        return None
    if column.has_default():
        return column.get_default()
    if column.blank:
        return ""
    raise Wrong("is empty, and is needed.")


def _flag(value: Any) -> bool:
    said = text_of(value).lower()
    if said in _TRUE:
        return True
    if said in _FALSE:
        return False
    raise Wrong("is neither yes nor no; write yes or no.")


def listed(value: Any) -> Any:
    """A list, JSON, or text with commas or semicolons between: ``10.20.2.14; 10.20.2.15``."""
    if isinstance(value, list | tuple):
        parts = list(value)
    elif (words := text_of(value))[:1] in "[{" and words:
        return _json(words)
    else:
        parts = words.replace(";", ",").split(",")
    kept = (p.strip().strip('"') if isinstance(p, str) else p for p in parts)
    return [p for p in kept if p not in ("", None)]


def _json(words: str) -> Any:
    try:
        return orjson.loads(words)
    except orjson.JSONDecodeError:
        if words.startswith("{"):
            raise Wrong("is not JSON; write it as it was exported.") from None
        return listed(words.strip("[]"))


def _list(value: Any, *, is_numbers: bool) -> list[Any]:
    kept = value if isinstance(value, dict) else listed(value)
    if not is_numbers:
        return kept  # type: ignore[return-value]  # whatever JSON the field holds
    try:
        numbers = [float(p) for p in kept]
    except (TypeError, ValueError, OverflowError):
        numbers = [inf]
    if isinstance(kept, dict) or not all(map(isfinite, numbers)):
        raise Wrong("is a list of numbers; write them with commas between, such as 8, 8, 56, 124.")
    return [int(n) if n.is_integer() else n for n in numbers]


def _list_written(value: Any) -> str:
    """Parts with semicolons between, or JSON where a part holds such a mark itself."""
    is_plain = isinstance(value, list | tuple) and all(
        isinstance(p, int | float) or (isinstance(p, str) and p and p == p.strip() and not set(p) & set(',;"[]{}'))
        for p in value
    )
    return "; ".join(str(p) for p in value) if is_plain else orjson.dumps(value).decode()


_readers: Final[Mapping[bool | None, Callable[[Any], tuple[datetime, str]]]] = {
    day_first: time_reader(DateForm(day_first=day_first)) for day_first in (None, True, False)
}


def _when(column: Field, value: Any, day_first: bool | None) -> Any:
    try:
        if isinstance(column, models.TimeField):
            return _clock(value)
        if isinstance(column, models.DateTimeField):
            return _moment(value, day_first)
        return _day(value, day_first)
    except NotATimeError as error:
        if "may be day/month" in str(error):
            raise Wrong("may be day/month or month/day; say which above the preview, or write 2026-11-17.") from None
        raise Wrong(_WHEN[type(column)]) from None
    except (ValueError, OverflowError):
        raise Wrong(_WHEN[type(column)]) from None


def _clock(value: Any) -> time:
    if isinstance(value, datetime | time):
        return value.time() if isinstance(value, datetime) else value
    if isinstance(value, float) and 0 <= value < 1:  # a spreadsheet's fraction of a day
        value = clock((_MIDNIGHT + timedelta(days=value)).time())
    try:
        return time.fromisoformat(text_of(value))
    except ValueError:
        return time.fromisoformat(clock(value))


def _day(value: Any, day_first: bool | None) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if _is_day_number(value):
        return (_DAY_0 + timedelta(days=value)).date()
    try:
        return date.fromisoformat(text_of(value))
    except ValueError:
        return _readers[day_first](text_of(value))[0].date()


def _moment(value: Any, day_first: bool | None) -> datetime:
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())  # on the clock of whoever brings the file
    if _is_day_number(value):
        value = _DAY_0 + timedelta(seconds=round(value * 86_400))
    if not isinstance(value, datetime):
        try:
            value = datetime.fromisoformat(text_of(value))
        except ValueError:
            words = text_of(value)
            value = _readers[day_first](words)[0]
            if not _ZONED.search(words):  # the reader takes it for UTC: it is on the clock of whoever brings the file
                value = value.replace(tzinfo=None)
    return timezone.make_aware(value) if timezone.is_naive(value) else value


def _is_day_number(value: Any) -> bool:
    """Whether a spreadsheet's number counts days, as in a column that is not shown as days: of 1927 to 2173."""
    return isinstance(value, int | float) and 10_000 <= value < 100_000


_DAY_0: Final = datetime(1899, 12, 30)  # noqa: DTZ001  spreadsheets count days from here
_MIDNIGHT: Final = datetime(1900, 1, 1)  # noqa: DTZ001  only a clock is read off it
_WHEN: Final[dict[type, str]] = {
    models.DateField: "is not a day; write it as 2026-11-17.",
    models.TimeField: "is not a time of day; write it as 08:30.",
    models.DateTimeField: "is not a time; write it as 2026-11-17T08:30:00+01:00.",
}


def _words(column: Field, error: Exception) -> str:
    if column.choices:
        options = [str(value) for value, _ in column.flatchoices if value]
        return f"is not one of {', '.join(options)}; write one of them."
    if isinstance(column, models.IntegerField):
        return "is not a whole number that fits; write one such as 8."
    if isinstance(column, models.FloatField | models.DecimalField):
        return "is not a number that fits; write one such as 51.44."
    said = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
    return said.rstrip(".") + "; mend it or leave it empty."


def same(one: Any, other: Any) -> bool:
    """Whether a field holds the same: 12.50 is 12.5."""
    if isinstance(one, Decimal) or isinstance(other, Decimal):
        try:
            return (one is None) == (other is None) and (one is None or Decimal(str(one)) == Decimal(str(other)))
        except InvalidOperation:
            return False
    return bool(one == other)
