"""Rule files and the compiled cache: what is read, what is refused in words, and what damage does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bartizan.engines.detect import compile_rules, load_rules, run_examples
from bartizan.engines.detect.index import FieldIndex
from tests.engines.detect.rules import ENTERED, FAILED, correlation, detector, event, loaded, single, written

GOOD = single("good", {"kind": "door.forced"}, id="0b1f4a39-5ac5-4a2c-8b5c-6b0b8c0f7a11")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{{{", "is not readable as YAML"),
        ("just text", "holds no rule"),
        ("title: x\nlogsource: {product: a}\ndetection: {s: {A|nosuch: 1}, condition: s}", "Unknown modifier"),
        ("title: x\nlogsource: {product: a}\ndetection: {s: {A: 1}, condition: t}", "'t' not defined"),
        ("title: x\nlogsource: {product: a}\ndetection: {s: {A|expand: '%admins%'}, condition: s}", "%admins%"),
        ("title: x\nlogsource: {product: a}\ndetection: {s: {A|re: '('}, condition: s}", "invalid"),
        ("title: x\nlogsource: {product: a}\ndetection: {s: {A: 1}, condition: s}\nlevel: huge", "level"),
        ("title: x\nlogsource: {product: a}\ndetection: {s: {A: 1}, condition: s}\nbartizan: {color: red}", "color"),
        ("title: x\naction: global", "not supported"),
        ("title: x\nlogsource: {product: a}\ndetection: {s: {A: 1}, condition: s | count() > 3}", "pipe syntax"),
    ],
)
def test_a_bad_rule_is_refused_in_words_and_never_stops_a_good_one(tmp_path: Path, content: str, words: str) -> None:
    folder = written(tmp_path / "rules", GOOD)
    (folder / "bad.yml").write_text(content, encoding="utf-8")
    rules, problems = load_rules([folder])
    assert [rule.title for rule in rules] == ["good"]
    assert [words in str(problem) and "bad.yml" in problem.path for problem in problems] == [True]


def test_two_rules_of_one_id_are_one_rule_and_one_problem(tmp_path: Path) -> None:
    rules, problems = loaded(tmp_path, GOOD, {**GOOD, "title": "copy"})
    assert [rule.title for rule in rules] == ["good"]
    assert "has the id of “good”" in str(problems[0])


@pytest.mark.parametrize(
    "documents",
    [
        [correlation("it", "event_count", ["nowhere"], condition={"gte": 2})],
        [
            correlation("it", "event_count", ["other"], condition={"gte": 2}),
            correlation("other", "event_count", ["it"], condition={"gte": 2}),
        ],
    ],
)
def test_a_correlation_without_its_rules_or_in_a_circle_is_a_problem(
    tmp_path: Path, documents: list[dict[str, Any]]
) -> None:
    rules, problems = loaded(tmp_path, FAILED, *documents)
    assert [rule.title for rule in rules] == ["failed"]
    assert len(problems) == len(documents)
    assert "not here" in problems[0].what


@pytest.mark.parametrize(
    "wrong",
    [
        correlation("it", "value_sum", ["failed"], condition={"gte": 2, "field": "x"}),
        correlation("it", "event_count", ["failed"], condition={"gte": 10**7}),
        correlation("it", "event_count", ["failed"], timespan="5 minutes", condition={"gte": 2}),
        correlation("it", "event_count", ["failed"]),
    ],
)
def test_a_correlation_that_cannot_be_run_is_refused_in_words(tmp_path: Path, wrong: dict[str, Any]) -> None:
    _rules, problems = loaded(tmp_path, FAILED, wrong)
    assert len(problems) == 1


def test_a_rule_keeps_its_author_licence_tags_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_text("# Detection Rule License (DRL) 1.1\n", encoding="utf-8")
    more = {
        "author": "Somebody",
        "level": "high",
        "tags": ["attack.t1078"],
        "falsepositives": ["Guards"],
        "bartizan": {"response": ["Call the guard", "Look at camera 4"], "priority": "critical"},
    }
    rules, problems = loaded(tmp_path / "rules", single("it", {"kind": "x"}, **more))
    assert problems == []
    rule = rules[0]
    assert rule.attribution == "Somebody · Detection Rule License 1.1"
    assert (rule.level, rule.tags, rule.falsepositives) == ("high", ("attack.t1078",), ("Guards",))
    assert (rule.response, rule.priority) == (("Call the guard", "Look at camera 4"), "critical")


def test_rules_from_the_cache_are_the_rules_from_the_files(tmp_path: Path) -> None:
    counted = correlation("c", "event_count", ["failed"], condition={"gte": 2})
    folder, cache = written(tmp_path / "rules", GOOD, FAILED, counted), tmp_path / "cache"
    fresh = load_rules([folder], cache)
    assert load_rules([folder], cache) == fresh == load_rules([folder])


def test_a_detector_from_the_cache_compiles_nothing_and_finds_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules, _ = loaded(tmp_path / "rules", single("it", {"F|contains": ["needle", "pin"]}))
    compile_rules(rules, tmp_path / "cache")
    monkeypatch.setattr(FieldIndex, "_compiled", None)  # whoever compiles now, fails
    assert compile_rules(rules, tmp_path / "cache").match({"kind": "x", "F": "a PIN"})


@pytest.mark.parametrize("damage", [b"", b"\0" * 100, b"bartizan-detect other 00\nx", "short", "flipped"])
def test_a_damaged_cache_is_made_anew(tmp_path: Path, damage: Any) -> None:
    folder, cache = written(tmp_path / "rules", GOOD), tmp_path / "cache"
    rules, _ = load_rules([folder], cache)
    compile_rules(rules, cache)
    for file in cache.iterdir():
        whole = file.read_bytes()
        flipped = whole[:-1] + bytes([whole[-1] ^ 1])
        file.write_bytes({"short": whole[:-5], "flipped": flipped}.get(damage, damage))  # type: ignore[arg-type,call-overload]
    again, problems = load_rules([folder], cache)
    assert problems == []
    assert compile_rules(again, cache).match(event(0, "door.forced"))


def test_a_cache_folder_that_cannot_be_written_costs_time_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    rules, _ = load_rules([written(tmp_path / "rules", GOOD)], tmp_path / "file" / "cache")
    assert compile_rules(rules, tmp_path / "file" / "cache").match(event(0, "door.forced"))


def test_old_compiled_rules_are_cleared_away(tmp_path: Path) -> None:
    for number in range(8):
        rules, _ = loaded(tmp_path / f"rules{number}", single(f"it{number}", {"F": str(number)}))
        compile_rules(rules, tmp_path / "cache")
    assert len(list((tmp_path / "cache").glob("compiled-*.bin"))) == 4


def test_a_rules_own_examples_are_run_and_failures_named(tmp_path: Path) -> None:
    forced = {"kind": "door.forced"}
    right = single("right", forced, bartizan={"positive": [forced], "negative": [{"kind": "door.granted"}]})
    wrong = single("wrong", forced, bartizan={"positive": [{"kind": "door.held"}], "negative": [forced]})
    rules, _ = loaded(tmp_path, right, wrong)
    words = [str(problem) for problem in run_examples(rules)]
    assert len(words) == 2
    assert "“wrong” does not raise a finding on its positive example 1" in words[0]
    assert "“wrong” raises a finding on its negative example 1" in words[1]


def test_a_correlations_examples_are_judged_together(tmp_path: Path) -> None:
    failed = {"kind": "login.failure", "actor": "user:a"}
    brute = correlation("brute", "event_count", ["failed"], condition={"gte": 2})
    brute["bartizan"] = {"positive": [failed, failed], "negative": [[failed], [failed, {**failed, "actor": "user:b"}]]}
    rules, _ = loaded(tmp_path, FAILED, brute)
    assert run_examples(rules) == []


def test_no_rules_at_all_find_nothing(tmp_path: Path) -> None:
    assert compile_rules([]).judge([event(0)]) == []
    assert compile_rules([], tmp_path).match_json(b"{}") == []
    assert detector(tmp_path / "x", ENTERED).judge([]) == []
