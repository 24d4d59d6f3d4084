"""A rule's own examples: the events on which it must, and must not, raise a finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from bartizan.engines.detect.compile import compile_rules
from bartizan.engines.detect.detector import Detector
from bartizan.engines.detect.rule import Problem, Rule
from bartizan.engines.observe import KINDS

_SECOND: Final = 1_000_000


def run_examples(rules: Sequence[Rule], among: Sequence[Rule] | None = None) -> list[Problem]:
    """Which examples of ``rules`` fail, in words; empty when all hold.

    ``among``: all rules, where correlations refer to others than those in ``rules``. An example is one event, or a
    list of events that are judged together; a correlation that has only single events as examples is given all of them
    together. Events without a time follow each other by one second; events of Bartizan's own rules get the domain of
    their kind, or of the rule.
    """
    detector = compile_rules(list(among or rules))
    fresh = detector.state()
    problems = []
    for rule in rules:
        for wanted, examples in ((True, rule.positive), (False, rule.negative)):
            for number, events in enumerate(_sequences(rule, examples), 1):
                detector.restore(fresh)
                problem = _problem(detector, rule, events, number, wanted=wanted)
                if problem:
                    problems.append(problem)
    return problems


def _sequences(rule: Rule, examples: Sequence[Any]) -> Iterator[list[Mapping[str, Any]]]:
    if rule.correlation and examples and all(isinstance(example, Mapping) for example in examples):
        yield list(examples)
        return
    for example in examples:
        yield [example] if isinstance(example, Mapping) else list(example)


def _problem(
    detector: Detector, rule: Rule, events: Sequence[Mapping[str, Any]], number: int, *, wanted: bool
) -> Problem | None:
    try:
        full = [_completed(rule, event, at) for at, event in enumerate(events)]
    except (TypeError, ValueError):
        what = f"example {number} of rule “{rule.title}” is not made of events"
        return Problem(rule.path, what, "Write each event as a block of names and values")
    if _raised(detector, rule, full) == wanted:
        return None
    kind, did = ("positive", "does not raise") if wanted else ("negative", "raises")
    what = f"rule “{rule.title}” {did} a finding on its {kind} example {number}"
    return Problem(rule.path, what, "Correct the rule's detection or the example")


def _raised(detector: Detector, rule: Rule, events: Sequence[Mapping[str, Any]]) -> bool:
    if rule.correlation is None:
        return any(hit.uid == rule.uid for event in events for hit in detector.match(event))
    findings = detector.judge(events) + detector.finish()
    return any(finding.uid == rule.uid for finding in findings)


def _completed(rule: Rule, event: Mapping[str, Any], at: int) -> dict[str, Any]:
    full = {"id": f"example-{at + 1}", "time": at * _SECOND, **event}
    kind = KINDS.get(str(full.get("kind")))
    if "domain" not in full and (kind or rule.logsource.product == "bartizan"):
        full["domain"] = kind.domain if kind else rule.logsource.category
    return full
