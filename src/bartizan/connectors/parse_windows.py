"""Windows events in Bartizan's words, whatever carried them: EVTX as JSON, Winlogbeat, NXLog, a SIEM's flat JSON.

``data`` keeps Channel, EventID, Provider_Name, Computer and the event's own fields flat, as Sigma rules expect them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from bartizan.connectors.windows_kinds import BY_EVENT, CHANNEL_KIND, is_machine, refined

_EMPTY: Final = frozenset({"", "-", "N/A", "%%1793"})
_TIMES: Final = ("TimeCreated", "UtcTime", "TimeGenerated", "@timestamp", "EventTime")
_XML_DATA: Final = re.compile(r'<Data Name="([^"]+)"\s*(?:/>|>(.*?)</Data>)', re.DOTALL)
_CHANNELS: Final = {"security": "Security", "system": "System", "application": "Application"}
# What shippers call the fields of the event's System element, and what Sigma calls them.
_RENAMED: Final = {
    "Hostname": "Computer",
    "SourceName": "Provider_Name",
    "EventSourceName": "Provider_Name",
    "ProviderName": "Provider_Name",
    "RecordNumber": "EventRecordID",
    "channel": "Channel",
    "event_id": "EventID",
    "provider_name": "Provider_Name",
    "computer_name": "Computer",
    "record_id": "EventRecordID",
}


@dataclass(frozen=True, slots=True)
class WindowsParts:
    """What an observation needs, taken from one Windows event. ``at`` is empty when the event has no usable time."""

    kind: str
    at: datetime | None
    actor: str
    device: str
    asset: str
    outcome: str
    data: dict[str, Any]
    key: str


def windows_event(fields: Mapping[str, Any]) -> WindowsParts | None:
    """The parts of a Windows event given as a JSON object of any usual shape; nothing when it is none."""
    data = _flat(fields)
    number = _number(data.get("EventID"))
    channel, provider = str(data.get("Channel") or ""), str(data.get("Provider_Name") or "")
    if number is None or not (channel or provider):
        return None
    data["EventID"] = number
    data["Channel"] = channel = _CHANNELS.get(channel.lower(), channel)
    log = channel.lower()
    address = data.get("IpAddress") or data.get("SourceIp") or data.get("SourceAddress")
    if address and address not in _EMPTY:
        data["src_ip"] = str(address).removeprefix("::ffff:")
    kind = BY_EVENT.get((log, number)) or CHANNEL_KIND.get(log, "host.log")
    kind = refined(kind, log, number, data)
    at = _time(data)
    return WindowsParts(
        kind=kind,
        at=at,
        actor=_user(data, _ACTOR_FIELDS.get((log, number), _actor_fields(kind))),
        device=f"host:{data['Computer']}" if data.get("Computer") else "",
        asset=_asset(kind, data),
        outcome=_outcome(kind, data),
        data=data,
        key=_key(data, at),
    )


def _flat(fields: Mapping[str, Any]) -> dict[str, Any]:
    event = fields.get("Event", fields)
    if isinstance(event, Mapping) and isinstance(event.get("System"), Mapping):
        return _from_evtx(event)
    beat = fields.get("winlog")
    if isinstance(beat, Mapping):
        return _from_winlogbeat(fields, beat)
    flat = {_RENAMED.get(name, name): value for name, value in fields.items() if name not in ("EventData", "UserData")}
    for body in ("EventData", "UserData"):
        _take(flat, fields.get(body))
    # NXLog writes both names at times: the event's own Computer and Provider_Name win over the shipper's.
    flat.update({name: fields[name] for name in ("Computer", "Provider_Name", "EventRecordID") if name in fields})
    return flat


def _from_evtx(event: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in event["System"].items():
        attributes = value.get("#attributes") if type(value) is dict else None
        if attributes is None:
            flat[name] = value
        elif name == "TimeCreated":
            flat[name] = attributes.get("SystemTime")
        elif name in ("EventID", "EventRecordID"):
            flat[name] = value.get("#text")
        elif name == "Provider":
            flat["Provider_Name"] = attributes.get("Name") or attributes.get("EventSourceName")
        elif name == "Execution":
            flat["ExecutionProcessID"], flat["ThreadID"] = attributes.get("ProcessID"), attributes.get("ThreadID")
        elif name == "Security":
            flat["UserID"] = attributes.get("UserID")
    _take(flat, event.get("EventData"))
    for body in (event.get("UserData") or {}).values() if isinstance(event.get("UserData"), Mapping) else ():
        _take(flat, body)
    return {name: value for name, value in flat.items() if value is not None}


def _take(flat: dict[str, Any], body: Any) -> None:
    """Adds the fields of EventData or of UserData's element; nameless Data become one text, as Sigma expects."""
    if isinstance(body, str):
        # Azure's SecurityEvent table holds the element as the XML that Windows wrote.
        flat.update({name: html.unescape(value) for name, value in _XML_DATA.findall(body)})
    if not isinstance(body, Mapping):
        return
    for name, value in body.items():
        if name == "#attributes":
            continue
        if isinstance(value, Mapping):
            value = value.get("#text")  # noqa: PLW2901  # an element with attributes: its text is the value
        flat[name] = "\n".join(map(str, value)) if isinstance(value, list) else value


def _from_winlogbeat(fields: Mapping[str, Any], beat: Mapping[str, Any]) -> dict[str, Any]:
    flat = {_RENAMED[name]: value for name, value in beat.items() if name in _RENAMED}
    for body in ("event_data", "user_data"):
        _take(flat, beat.get(body))
    created = fields.get("@timestamp")
    if created:
        flat["TimeCreated"] = created
    message = fields.get("message")
    if isinstance(message, str):
        flat["Message"] = message
    return flat


def _number(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def _time(data: Mapping[str, Any]) -> datetime | None:
    for name in _TIMES:
        written = data.get(name)
        if isinstance(written, str):
            try:
                at = datetime.fromisoformat(written)
            except ValueError:
                continue
            return at if at.tzinfo else at.replace(tzinfo=UTC)
    return None


def _key(data: Mapping[str, Any], at: datetime | None) -> str:
    """Record numbers start again when a machine is restored from an image: the second tells the two apart."""
    record, computer = data.get("EventRecordID"), data.get("Computer")
    if record is None or not computer or at is None:
        return ""
    return f"{str(computer).lower()}/{str(data['Channel']).lower()}/{record}/{int(at.timestamp())}"


_TARGET: Final = ("TargetUserName", "TargetUser", "User")
_SUBJECT: Final = ("SubjectUserName", "User", "UserName", "Detection User", "SourceUser", "AccountName")
_ACTOR_FIELDS: Final[dict[tuple[str, int], tuple[str, ...]]] = {
    ("security", 4672): ("SubjectUserName",),
    ("security", 4648): ("SubjectUserName",),
}


def _actor_fields(kind: str) -> tuple[str, ...]:
    return _TARGET if kind.startswith("login.") else _SUBJECT


def _user(data: Mapping[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        value = data.get(name)
        if isinstance(value, str) and value.strip() not in _EMPTY:
            # DOMAIN\name and name@domain are the same user account as name.
            bare = value.rpartition("\\")[2].partition("@")[0]
            return f"user:{bare}" if bare else ""
    return ""


def _asset(kind: str, data: Mapping[str, Any]) -> str:
    if kind == "account.changed":
        return _user(data, ("TargetUserName", "TargetSid")) if not is_machine(data, "TargetUserName") else ""
    if kind == "login.privilege":
        return _user(data, ("TargetUserName",))
    if kind.startswith("document."):
        path = data.get("TargetFilename") or data.get("ObjectName") or _shared(data)
        return f"file:{path}" if path else ""
    if kind in ("host.malware", "host.process"):
        path = data.get("Path") or data.get("Image") or data.get("NewProcessName") or data.get("ProcessName")
        return f"file:{path}" if isinstance(path, str) and path not in _EMPTY else ""
    if kind.startswith("network."):
        address = data.get("DestinationIp") or data.get("DestAddress")
        return f"ip:{address}" if address else ""
    return ""


def _shared(data: Mapping[str, Any]) -> str:
    share = str(data.get("ShareName") or "").replace("\\\\*\\", "")
    return f"{share}\\{data['RelativeTargetName']}" if data.get("RelativeTargetName") else share


_AUDIT_FAILURE: Final = 0x10000000000000
_AUDIT_SUCCESS: Final = 0x20000000000000


def _outcome(kind: str, data: Mapping[str, Any]) -> str:
    if kind in ("login.success", "login.unlock"):
        return "success"
    if kind in ("login.failure", "network.blocked"):
        return "failure"
    keywords = data.get("Keywords")
    try:
        bits = int(keywords, 16) if isinstance(keywords, str) else int(keywords or 0)
    except ValueError:
        return ""
    if bits & _AUDIT_FAILURE:
        return "failure"
    return "success" if bits & _AUDIT_SUCCESS else ""
