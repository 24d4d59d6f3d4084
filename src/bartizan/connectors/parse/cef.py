r"""Common Event Format: ``CEF:0|Vendor|Product|1.0|100|Name|5|src=10.0.0.1 suser=alice msg=a \= b``."""

from __future__ import annotations

import re
from typing import Any, Final

from bartizan.connectors.parse.parts import Parts, port, reference

_BAR: Final = re.compile(r"(?<!\\)\|")
_KEY: Final = re.compile(r"(?:^|\s)([\w.\[\]-]+)=")
_HEADER: Final = ("cef_version", "vendor", "product", "version", "signature_id", "name", "severity")
_SIGMA: Final = (("src", "src_ip"), ("dst", "dst_ip"), ("spt", "src_port"), ("dpt", "dst_port"))
_BLOCKED: Final = frozenset({"block", "blocked", "deny", "denied", "drop", "dropped", "reject", "rejected", "reset"})
_ALLOWED: Final = frozenset({"allow", "allowed", "accept", "accepted", "permit", "permitted", "pass", "passed"})


def read_cef(message: str) -> Parts | None:
    """The header's fields and the extension's under their own names; nothing when ``message`` is not CEF."""
    columns = _BAR.split(message.removeprefix("CEF:"), maxsplit=7)
    if len(columns) < 7 or not columns[0].strip().isdecimal():
        return None
    data: dict[str, Any] = dict(zip(_HEADER, (_plain(column) for column in columns), strict=False))
    data.update(_extension(columns[7] if len(columns) > 7 else ""))
    for theirs, ours in _SIGMA:
        if theirs in data:
            data[ours] = port(data[theirs]) if ours.endswith("port") else data[theirs]
    kind, outcome = _kind(data)
    actor = reference("user", data.get("suser")) or reference("ip", data.get("src"))
    asset = reference("user", data.get("duser")) or reference("file", data.get("filePath") or data.get("fname"))
    return Parts(
        kind, data, actor, asset or reference("ip", data.get("dst")), outcome, reference("host", data.get("dvchost"))
    )


def _extension(text: str) -> dict[str, str]:
    """Values run to the next ``name=``: they hold spaces without quotes, and an escaped equals sign."""
    marks = list(_KEY.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return {mark[1]: _plain(text[mark.end() : end].strip()) for mark, end in zip(marks, ends, strict=True)}


def _plain(text: str) -> str:
    if "\\" not in text:
        return text
    return text.replace("\\|", "|").replace("\\=", "=").replace("\\n", "\n").replace("\\\\", "\\")


def _kind(data: dict[str, Any]) -> tuple[str, str]:
    said = str(data.get("outcome", "")).lower()
    if str(data.get("cat", data.get("categoryBehavior", ""))).lower().startswith(("/authentication", "authentication")):
        return ("login.failure", "failure") if said.startswith("fail") else ("login.success", "success")
    act = str(data.get("act", "")).lower()
    if "src" in data and act in _BLOCKED:
        return "network.blocked", "failure"
    if "src" in data and act in _ALLOWED:
        return "network.allowed", "success"
    return "finding", said if said in {"success", "failure"} else ""
