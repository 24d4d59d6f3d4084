"""What a Sigma rule means, written as plainly as possible: slow, and independent of the engine.

It walks pySigma's own condition tree and asks each comparison of the event with Python's ``re`` and ``ipaddress``. The
engine is compared with it by generated rules and events (tests), and wherever it and the SQLite peer differ
(benchmark).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
)
from sigma.rule import SigmaRule
from sigma.types import (
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SpecialChars,
)

_FLAGS = {"IGNORECASE": re.IGNORECASE, "MULTILINE": re.MULTILINE, "DOTALL": re.DOTALL}
_DECIMAL = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*")


def matches(rule: SigmaRule, event: Mapping[str, Any]) -> bool:
    """Whether any condition of ``rule`` holds for the flat ``event``; its log source is not asked."""
    return any(holds(condition.parsed, event) for condition in rule.detection.parsed_condition)


def holds(node: Any, event: Mapping[str, Any]) -> bool:
    if isinstance(node, ConditionNOT):
        return node.args[0] is None or not holds(node.args[0], event)
    if isinstance(node, ConditionAND):
        return all(holds(arg, event) for arg in node.args if arg is not None)
    if isinstance(node, ConditionOR):
        return any(holds(arg, event) for arg in node.args if arg is not None)
    if isinstance(node, ConditionFieldEqualsValueExpression):
        return fits(node.value, list(texts(value_of(event, node.field))), event)
    return contains(node.value, list(texts(event)))


def value_of(event: Mapping[str, Any], field: str) -> Any:
    names = {"Provider_Name": ("SourceName", "ProviderName"), "Computer": ("Hostname", "ComputerName")}
    for name in (field, *names.get(field, ())):
        if event.get(name) is not None:
            return event[name]
    return along(event, field.split(".")) if "." in field else None


def along(value: Any, path: list[str]) -> Any:
    if not path:
        return value
    if isinstance(value, list):
        every = [along(item, path) for item in value]
        return [item for item in every if item is not None] or None
    if isinstance(value, Mapping):
        for size in range(1, len(path) + 1):
            head = ".".join(path[:size])
            found = along(value[head], path[size:]) if head in value else None
            if found is not None:
                return found
    return None


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, (Mapping, list, tuple)):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from texts(item)
    elif isinstance(value, bool):
        yield str(value).lower()
    elif isinstance(value, float):
        yield str(int(value)) if value.is_integer() else repr(value)
    elif value is not None:
        yield str(value)


def fits(value: Any, found: list[str], event: Mapping[str, Any]) -> bool:
    if isinstance(value, SigmaNull):
        return not found
    if isinstance(value, SigmaExists):
        return bool(bool(found) == value.exists)
    if isinstance(value, SigmaExpansion):
        return any(fits(inner, found, event) for inner in value.values)
    if isinstance(value, SigmaFieldReference):
        others = list(texts(value_of(event, value.field)))
        return any(refers(value, mine, yours) for mine in found for yours in others)
    return any(fits_text(value, text) for text in found)


def refers(value: SigmaFieldReference, mine: str, yours: str) -> bool:
    before = ".*" if value.ends_with else ""
    after = ".*" if value.starts_with else ""
    return re.fullmatch(before + re.escape(yours) + after, mine, re.IGNORECASE | re.DOTALL) is not None


def fits_text(value: Any, text: str) -> bool:
    if isinstance(value, SigmaString):
        flags = re.DOTALL if isinstance(value, SigmaCasedString) else re.DOTALL | re.IGNORECASE
        return re.fullmatch(pattern(value), text, flags) is not None
    if isinstance(value, SigmaRegularExpression):
        flags = re.NOFLAG
        for flag in value.flags:
            flags |= _FLAGS[flag.name]
        return re.search(str(value.regexp), text, flags) is not None
    if isinstance(value, SigmaNumber):
        return text == str(value.number)
    if isinstance(value, SigmaBool):
        return text.lower() in (("true", "1") if value.boolean else ("false", "0"))
    if isinstance(value, SigmaCIDRExpression):
        return within(value, text)
    if isinstance(value, SigmaCompareExpression):
        return _DECIMAL.fullmatch(text) is not None and compares(value, float(text))
    raise NotImplementedError(type(value).__name__)


def pattern(value: SigmaString) -> str:
    wild = {SpecialChars.WILDCARD_MULTI: ".*", SpecialChars.WILDCARD_SINGLE: "."}
    return "".join(re.escape(part) if isinstance(part, str) else wild[part] for part in value.s)


def within(value: SigmaCIDRExpression, text: str) -> bool:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return False
    inner = getattr(address, "ipv4_mapped", None) or address
    return bool(address in value.network or inner in value.network)


def compares(value: SigmaCompareExpression, number: float) -> bool:
    bound: float = value.number.number
    said: dict[str, bool] = {
        "LT": number < bound,
        "LTE": number <= bound,
        "GT": number > bound,
        "GTE": number >= bound,
    }
    return said[value.op.name]


def contains(value: Any, found: list[str]) -> bool:
    """A keyword: somewhere inside any value."""
    if isinstance(value, SigmaExpansion):
        return any(contains(inner, found) for inner in value.values)
    if isinstance(value, SigmaString):
        flags = re.DOTALL if isinstance(value, SigmaCasedString) else re.DOTALL | re.IGNORECASE
        return any(re.search(pattern(value), text, flags) for text in found)
    if isinstance(value, (SigmaNumber, SigmaBool)):
        return any(str(value).lower() in text.lower() for text in found)
    return any(fits_text(value, text) for text in found)
