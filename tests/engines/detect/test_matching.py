"""Single events: what a rule's words mean, which events it is asked of, and the shapes in which events arrive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from bartizan.engines.detect import compile_rules, event_time, flatten
from bartizan.engines.detect.logsource import WINDOWS_SERVICES, LogSource, scope_of
from tests.engines.detect.rules import detector, event, loaded, single, titles

SYSMON = "Microsoft-Windows-Sysmon/Operational"


def windows(name: str, source: dict[str, str], detection: dict[str, Any]) -> dict[str, Any]:
    return {**single(name, detection), "logsource": {"product": "windows", **source}}


@pytest.mark.parametrize(
    ("detection", "value", "fits"),
    [
        ({"F": "cmd"}, "CMD", True),
        ({"F": "cmd"}, "cmd.exe", False),
        ({"F|contains": "mimi"}, "aMIMIkatz", True),
        ({"F|contains|all": ["a", "b"]}, "xbxa", True),
        ({"F|contains|all": ["a", "b"]}, "xa", False),
        ({"F|startswith": "C:\\Temp\\"}, "c:\\temp\\x", True),
        ({"F|endswith": "\\cmd.exe"}, "C:\\Windows\\cmd.exe\n", False),
        ({"F": "a*z"}, "a\nz", True),
        ({"F": "a?z"}, "aéz", True),
        ({"F": "a\\*z"}, "a*z", True),
        ({"F": "a\\*z"}, "abz", False),
        ({"F|cased": "Cmd"}, "cmd", False),
        ({"F|re": "^ab+$"}, "abbb", True),
        ({"F|re": "^ab+$"}, "ABBB", False),
        ({"F|re|i": "^ab+$"}, "ABBB", True),
        ({"F|re|i|m|s": "^b.c"}, "a\nB\nC", True),
        ({"F|re": "(?=.*x)(?=.*y)"}, "y and x", True),
        ({"F|cidr": "10.0.0.0/8"}, "10.255.0.1", True),
        ({"F|cidr": "10.0.0.0/8"}, "10.example.com", False),
        ({"F|cidr": "2001:db8::/32"}, "2001:db8::5", True),
        ({"F|base64|contains": "foobar"}, "xxZm9vYmFyxx", True),
        ({"F|base64offset|contains": "http://"}, "aHR0cDovL2V4YW1wbGU=", True),
        ({"F|wide|base64offset|contains": "ping"}, "cABpAG4AZwA=", True),
        ({"F|windash|contains": " -enc"}, "powershell /enc", True),
        ({"F|lt": 10}, "9", True),
        ({"F|gte": 10}, "9", False),
        ({"F|gt": 10}, "ten", False),
        ({"F": 4688}, "4688", True),
        ({"F": "4688"}, 4688, True),
        ({"F": True}, "true", True),
        ({"F": "true"}, True, True),
        ({"F": None}, None, True),
        ({"F": None}, "", False),
        ({"F": ""}, "", True),
        ({"F|exists": False}, None, True),
        ({"F|exists": True}, "x", True),
        ({"F|fieldref": "G"}, "same", True),
        ({"F|fieldref|endswith": "G"}, "the same", True),
        ({"F": ["a", "b"]}, ["x", "B"], True),
        ({"F.inner": "x"}, {"inner": "X"}, True),
        ({"F|neq": "a"}, "b", True),
        ({"F": "straße"}, "STRAẞE", True),
        ({"F": "kelvin"}, "Kelvin", True),
    ],
)
def test_a_comparison_means_what_sigma_says(
    tmp_path: Path, detection: dict[str, Any], value: Any, *, fits: bool
) -> None:
    one = detector(tmp_path, single("it", detection))
    assert bool(one.match({"kind": "x", "F": value, "G": "SAME"})) is fits


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        ("1 of them", True),
        ("all of them", False),
        ("all of s*", True),
        ("s1 and not t1", True),
        ("not (s1 and s2)", False),
        ("not s1 or s2 and not t1", True),
    ],
)
def test_a_condition_joins_its_selections(tmp_path: Path, condition: str, *, fits: bool) -> None:
    detection = {"s1": {"A": "1"}, "s2": {"B": "2"}, "t1": {"C": "3"}, "condition": condition}
    assert bool(detector(tmp_path, single("it", detection)).match({"kind": "x", "A": 1, "B": 2, "C": 4})) is fits


def test_keywords_are_searched_in_every_value_and_never_in_names(tmp_path: Path) -> None:
    one = detector(tmp_path, single("it", {"keywords": ["evil tool", "bad*thing"], "condition": "keywords"}))
    assert one.match({"kind": "x", "text": "an EVIL TOOL ran"})
    assert one.match({"kind": "x", "deep": {"er": ["a bad, bad thing"]}})
    assert not one.match({"kind": "x", "evil tool": "no", "a": "bad", "b": "thing"})
    assert one.match_json(orjson.dumps({"kind": "x", "text": "evil\u212a TOOL evil tool"}))


def test_all_keywords_may_stand_in_different_values(tmp_path: Path) -> None:
    one = detector(tmp_path, single("it", {"keywords": {"|all": ["alpha", "beta"]}, "condition": "keywords"}))
    assert one.match({"kind": "x", "a": "Alpha", "b": "beta"})
    assert not one.match({"kind": "x", "a": "Alpha"})


def test_rules_of_bartizan_are_asked_of_their_domain_and_only_of_bartizans_events(tmp_path: Path) -> None:
    door = single("door", {"outcome": "failure"}) | {"logsource": {"product": "bartizan", "category": "door"}}
    anything = single("anything", {"outcome": "failure"})
    one = detector(tmp_path, door, anything)
    assert {hit.title for hit in one.match(event(0, "door.denied", outcome="failure"))} == {"door", "anything"}
    assert {hit.title for hit in one.match(event(0, "login.failure", outcome="failure"))} == {"anything"}
    assert {hit.title for hit in one.match({"kind": "door.denied", "outcome": "failure"})} == {"door", "anything"}
    assert one.match({"outcome": "failure"}) == []


def test_a_linux_rule_is_asked_of_hosts_and_not_of_doors_or_windows(tmp_path: Path) -> None:
    rule = single("root", {"user": "root"}) | {"logsource": {"product": "linux", "service": "auth"}}
    one = detector(tmp_path, rule)
    assert one.match({"user": "root"})
    assert one.match(event(0, "login.success", user="root"))
    assert not one.match(event(0, "door.granted", user="root"))
    assert not one.match({"user": "root", "Channel": "Security"})


def test_a_category_means_sysmons_event_and_a_service_its_channel(tmp_path: Path) -> None:
    created = windows("created", {"category": "process_creation"}, {"Image|endswith": "\\a.exe"})
    cleared = windows("cleared", {"service": "security"}, {"EventID": 1102})
    one = detector(tmp_path, created, cleared)
    assert one.match({"Channel": SYSMON, "EventID": 1, "Image": "C:\\A.EXE"})
    assert not one.match({"Channel": SYSMON, "EventID": 5, "Image": "C:\\A.EXE"})
    assert one.match({"Channel": "security", "EventID": "1102"})
    assert not one.match({"Channel": "System", "EventID": 1102})


def test_windows_own_process_audit_is_asked_when_wanted(tmp_path: Path) -> None:
    created = windows("created", {"category": "process_creation"}, {"Image|endswith": "\\a.exe"})
    rules, _problems = loaded(tmp_path, created)
    audit = {"Channel": "Security", "EventID": 4688, "NewProcessName": "C:\\a.exe"}
    assert not compile_rules(rules).match(audit)
    assert compile_rules(rules, audited=True).match(audit)


def test_every_service_has_a_channel_and_an_unknown_one_means_any_windows_event() -> None:
    for service, channels in WINDOWS_SERVICES.items():
        scope = scope_of(LogSource("windows", "", service))
        assert all(scope.covers(channel.lower(), "7", None) for channel in channels)
        assert not scope.covers("some other channel", "7", None)
    assert scope_of(LogSource("windows", "", "unheard-of")).covers("any channel", None, None)


EVTX = {
    "Event": {
        "#attributes": {"xmlns": "http://schemas.microsoft.com/win/2004/08/events/event"},
        "System": {
            "Provider": {"#attributes": {"Name": "Service Control Manager"}},
            "EventID": {"#attributes": {"Qualifiers": 16384}, "#text": 7045},
            "Channel": "System",
            "Computer": "ML-SRV-01",
            "Level": 4,
            "TimeCreated": {"#attributes": {"SystemTime": "2025-10-24T23:38:31.938519Z"}},
            "Correlation": None,
        },
        "EventData": {"ServiceName": "evil", "Threat Name": "EICAR", "Data": {"#text": ["one", "two"]}},
    }
}


def test_an_evtx_event_is_seen_flat_with_its_provider_number_and_time() -> None:
    flat = flatten(EVTX)
    assert (flat["Channel"], flat["EventID"], flat["Provider_Name"]) == ("System", 7045, "Service Control Manager")
    assert (flat["ServiceName"], flat["ThreatName"], flat["Data"]) == ("evil", "EICAR", ["one", "two"])
    assert event_time(flat) == 1_761_349_111_938_519


def test_nested_and_flat_events_hit_the_same_rule(tmp_path: Path) -> None:
    rule = windows("installed", {"service": "system"}, {"Provider_Name": "Service Control Manager", "EventID": 7045})
    one = detector(tmp_path, rule)
    assert titles(one.match(EVTX)) == ["installed"]  # type: ignore[arg-type]
    assert one.match({"Channel": "System", "EventID": 7045, "SourceName": "Service Control Manager"})
    beat = {"winlog": {"channel": "System", "event_id": "7045", "provider_name": "Service Control Manager"}}
    assert one.match(beat)
    assert one.match({**EVTX, "kind": "host.service", "domain": "host"})


@pytest.mark.parametrize(
    "shape", [{"EventData": None}, {"System": "text"}, {"System": {"EventID": []}}, {"UserData": {"A": 1}}]
)
def test_odd_evtx_events_do_not_stop_the_detector(tmp_path: Path, shape: dict[str, Any]) -> None:
    assert detector(tmp_path, windows("it", {"service": "system"}, {"EventID": 1})).match({"Event": shape}) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"time": 5}, 5),
        ({"@timestamp": "1970-01-01T00:00:01Z"}, 1_000_000),
        ({"UtcTime": "1970-01-01 00:00:02.5"}, 2_500_000),
        ({"EventTime": "1970-01-01 00:00:03"}, 3_000_000),
        ({"TimeCreated": {"#attributes": {"SystemTime": "1970-01-01T00:00:04Z"}}}, 4_000_000),
        ({"@timestamp": "yesterday"}, None),
        ({}, None),
    ],
)
def test_the_time_of_an_event_is_found_where_its_sender_keeps_it(fields: dict[str, Any], expected: int | None) -> None:
    assert event_time(fields) == expected


@pytest.mark.parametrize("line", [b"{", b"", b"\xff"])
def test_a_line_that_is_no_json_is_refused(tmp_path: Path, line: bytes) -> None:
    with pytest.raises(orjson.JSONDecodeError):
        detector(tmp_path, single("it", {"A": "b"})).match_json(line)


def test_a_list_or_an_object_in_place_of_a_channel_does_not_stop_the_detector(tmp_path: Path) -> None:
    one = detector(tmp_path, windows("it", {}, {"EventID": 2}))
    assert one.match({"Channel": ["System"], "EventID": [1, 2]})
    assert one.match({"Channel": {"a": "System"}, "EventID": 3}) == []


def test_a_finding_of_one_event_names_it_and_the_fields_that_the_rule_groups_by(tmp_path: Path) -> None:
    rule = single("it", {"kind": "door.forced"}, bartizan={"group_by": ["portal"]})
    found = detector(tmp_path, rule).judge([event(7, "door.forced", id="e1", portal="ML-2")])
    assert (found[0].events, found[0].group, found[0].first) == (("e1",), {"portal": "ML-2"}, 7_000_000)


def test_values_beyond_the_room_of_the_cache_change_nothing(tmp_path: Path) -> None:
    rule = single("it", {"F|contains": "needle"})
    small = compile_rules(loaded(tmp_path, rule)[0], cache_bytes=2_000)
    for number in range(200):
        assert bool(small.match({"kind": "x", "F": f"{number} needle"}))
        assert not small.match({"kind": "x", "F": f"{number} thread"})
