"""PAM: what the login modules say about authentication, sessions and passwords, for whichever program asked them."""

from __future__ import annotations

import re
from typing import Final

from bartizan.connectors.parse.forms import first_match, form, name_origin
from bartizan.connectors.parse.parts import Parts

_PREFIX: Final = re.compile(r"(?P<module>pam_\w+)\((?P<service>[^:)]*)(?::(?P<stage>\w+))?\): ?", re.DOTALL)
_MORE: Final = re.compile(r"PAM (?P<more>\d+) more authentication failures?; ")
_PAIR: Final = re.compile(r"(\w+)=(\S*)")

_ROUTINE: Final = frozenset(
    {"cron", "crond", "atd", "systemd-user", "sudo", "sudo-i", "polkit-1", "runuser", "runuser-l"}
)
_SWITCH: Final = frozenset({"su", "su-l"})

_OPENED: Final = re.compile(
    r"session opened for user (?P<user>[^\s(]*)(?:\(uid=(?P<uid>\d+)\))? by (?P<by>[^\s(]*)\(uid=(?P<by_uid>\d+)\)"
)
_CLOSED: Final = re.compile(r"session closed for user (?P<user>\S+)")
_OTHERS: Final = (
    form(r"check pass; (?P<reason>user unknown)$", "host.log", "failure"),
    form(r"password changed for (?P<target_user>\S+)$", "account.changed", "success", change="password"),
    form(r"account (?P<user>\S+) has (?P<reason>expired.*)$", "login.failure", "failure"),
    form(
        r"(?:Consecutive login failures for user|user) (?P<target_user>\S+) .*(?P<change>locked)",
        "account.changed",
        "success",
    ),
    form(r"auth could not identify password for \[(?P<user>.*)\]$", "host.log", "failure"),
)


def read_pam(message: str, program: str) -> Parts | None:
    """What a PAM line tells; nothing when ``message`` is not one.

    Old systems put the module into the tag (``sshd(pam_unix)[19939]:``) and keep sshd's own lines in another file:
    there the failure and the session are the login itself. Else sshd's own lines are, and PAM's only accompany them.
    """
    found = _PREFIX.match(message)
    if found:
        service = found["service"]
        return _read(message[found.end() :], service, found.groupdict(), told_elsewhere=service == "sshd")
    if program.endswith("(pam_unix)"):
        service = program[: -len("(pam_unix)")]
        return _read(message, service, {"module": "pam_unix", "service": service}, told_elsewhere=False)
    more = _MORE.match(message)
    if more:
        return _failure(message[more.end() :], {"more": int(more["more"])}, counted=True)
    return None


def _read(said: str, service: str, where: dict[str, str | None], *, told_elsewhere: bool) -> Parts | None:
    context = {name: value for name, value in where.items() if value}
    if said.startswith("authentication failure"):
        return _failure(said, context, counted=told_elsewhere)
    opened = _OPENED.match(said)
    if opened:
        return _session_opened(opened, service, context, told_elsewhere=told_elsewhere)
    closed = _CLOSED.match(said)
    if closed:
        kind = "host.log" if service in _ROUTINE | _SWITCH else "login.logout"
        return Parts(kind, {**context, "user": closed["user"]}, f"user:{closed['user']}")
    parts = first_match(_OTHERS, said) or Parts("host.log", {})
    return parts._replace(data=context | parts.data)


def _failure(said: str, context: dict[str, str] | dict[str, int], *, counted: bool) -> Parts:
    """A refused authentication; ``counted`` when another line tells of the same attempt."""
    data = {**context, **{name: value for name, value in _PAIR.findall(said) if value}}
    name_origin(data)
    user = data.get("user") or data.get("ruser") or data.get("logname")
    address = data.get("src_ip")
    actor = f"user:{user}" if user else f"ip:{address}" if address else ""
    return Parts("host.log" if counted else "login.failure", data, actor, outcome="failure")


def _session_opened(found: re.Match[str], service: str, context: dict[str, str], *, told_elsewhere: bool) -> Parts:
    data = context | {name: value for name, value in found.groupdict().items() if value}
    user, by = found["user"], found["by"]
    if service in _SWITCH and by:
        return Parts(
            "login.privilege", data | {"user": by, "target_user": user}, f"user:{by}", f"user:{user}", "success"
        )
    routine = told_elsewhere or service in _ROUTINE | _SWITCH
    return Parts("host.log" if routine else "login.success", data, f"user:{user}", outcome="success")
