"""Windows events, whatever carried them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bartizan.connectors.parse_windows import windows_event

LOGON = {"TargetUserName": "m.vos", "TargetDomainName": "VELDMARK", "LogonType": 3, "IpAddress": "::ffff:10.1.2.3"}
EVTX = {
    "Event": {
        "System": {
            "Provider": {"#attributes": {"Name": "Microsoft-Windows-Security-Auditing"}},
            "EventID": {"#attributes": {"Qualifiers": 0}, "#text": 4624},
            "TimeCreated": {"#attributes": {"SystemTime": "2026-03-01T12:00:00.123456Z"}},
            "EventRecordID": 77,
            "Channel": "Security",
            "Computer": "ML-DC1",
            "Keywords": "0x8020000000000000",
        },
        "EventData": LOGON,
    }
}
WINLOGBEAT = {
    "@timestamp": "2026-03-01T12:00:00.123Z",
    "winlog": {
        "channel": "Security",
        "event_id": "4624",
        "provider_name": "Microsoft-Windows-Security-Auditing",
        "computer_name": "ML-DC1",
        "record_id": 77,
        "event_data": LOGON,
    },
}
NXLOG = {
    "EventTime": "2026-03-01T12:00:00+00:00",
    "Hostname": "ML-DC1",
    "SourceName": "Microsoft-Windows-Security-Auditing",
    "Channel": "security",
    "EventID": 4624,
    "RecordNumber": 77,
    **LOGON,
}


@pytest.mark.parametrize("carried", [EVTX, WINLOGBEAT, NXLOG], ids=["evtx", "winlogbeat", "nxlog"])
def test_one_event_is_the_same_and_stored_once_whatever_carried_it(carried: dict[str, Any]) -> None:
    parts = windows_event(carried)
    assert parts
    assert (parts.kind, parts.actor, parts.device, parts.outcome) == (
        "login.success",
        "user:m.vos",
        "host:ML-DC1",
        "success",
    )
    assert parts.key == "ml-dc1/security/77/1772366400"
    assert parts.at
    assert parts.at.replace(microsecond=0) == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert {**parts.data, "EventID": 4624, "Channel": "Security", "Computer": "ML-DC1"} == parts.data
    assert parts.data["Provider_Name"] == "Microsoft-Windows-Security-Auditing"
    assert parts.data["src_ip"] == "10.1.2.3"


def event(channel: str, number: int, **data: Any) -> str:
    parts = windows_event({"Channel": channel, "EventID": number, "Computer": "H", "@timestamp": "2026-03-01", **data})
    assert parts
    return parts.kind


SYSMON = "Microsoft-Windows-Sysmon/Operational"
DEFENDER = "Microsoft-Windows-Windows Defender/Operational"


@pytest.mark.parametrize(
    ("channel", "number", "data", "kind"),
    [
        ("Security", 4624, {"TargetUserName": "ML-WS-1$"}, "host.audit"),
        ("Security", 4624, {"TargetUserName": "svc", "LogonType": 5}, "host.audit"),
        ("Security", 4624, {"TargetUserName": "m.vos", "LogonType": "7"}, "login.unlock"),
        ("Security", 4625, {}, "login.failure"),
        ("Security", 4634, {"TargetUserName": "m.vos"}, "login.logout"),
        ("Security", 4647, {"TargetUserName": "m.vos"}, "login.logout"),
        ("Security", 4648, {}, "login.privilege"),
        ("Security", 4672, {"SubjectUserName": "m.vos"}, "login.privilege"),
        ("Security", 4672, {"SubjectUserName": "SYSTEM"}, "host.audit"),
        ("Security", 4768, {"Status": "0x0"}, "host.audit"),
        ("Security", 4768, {"Status": "0x6"}, "login.failure"),
        ("Security", 4800, {}, "login.lock"),
        ("Security", 4801, {}, "login.unlock"),
        ("Security", 4720, {}, "account.changed"),
        ("Security", 4740, {}, "account.changed"),
        ("Security", 1102, {}, "host.logclear"),
        ("System", 104, {}, "host.logclear"),
        ("System", 7045, {}, "host.service"),
        ("Security", 4688, {}, "host.process"),
        ("Security", 4663, {"ObjectType": "File", "AccessMask": "0x1"}, "document.read"),
        ("Security", 4663, {"ObjectType": "File", "AccessMask": "0x2"}, "document.written"),
        ("Security", 4663, {"ObjectType": "File", "AccessMask": "0x10000"}, "document.deleted"),
        ("Security", 4663, {"ObjectType": "Key", "AccessMask": "0x1"}, "host.audit"),
        ("Security", 5145, {"ShareName": "\\\\*\\IPC$"}, "host.audit"),
        ("Security", 6416, {}, "host.usb"),
        (SYSMON, 1, {}, "host.process"),
        (SYSMON, 3, {}, "network.flow"),
        (SYSMON, 7, {}, "host.module"),
        (SYSMON, 8, {}, "host.process"),
        (SYSMON, 11, {}, "document.written"),
        (SYSMON, 12, {}, "host.registry"),
        (SYSMON, 13, {}, "host.registry"),
        (SYSMON, 22, {}, "network.dns"),
        (SYSMON, 23, {}, "document.deleted"),
        (DEFENDER, 1116, {}, "host.malware"),
        ("Security", 9999, {}, "host.audit"),
        ("Application", 1000, {}, "host.log"),
    ],
)
def test_events_become_kinds(channel: str, number: int, data: dict[str, Any], kind: str) -> None:
    assert event(channel, number, **data) == kind


def test_azures_table_with_xml_inside_is_understood() -> None:
    parts = windows_event(
        {
            "TimeGenerated": "2026-03-01T12:00:00Z",
            "Computer": "H",
            "Channel": "Security",
            "EventID": 4625,
            "EventSourceName": "Microsoft-Windows-Security-Auditing",
            "EventData": '<EventData><Data Name="TargetUserName">a&amp;b</Data><Data Name="Empty" /></EventData>',
        }
    )
    assert parts
    assert (parts.actor, parts.data["Empty"]) == ("user:a&b", "")


@pytest.mark.parametrize("other", [{}, {"EventID": "x"}, {"EventID": 1}, {"kind": "door.opened"}, {"Event": 7}])
def test_what_is_no_windows_event_is_left_alone(other: dict[str, Any]) -> None:
    assert windows_event(other) is None
