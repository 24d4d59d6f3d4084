"""Suricata's EVE records: alerts, names looked up, web requests, TLS, flows and files on the wire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from bartizan.connectors.parse.parts import Parts, reference

_KINDS: Final = {
    "alert": "network.alert",
    "dns": "network.dns",
    "http": "network.web",
    "http2": "network.web",
    "tls": "network.flow",
    "flow": "network.flow",
    "netflow": "network.flow",
    "fileinfo": "network.flow",
    "smtp": "network.mail",
    "drop": "network.blocked",
    "stats": "host.log",
    "engine": "host.log",
}


def is_suricata(record: Mapping[str, Any]) -> bool:
    return isinstance(record.get("event_type"), str) and "timestamp" in record


def read_suricata(record: Mapping[str, Any]) -> Parts:
    """An EVE record keeps its own fields; the names that Sigma uses for addresses and look-ups are added."""
    data = dict(record)
    source, target = _text(data.get("src_ip")), _text(data.get("dest_ip"))
    if target:
        data["dst_ip"] = target
        data["dst_port"] = data.get("dest_port")
    kind = data["event_type"]
    asset, outcome = _MAKERS.get(kind, _plain)(data)
    return Parts(
        _KINDS.get(kind, "network.flow"),
        data,
        reference("ip", source),
        asset or reference("ip", target),
        outcome,
        reference("host", _text(data.get("host"))),
        moment_of(_text(data["timestamp"])),
    )


def moment_of(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _inner(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def _plain(_data: dict[str, Any]) -> tuple[str, str]:
    return "", ""


def _alert(data: dict[str, Any]) -> tuple[str, str]:
    alert = _inner(data, "alert")
    data["signature"] = alert.get("signature")
    return "", "failure" if alert.get("action") == "blocked" else ""


def _dns(data: dict[str, Any]) -> tuple[str, str]:
    """Version 2 records name the query inside ``dns``; version 3 in a list of queries."""
    dns = _inner(data, "dns")
    queries = dns.get("queries")
    first = queries[0] if isinstance(queries, list) and queries and isinstance(queries[0], dict) else dns
    data["query"] = first.get("rrname")
    data["record_type"] = first.get("rrtype")
    answers = dns.get("answers")
    if isinstance(answers, list):
        data["answer"] = [answer.get("rdata") for answer in answers if isinstance(answer, dict)]
    code = dns.get("rcode")
    return "", "" if code is None else "success" if code == "NOERROR" else "failure"


def _web(data: dict[str, Any]) -> tuple[str, str]:
    http = _inner(data, "http")
    status = http.get("status")
    data |= {
        "cs-method": http.get("http_method"),
        "cs-host": http.get("hostname"),
        "cs-uri-query": http.get("url"),
        "c-uri": f"{_text(http.get('hostname'))}{_text(http.get('url'))}",
        "c-useragent": http.get("http_user_agent"),
        "sc-status": status,
    }
    return "", "" if not isinstance(status, int) else "failure" if status >= 400 else "success"


def _tls(data: dict[str, Any]) -> tuple[str, str]:
    data["DestinationHostname"] = _inner(data, "tls").get("sni")
    return "", ""


def _file(data: dict[str, Any]) -> tuple[str, str]:
    return reference("file", _text(_inner(data, "fileinfo").get("filename"))), ""


def _drop(_data: dict[str, Any]) -> tuple[str, str]:
    return "", "failure"


_MAKERS: Final[dict[str, Callable[[dict[str, Any]], tuple[str, str]]]] = {
    "alert": _alert,
    "dns": _dns,
    "http": _web,
    "tls": _tls,
    "fileinfo": _file,
    "drop": _drop,
}
