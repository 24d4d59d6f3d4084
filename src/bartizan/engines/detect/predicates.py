"""Conditions as Python functions: what is left to ask of an event once the index has named a rule."""

from __future__ import annotations

import ipaddress
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

from bartizan.engines.detect.conditions import ONE, RUN, Node
from bartizan.engines.detect.events import lookup, parse_time
from bartizan.engines.detect.values import as_number, as_text, fold, leaves
from bartizan.engines.observe import EPOCH

Texts = str | tuple[str, ...] | None
Test = Callable[[str], bool]
_PLAIN: Final = (str, int, float)


class Fields(dict[str, Texts]):
    """One event's fields as folded text, worked out when first asked: one text, several (a list), or None (absent)."""

    __slots__ = ("event",)

    def __init__(self, event: Mapping[str, Any]) -> None:
        super().__init__()
        self.event = event

    def __missing__(self, field: str) -> Texts:
        texts = self.exact(field)
        if texts.__class__ is str:
            texts = fold(texts)
        elif texts is not None:
            texts = tuple(map(fold, texts))
        self[field] = texts
        return texts

    def exact(self, field: str) -> Texts:
        """The same, in the case in which it was written."""
        value = lookup(self.event, field) if field else self.event
        if isinstance(value, _PLAIN):
            return as_text(value)
        return tuple(leaves(value)) or None


Predicate = Callable[[Fields], bool]


def predicate(node: Node) -> Predicate:
    """``node`` as a function of an event's fields."""
    match node[0]:
        case "and":
            return _all(sorted(node[1], key=_cost))
        case "or":
            return _any(sorted(node[1], key=_cost))
        case "not":
            inner = predicate(node[1])
            return lambda fields: not inner(fields)
        case "true":
            return lambda _fields: True
        case "false":
            return lambda _fields: False
    return _atom(node[0], node[1], node[2])


_COSTS: Final = {"is": 1, "null": 1, "exists": 1, "starts": 2, "ends": 2, "has": 3, "not": 4, "or": 5, "and": 5}


def _cost(node: Node) -> int:
    return _COSTS.get(node[0], 9)


def _all(nodes: Sequence[Node]) -> Predicate:
    parts = tuple(map(predicate, nodes))

    def every(fields: Fields) -> bool:
        for part in parts:  # a loop: this is the hottest place of the engine, and all() costs twice as much  # noqa: SIM110
            if not part(fields):
                return False
        return True

    return every


def _any(nodes: Sequence[Node]) -> Predicate:
    parts = tuple(map(predicate, nodes))

    def some(fields: Fields) -> bool:
        for part in parts:  # as above  # noqa: SIM110
            if part(fields):
                return True
        return False

    return some


def _atom(test: str, field: str, arguments: list[Any]) -> Predicate:
    if test == "null":
        return lambda fields: fields[field] is None
    if test == "exists":
        return lambda fields: fields[field] is not None
    if test == "ref":
        return _reference(field, arguments[0])
    if test in _EXACT:
        return _on_exact(field, _EXACT[test](arguments))
    of_text = _FOLDED[test.lower()](arguments)
    return _on_folded(field, of_text) if test.islower() else _on_exact(field, of_text)


def _on_folded(field: str, test: Test) -> Predicate:
    def check(fields: Fields) -> bool:
        value = fields[field]
        if value.__class__ is str:
            return test(value)
        return value is not None and any(map(test, value))

    return check


def _on_exact(field: str, test: Test) -> Predicate:
    def check(fields: Fields) -> bool:
        value = fields.exact(field)
        if value.__class__ is str:
            return test(value)
        return value is not None and any(map(test, value))

    return check


def _equals(arguments: list[str]) -> Test:
    return frozenset(arguments).__contains__


def _contains(arguments: list[str]) -> Test:
    if len(arguments) == 1:
        (single,) = arguments
        return lambda text: single in text
    needles = tuple(arguments)

    def check(text: str) -> bool:
        for needle in needles:  # as above  # noqa: SIM110
            if needle in text:
                return True
        return False

    return check


def _starts(arguments: list[str]) -> Test:
    prefixes = tuple(arguments)
    return lambda text: text.startswith(prefixes)


def _ends(arguments: list[str]) -> Test:
    suffixes = tuple(arguments)
    return lambda text: text.endswith(suffixes)


def _like(arguments: list[list[Any]]) -> Test:
    patterns = tuple(map(glob, arguments))
    return lambda text: any(pattern(text) for pattern in patterns)


def glob(parts: Sequence[Any]) -> Test:
    """A wildcard pattern as a test in linear time: each piece between runs is taken at its first place.

    (A regular expression with many ``.*`` would try every combination of places on a text that does not fit.)
    """
    pieces: list[list[Any]] = [[]]
    for part in parts:
        if part == RUN:
            pieces.append([])
        else:
            pieces[-1].append(part)
    lengths = [sum(1 if part == ONE else len(part) for part in piece) for piece in pieces]
    patterns = [re.compile("".join("." if p == ONE else re.escape(p) for p in piece), re.DOTALL) for piece in pieces]
    first, last = patterns[0], patterns[-1]
    if len(pieces) == 1:
        return lambda text: first.fullmatch(text) is not None
    middle, shortest, tail = patterns[1:-1], sum(lengths), lengths[-1]

    def check(text: str) -> bool:
        end = len(text) - tail
        if len(text) < shortest or not first.match(text) or not last.match(text, end):
            return False
        at = lengths[0]
        for pattern in middle:
            found = pattern.search(text, at, end)
            if found is None:
                return False
            at = found.end()
        return at <= end

    return check


_FOLDED: Final[dict[str, Callable[[list[Any]], Test]]] = {
    "is": _equals,
    "has": _contains,
    "starts": _starts,
    "ends": _ends,
    "like": _like,
}


def _regular_expressions(arguments: list[list[str]]) -> Test:
    patterns = tuple(compiled(pattern, flags).search for pattern, flags in arguments)
    return lambda text: any(search(text) for search in patterns)


@lru_cache(4096)
def compiled(pattern: str, flags: str) -> re.Pattern[str]:
    options = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
    bits = 0
    for flag in flags:
        bits |= options[flag]
    return re.compile(pattern, bits)


def _networks(arguments: list[str]) -> Test:
    networks = tuple(map(ipaddress.ip_network, arguments))

    def check(text: str) -> bool:
        return any(address in network for address in _addresses(text) for network in networks)

    return check


@lru_cache(4096)
def _addresses(text: str) -> tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, ...]:
    """The address that ``text`` is, if it is one; IPv4 inside IPv6 (``::ffff:10.0.0.1``) counts as both."""
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return ()
    inner = getattr(address, "ipv4_mapped", None)
    return (address, inner) if inner else (address,)


def _compares(compare: Callable[[Any, Any], bool]) -> Callable[[list[Any]], Test]:
    def build(arguments: list[Any]) -> Test:
        bound = arguments[0]

        def check(text: str) -> bool:
            number = as_number(text)
            return number is not None and compare(number, bound)

        return check

    return build


def _part(name: str) -> Callable[[list[Any]], Test]:
    def build(arguments: list[Any]) -> Test:
        def check(text: str) -> bool:
            us = parse_time(int(text) if text.isdecimal() else text)
            if us is None:
                return False
            try:
                moment = EPOCH + timedelta(microseconds=us)
            except OverflowError:
                return False
            return bool((moment.isocalendar().week if name == "week" else getattr(moment, name)) == arguments[0])

        return check

    return build


_EXACT: Final[dict[str, Callable[[list[Any]], Test]]] = {
    "re": _regular_expressions,
    "cidr": _networks,
    "lt": _compares(operator.lt),
    "lte": _compares(operator.le),
    "gt": _compares(operator.gt),
    "gte": _compares(operator.ge),
    **{name: _part(name) for name in ("minute", "hour", "day", "week", "month", "year")},
}


def _reference(field: str, argument: list[Any]) -> Predicate:
    other, starts, ends = argument
    fits: Callable[[str, str], bool] = {
        (True, True): str.__contains__,
        (True, False): str.startswith,
        (False, True): str.endswith,
        (False, False): str.__eq__,
    }[starts, ends]

    def check(fields: Fields) -> bool:
        ours, theirs = _several(fields[field]), _several(fields[other])
        return any(fits(mine, yours) for mine in ours for yours in theirs)

    return check


def _several(texts: Texts) -> tuple[str, ...]:
    if texts is None:
        return ()
    return (texts,) if isinstance(texts, str) else texts
