"""Our own rule packs: every rule reads, says what to do, holds its examples; ordinary life raises nothing."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from bartizan.engines.context import Context
from bartizan.engines.detect import Finding, Rule, compile_rules, load_rules
from bartizan.engines.detect.examples import run_examples
from tests.engines.pinpoint.world import DAY, INCIDENTS, Life, estate, ordinary_day

PACKS = Path(__file__).parents[2] / "src" / "bartizan" / "rules"
LOADED, PROBLEMS = load_rules([PACKS])
ALARMS = [rule for rule in LOADED if rule.level != "informational"]


def test_every_rule_of_the_packs_can_be_used() -> None:
    assert PROBLEMS == []
    assert {Path(rule.path).parent.name for rule in LOADED} == {
        "across",
        "alarms",
        "cameras",
        "doors",
        "hosts",
        "logins",
    }


def test_every_rule_holds_its_own_examples() -> None:
    assert [str(problem) for problem in run_examples(LOADED)] == []


@pytest.mark.parametrize("rule", ALARMS, ids=lambda rule: f"{Path(rule.path).stem}:{rule.title}")
def test_a_rule_that_raises_alarms_says_what_to_do_and_what_else_it_may_be(rule: Rule) -> None:
    assert 1 <= len(rule.response) <= 4
    assert all(step.endswith((".", "?")) for step in rule.response)
    assert rule.positive
    assert rule.negative
    assert rule.falsepositives
    assert rule.description
    assert len(rule.uid) == 36


def test_rules_that_are_only_counted_raise_nothing() -> None:
    counted = {uid for rule in LOADED if rule.correlation for uid in rule.correlation.rules}
    assert {rule.uid for rule in LOADED if rule.level == "informational"} == counted
    assert not any(rule.correlation.generate for rule in LOADED if rule.correlation)


def test_no_two_rules_share_a_name() -> None:
    documents = [d for path in sorted(PACKS.rglob("*.yml")) for d in yaml.safe_load_all(path.read_text())]
    names = [d["name"] for d in documents if "name" in d]
    assert len(names) == len(set(names))
    assert len({d["id"] for d in documents}) == len(documents)


def judged(events: list[dict[str, Any]]) -> list[Finding]:
    context, detector = Context(estate()), compile_rules(LOADED)
    full = [context.enrich(dict(event)) for event in sorted(events, key=lambda event: event["time"])]
    return detector.judge([{**event.get("data", {}), **event} for event in full])


@cache
def titles(name: str) -> frozenset[tuple[str, str]]:
    return frozenset((finding.title, finding.level) for finding in judged(INCIDENTS[name](100).events))


def test_a_working_week_of_ordinary_life_raises_nothing_high() -> None:
    life = Life(Random(5), "life")
    for n in range(5):
        ordinary_day(life, DAY + timedelta(days=n))
    findings = judged(life.events)
    assert [f.title for f in findings if f.level in ("high", "critical")] == []
    assert len([f for f in findings if f.level == "medium" and f.title != "Root login"]) == 0


def test_the_leaver_at_night_raises_the_badge_and_the_root_login_together() -> None:
    assert ("Leaver's badge used", "high") in titles("leaver")
    assert ("Server room opened and root login at night", "high") in titles("leaver")


def test_the_borrowed_desk_raises_the_login_the_disk_and_the_copies() -> None:
    assert ("Login, owner elsewhere", "high") in titles("borrowed")
    assert ("New USB disk", "high") in titles("borrowed")
    assert ("Files copied at a borrowed desk", "critical") in titles("borrowed")


def test_spraying_that_succeeds_raises_both_and_the_copies_after_it() -> None:
    assert ("Password spraying", "medium") in titles("sprayed")
    assert ("Password spraying succeeded", "high") in titles("sprayed")
    assert ("Files copied after a login from outside", "high") in titles("sprayed")
