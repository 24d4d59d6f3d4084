"""Packets that iptables or nftables logged: ``IN=eth0 OUT= MAC=… SRC=10.0.0.1 DST=… PROTO=TCP SPT=… DPT=… SYN``."""

from __future__ import annotations

import re
from typing import Any, Final

from bartizan.connectors.parse.parts import Parts, port, reference

_BLOCKED: Final = re.compile(r"block|drop|reject|den[iy]|refuse|invalid|bad", re.IGNORECASE)
_ALLOWED: Final = re.compile(r"accept|allow|pass|permit", re.IGNORECASE)
_SIGMA: Final = (("SRC", "src_ip"), ("DST", "dst_ip"), ("SPT", "src_port"), ("DPT", "dst_port"))


def read_netfilter(message: str) -> Parts | None:
    """What the log prefix says was done decides the kind; a prefix that does not say it leaves a plain flow."""
    start = message.find("IN=")
    if start < 0 or "OUT=" not in message or "SRC=" not in message:
        return None
    prefix = message[:start].strip()
    # An ICMP error carries the packet that it answers in brackets: not this packet's fields.
    words = message[start:].partition("[")[0].split()
    data: dict[str, Any] = {}
    flags = []
    for word in words:
        name, equals, value = word.partition("=")
        if equals:
            data.setdefault(name, value)
        else:
            flags.append(name)
    for theirs, ours in _SIGMA:
        if theirs in data:
            data[ours] = port(data[theirs])
    data |= {"prefix": prefix, "flags": flags}
    kind, outcome = _verdict(prefix)
    if outcome:
        data["action"] = kind.removeprefix("network.")
    return Parts(kind, data, reference("ip", data.get("SRC")), reference("ip", data.get("DST")), outcome)


def _verdict(prefix: str) -> tuple[str, str]:
    if _BLOCKED.search(prefix):
        return "network.blocked", "failure"
    if _ALLOWED.search(prefix):
        return "network.allowed", "success"
    return "network.flow", ""
