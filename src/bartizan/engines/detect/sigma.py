"""From a Sigma file's text to rules: pySigma reads, this room decides what it can run and says what it cannot."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

import yaml
from sigma.correlations import (
    CorrelationConditionAND,
    CorrelationConditionNOT,
    CorrelationConditionOR,
    SigmaCorrelationRule,
    SigmaCorrelationType,
    SigmaExtendedCorrelationCondition,
    SigmaRuleReference,
)
from sigma.exceptions import SigmaError
from sigma.rule import SigmaRule

from bartizan.engines.detect.conditions import UnsupportedRuleError, disjunction, lower
from bartizan.engines.detect.logsource import LogSource
from bartizan.engines.detect.ordered import alternatives
from bartizan.engines.detect.rule import Correlation, Node, Rule

_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
SECOND: Final = 1_000_000
LARGEST_COUNT: Final = 50_000
_COUNTED: Final = {
    SigmaCorrelationType.EVENT_COUNT: "event_count",
    SigmaCorrelationType.VALUE_COUNT: "value_count",
    SigmaCorrelationType.TEMPORAL: "temporal",
    SigmaCorrelationType.TEMPORAL_ORDERED: "temporal_ordered",
}


def parse(content: bytes) -> tuple[list[Rule], list[str]]:
    """The rules of one file (several YAML documents make several rules), and in words why others are not among them."""
    try:
        documents = [document for document in yaml.load_all(content, Loader=_Loader) if document is not None]
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        return [], [f"is not readable as YAML ({_line(error)})"]
    rules, problems = [], []
    for document in documents:
        try:
            rule = _rule(document, content)
        except (SigmaError, UnsupportedRuleError) as error:
            problems.append(f"{_title(document)}cannot be used: {_line(error)}")
        except RecursionError:
            problems.append(f"{_title(document)}cannot be used: its condition is nested too deeply")
        except (TypeError, ValueError, AttributeError, KeyError, IndexError) as error:  # pySigma on odd input
            problems.append(f"{_title(document)}is not a Sigma rule ({_line(error)})")
        else:
            if rule:
                rules.append(rule)
    return rules, problems


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _title(document: Any) -> str:
    title = document.get("title") if isinstance(document, Mapping) else None
    return f"rule “{title}” " if title else ""


def _rule(document: Any, content: bytes) -> Rule | None:
    if not isinstance(document, Mapping):
        raise UnsupportedRuleError("the file holds no rule, but other data")
    if "action" in document or "filter" in document:
        word = "action" if "action" in document else "filter"
        raise UnsupportedRuleError(
            f"Sigma's “{word}” documents are not supported; write the whole rule in its own file"
        )
    digest = hashlib.sha256(content + str(document.get("id", document.get("title"))).encode()).hexdigest()
    if "correlation" in document:
        correlation = SigmaCorrelationRule.from_dict(dict(document))
        return _described(correlation, document, digest, correlation=_correlation(correlation))
    rule = SigmaRule.from_dict(dict(document))
    return _described(rule, document, digest, condition=_condition(rule), logsource=_logsource(rule))


def _logsource(rule: SigmaRule) -> LogSource:
    source = rule.logsource
    return LogSource(*((word or "").lower() for word in (source.product, source.category, source.service)))


def _condition(rule: SigmaRule) -> Node:
    """All conditions of the rule; any of them suffices."""
    nodes = [node for condition in rule.detection.parsed_condition if (node := lower(condition.parsed))]
    if not nodes:
        raise UnsupportedRuleError("its condition names no selection that exists")
    return disjunction(nodes)


def _described(rule: SigmaRule | SigmaCorrelationRule, document: Mapping[str, Any], digest: str, **what: Any) -> Rule:
    ours = _ours(document)
    return Rule(
        uid=str(rule.id or rule.name or digest[:32]),
        title=rule.title,
        level=rule.level.name.lower() if rule.level else "medium",
        digest=digest,
        name=rule.name or "",
        description=(rule.description or "").strip(),
        tags=tuple(map(str, rule.tags)),
        falsepositives=_texts(rule.falsepositives),
        references=_texts(rule.references),
        author=(rule.author or "").strip(),
        license=(rule.license or "").strip(),
        status=rule.status.name.lower() if rule.status else "",
        **ours,
        **what,
    )


def _ours(document: Mapping[str, Any]) -> dict[str, Any]:
    """The ``bartizan:`` block."""
    block = document.get("bartizan") or {}
    if not isinstance(block, Mapping):
        raise UnsupportedRuleError("its “bartizan” block is not a list of names and values")
    known = {"response", "priority", "group_by", "positive", "negative"}
    if unknown := set(block) - known:
        raise UnsupportedRuleError(
            f"its “bartizan” block has {', '.join(sorted(map(str, unknown)))}, which nothing reads"
        )
    examples = {name: tuple(block.get(name) or ()) for name in ("positive", "negative")}
    for name, values in examples.items():
        if not all(isinstance(value, (dict, list)) for value in values):
            raise UnsupportedRuleError(f"its {name} examples must be events, or lists of events")
    return {
        "response": _texts(block.get("response")),
        "priority": str(block.get("priority") or ""),
        "group_by": _texts(block.get("group_by")),
        **{name: tuple(map(_jsonable, values)) for name, values in examples.items()},
    }


def _jsonable(value: Any) -> Any:
    """YAML knows dates and binary; events, as JSON does, know text."""
    if isinstance(value, Mapping):
        return {str(name): _jsonable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_jsonable(inner) for inner in value]
    return value if value is None or isinstance(value, (str, int, float)) else str(value)


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, (list, tuple)) else (str(value),)


def _correlation(rule: SigmaCorrelationRule) -> Correlation:
    kind = _COUNTED.get(rule.type)
    if kind is None:
        known = ", ".join(_COUNTED.values())
        raise UnsupportedRuleError(f"correlations of type {rule.type.name.lower()} are not supported; use {known}")
    common = {
        "kind": kind,
        "timespan": rule.timespan.seconds * SECOND,
        "group_by": tuple(rule.group_by or ()),
        "aliases": rule.aliases.to_dict() or None,
        "generate": rule.generate,
    }
    correlation = _conditioned(rule, common)
    try:
        alternatives(correlation)
    except ValueError as error:
        raise UnsupportedRuleError(str(error)) from error
    return correlation


def _conditioned(rule: SigmaCorrelationRule, common: Mapping[str, Any]) -> Correlation:
    condition = rule.condition
    if isinstance(condition, SigmaExtendedCorrelationCondition):
        return Correlation(
            rules=tuple(condition.get_referenced_rules()), expression=_expression(condition.parsed), **common
        )
    if condition.count > LARGEST_COUNT:
        raise UnsupportedRuleError(
            f"it counts to {condition.count}; {LARGEST_COUNT} is the most that is kept in memory"
        )
    return Correlation(
        rules=_references(rule.rules or ()),
        operator=condition.op.name.lower(),
        count=condition.count,
        fields=_texts(condition.fieldref),
        **common,
    )


def _references(rules: Iterable[SigmaRuleReference]) -> tuple[str, ...]:
    return tuple(reference.reference for reference in rules)


def _expression(node: Any) -> Node:
    if isinstance(node, SigmaRuleReference):
        return ["rule", node.reference]
    if isinstance(node, CorrelationConditionNOT):
        return ["not", _expression(node.args[0])]
    if isinstance(node, (CorrelationConditionAND, CorrelationConditionOR)):
        word = "and" if isinstance(node, CorrelationConditionAND) else "or"
        return [word, [_expression(arg) for arg in node.args]]
    raise UnsupportedRuleError(f"its correlation has a part that is not understood ({type(node).__name__})")
