"""Entries of systemd's journal, as ``journalctl --output=json`` writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bartizan.connectors.parse.header import FACILITIES, SEVERITIES
from bartizan.connectors.parse.parts import Parts
from bartizan.connectors.parse.program import understand
from bartizan.engines.observe import Observation, moment

# Kept under the journal's own names. Names that begin with an underscore are the journal's word, not the program's.
_KEPT: Final = (
    "_TRANSPORT", "_SYSTEMD_UNIT", "_UID", "_EXE", "_CMDLINE", "_COMM", "_BOOT_ID", "_MACHINE_ID", "UNIT", "USER_ID",
    "SESSION_ID", "MESSAGE_ID",
)  # fmt: skip
FIELDS: Final = (
    "MESSAGE", "SYSLOG_IDENTIFIER", "SYSLOG_FACILITY", "SYSLOG_PID", "PRIORITY", "_PID", "_HOSTNAME",
    "_AUDIT_TYPE_NAME", "_AUDIT_ID", "_SOURCE_REALTIME_TIMESTAMP", *_KEPT,
)  # fmt: skip
"""What is asked of the journal: all else may be a core dump."""


def read_entry(entry: Mapping[str, Any], source: str, longest: int) -> Observation:
    """One entry. The journal vouches for program and host, so what no parser understands is host log."""
    message = _text(entry.get("MESSAGE"))
    program = _text(entry.get("SYSLOG_IDENTIFIER")) or _text(entry.get("_COMM"))
    data = _envelope(entry, program)
    if len(message) > longest:
        data["cut_from_bytes"] = len(message.encode())
        message = message[:longest]
    parts = understand(program, _audited(entry, message)) or Parts("host.log", {})
    data.update(parts.data)
    stamp = _text(entry.get("_SOURCE_REALTIME_TIMESTAMP")) or _text(entry.get("__REALTIME_TIMESTAMP"))
    host = _text(entry.get("_HOSTNAME"))
    return Observation(
        at=moment(int(stamp) if stamp.isdecimal() else 0),
        source=source,
        kind=parts.kind,
        actor=parts.actor,
        place=parts.place,
        device=parts.device or (f"host:{host}" if host else ""),
        asset=parts.asset,
        outcome=parts.outcome,
        data=data,
        raw=message,
        key=_text(entry.get("__CURSOR")),
    )


def _envelope(entry: Mapping[str, Any], program: str) -> dict[str, Any]:
    data: dict[str, Any] = {name: _text(entry[name]) for name in _KEPT if entry.get(name)}
    if program:
        data["program"] = program
    pid = _text(entry.get("_PID")) or _text(entry.get("SYSLOG_PID"))
    if pid:
        data["pid"] = pid
    _name(data, "severity", SEVERITIES, _text(entry.get("PRIORITY")))
    _name(data, "facility", FACILITIES, _text(entry.get("SYSLOG_FACILITY")))
    return data


def _name(data: dict[str, Any], name: str, names: tuple[str, ...], number: str) -> None:
    if number.isdecimal() and int(number) < len(names):
        data[name] = names[int(number)]


def _text(value: Any) -> str:
    """A field is a text, a list of bytes where it is not UTF-8, or a list of values where it was given twice."""
    if isinstance(value, str):
        return value.replace("\0", "\\x00") if "\0" in value else value
    if isinstance(value, list) and all(isinstance(item, int) and 0 <= item < 256 for item in value):
        return bytes(value).decode("utf-8", "backslashreplace").replace("\0", "\\x00")
    if isinstance(value, list):
        return " ".join(_text(item) for item in value)
    return "" if value is None else str(value)


def _audited(entry: Mapping[str, Any], message: str) -> str:
    """The journal takes an audit record apart; it is put together again for the one parser that reads those."""
    name = entry.get("_AUDIT_TYPE_NAME")
    if not isinstance(name, str):
        return message
    stamp = _text(entry.get("_SOURCE_REALTIME_TIMESTAMP")) or "0"
    seconds, fraction = stamp[:-6] or "0", stamp[-6:]
    serial = _text(entry.get("_AUDIT_ID")) or "0"
    return f"type={name} audit({seconds}.{fraction}:{serial}): {message.removeprefix(name).lstrip()}"
