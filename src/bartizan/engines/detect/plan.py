"""Partial evaluation: what is left of every rule once an event's channel, number, provider and domain are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bartizan.engines.detect.conditions import Node
from bartizan.engines.detect.guards import KEY_FIELDS
from bartizan.engines.detect.logsource import Scope
from bartizan.engines.detect.predicates import Fields, Predicate, predicate
from bartizan.engines.detect.rule import Hit

TRUE: Final[Node] = ["true"]
FALSE: Final[Node] = ["false"]
OTHER: Final = "\0other"
"""Stands for every value of a key field that no rule names."""
MANY: Final = "\0many"
"""Stands for a list of several values: only the event itself can tell."""


@dataclass(frozen=True, slots=True)
class Key:
    """What decides which rules live: folded; None where absent."""

    channel: str | None
    event_id: str | None
    provider: str | None
    domain: str | None

    def of(self, field: str) -> str | None:
        return {"Channel": self.channel, "EventID": self.event_id, "Provider_Name": self.provider}[field]


class Residual:
    """One rule as far as it is still open. Its functions are built when first asked: most rules never are."""

    __slots__ = ("_alone", "_holds", "hit", "node")

    def __init__(self, node: Node, hit: Hit) -> None:
        self.node = node
        self.hit = hit
        self._holds: Predicate | None = None
        self._alone: dict[str, Predicate | None] = {}

    def holds(self, fields: Fields) -> bool:
        if self._holds is None:
            self._holds = predicate(self.node)
        return self._holds(fields)

    def possible(self, field: str, fields: Fields) -> bool:
        """Whether the rule can still hold, as far as the one field in ``fields`` tells."""
        if field not in self._alone:
            node = about(self.node, field)
            self._alone[field] = predicate(node) if node else None
        test = self._alone[field]
        return test is None or test(fields)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A single-event rule, prepared."""

    hit: Hit
    scope: Scope
    node: Node
    keyed: bool
    """Whether its condition names a key field."""


def names_key_field(node: Node) -> bool:
    if node[0] in ("and", "or"):
        return any(map(names_key_field, node[1]))
    if node[0] == "not":
        return names_key_field(node[1])
    return len(node) > 1 and node[1] in KEY_FIELDS


def key_values(node: Node, found: dict[str, set[str]]) -> None:
    """Collect into ``found`` the values of key fields that ``node`` names."""
    if node[0] in ("and", "or"):
        for inner in node[1]:
            key_values(inner, found)
    elif node[0] == "not":
        key_values(node[1], found)
    elif len(node) > 1 and node[1] in KEY_FIELDS and node[0] == "is":
        found[node[1]].update(node[2])


def reduced(node: Node, key: Key) -> Node:
    """``node`` with what the key settles taken out."""
    match node[0]:
        case "not":
            inner = reduced(node[1], key)
            return {"true": FALSE, "false": TRUE}.get(inner[0]) or ["not", inner]
        case "and":
            return _reduced_all(node[1], key, unit=TRUE, absorbing=FALSE, word="and")
        case "or":
            return _reduced_all(node[1], key, unit=FALSE, absorbing=TRUE, word="or")
    if len(node) < 3 or node[1] not in KEY_FIELDS:
        return node
    return _settled(node, key.of(node[1]))


def _reduced_all(nodes: Iterable[Node], key: Key, *, unit: Node, absorbing: Node, word: str) -> Node:
    left = []
    for node in nodes:
        inner = reduced(node, key)
        if inner[0] == absorbing[0]:
            return absorbing
        if inner[0] != unit[0]:
            left.append(inner)
    if not left:
        return unit
    return left[0] if len(left) == 1 else [word, left]


def _settled(node: Node, value: str | None) -> Node:
    test = node[0]
    if test == "null":
        return TRUE if value is None else FALSE
    if test == "exists":
        return FALSE if value is None else TRUE
    if test == "is" and value != MANY:
        return TRUE if value in node[2] else FALSE
    return node  # the key holds OTHER for values that no rule names: only the event itself can tell


def about(node: Node, field: str) -> Node | None:
    """The part of ``node`` that must hold and that asks for ``field`` alone; None where there is none."""
    if node[0] == "and":
        parts = [part for part in node[1] if _fields_of(part) == {field}]
        return ["and", parts] if parts else None
    return node if _fields_of(node) == {field} else None


def _fields_of(node: Node) -> set[str]:
    if node[0] in ("and", "or"):
        return set().union(*map(_fields_of, node[1]))
    if node[0] == "not":
        return _fields_of(node[1])
    if node[0] == "ref":
        return {node[1], node[2][0][0]}
    return {node[1]} if len(node) > 1 else set()


class Plan:
    """For one key: which rules live, and which of them are always asked."""

    __slots__ = ("always", "residuals")

    def __init__(self, key: Key, candidates: Sequence[Candidate], guarded: Mapping[int, Any]) -> None:
        """``guarded``: numbers of the candidates that have guards in the index."""
        self.residuals: dict[int, Residual] = {}
        always: list[Residual] = []
        for number, candidate in enumerate(candidates):
            if not candidate.scope.covers(key.channel, key.event_id, key.domain):
                continue
            node = reduced(candidate.node, key) if candidate.keyed else candidate.node
            if node[0] == "false":
                continue
            residual = Residual(node, candidate.hit)
            if number in guarded:
                self.residuals[number] = residual
            else:
                always.append(residual)
        self.always = tuple(always)
