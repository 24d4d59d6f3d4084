"""The packet filter of pfSense and OPNsense: comma-separated values, whose columns depend on family and protocol."""

from __future__ import annotations

from typing import Any, Final

from bartizan.connectors.parse.parts import Parts, port

# https://docs.netgate.com/pfsense/en/latest/monitoring/raw-filter-log-format.html; OPNsense puts its label fourth.
_START: Final = ("rulenr", "subrulenr", "anchor", "tracker", "interface", "reason", "action", "dir", "ipversion")
_IPV4: Final = ("tos", "ecn", "ttl", "id", "offset", "flags", "protoid", "proto", "length", "src", "dst")
_IPV6: Final = ("class", "flowlabel", "hoplimit", "proto", "protoid", "length", "src", "dst")
_ENDS: Final[dict[str, tuple[str, ...]]] = {
    "tcp": ("srcport", "dstport", "datalen", "tcpflags", "seq", "ack", "window", "urg", "tcpopts"),
    "udp": ("srcport", "dstport", "datalen"),
    "icmp": ("icmptype", "icmpdata", "icmpmore"),
    "ipv6-icmp": ("icmptype", "icmpdata", "icmpmore"),
    "carp": ("carptype", "carpttl", "vhid", "version", "advskew", "advbase"),
}
_VERDICTS: Final = {
    "block": ("network.blocked", "failure"),
    "reject": ("network.blocked", "failure"),
    "pass": ("network.allowed", "success"),
}


def read_filterlog(message: str) -> Parts | None:
    columns = message.split(",")
    if len(columns) < len(_START) + len(_IPV6) or columns[8] not in {"4", "6"}:
        return None
    middle = _IPV4 if columns[8] == "4" else _IPV6
    data: dict[str, Any] = dict(zip(_START, columns, strict=False))
    data.update(zip(middle, columns[9:], strict=False))
    if "dst" not in data:
        return None
    data["proto"] = data["proto"].lower()
    names = _ENDS.get(data["proto"], ())
    data.update(zip(names, columns[9 + len(middle) :], strict=False))
    source, target = data["src"], data["dst"]
    data |= {"src_ip": source, "dst_ip": target}
    if "srcport" in data:
        data |= {"src_port": port(data["srcport"]), "dst_port": port(data.get("dstport", ""))}
    kind, outcome = _VERDICTS.get(data["action"], ("network.flow", ""))
    return Parts(
        kind, {name: value for name, value in data.items() if value != ""}, f"ip:{source}", f"ip:{target}", outcome
    )
