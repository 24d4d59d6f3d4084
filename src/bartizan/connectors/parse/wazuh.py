"""Wazuh's alerts: the rule that fired, the host it fired on, and the decoded event below it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bartizan.connectors.parse.parts import Parts, reference
from bartizan.connectors.parse.suricata import moment_of

# Wazuh's own rule groups, most telling first; what none of them names is a finding of another system.
_GROUPS: Final = (
    ("authentication_failed", "login.failure", "failure"),
    ("win_authentication_failed", "login.failure", "failure"),
    ("authentication_success", "login.success", "success"),
    ("sudo", "login.privilege", "success"),
    ("adduser", "account.changed", "success"),
    ("account_changed", "account.changed", "success"),
    ("virus", "host.malware", ""),
    ("syscheck_entry_deleted", "document.deleted", ""),
    ("syscheck", "document.written", ""),
    ("sysmon_event1", "host.process", ""),
    ("sysmon_event_01", "host.process", ""),
    ("ids", "network.alert", ""),
    ("firewall_drop", "network.blocked", "failure"),
    ("web", "network.web", ""),
    ("logs_cleared", "host.logclear", ""),
)


def is_wazuh(record: Mapping[str, Any]) -> bool:
    rule = record.get("rule")
    return isinstance(rule, dict) and "level" in rule and ("agent" in record or "manager" in record)


def read_wazuh(record: Mapping[str, Any]) -> Parts:
    """The alert keeps its fields; the decoded ones below ``data`` get the plain names that rules use as well."""
    data = dict(record)
    kind, outcome = _kind(data)
    decoded = _inner(data, "data")
    _windows(data, _inner(decoded, "win"))
    for theirs, ours in (("srcip", "src_ip"), ("src_ip", "src_ip"), ("dstip", "dst_ip"), ("dest_ip", "dst_ip")):
        if isinstance(decoded.get(theirs), str):
            data[ours] = decoded[theirs]
    user = _user(decoded, data)
    actor = reference("user", user) or reference("ip", data.get("src_ip"))
    agent = _inner(data, "agent").get("name") or _inner(data, "manager").get("name")
    at = moment_of(data["timestamp"]) if isinstance(data.get("timestamp"), str) else None
    return Parts(kind, data, actor, _asset(kind, data), outcome, reference("host", agent), at)


def _kind(data: Mapping[str, Any]) -> tuple[str, str]:
    """A rule that counts others (it has a frequency) is a finding, whatever the events below it were."""
    rule = _inner(data, "rule")
    groups = rule.get("groups")
    if isinstance(groups, list) and "frequency" not in rule:
        for group, kind, outcome in _GROUPS:
            if group in groups:
                return kind, outcome
    return "finding", ""


def _user(decoded: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    for name in ("srcuser", "dstuser", "user"):
        value = decoded.get(name)
        if isinstance(value, str):
            return value
    target = data.get("TargetUserName")
    return target if isinstance(target, str) else ""


def _asset(kind: str, data: Mapping[str, Any]) -> str:
    if kind.startswith("document."):
        return reference("file", _inner(data, "syscheck").get("path"))
    if kind in {"login.privilege", "account.changed"}:
        return reference("user", _inner(data, "data").get("dstuser"))
    return reference("ip", data.get("dst_ip"))


def _windows(data: dict[str, Any], win: Mapping[str, Any]) -> None:
    """Wazuh lowers the first letter of Windows' field names; Sigma's rules want them as Windows writes them."""
    for name, value in _inner(win, "eventdata").items():
        data.setdefault(name[:1].upper() + name[1:], value)
    system = _inner(win, "system")
    for theirs, ours in (
        ("eventID", "EventID"),
        ("channel", "Channel"),
        ("providerName", "Provider_Name"),
        ("computer", "Computer"),
    ):
        if theirs in system:
            data.setdefault(ours, system[theirs])


def _inner(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = data.get(name)
    return value if isinstance(value, dict) else {}
