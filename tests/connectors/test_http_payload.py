"""Bodies that senders post, decoded."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.connectors.http import observations_from_json, read_time

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DOOR = {
    "id": "17",
    "at": "2026-03-01T09:15:00+01:00",
    "kind": "door.denied",
    "actor": "badge:4417",
    "place": "portal:ML-2-014",
    "outcome": "denied",
    "data": {"reason": "expired"},
    "firmware": "2.1",
}


def read(body: Any, content_type: str = "application/json") -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return observations_from_json("north-doors", raw, content_type, NOW)


def test_one_object_is_one_observation() -> None:
    observations, problems = read(DOOR)
    seen = observations[0]
    assert problems == []
    assert (seen.source, seen.kind, seen.actor, seen.place, seen.outcome, seen.key) == (
        "north-doors",
        "door.denied",
        "badge:4417",
        "portal:ML-2-014",
        "failure",
        "17",
    )
    assert seen.at == datetime(2026, 3, 1, 8, 15, tzinfo=UTC)
    assert seen.data == {"reason": "expired", "firmware": "2.1"}, "a field that nobody knows is kept"


@pytest.mark.parametrize("content_type", ["application/x-ndjson", "application/json"])
def test_an_object_a_line_and_an_array_are_the_same(content_type: str) -> None:
    lines = b"\n".join(json.dumps({**DOOR, "id": str(n)}).encode() for n in range(3)) + b"\r\n\n"
    by_line, _ = read(lines, content_type)
    as_array, _ = read([{**DOOR, "id": str(n)} for n in range(3)])
    assert by_line == as_array
    assert [seen.key for seen in by_line] == ["0", "1", "2"]


def test_a_body_with_a_line_that_is_not_json_is_refused_whole_and_names_the_line() -> None:
    observations, problems = read(
        b'{"kind": "door.opened"}\n{"kind": \n{"kind": "door.closed"}', "application/x-ndjson"
    )
    assert observations == []
    assert [problem.line for problem in problems] == [2]
    assert "nothing of this request was stored" in problems[0].todo


@pytest.mark.parametrize("body", [b"", b"[]", b"  \n"])
def test_an_empty_body_is_refused(body: bytes) -> None:
    observations, problems = read(body)
    assert observations == []
    assert "no observation" in problems[0].what


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"kind": "door.exploded"}, "there is no kind 'door.exploded'"),
        ({"kind": "door.opened", "at": "yesterday"}, "'yesterday' is not a time"),
        ({"kind": "door.opened", "data": 7}, "data"),
        ({"class_uid": 777}, "no kind for OCSF class 777"),
        ({"hello": "world"}, "names no kind"),
        (17, "an observation is a JSON object"),
    ],
)
def test_json_that_is_not_understood_is_kept_as_unknown(entry: Any, why: str) -> None:
    observations, problems = read([DOOR, entry])
    assert [seen.kind for seen in observations] == ["door.denied", "unknown"]
    assert json.loads(observations[1].raw) == entry
    assert problems[0].line == 2
    assert why in problems[0].what


def test_without_a_time_it_happened_when_it_was_received() -> None:
    assert read({"kind": "door.opened"})[0][0].at == NOW


TIMES = (
    1772366400,
    1772366400.0,
    1772366400000,
    1772366400000000,
    "1772366400",
    "2026-03-01T12:00:00",
    "2026-03-01 13:00+01:00",
)


@pytest.mark.parametrize("written", TIMES)
def test_times_are_understood_however_they_are_written(written: Any) -> None:
    assert read_time(written) == NOW


@given(st.one_of(st.integers(), st.floats(allow_nan=False), st.text()))
def test_any_time_is_understood_or_refused_in_words(written: Any) -> None:
    with suppress(ValueError):
        assert read_time(written).tzinfo


@given(st.binary(max_size=300))
def test_no_body_whatever_brings_the_decoder_down(body: bytes) -> None:
    observations, problems = read(body)
    assert observations or problems


OCSF = {"time": 1772366400000, "device": {"hostname": "ML-WS-214"}, "metadata": {"uid": "e-1", "version": "1.8.0"}}


VOS = {"user": {"name": "m.vos"}}
BY_VOS = {"actor": VOS}
FILE = {"file": {"path": "/srv/a"}}
FLOW = {"src_endpoint": {"ip": "10.0.0.1"}, "dst_endpoint": {"ip": "10.0.0.2"}}


@pytest.mark.parametrize(
    ("class_uid", "activity_id", "fields", "kind", "actor", "asset"),
    [
        (3002, 1, {"status_id": 1, **VOS}, "login.success", "user:m.vos", ""),
        (3002, 1, {"status": "Failure", **VOS}, "login.failure", "user:m.vos", ""),
        (3002, 2, VOS, "login.logout", "user:m.vos", ""),
        (3001, 1, {**BY_VOS, "user": {"name": "x"}}, "account.changed", "user:m.vos", "user:x"),
        (1001, 2, {**FILE, **BY_VOS}, "document.read", "user:m.vos", "file:/srv/a"),
        (1001, 4, FILE, "document.deleted", "", "file:/srv/a"),
        (1007, 1, {}, "host.process", "", ""),
        (4001, 6, FLOW, "network.flow", "ip:10.0.0.1", "ip:10.0.0.2"),
        (4001, 5, {}, "network.blocked", "", ""),
        (4002, 1, {}, "network.web", "", ""),
        (4003, 1, {}, "network.dns", "", ""),
        (2004, 1, {}, "finding", "", ""),
        (2004, 1, {"malware": [{"name": "x"}]}, "host.malware", "", ""),
    ],
)
def test_ocsf_classes_become_kinds(
    class_uid: int, activity_id: int, fields: dict[str, Any], kind: str, actor: str, asset: str
) -> None:
    observations, problems = read({**OCSF, "class_uid": class_uid, "activity_id": activity_id, **fields})
    seen = observations[0]
    assert problems == []
    assert (seen.kind, seen.actor, seen.asset, seen.device) == (kind, actor, asset, "host:ML-WS-214")
    assert (seen.at, seen.key) == (NOW, "e-1")


@pytest.mark.parametrize("name", ["door.forced", "forced", "Door forced"])
def test_bartizans_own_physical_classes(name: str) -> None:
    entry = {
        **OCSF,
        "class_uid": 9001,
        "activity_name": name,
        "actor": {"user": {"credential_uid": "4417"}},
        "place": {"portal": "ML-2-014", "zone": "ML-2.14"},
    }
    seen = read(entry)[0][0]
    assert (seen.kind, seen.actor, seen.place, seen.device) == (
        "door.forced",
        "badge:4417",
        "portal:ML-2-014",
        "reader:ML-WS-214",
    )


def test_a_windows_event_is_understood() -> None:
    entry = {"Channel": "Security", "EventID": "4625", "Computer": "ML-DC1", "TargetUserName": "m.vos"}
    seen = read({**entry, "TimeCreated": "2026-03-01T12:00:00.1234567Z"})[0][0]
    assert (seen.kind, seen.actor, seen.device, seen.outcome) == (
        "login.failure",
        "user:m.vos",
        "host:ML-DC1",
        "failure",
    )
