"""The envelope of a syslog message: RFC 5424, RFC 3164 and what devices make of it (BSD, Cisco, rsyslog's files)."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

FACILITIES: Final = (
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp",
    "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
)  # fmt: skip
SEVERITIES: Final = ("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug")
_PRIORITIES: Final = [(facility, severity) for facility in FACILITIES for severity in SEVERITIES]

_DATE: Final = r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d"
# The shape of nine messages in ten, in one step: <34>Oct 11 22:14:15 host sshd[230]: message
_USUAL: Final = re.compile(rf"(?:<(\d{{1,3}})>)?({_DATE}) ([^\s:\[]+) ([^\s:\[]+)(?:\[([^\]\s]*)\])?: ?", re.DOTALL)
_PRI: Final = re.compile(r"<(\d{1,3})>")
_ISO: Final = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
_STAMP: Final = re.compile(
    r"(?:[*.]?(?:\d{4} )?[A-Z][a-z]{2} {1,2}\d{1,2}(?: \d{4})? \d\d:\d\d:\d\d(?:[.,]\d{1,9})?"
    rf"(?: (?:UTC|GMT|Z)\b)?|{_ISO})"
)
# IOS may put a sequence number and its own name before the stamp: <189>123: router1: *Mar  1 18:48:50.483 UTC: …
_SEQUENCE: Final = re.compile(r"(?:(\d{1,10}): )?(?:(?![A-Z][a-z]{2} )([\w.-]+): )?(?=[*.]?[A-Z\d])")
_TAG: Final = re.compile(r"([^\s:\[]{1,128})(?:\[([^\]\s]*)\])?: ?")
_LOOSE_TAG: Final = re.compile(r"([\w./()-]{1,128})(?:\[(\d+)\])?(?=\s|$)")
_ELEMENT: Final = re.compile(r'\[([^ =\]"]{1,128})((?: [^ =\]"]{1,128}="(?:[^"\\\]]|\\.)*")*) ?\]', re.DOTALL)
_PARAMETER: Final = re.compile(r' ([^ =\]"]+)="((?:[^"\\\]]|\\.)*)"', re.DOTALL)
_ESCAPE: Final = re.compile(r'\\(["\\\]])')


class Header(NamedTuple):
    """What the envelope says; a named tuple for its price."""

    message: str
    stamp: str = ""
    host: str = ""
    program: str = ""
    pid: str = ""
    priority: tuple[str, str] | None = None
    more: dict[str, Any] | None = None
    """Message id and structured data of RFC 5424, sequence number of Cisco's."""
    precise: bool = False


def read_header(text: str) -> Header:
    """The envelope of ``text``. What has none comes back whole as the message."""
    found = _USUAL.match(text)
    if found:
        pri, stamp, host, program, pid = found.groups()
        return Header(text[found.end() :], stamp, host, program, pid or "", priority(pri) if pri else None)
    pri_found = _PRI.match(text)
    if not pri_found:
        return _legacy(text, None)
    level = priority(pri_found[1])
    rest = text[pri_found.end() :]
    if rest[:2] == "1 " or (rest[:1].isdigit() and rest[1:3].strip().isdigit() and rest[2:3] == " "):
        modern = _modern(rest, level)
        if modern:
            return modern
    return _legacy(rest, level)


def priority(number: str) -> tuple[str, str] | None:
    """Facility and severity of a PRI; nothing for one that RFC 5424 does not have (more than 191)."""
    value = int(number)
    return _PRIORITIES[value] if value < len(_PRIORITIES) else None


def _modern(rest: str, level: tuple[str, str] | None) -> Header | None:
    """RFC 5424, after the PRI: ``1 2003-10-11T22:14:15.003Z host app 111 ID47 [id name="value"] message``."""
    columns = rest.split(" ", 6)
    if len(columns) < 7 or (columns[1] != "-" and not columns[1][:1].isdigit()):
        return _short_modern(columns, level)
    _, stamp, host, program, pid, message_id, body = columns
    more: dict[str, Any] = {} if message_id == "-" else {"msgid": message_id}
    if body[:1] == "[":
        structured, body = _structured(body)
        if structured:
            more["structured"] = structured
    elif body[:1] == "-":
        body = body[1:]
    # One space stands before the message (rsyslog writes two); a byte order mark may open it.
    message = body.lstrip(" ").removeprefix("\ufeff")
    return Header(message, _given(stamp), _given(host), _given(program), _given(pid), level, more or None, precise=True)


def _short_modern(columns: list[str], level: tuple[str, str] | None) -> Header | None:
    """Meraki and others leave the last columns out: ``1 1563249630.774 MX84 flows src=…``."""
    if len(columns) < 4 or not columns[1].replace(".", "").isdigit():
        return None
    return Header(" ".join(columns[4:]), columns[1], columns[2], columns[3], "", level, None, precise=True)


def _given(value: str) -> str:
    return "" if value == "-" else value


def _structured(body: str) -> tuple[dict[str, dict[str, str]], str]:
    """The elements at the start of ``body``, and what follows them; a broken element stays in the message."""
    elements: dict[str, dict[str, str]] = {}
    place = 0
    while found := _ELEMENT.match(body, place):
        values = elements.setdefault(found[1], {})
        for name, value in _PARAMETER.findall(found[2]):
            values[name] = _ESCAPE.sub(r"\1", value) if "\\" in value else value
        place = found.end()
    return elements, body[place:]


def _legacy(text: str, level: tuple[str, str] | None) -> Header:
    """Everything that came before RFC 5424; each part may be missing."""
    sequence = _SEQUENCE.match(text)
    start = sequence.end() if sequence else 0
    found = _STAMP.match(text, start)
    if not found:
        return _unstamped(text, level)
    more = {"sequence": sequence[1]} if sequence and sequence[1] else None
    sender = sequence[2] or "" if sequence else ""
    rest = text[found.end() :]
    if rest[:1] == ":":
        # Cisco ends the stamp with a colon and names no host after it.
        return _tagged(rest[1:].lstrip(" "), Header("", found[0], sender, priority=level, more=more))
    host, _, after = rest.lstrip(" ").partition(" ")
    if sender or host.endswith(":") or "[" in host or host.startswith("%"):
        return _tagged(rest.lstrip(" "), Header("", found[0], sender, priority=level, more=more))
    return _tagged(after.removeprefix(": ").removeprefix(" -- "), Header("", found[0], host, priority=level, more=more))


def _unstamped(text: str, level: tuple[str, str] | None) -> Header:
    """``<13>backup: done`` has a tag; text without even a PRI has nothing that could be trusted to be one."""
    if level is None:
        return Header(text)
    return _tagged(text, Header("", priority=level))


def _tagged(text: str, header: Header) -> Header:
    found = _TAG.match(text)
    if found:
        return header._replace(message=text[found.end() :], program=found[1], pid=found[2] or "")
    loose = _LOOSE_TAG.match(text) if header.host else None
    if loose and "=" not in loose[1]:
        return header._replace(message=text, program=loose[1], pid=loose[2] or "")
    return header._replace(message=text)
