"""sudo and su: privilege used, and privilege refused."""

from __future__ import annotations

import re
from typing import Any, Final

from bartizan.connectors.parse.forms import first_match, form
from bartizan.connectors.parse.parts import Parts, outcome_of, reference

# The command is last because it may hold anything; the reason stands before the first field and only when refused.
_SUDO: Final = re.compile(
    r"\s*(?P<user>\S+) : (?:(?P<reason>(?!\w+=)[^;]+?) ; )?(?P<fields>\w+=.*?)(?: ; )?(?:COMMAND=(?P<command>.*))?$",
    re.DOTALL,
)
_FIELD: Final = re.compile(r"([A-Z]+)=(.*?)(?: ;|$)", re.DOTALL)

_SU: Final = (
    form(r"\(to (?P<target_user>\S+)\) (?P<user>\S+) on (?P<tty>\S+)$", "login.privilege", "success"),
    form(r"FAILED SU \(to (?P<target_user>\S+)\) (?P<user>\S+) on (?P<tty>\S+)$", "login.privilege", "failure"),
    form(r"Successful su for (?P<target_user>\S+) by (?P<user>\S+)$", "login.privilege", "success"),
    form(r"FAILED su for (?P<target_user>\S+) by (?P<user>\S+)$", "login.privilege", "failure"),
    form(r"\+ (?P<tty>\S+) (?P<user>[^:\s]+):(?P<target_user>\S+)$", "login.privilege", "success"),
    form(r"- (?P<tty>\S+) (?P<user>[^:\s]+):(?P<target_user>\S+)$", "login.privilege", "failure"),
    form(r"BAD SU (?P<user>\S+) to (?P<target_user>\S+) on (?P<tty>\S+)$", "login.privilege", "failure"),
    form(r"(?P<user>\S+) to (?P<target_user>\S+) on (?P<tty>/dev/\S+)$", "login.privilege", "success"),
    form(r"pam_authenticate: (?P<reason>.*)$", "host.log", "failure"),
)


def read_sudo(message: str) -> Parts | None:
    """A line of sudo: ``alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/apt update``."""
    found = _SUDO.match(message)
    if not found:
        return None
    data: dict[str, Any] = dict(_FIELD.findall(found["fields"]))
    if not data:
        return None
    data["user"] = found["user"]
    if found["command"]:
        data["COMMAND"] = data["CommandLine"] = found["command"]
    if found["reason"]:
        data["reason"] = found["reason"]
    asset = reference("user", data.get("USER"))
    return Parts("login.privilege", data, f"user:{found['user']}", asset, outcome_of(not found["reason"]))


def read_su(message: str) -> Parts | None:
    return first_match(_SU, message)
