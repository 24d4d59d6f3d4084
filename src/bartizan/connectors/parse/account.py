"""User accounts made, changed and removed: useradd, usermod, userdel, passwd, gpasswd and their kin."""

from __future__ import annotations

from typing import Final

from bartizan.connectors.parse.forms import first_match, form
from bartizan.connectors.parse.parts import Parts

_T = r"'?(?P<target_user>[^'\s,]+)'?"
_G = r"'?(?P<group>[^'\s,]+)'?"
_DONE = ("account.changed", "success")

_SHAPES: Final = (
    form(
        rf"new user: name={_T}, UID=(?P<uid>\d+), GID=(?P<gid>\d+), home=(?P<home>[^,]*), shell=(?P<shell>[^,\s]*)",
        *_DONE,
        change="created",
    ),
    form(rf"new user: name={_T}", *_DONE, change="created"),
    form(rf"(?:delete|remove) user {_T}", *_DONE, change="deleted"),
    form(rf"add {_T} to (?:shadow )?group {_G}", *_DONE, change="added to group"),
    form(rf"(?:delete|remove) {_T} from (?:shadow )?group {_G}", *_DONE, change="removed from group"),
    form(rf"user {_T} added by (?P<user>\S+) to group {_G}", *_DONE, change="added to group"),
    form(rf"user {_T} removed by (?P<user>\S+) from group {_G}", *_DONE, change="removed from group"),
    form(rf"changed? user name {_T} to '?(?P<new_name>[^'\s]+)", *_DONE, change="renamed"),
    form(rf"changed? user {_T} (?P<change>password|shell|home|UID|GID|expiration|inactive)", *_DONE),
    form(rf"(?P<change>lock|unlock) user {_T}", *_DONE),
    form(rf"password for {_T} changed by '?(?P<user>[^'\s]+)", *_DONE, change="password"),
    form(rf"changed password expiry for {_T}", *_DONE, change="password expiry"),
    form(
        rf"(?:new group: name={_G}|group added to \S+: name={_G.replace('group', 'group_name')})",
        *_DONE,
        change="group created",
    ),
    form(rf"(?:removed|delete) (?:shadow )?group {_G}", *_DONE, change="group deleted"),
    form(r"group '?(?P<group>[^'\s]+)'? removed", *_DONE, change="group deleted"),
    form(rf"failed (?P<reason>adding|deleting|changing) user {_T}", "account.changed", "failure"),
)

PROGRAMS: Final = frozenset(
    {
        "useradd",
        "usermod",
        "userdel",
        "groupadd",
        "groupmod",
        "groupdel",
        "gpasswd",
        "passwd",
        "chpasswd",
        "chage",
        "chsh",
    }
)


def read_account(message: str) -> Parts | None:
    return first_match(_SHAPES, message)
