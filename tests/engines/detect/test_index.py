"""The parts that make the engine fast, where they could lose something."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.engines.detect import compile_rules, index
from bartizan.engines.detect.guards import required_texts
from bartizan.engines.detect.index import FieldIndex
from bartizan.engines.detect.keywords import KeywordSieve
from bartizan.engines.detect.predicates import glob
from bartizan.engines.detect.values import as_number, fold
from tests.engines.detect.rules import detector, loaded, single


@given(st.characters(exclude_categories=["Cs"]), st.characters(exclude_categories=["Cs"]))
def test_two_letters_are_the_same_exactly_when_pythons_regular_expressions_say_so(one: str, other: str) -> None:
    for near in (other, one.upper(), one.lower(), one.casefold()):
        if len(near) == 1:
            assert (fold(one) == fold(near)) == bool(re.fullmatch(re.escape(one), near, re.IGNORECASE))


@given(st.lists(st.sampled_from(["a", "b", "ab", "ba", 0, 1]), max_size=6), st.text("ab", max_size=12))
def test_wildcards_match_in_linear_time_what_a_regular_expression_matches(parts: list[Any], text: str) -> None:
    pattern = "".join({0: ".*", 1: "."}.get(part, part) for part in parts)
    assert glob(parts)(text) == bool(re.fullmatch(pattern, text, re.DOTALL))


def test_a_pattern_of_many_stars_is_not_slow_on_a_long_text() -> None:
    assert not glob([0, *("a", 0) * 30, "b"])("a" * 20_000)


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("foo.*barbaz", ["barbaz"]),
        ("(one|two)x", ["one", "two"]),
        ("(?i)ABC", ["abc"]),
        ("a?b?", []),
        ("[abc]+", []),
        ("(hello)?", []),
        ("(hello)+", ["hello"]),
        ("é", []),
        ("(?!no)yes", ["yes"]),
    ],
)
def test_of_a_regular_expression_only_what_every_match_holds_is_looked_for(pattern: str, texts: list[str]) -> None:
    assert required_texts(pattern, "") == texts


def test_what_hyperscan_refuses_is_looked_for_by_python(monkeypatch: pytest.MonkeyPatch) -> None:
    compile_all = index._compile
    refuse = 1

    def choosy(patterns: Any, wanted: Any) -> Any:
        return None if refuse in wanted else compile_all(patterns, wanted)

    monkeypatch.setattr(index, "_compile", choosy)
    field = FieldIndex({("has", "aa"): [1], ("ends", "bb"): [2], ("starts", "cc"): [3], ("is", "dd"): [4]})
    assert field.loose == [1]
    assert field.dump() is None
    found = [field.awaken(text) for text in ("xAAx", "xbb", "bbx", "ccbb", "dd")]
    assert found == [{1}, {2}, set(), {2, 3}, {4}]


def test_a_text_too_long_for_hyperscan_is_found_all_the_same(tmp_path: Path) -> None:
    long = "x" * 60_000
    one = detector(tmp_path, single("it", {"F|contains": long}), single("other", {"F|contains": "needle"}))
    assert [hit.title for hit in one.match({"kind": "x", "F": f"a{long}b needle"})] == ["it", "other"]
    assert not one.match({"kind": "x", "F": long[1:]})


@pytest.mark.parametrize(
    "keyword", ["needle", "a/needle", 'say "needle"', "back\\needle", "needle\n", "né needle", "12", "ab"]
)
@pytest.mark.parametrize("ascii_only", [True, False])
def test_no_way_of_writing_json_hides_a_keyword(tmp_path: Path, keyword: str, *, ascii_only: bool) -> None:
    import json

    rules, _ = loaded(tmp_path, single("it", {"keywords": [keyword, "another one"], "condition": "keywords"}))
    line = json.dumps({"kind": "x", "F": f"x{keyword.upper()}x"}, ensure_ascii=ascii_only)
    for written in (line, line.replace("/", "\\/"), line.replace("N", "\\u004e")):
        assert compile_rules(rules).match_json(written.encode()), written
    assert not compile_rules(rules).match_json(orjson.dumps({"kind": "x", "F": "nothing here"}))


def test_a_line_without_any_keyword_is_known_to_hold_none() -> None:
    sieve = KeywordSieve(["mimikatz", "cobalt"])
    assert not sieve.may_hold(b'{"a": "harmless"}')
    assert sieve.may_hold(b'{"a": "MimiKatz"}')
    assert sieve.may_hold(b'{"a": "\\u006dimikatz"}')
    assert KeywordSieve(["4688"]).may_hold(b"{}")


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), (" -3 ", -3), ("1.5", 1.5), ("1e3", 1000.0), ("0x10", None), ("nan", None), ("1_0", None), ("", None)],
)
def test_only_decimal_numbers_are_numbers(text: str, number: float | None) -> None:
    assert as_number(text) == number
