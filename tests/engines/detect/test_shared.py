"""SigmaHQ's own regression cases and a sample of recorded events, where the shared inputs are at hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import orjson
import pytest

from bartizan.engines.detect import Rule, compile_rules, flatten, load_rules
from bartizan.engines.detect.logsource import scope_of
from benchmarks import detect_data
from benchmarks.detect_peer import plain
from benchmarks.detect_reference import matches

SAMPLE = 400


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if absent := detect_data.missing():
        pytest.skip(absent)
    place = tmp_path_factory.mktemp("sigmahq")
    detect_data.unpack(detect_data.REGRESSION, place / "cases")
    return detect_data.unpack(detect_data.RULES, place / "rules")


@pytest.fixture(scope="module")
def cases(folder: Path) -> list[detect_data.Case]:
    return list(detect_data.cases(folder.parent / "cases"))


@pytest.fixture(scope="module")
def rules(folder: Path, cases: Sequence[detect_data.Case]) -> Sequence[Rule]:
    """The rules that the cases are about, and what else stands in their files' text."""
    wanted = {uid.encode() for case in cases for uid in case.rules}
    files = [file for file in folder.rglob("*.yml") if not wanted.isdisjoint(file.read_bytes().split())]
    found, problems = load_rules(sorted(files))
    assert problems == []
    return found


def test_all_regression_cases_of_sigmahq_fire_their_rule(
    rules: Sequence[Rule], cases: Sequence[detect_data.Case]
) -> None:
    detector = compile_rules(rules)
    silent = [
        case.name
        for case in cases
        for events in (case.recorded, case.exported)
        if not any(hit.uid in case.rules for event in events for hit in detector.match(event))
    ]
    assert (len(cases), silent) == (83, [])


def test_every_rule_says_of_every_regression_event_what_the_reference_says(
    rules: Sequence[Rule], cases: Sequence[detect_data.Case]
) -> None:
    """Each rule over all cases' events: most must not match, which is as telling."""
    detector = compile_rules(rules)
    scopes = [(rule.uid, scope_of(rule.logsource), plain(rule)) for rule in rules]
    for case in cases:
        flat = flatten(case.exported[0])
        key = (str(flat["Channel"]).lower(), str(flat["EventID"]), None)
        expected = {uid for uid, scope, sigma in scopes if scope.covers(*key) and matches(sigma, flat)}
        assert {hit.uid for hit in detector.match(case.exported[0])} == expected


def test_recorded_events_hit_the_same_rules_with_and_without_the_value_cache(folder: Path) -> None:
    found, _ = load_rules(
        [folder / "rules" / "windows" / name for name in ("process_access", "registry", "image_load")]
    )
    warm, cold = compile_rules(found), compile_rules(found, cache_bytes=0)
    lines = detect_data.lines(detect_data.EVENTS)
    for line in lines[:: len(lines) // SAMPLE]:
        event = orjson.loads(line)
        names = {hit.uid for hit in warm.match(event)}
        assert names == {hit.uid for hit in cold.match_json(line)} == {hit.uid for hit in warm.match_json(line)}
