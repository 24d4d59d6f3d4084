"""A rule as the engine keeps it: what it says of itself, which events it means, and its condition or correlation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from bartizan.engines.detect.logsource import LogSource

LEVELS: Final = ("informational", "low", "medium", "high", "critical")
Node = list[Any]


@dataclass(frozen=True, slots=True)
class Correlation:
    """Several hits within a time, told together. Kinds and words as in Sigma's correlation rules."""

    kind: str
    """event_count, value_count, temporal or temporal_ordered."""
    rules: tuple[str, ...]
    """Ids of the rules whose hits count, in the order in which they are written."""
    timespan: int
    """Microseconds."""
    group_by: tuple[str, ...] = ()
    operator: str = "gte"
    count: int = 1
    fields: tuple[str, ...] = ()
    """Of value_count: the fields whose different values are counted."""
    aliases: Mapping[str, Mapping[str, str]] | None = None
    """Group field to rule id to the field's name in that rule's events."""
    expression: Node | None = None
    """Extended condition: ``["and", [node …]]``, ``["or", [node …]]``, ``["not", node]``, ``["rule", id]``."""
    generate: bool = False
    """Whether the rules that are counted also raise alarms of their own."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Two rules with the same ``digest`` are the same text."""

    uid: str
    title: str
    level: str
    digest: str
    path: str = ""
    name: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    falsepositives: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    author: str = ""
    license: str = ""
    status: str = ""
    logsource: LogSource = field(default_factory=LogSource)
    condition: Node | None = None
    """See :mod:`.conditions`; None for a correlation."""
    correlation: Correlation | None = None
    response: tuple[str, ...] = ()
    """What to do, step by step."""
    priority: str = ""
    group_by: tuple[str, ...] = ()
    positive: tuple[Any, ...] = ()
    """Events, or lists of events, on which the rule must raise a finding."""
    negative: tuple[Any, ...] = ()
    """Events, or lists of events, on which it must not."""

    @property
    def attribution(self) -> str:
        """Who wrote the rule and under which licence, as the Detection Rule License asks to be shown with an alarm."""
        return " · ".join(filter(None, (self.author, self.license)))


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a rule is not in force, for the person who can change that."""

    path: str
    what: str
    advice: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what}. {self.advice}"


@dataclass(frozen=True, slots=True)
class Hit:
    """One event fits one rule."""

    rule: Rule

    @property
    def uid(self) -> str:
        return self.rule.uid

    @property
    def title(self) -> str:
        return self.rule.title

    @property
    def level(self) -> str:
        return self.rule.level


@dataclass(frozen=True, slots=True)
class Finding:
    """What an alarm is made of: a rule, the events that led to it, and what they share."""

    rule: Rule
    events: tuple[str, ...]
    """Ids of the contributing events in order of time, at most :data:`EVENTS_SHOWN`, the latest kept."""
    count: int
    """How many events contributed."""
    group: Mapping[str, str]
    first: int
    """Microseconds since 1970 UTC, of the earliest contributing event."""
    last: int

    @property
    def uid(self) -> str:
        return self.rule.uid

    @property
    def title(self) -> str:
        return self.rule.title

    @property
    def level(self) -> str:
        return self.rule.level


EVENTS_SHOWN: Final = 200


def as_record(rule: Rule) -> dict[str, Any]:
    """``rule`` as JSON-able values."""
    return asdict(rule)


_TUPLES: Final = ("tags", "falsepositives", "references", "response", "group_by", "positive", "negative")


def from_record(record: dict[str, Any], path: str, license_: str) -> Rule:
    """The rule of :func:`as_record`, found at ``path``; ``license_`` where the rule names none itself."""
    values: dict[str, Any] = {name: tuple(value) if name in _TUPLES else value for name, value in record.items()}
    values["logsource"] = LogSource(**record["logsource"])
    correlation = record["correlation"]
    if correlation:
        tuples = {name: tuple(correlation[name]) for name in ("rules", "group_by", "fields")}
        values["correlation"] = Correlation(**{**correlation, **tuples})
    return replace(Rule(**values), path=path, license=record["license"] or license_)
