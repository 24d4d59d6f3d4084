"""JSON messages: Suricata's EVE, Wazuh's alerts, Bartizan's own words, and objects of unknown origin."""

# ruff: noqa: E501  a log line stands here as its program writes it

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bartizan.connectors.parse import Lines, Parts, understand

FLOW = {
    "timestamp": "2024-05-01T12:00:00.251547+0200",
    "flow_id": 586497171462735,
    "src_ip": "10.0.0.5",
    "src_port": 50096,
    "dest_ip": "198.51.100.7",
    "dest_port": 443,
    "proto": "TCP",
}


def read(record: dict[str, Any]) -> Parts:
    parts = understand("suricata", json.dumps(record))
    assert parts
    return parts


EVE: list[tuple[str, dict[str, Any], str, str, str, dict[str, Any]]] = [
    ("alert", {"action": "blocked", "signature": "ET SCAN", "severity": 2}, "network.alert", "ip:198.51.100.7", "failure", {"signature": "ET SCAN"}),
    ("dns", {"type": "query", "rrname": "evil.example", "rrtype": "A"}, "network.dns", "ip:198.51.100.7", "", {"query": "evil.example"}),
    ("dns", {"version": 3, "queries": [{"rrname": "evil.example", "rrtype": "TXT"}], "rcode": "NXDOMAIN"}, "network.dns", "ip:198.51.100.7", "failure", {"record_type": "TXT"}),
    ("http", {"hostname": "x.org", "url": "/a?b", "http_method": "POST", "status": 200}, "network.web", "ip:198.51.100.7", "success", {"cs-method": "POST", "c-uri": "x.org/a?b"}),
    ("tls", {"sni": "x.org", "version": "TLS 1.3"}, "network.flow", "ip:198.51.100.7", "", {"DestinationHostname": "x.org"}),
    ("flow", {"bytes_toserver": 9, "state": "closed"}, "network.flow", "ip:198.51.100.7", "", {"dst_ip": "198.51.100.7"}),
    ("fileinfo", {"filename": "/v7.step", "size": 9}, "network.flow", "file:/v7.step", "", {}),
]  # fmt: skip


@pytest.mark.parametrize("sample", EVE, ids=lambda sample: sample[0])
def test_an_eve_record_keeps_its_fields(sample: tuple[str, dict[str, Any], str, str, str, dict[str, Any]]) -> None:
    name, inner, kind, asset, outcome, data = sample
    record = {**FLOW, "event_type": name, name: inner}
    parts = read(record)
    assert (parts.kind, parts.actor, parts.asset, parts.outcome) == (kind, "ip:10.0.0.5", asset, outcome)
    assert record.items() <= parts.data.items()
    assert data.items() <= parts.data.items()
    assert parts.at == datetime(2024, 5, 1, 10, 0, 0, 251_547, tzinfo=UTC)


def wazuh(groups: list[str], data: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    rule = {
        "id": "5716",
        "level": 5,
        "description": "sshd: authentication failed.",
        "groups": groups,
        **more.pop("rule", {}),
    }
    return {
        "timestamp": "2024-05-01T12:00:00.000+0200",
        "rule": {**rule, "mitre": {"id": ["T1110"], "tactic": ["Credential Access"]}},
        "agent": {"id": "005", "name": "ML-WS-214", "ip": "10.0.0.14"},
        "manager": {"name": "watch"},
        "decoder": {"name": "sshd"},
        "data": data or {},
        "location": "/var/log/auth.log",
        **more,
    }


def test_a_wazuh_alert_tells_the_event_below_it() -> None:
    parts = read(wazuh(["syslog", "sshd", "authentication_failed"], {"srcip": "203.0.113.58", "dstuser": "root"}))
    assert (parts.kind, parts.actor, parts.outcome) == ("login.failure", "user:root", "failure")
    assert (parts.device, parts.data["src_ip"]) == ("host:ML-WS-214", "203.0.113.58")
    assert parts.data["rule"]["mitre"]["id"] == ["T1110"]


def test_a_wazuh_rule_that_counts_others_is_a_finding() -> None:
    groups = ["syslog", "sshd", "authentication_failed"]
    assert read(wazuh(groups, rule={"frequency": 8, "level": 10})).kind == "finding"
    assert read(wazuh(["rootcheck"])).kind == "finding"


def test_wazuh_names_the_file_that_changed() -> None:
    parts = read(
        wazuh(["ossec", "syscheck", "syscheck_entry_deleted"], syscheck={"path": "/etc/shadow", "event": "deleted"})
    )
    assert (parts.kind, parts.asset) == ("document.deleted", "file:/etc/shadow")


def test_windows_fields_get_windows_names_again() -> None:
    win = {
        "system": {"eventID": "1", "channel": "Sysmon"},
        "eventdata": {"commandLine": "whoami", "image": "C:\\x.exe"},
    }
    parts = read(wazuh(["windows", "sysmon_event1"], {"win": win}))
    assert parts.kind == "host.process"
    assert {
        "CommandLine": "whoami",
        "Image": "C:\\x.exe",
        "EventID": "1",
        "Channel": "Sysmon",
    }.items() <= parts.data.items()


def test_bartizans_own_words_are_taken_as_they_are() -> None:
    record = {"kind": "door.forced", "time": 1714557600, "place": "portal:ML-2-014", "data": {"reader": 7}}
    parts = read(record)
    assert (parts.kind, parts.place, parts.data) == ("door.forced", "portal:ML-2-014", {"reader": 7})
    assert parts.at == datetime(2024, 5, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize("time", [1714557600, 1714557600_000, 1714557600_000_000, "2024-05-01T12:00:00+02:00"])
def test_an_object_of_unknown_origin_keeps_its_fields_and_its_time(time: Any) -> None:
    parts = read({"@timestamp": time, "hostname": "gate", "level": "info"})
    assert (parts.kind, parts.device, parts.data["level"]) == ("unknown", "host:gate", "info")
    assert parts.at == datetime(2024, 5, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize("start", ["", "@cee: "])
def test_json_arrives_inside_syslog_as_well(start: str) -> None:
    line = f"<13>1 2024-05-01T10:00:00Z ids suricata 5 - - {start}" + json.dumps(
        {**FLOW, "event_type": "flow", "flow": {}}
    )
    seen = Lines("house", UTC).read(line, datetime.now(UTC), {})
    assert (seen.kind, seen.device, seen.raw) == ("network.flow", "host:ids", line)


@pytest.mark.parametrize(
    "record",
    [
        {"event_type": "alert", "timestamp": 5},
        {"event_type": "dns", "timestamp": "x", "dns": {"queries": [1]}},
        {"event_type": "http", "timestamp": "", "http": []},
        {"rule": {"level": 3, "groups": "x"}, "agent": "me", "data": {"win": 5, "srcip": 5}},
        {"kind": ["door.forced"], "time": True},
        {"kind": "door.forced", "actor": 5, "data": []},
        {"time": 1e300},
    ],
)
def test_a_record_of_the_wrong_shape_is_still_kept(record: dict[str, Any]) -> None:
    seen = Lines("house", UTC).read(json.dumps(record), datetime.now(UTC), {})
    assert seen.kind
    assert record.items() <= {**seen.data, **json.loads(seen.raw or "{}")}.items()
