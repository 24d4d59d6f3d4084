"""Events in the shapes in which they arrive: flat, nested EVTX JSON, Winlogbeat; and their time and identity."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from bartizan.engines.observe import microseconds

# A name that rules use, and where it hides when the shipper gave it another name.
ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "Provider_Name": ("SourceName", "ProviderName"),
    "Computer": ("Hostname", "ComputerName"),
}
# Where a foreign event keeps its time, best first. EventTime is often local and without a zone, hence last.
TIME_FIELDS: Final = ("@timestamp", "UtcTime", "TimeCreated", "SystemTime", "timestamp", "EventTime")
DAY: Final = 86_400_000_000


def lookup(event: Mapping[str, Any], field: str) -> Any:
    """The value of ``field``: by its own name, by an alias, or along a dotted path; None when there is none."""
    value = event.get(field)
    if value is not None:
        return value
    for other in ALIASES.get(field, ()):
        value = event.get(other)
        if value is not None:
            return value
    return _walk(event, field) if "." in field else None


def _walk(value: Any, path: str) -> Any:
    """Along a dotted path; a key may itself contain dots, and a list is entered at each of its elements."""
    if isinstance(value, list):
        return [found for item in value if (found := _walk(item, path)) is not None] or None
    if not isinstance(value, Mapping):
        return None
    head, dot, rest = path.partition(".")
    while dot:
        if head in value and (found := _walk(value[head], rest)) is not None:
            return found
        more, dot, rest = rest.partition(".")
        head = f"{head}.{more}"
    return value.get(head)


def is_nested(event: Mapping[str, Any]) -> bool:
    """Whether :func:`flatten` has anything to do."""
    return isinstance(event.get("Event"), Mapping) or isinstance(event.get("winlog"), Mapping)


def flatten(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """An event as rules see it. One that is flat already is returned as it is."""
    inner = event.get("Event")
    if isinstance(inner, Mapping):
        return {**_from_evtx(inner), **{name: value for name, value in event.items() if name != "Event"}}
    inner = event.get("winlog")
    if isinstance(inner, Mapping):
        return _from_winlogbeat(event, inner)
    return event


def _from_evtx(event: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    user = event.get("UserData")
    if isinstance(user, Mapping):
        for name, value in user.items():
            _merge(flat, value) if isinstance(value, Mapping) else flat.setdefault(name, value)
    data = event.get("EventData")
    if isinstance(data, Mapping):
        _merge(flat, data)
    system = event.get("System")
    return {**flat, **_from_system(system, flat)} if isinstance(system, Mapping) else flat


def _merge(flat: dict[str, Any], data: Mapping[str, Any]) -> None:
    for name, value in data.items():
        if name == "#attributes":
            continue
        if name == "Data" and isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
            _named_data(flat, value)
        else:
            flat[name] = _plain(value)
            if " " in name:  # Defender's “Threat Name” is ThreatName to every rule
                flat.setdefault(name.replace(" ", ""), flat[name])


def _named_data(flat: dict[str, Any], items: list[Any]) -> None:
    """``<Data Name="X">v</Data>`` that a converter left as a list of objects."""
    unnamed = []
    for item in items:
        attributes = item.get("#attributes", item) if isinstance(item, Mapping) else {}
        name = attributes.get("Name", attributes.get("@Name")) if isinstance(attributes, Mapping) else None
        if isinstance(name, str):
            flat[name] = item.get("#text")
        else:
            unnamed.append(_plain(item))
    if unnamed:
        flat["Data"] = unnamed


def _plain(value: Any) -> Any:
    """``{"#text": 4688, "#attributes": …}`` is the number; other objects stay what they are."""
    if isinstance(value, Mapping) and "#text" in value:
        return value["#text"]
    return value


def _from_system(system: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """The system part: its four identifying fields win over the event's own data, the others do not."""
    provider, created = _attributes(system, "Provider"), _attributes(system, "TimeCreated")
    execution, security = _attributes(system, "Execution"), _attributes(system, "Security")
    facts = {
        "Provider_Guid": provider.get("Guid"),
        "SystemTime": created.get("SystemTime"),
        "ExecutionProcessID": execution.get("ProcessID"),
        "ExecutionThreadID": execution.get("ThreadID"),
        "UserID": security.get("UserID"),
        **{
            name: _plain(system.get(name))
            for name in ("Version", "Level", "Task", "Opcode", "Keywords", "EventRecordID")
        },
    }
    flat = {name: value for name, value in facts.items() if value is not None and name not in data}
    flat["Provider_Name"] = provider.get("Name")
    return flat | {name: _plain(system.get(name)) for name in ("Channel", "EventID", "Computer")}


def _attributes(system: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    element = system.get(name)
    if not isinstance(element, Mapping):
        return {}
    attributes = element.get("#attributes", element)
    return attributes if isinstance(attributes, Mapping) else {}


def _from_winlogbeat(event: Mapping[str, Any], log: Mapping[str, Any]) -> dict[str, Any]:
    flat = dict(event)
    for part in (log.get("user_data"), log.get("event_data")):
        if isinstance(part, Mapping):
            flat.update(part)
    names = {"channel": "Channel", "event_id": "EventID", "provider_name": "Provider_Name", "computer_name": "Computer"}
    flat.update({ours: log[theirs] for theirs, ours in names.items() if theirs in log})
    del flat["winlog"]  # its values stand at the top now; twice would be searched twice
    return flat


def event_time(event: Mapping[str, Any]) -> int | None:
    """When it happened, in microseconds since 1970 UTC; None when the event does not say.

    A time more than a day after ``received`` is a wrong clock: the time of receipt is used instead.
    """
    time = event.get("time")
    if time.__class__ is not int:
        time = next((us for name in TIME_FIELDS if (us := parse_time(event.get(name))) is not None), None)
    received = event.get("received")
    if isinstance(received, int) and (time is None or time > received + DAY):
        return received
    return time


def parse_time(value: Any) -> int | None:
    """ISO 8601 text (UTC when it names no zone), or whole microseconds, to microseconds; anything else is None."""
    if isinstance(value, Mapping):
        value = _attributes({"it": value}, "it").get("SystemTime")
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return microseconds(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None
