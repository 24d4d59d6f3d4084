"""The fast engine and the slow reference say the same of generated rules and events."""

from __future__ import annotations

import json
from typing import Any

import orjson
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sigma.exceptions import SigmaError
from sigma.rule import SigmaRule

from bartizan.engines.detect import compile_rules
from bartizan.engines.detect.sigma import parse
from benchmarks.detect_reference import matches

# Letters whose cases are odd, the characters that Sigma and regular expressions treat specially, and line ends.
LETTERS = "abAB19 .\\*?$^\n\r\0ßſKİıΣσςéÉ€😀-/"
FIELDS = ("Image", "CommandLine", "a.b", "EventID", "Provider_Name", "Channel", "LogonType")
words = (
    st.text(LETTERS, max_size=6)
    | st.text(max_size=4)
    | st.sampled_from(["", "*", "?", "cmd.exe", "a*b", "\\\\", "\\*"])
)
numbers = st.integers(-3, 30) | st.sampled_from([4688, 0, 1.5, 2.0, 10**20])
scalars = words | numbers | st.booleans() | st.none()
values = scalars | st.lists(scalars, max_size=3) | st.dictionaries(st.sampled_from(["b", "c"]), scalars, max_size=2)
fields = st.sampled_from((*FIELDS, "a", "SourceName", "other"))
# An EventID of true is not told from 1 by the plan's key; no log has one.
events = st.dictionaries(fields, values, max_size=6).filter(lambda event: not isinstance(event.get("EventID"), bool))

text_modifiers = st.sampled_from(
    [
        *("", "|contains", "|startswith", "|endswith", "|contains|all", "|cased", "|contains|cased", "|endswith|cased"),
        *("|windash|contains", "|wide|base64offset|contains", "|base64|contains", "|utf16|base64offset|contains"),
        *("|all", "|neq"),
    ]
)
patterns = st.sampled_from(
    [
        "a+b",
        "^a.*b$",
        "(?i)ab",
        "[ab]{2,}",
        "a|b9",
        "(foo|ab)\\.?",
        "\\\\b",
        ".",
        "",
        "\\d+",
        "A(?=b)",
        "i",
        "s\\w",
        "ab$",
        "k",
    ]
)


names = st.sampled_from(FIELDS)
flags = st.sampled_from(["", "|i", "|m", "|s", "|i|m|s"])
order = st.sampled_from(["lt", "lte", "gt", "gte"])
text_item = st.tuples(st.builds(str.__add__, names, text_modifiers), words | st.lists(words, min_size=1, max_size=4))
items = st.one_of(
    text_item,
    text_item,
    text_item,
    st.tuples(names, st.lists(scalars, min_size=1, max_size=3)),
    st.tuples(st.builds("{}|re{}".format, names, flags), patterns | st.lists(patterns, min_size=1, max_size=2)),
    st.tuples(names, st.sampled_from([None, "", [None, ""]])),
    st.tuples(st.builds("{}|exists".format, names), st.booleans()),
    st.tuples(st.builds("{}|{}".format, names, order), st.integers(-3, 30)),
    st.tuples(st.builds("{}|cidr".format, names), st.sampled_from(["10.0.0.0/8", "::1/128", "fe80::/10"])),
    st.tuples(
        st.builds("{}|fieldref{}".format, names, st.sampled_from(["", "|startswith", "|endswith", "|contains"])), names
    ),
)
selections = (
    st.lists(items, min_size=1, max_size=3).map(dict)
    | st.lists(st.lists(items, min_size=1, max_size=2).map(dict), min_size=1, max_size=2)
    | st.lists(words.filter(bool), min_size=1, max_size=2)
)
conditions = st.sampled_from(
    [
        "one",
        "one and not two",
        "not one",
        "1 of them",
        "all of them",
        "one or (two and not three)",
        "not (one or two)",
        "1 of t*",
        "all of t* and not one",
        "not 1 of t*",
        "not (not one and two)",
        "one and two or three",
    ]
)
rules = st.fixed_dictionaries(
    {
        "title": st.just("Generated"),
        "logsource": st.sampled_from([{"product": "anything"}, {"product": "windows"}]),
        "detection": st.fixed_dictionaries(
            {"one": selections, "two": selections, "three": selections, "condition": conditions}
        ),
    }
)


def run(document: dict[str, Any], found: list[dict[str, Any]]) -> list[tuple[bool, bool]]:
    """What the engine and the reference say of each event."""
    try:
        plain = SigmaRule.from_dict(document)
        parsed, problems = parse(yaml.safe_dump(document, allow_unicode=False).encode())
        [matches(plain, event) for event in found]  # raises where the reference does not know a value
    except (SigmaError, NotImplementedError):
        assume(condition=False)
    if problems:
        assume(condition=False)
    detector, cold = compile_rules(parsed), compile_rules(parsed, cache_bytes=0)
    windows = document["logsource"]["product"] == "windows"
    said = []
    for event in found:
        # The log source is another question: every event here is one that the rule is asked of.
        event.pop("Channel", None)
        if windows:
            event["Channel"] = "Security"
        lines = [json.dumps(event).encode(), json.dumps(event, ensure_ascii=False).encode()]
        meant = orjson.loads(lines[0])
        said_each_way = {bool(detector.match(meant)), bool(detector.match(meant)), bool(cold.match(meant))}
        said_each_way |= {bool(one.match_json(line)) for line in lines for one in (detector, cold)}
        assert len(said_each_way) == 1, "a cache, or the shape of the event, changes the answer"
        said.append((said_each_way.pop(), matches(plain, meant)))
    return said


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(rules, st.lists(events, min_size=1, max_size=5))
def test_any_rule_finds_in_any_event_what_the_reference_finds(
    document: dict[str, Any], found: list[dict[str, Any]]
) -> None:
    for fast, slow in run(document, found):
        assert fast == slow


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data(), words.filter(bool), text_modifiers)
def test_a_value_taken_from_the_event_is_found_or_not_as_the_reference_says(
    data: st.DataObject, word: str, modifier: str
) -> None:
    """Random words rarely meet; here the event is built around the rule's own."""
    before, after = data.draw(words), data.draw(words)
    change = data.draw(st.sampled_from([str, str.lower, str.upper, str.swapcase]))
    text = before + change(word) + after
    document = {
        "title": "Generated",
        "logsource": {"product": "anything"},
        "detection": {"one": {f"Image{modifier}": word}, "condition": data.draw(st.sampled_from(["one", "not one"]))},
    }
    for fast, slow in run(document, [{"Image": text}, {"Image": [text, before]}, {"Image": change(word)}]):
        assert fast == slow
