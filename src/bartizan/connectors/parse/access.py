"""Web servers: the access log (common and combined, Apache and nginx) and their error logs.

Sigma's web rules match the whole request target in ``cs-uri-query``, so that is what it holds; ``cs-uri-stem`` is the
path alone.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final

from bartizan.connectors.parse.parts import Parts, is_address, outcome_of, reference

_ACCESS: Final = re.compile(
    r"(?:(?P<vhost>[\w.-]+:\d+) )?(?P<client>\S+) (?P<ident>\S+) (?P<user>.+?) "
    r"\[(?P<time>\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] "
    r'"(?P<request>(?:[^"\\]|\\.)*)" (?P<status>\d{3}|-) (?P<bytes>\d+|-)'
    r'(?: "(?P<referer>(?:[^"\\]|\\.)*)" "(?P<agent>(?:[^"\\]|\\.)*)")?(?P<more>.*)',
    re.DOTALL,
)
_APACHE_ERROR: Final = re.compile(
    r"\[(?P<time>\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)? \d{4})\] \[(?:(?P<module>\w*):)?(?P<level>\w+)\]"
    r"(?: \[pid (?P<pid>\d+)(?::tid \d+)?\])?(?: \[client (?P<client>[^\]]+)\])? (?P<message>.*)",
    re.DOTALL,
)
_NGINX_ERROR: Final = re.compile(
    r"(?P<time>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) \[(?P<level>\w+)\] (?P<pid>\d+)#\d+: "
    r"(?:\*(?P<connection>\d+) )?(?P<message>.*)",
    re.DOTALL,
)
_NGINX_CLIENT: Final = re.compile(r", client: (?P<client>[^,\s]+)")


def read_access(message: str) -> Parts | None:
    """A line of an access log; nothing when ``message`` is not one."""
    found = _ACCESS.match(message)
    if not found:
        return None
    method, _, rest = found["request"].partition(" ")
    target, _, version = rest.rpartition(" ") if " HTTP/" in rest else (rest, "", "")
    status, user = found["status"], found["user"]
    data: dict[str, Any] = {
        "c-ip": found["client"],
        "cs-username": user,
        "cs-method": method if rest else "",
        "cs-uri-stem": target.partition("?")[0],
        "cs-uri-query": target or found["request"],
        "cs-version": version,
        "sc-status": int(status) if status.isdecimal() else status,
        "sc-bytes": int(found["bytes"]) if found["bytes"].isdecimal() else 0,
        "cs-referer": found["referer"],
        "cs-user-agent": found["agent"],
        "cs-host": found["vhost"],
    }
    data = {name: value for name, value in data.items() if value not in {None, "", "-"}}
    actor = reference("user", data.get("cs-username"))
    if is_address(found["client"]):
        data["src_ip"] = found["client"]
        actor = actor or f"ip:{found['client']}"
    return Parts("network.web", data, actor, outcome=outcome_of(status < "400"), at=_access_time(found["time"]))


def read_web_error(message: str) -> Parts | None:
    """A line of Apache's or nginx's error log: host log, with the client where it names one."""
    if message.startswith("["):
        return _apache(message)
    return _nginx(message) if message[:2] == "20" else None


def _apache(message: str) -> Parts | None:
    found = _APACHE_ERROR.match(message)
    if not found:
        return None
    fraction = ".%f" if "." in found["time"] else ""
    return _error(found, f"%a %b %d %H:%M:%S{fraction} %Y", found["client"])


def _nginx(message: str) -> Parts | None:
    found = _NGINX_ERROR.match(message)
    if not found:
        return None
    client = _NGINX_CLIENT.search(message)
    return _error(found, "%Y/%m/%d %H:%M:%S", client["client"] if client else None)


def _error(found: re.Match[str], pattern: str, client: str | None) -> Parts:
    data = {name: value for name, value in found.groupdict().items() if value and name not in {"time", "client"}}
    if client:
        # Apache 2.4 writes address:port; an IPv6 address has more than one colon of its own.
        address, _, port = client.rpartition(":") if client.count(":") == 1 or "]" in client else (client, "", "")
        data |= {"src_ip": address.strip("[]")} | ({"src_port": port} if port else {})
    actor = reference("ip", data.get("src_ip"))
    return Parts("host.log", data, actor, at=_time(found["time"], pattern))


def _access_time(text: str) -> datetime | None:
    return _time(text, "%d/%b/%Y:%H:%M:%S %z")


def _time(text: str, pattern: str) -> datetime | None:
    try:
        return datetime.strptime(text, pattern)  # noqa: DTZ007  an error log names no zone: the caller knows the sender's
    except ValueError:
        return None
