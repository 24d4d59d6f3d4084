"""The peer that users run: pySigma's SQLite back end, one query a rule, over the same events; and where the two differ.

The peer gets every help: a table in memory with only the fields that rules name, text columns that ignore case as its
authors recommend, the log source's channel and event number added to each query, and Python's ``re`` as REGEXP.
Filling the table is not counted against it.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson
import yaml
from sigma.backends.sqlite import sqliteBackend
from sigma.conditions import ConditionFieldEqualsValueExpression, ConditionValueExpression
from sigma.exceptions import SigmaError
from sigma.rule import SigmaRule
from sigma.types import SigmaCIDRExpression, SigmaCompareExpression, SigmaFieldReference

from bartizan.engines.detect import Rule, flatten
from bartizan.engines.detect.logsource import Scope, scope_of
from benchmarks.detect_reference import matches, value_of

Event = Mapping[str, Any]
Hits = dict[str, set[int]]


@dataclass(slots=True)
class Outcome:
    """What the peer did, and how it compares."""

    hits: Hits
    seconds: float
    refused: dict[str, str]
    """Rules that the peer cannot run, and why."""
    explained: Counter[str] = field(default_factory=Counter)
    unexplained: list[dict[str, Any]] = field(default_factory=list)


def plain(rule: Rule) -> SigmaRule:
    """pySigma's own reading of the rule's file."""
    with open(rule.path, "rb") as file:  # noqa: PTH123
        for document in yaml.safe_load_all(file):
            if str(document.get("id")) == rule.uid or document.get("title") == rule.title:
                return SigmaRule.from_dict(document)
    raise LookupError(rule.path)


def compare(rules: Sequence[Rule], events: Sequence[bytes], ours: Hits) -> Outcome:
    """Run the peer on ``events`` and hold its hits (line numbers of each rule) against ``ours``."""
    flat = list(map(_event, events))
    sigma = {rule.uid: plain(rule) for rule in rules}
    fields = sorted(set().union(*map(fields_of, sigma.values())) | {"Channel", "EventID"}, key=str.lower)
    outcome = _queried(rules, sigma, _table(fields, flat))
    for rule in rules:
        if rule.uid in outcome.refused:
            continue
        theirs = outcome.hits.get(rule.uid, set())
        for number in ours.get(rule.uid, set()) ^ theirs:
            _explain(outcome, rule, sigma[rule.uid], number, flat[number], ours=number not in theirs)
    return outcome


def _event(line: bytes) -> Event:
    """Empty for a line that is no JSON object, so that numbers stay those of the lines."""
    try:
        event = orjson.loads(line)
    except ValueError:
        return {}
    return flatten(event) if isinstance(event, dict) else {}


def _queried(rules: Sequence[Rule], sigma: Mapping[str, SigmaRule], table: sqlite3.Connection) -> Outcome:
    backend = sqliteBackend()
    outcome = Outcome({}, 0.0, {})
    for rule in rules:
        try:
            queries = backend.convert_rule(sigma[rule.uid])
        except (SigmaError, NotImplementedError) as error:
            outcome.refused[rule.uid] = str(error)
            continue
        where = _where(scope_of(rule.logsource))
        start = time.process_time()  # as ours: this core's own time
        try:
            for query in queries:
                text = (
                    query.replace("SELECT * FROM logs WHERE ", f"SELECT rowid FROM logs WHERE {where} AND (", 1) + ")"
                )
                outcome.hits.setdefault(rule.uid, set()).update(row[0] for row in table.execute(text))
        except sqlite3.Error as error:
            outcome.hits.pop(rule.uid, None)
            outcome.refused[rule.uid] = f"SQLite: {error}"
        outcome.seconds += time.process_time() - start
    return outcome


def _where(scope: Scope) -> str:
    """The log source as a condition; Bartizan's own domains are no column of the peer's table."""
    if scope.domain is not None:
        return "1"
    foreign = "Channel IS NULL" if scope.foreign else "0"
    return f"({foreign} OR {_where_windows(scope)})" if scope.windows else foreign


def _where_windows(scope: Scope) -> str:
    parts = ["Channel IS NOT NULL"]
    for name, values in (("Channel", scope.channels), ("EventID", scope.ids)):
        if values is not None:
            parts.append(f"{name} IN ({', '.join(repr(value) for value in sorted(values))})")
    return " AND ".join(parts)


def _table(fields: Sequence[str], flat: Sequence[Event]) -> sqlite3.Connection:
    """Events in memory; names that differ only in case share a column, as SQLite wants it."""
    table = sqlite3.connect(":memory:")
    table.create_function("REGEXP", 2, _regexp, deterministic=True)
    columns: dict[str, list[str]] = {}
    for name in fields:
        columns.setdefault(name.lower(), []).append(name)
    names = ", ".join('"' + group[0].replace('"', '""') + '" TEXT COLLATE NOCASE' for group in columns.values())
    table.execute(f"CREATE TABLE logs (rowid INTEGER PRIMARY KEY, {names})")
    marks = ", ".join("?" * (len(columns) + 1))
    rows = (
        (number, *(next((v for n in group if (v := _cell(event, n)) is not None), None) for group in columns.values()))
        for number, event in enumerate(flat)
    )
    table.executemany(f"INSERT INTO logs VALUES ({marks})", rows)
    return table


def _cell(event: Event, name: str) -> Any:
    value = value_of(event, name)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, dict)):
        return orjson.dumps(value).decode()
    return str(value) if isinstance(value, (int, float)) else value


def _regexp(pattern: str, value: str | None) -> bool:
    return value is not None and _compiled(pattern).search(value) is not None


@lru_cache(4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def leaves_of(rule: SigmaRule) -> Iterable[Any]:
    """The comparisons of a rule."""

    def walk(node: Any) -> Iterable[Any]:
        if isinstance(node, (ConditionFieldEqualsValueExpression, ConditionValueExpression)):
            yield node
        for arg in getattr(node, "args", ()):
            yield from walk(arg)

    for condition in rule.detection.parsed_condition:
        yield from walk(condition.parsed)


def fields_of(rule: SigmaRule) -> set[str]:
    """The names of the fields that a rule compares."""
    found = set()
    for leaf in leaves_of(rule):
        if isinstance(leaf, ConditionFieldEqualsValueExpression):
            found.add(leaf.field)
            if isinstance(leaf.value, SigmaFieldReference):
                found.add(leaf.value.field)
    return found


def _values(rule: SigmaRule, event: Event) -> list[Any]:
    return [value for name in fields_of(rule) if (value := value_of(event, name)) is not None]


def _compares(kind: type) -> Callable[[SigmaRule, Event], bool]:
    return lambda rule, _event: any(isinstance(leaf.value, kind) for leaf in leaves_of(rule))


def _shares_column(rule: SigmaRule, event: Event) -> bool:
    names = fields_of(rule)
    lower = {name.lower() for name in names}
    return any(key.lower() in lower and key not in names for key in event)


# What the peer is known to do differently. An explanation counts only where its check holds of this rule and this event
# and the slow reference evaluator, which knows neither side, agrees with us.
EXPLANATIONS: dict[str, Callable[[SigmaRule, Event], bool]] = {
    "SQLite ignores case in ASCII letters only": lambda rule, event: any(
        isinstance(value, str) and not value.isascii() for value in _values(rule, event)
    ),
    "SQLite sees a list as one text": lambda rule, event: any(
        isinstance(value, (list, dict)) for value in _values(rule, event)
    ),
    "SQLite ends a text at its first NUL": lambda rule, event: any(
        isinstance(value, str) and "\0" in value for value in _values(rule, event)
    ),
    "the back end writes networks as text patterns": _compares(SigmaCIDRExpression),
    "SQLite compares numbers kept as text letter by letter": _compares(SigmaCompareExpression),
    "SQLite joins fields whose names differ in case only": _shares_column,
}


def _explain(outcome: Outcome, rule: Rule, sigma: SigmaRule, number: int, event: Event, *, ours: bool) -> None:
    agrees = matches(sigma, event) == ours
    reason = next((words for words, check in EXPLANATIONS.items() if agrees and check(sigma, event)), None)
    if reason:
        outcome.explained[reason] += 1
    else:
        who = "ours alone" if ours else "the peer's alone"
        outcome.unexplained.append(
            {"rule": rule.uid, "title": rule.title, "line": number, "hit": who, "agrees": agrees}
        )
