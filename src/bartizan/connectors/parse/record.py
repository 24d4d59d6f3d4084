"""Messages that are one JSON object: whose they are is told by their fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from bartizan.connectors.parse.parts import Parts, reference
from bartizan.connectors.parse.suricata import is_suricata, moment_of, read_suricata
from bartizan.connectors.parse.wazuh import is_wazuh, read_wazuh
from bartizan.engines.observe import KINDS

_TIMES: Final = ("@timestamp", "timestamp", "time", "ts", "datetime", "date")
_HOSTS: Final = ("hostname", "host", "Computer", "Hostname")


def read_record(record: Mapping[str, Any]) -> Parts:
    """What one JSON object tells. Every field is kept; an object of unknown origin is ``unknown`` with its fields."""
    if is_suricata(record):
        return read_suricata(record)._replace(complete=True)
    if is_wazuh(record):
        return read_wazuh(record)._replace(complete=True)
    kind = record.get("kind")
    if isinstance(kind, str) and kind in KINDS:
        return _own(record)
    return Parts("unknown", dict(record), device=_host(record), at=_when(record), complete=True)


def _own(record: Mapping[str, Any]) -> Parts:
    """An observation in Bartizan's own words: its references are taken as they are."""
    inner = record.get("data")
    return Parts(
        record["kind"],
        dict(inner) if isinstance(inner, dict) else {},
        _text(record, "actor"),
        _text(record, "asset"),
        _text(record, "outcome"),
        _text(record, "device"),
        _when(record),
        _text(record, "place"),
    )


def _text(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    return value if isinstance(value, str) else ""


def _host(record: Mapping[str, Any]) -> str:
    return next((reference("host", record[name]) for name in _HOSTS if isinstance(record.get(name), str)), "")


def _when(record: Mapping[str, Any]) -> datetime | None:
    for name in _TIMES:
        value = record.get(name)
        if isinstance(value, str) and (found := moment_of(value)):
            return found
        if isinstance(value, int | float) and not isinstance(value, bool) and (found := _counted(float(value))):
            return found
    return None


def _counted(value: float) -> datetime | None:
    """Seconds, milliseconds or microseconds since 1970, told apart by their size (until the year 5138)."""
    for unit in (1, 1_000, 1_000_000):
        if abs(value) / unit < 1e11:
            return _utc(value / unit)
    return None


def _utc(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
