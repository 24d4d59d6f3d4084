r"""The Linux audit trail: ``type=EXECVE msg=audit(1700000000.123:456): argc=2 a0="cat" a1=2F657463…``.

Names stay the trail's own (Sigma's auditd rules match them). Values that the trail writes as hexadecimal, because they
hold a space or a quote, are read; system calls get their name where only the number is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from bartizan.connectors.parse.parts import Parts, is_address, outcome_of, reference
from bartizan.engines.observe import EPOCH

_RECORD: Final = re.compile(
    r"(?:node=(?P<node>\S+) )?type=(?P<type>\S+) (?:msg=)?audit\((?P<time>\d+\.\d+):(?P<serial>\d+)\): ?(?P<rest>.*)",
    re.DOTALL,
)
_PAIR: Final = re.compile(r"""([\w.\[\]-]+)=(?:"([^"]*)"|'([^']*)'|(\S*))""")
_HEX: Final = re.compile(r"(?:[0-9A-F]{2})+\Z")
_ARGUMENT: Final = re.compile(r"a\d+(?:\[\d+\])?\Z")
_ENCODED: Final = frozenset({
    "comm", "exe", "name", "cwd", "proctitle", "acct", "cmd", "key", "data", "path", "file", "dir", "vm",
    "old-disk", "new-disk", "device", "cgroup", "grp", "new_group", "id",
})  # fmt: skip

# The kernel's own log and some forwarders give the type as its number (linux/audit.h).
_TYPES: Final = {
    "1100": "USER_AUTH", "1101": "USER_ACCT", "1102": "USER_MGMT", "1103": "CRED_ACQ", "1104": "CRED_DISP",
    "1105": "USER_START", "1106": "USER_END", "1108": "USER_CHAUTHTOK", "1110": "CRED_REFR", "1112": "USER_LOGIN",
    "1113": "USER_LOGOUT", "1114": "ADD_USER", "1115": "DEL_USER", "1116": "ADD_GROUP", "1117": "DEL_GROUP",
    "1123": "USER_CMD", "1130": "SERVICE_START", "1131": "SERVICE_STOP", "1300": "SYSCALL", "1302": "PATH",
    "1305": "CONFIG_CHANGE", "1306": "SOCKADDR", "1307": "CWD", "1309": "EXECVE", "1326": "SECCOMP",
    "1327": "PROCTITLE", "1334": "BPF", "1400": "AVC", "1700": "ANOM_PROMISCUOUS", "1701": "ANOM_ABEND",
}  # fmt: skip
# Only calls that rules ask for; the numbers are x86-64's (arch=c000003e).
_CALLS: Final = {
    "2": "open", "41": "socket", "42": "connect", "59": "execve", "62": "kill", "82": "rename", "87": "unlink",
    "90": "chmod", "99": "sysinfo", "101": "ptrace", "103": "syslog", "105": "setuid", "135": "personality",
    "159": "adjtimex", "164": "settimeofday", "165": "mount", "166": "umount2", "175": "init_module",
    "176": "delete_module", "227": "clock_settime", "257": "openat", "263": "unlinkat", "264": "renameat",
    "268": "fchmodat", "275": "splice", "313": "finit_module", "319": "memfd_create", "321": "bpf", "322": "execveat",
}  # fmt: skip

_ACCOUNT_TYPES: Final = frozenset({
    "ADD_USER", "DEL_USER", "ADD_GROUP", "DEL_GROUP", "USER_CHAUTHTOK", "USER_MGMT", "GRP_MGMT", "ACCT_LOCK",
    "ACCT_UNLOCK", "GRP_CHAUTHTOK", "ROLE_ASSIGN", "ROLE_REMOVE", "USER_ROLE_CHANGE",
})  # fmt: skip


def read_audit(message: str) -> Parts | None:
    """One record of the audit trail; nothing when ``message`` is not one."""
    found = _RECORD.match(message)
    if not found:
        return None
    kind = _TYPES.get(found["type"], found["type"])
    data: dict[str, Any] = {
        "type": kind,
        "audit_id": found["serial"],
        **_fields(found["rest"], arguments=kind == "EXECVE"),
    }
    name_call(data)
    parts = _MAKERS.get(kind, _record)(data)
    at = EPOCH + timedelta(microseconds=round(float(found["time"]) * 1_000_000))
    return parts._replace(at=at, device=reference("host", found["node"]), place="")


def _fields(text: str, *, arguments: bool) -> dict[str, Any]:
    """The record's pairs; those inside ``msg='…'`` and after the enrichment mark as well."""
    fields: dict[str, Any] = {}
    for name, quoted, inner, plain in _PAIR.findall(text.replace("\x1d", " ")):
        if inner:
            fields.update(_fields(inner, arguments=False))
        elif plain:
            encoded = name in _ENCODED or (arguments and _ARGUMENT.match(name))
            fields.setdefault(name, _decoded(plain) if encoded else plain)
        else:
            fields.setdefault(name, quoted)
    return fields


def _decoded(value: str) -> str:
    if not _HEX.match(value) or (value.isdecimal() and len(value) < 4):
        return "" if value == "(null)" else value
    return bytes.fromhex(value).rstrip(b"\0").replace(b"\0", b" ").decode("utf-8", "backslashreplace")


def name_call(data: dict[str, Any]) -> None:
    number = data.get("syscall")
    if number and "SYSCALL" not in data and data.get("arch") in {"c000003e", "x86_64"}:
        data["SYSCALL"] = _CALLS.get(number, number)


def _who(data: dict[str, Any]) -> str:
    """The account that logged in in the first place where the trail names it, else the one that acted."""
    for name in ("acct", "AUID", "UID"):
        value = data.get(name)
        if value and value != "unset":
            return f"user:{value}"
    for name in ("auid", "uid"):
        value = data.get(name)
        if value and value != "4294967295":
            return f"user:uid-{value}" if value != "0" else "user:root"
    return ""


def _good(data: dict[str, Any]) -> str:
    said = data.get("res") or data.get("success")
    return outcome_of(said in {"success", "yes", "1"}) if said else ""


def _record(data: dict[str, Any]) -> Parts:
    kind = "finding" if data["type"].startswith("ANOM_") else "host.audit"
    return Parts(kind, data, _who(data), outcome=_good(data))


def _origin(data: dict[str, Any]) -> None:
    remote = data.get("addr")
    if remote and remote != "?" and is_address(remote):
        data["src_ip"] = remote


def _login(data: dict[str, Any]) -> Parts:
    _origin(data)
    outcome = _good(data)
    return Parts("login.success" if outcome == "success" else "login.failure", data, _who(data), outcome=outcome)


def _authentication(data: dict[str, Any]) -> Parts:
    """Refused by any program but sshd, which tells of its logins in USER_LOGIN as well."""
    if data.get("res") == "failed" and not data.get("exe", "").endswith("sshd"):
        return _login(data)
    _origin(data)
    return _record(data)


def _logout(data: dict[str, Any]) -> Parts:
    return _record(data)._replace(kind="login.logout")


def _command(data: dict[str, Any]) -> Parts:
    data["CommandLine"] = data.get("cmd", "")
    data["CurrentDirectory"] = data.get("cwd", "")
    return _record(data)._replace(kind="login.privilege")


def _process(data: dict[str, Any]) -> Parts:
    words = [data.get(f"a{place}") or _joined(data, place) for place in range(_count(data))]
    data["CommandLine"] = " ".join(words)
    if words:
        data.setdefault("Image", words[0])
    return _record(data)._replace(kind="host.process")


def _count(data: dict[str, Any]) -> int:
    argc = data.get("argc", "0")
    return min(int(argc), 1000) if argc.isdecimal() else 0


def _joined(data: dict[str, Any], place: int) -> str:
    """A long argument arrives in pieces: ``a1[0]=… a1[1]=…``."""
    pieces: list[str] = []
    while (piece := data.get(f"a{place}[{len(pieces)}]")) is not None:
        pieces.append(piece)
    return "".join(pieces)


def _call(data: dict[str, Any]) -> Parts:
    parts = _record(data)
    if data.get("SYSCALL", data.get("syscall")) not in {"execve", "execveat"}:
        return parts
    data["Image"] = data.get("exe", "")
    return parts._replace(kind="host.process")


def _path(data: dict[str, Any]) -> Parts:
    name = data.get("name", "")
    data["TargetFilename"] = name
    return _record(data)._replace(asset=reference("file", name))


def _address(data: dict[str, Any]) -> Parts:
    """``saddr`` is the C structure in hexadecimal: family, port and address (AF_INET 2, AF_INET6 10)."""
    raw = data.get("saddr", "")
    if len(raw) >= 16 and raw.startswith("0200"):
        octets = bytes.fromhex(raw[4:16]) if _HEX.match(raw[4:16]) else bytes(6)
        data["DestinationPort"] = int.from_bytes(octets[:2], "big")
        data["DestinationIp"] = ".".join(str(octet) for octet in octets[2:])
    return _record(data)


def _account(data: dict[str, Any]) -> Parts:
    target = data.get("acct") or data.get("id") or data.get("ID")
    actor = _who({name: value for name, value in data.items() if name != "acct"})
    return Parts("account.changed", data, actor, reference("user", target), _good(data))


def _service(data: dict[str, Any]) -> Parts:
    return _record(data)._replace(kind="host.service")


_MAKERS: Final[dict[str, Callable[[dict[str, Any]], Parts]]] = {
    "USER_LOGIN": _login, "USER_AUTH": _authentication, "USER_LOGOUT": _logout, "USER_CMD": _command,
    "EXECVE": _process, "SYSCALL": _call, "PATH": _path, "SOCKADDR": _address,
    "SERVICE_START": _service, "SERVICE_STOP": _service, **dict.fromkeys(_ACCOUNT_TYPES, _account),
}  # fmt: skip
