"""OpenSSH's server. sshd's own line about an attempt is the ``login.failure`` or ``login.success``; the lines that only
accompany it (PAM's, the end of the connection) are ``host.log`` with the same fields, so that an attempt counts once.

Patterns run to the end of the line because a user name is the stranger's own text and may hold ``from 10.0.0.1``.
"""

from __future__ import annotations

from typing import Final

from bartizan.connectors.parse.forms import Form, first_match, form
from bartizan.connectors.parse.parts import Parts

_FROM = r"(?P<src_ip>\S+)(?: port (?P<src_port>\d+))?"
_AT = r"(?P<src_ip>\S+) port (?P<src_port>\d+)"
_KEY = r"(?: (?P<protocol>ssh\d))?(?:: (?P<public_key>.*))?$"
_STAGE = r"(?: \[(?P<stage>\w+)\])?$"
_WHO = r"(?:(?:invalid|authenticating) )?user (?P<user>.*)"

_DISCONNECT = form(
    rf"(?:error: )?Received disconnect from {_FROM}:(?: ?(?P<code>\d+):)? ?(?P<reason>.*?){_STAGE}", "host.log"
)
_TOO_MANY = form(
    r"(?:error: )?maximum authentication attempts exceeded for (?:invalid user )?(?P<user>.*) "
    rf"from {_FROM}(?: (?P<protocol>ssh\d))?{_STAGE}",
    "login.failure",
    "failure",
    reason="too many attempts",
)
_NO_SUCH_USER = form(
    rf"\w+ user (?P<user>.*) from {_FROM}$", "login.failure", "failure", invalid_user=True, reason="no such user"
)

# By the first word of the message: one look-up in place of thirty patterns.
_SHAPES: Final[dict[str, tuple[Form, ...]]] = {
    "Failed": (
        form(
            rf"Failed (?P<method>\S+) for (?:invalid|illegal) user (?P<user>.*) from {_FROM}{_KEY}",
            "login.failure",
            "failure",
            invalid_user=True,
        ),
        form(rf"Failed (?P<method>\S+) for (?P<user>.*) from {_FROM}{_KEY}", "login.failure", "failure"),
    ),
    "Accepted": (form(rf"Accepted (?P<method>\S+) for (?P<user>.*) from {_FROM}{_KEY}", "login.success", "success"),),
    "Invalid": (_NO_SUCH_USER,),
    "Illegal": (_NO_SUCH_USER,),
    "User": (
        form(
            rf"User (?P<user>.*) from (?P<rhost>\S+) not allowed because (?P<reason>.*?){_STAGE}",
            "login.failure",
            "failure",
        ),
    ),
    "ROOT": (form(rf"ROOT LOGIN REFUSED FROM {_FROM}{_STAGE}", "login.failure", "failure", user="root"),),
    "maximum": (_TOO_MANY,),
    "Postponed": (form(rf"Postponed (?P<method>\S+) for (?:invalid user )?(?P<user>.*) from {_FROM} .*$", "host.log"),),
    "Partial": (form(rf"Partial (?P<method>\S+) for (?P<user>.*) from {_FROM}{_KEY}", "host.log"),),
    "input_userauth_request:": (
        form(rf"input_userauth_request: invalid user (?P<user>.*?){_STAGE}", "host.log", "failure", invalid_user=True),
    ),
    "Received": (_DISCONNECT, form(r"Received signal (?P<signal>\d+); terminating\.$", "host.service")),
    "Disconnected": (
        form(rf"Disconnected from (?:invalid|authenticating) user (?P<user>.*) {_AT}{_STAGE}", "host.log", "failure"),
        form(rf"Disconnected from user (?P<user>.*) {_AT}$", "login.logout", "success"),
        form(rf"Disconnected from {_FROM}{_STAGE}", "host.log"),
    ),
    "Disconnecting": (form(rf"Disconnecting {_WHO} {_AT}: (?P<reason>.*?){_STAGE}", "host.log", "failure"),),
    "Disconnecting:": (
        form(
            rf"Disconnecting: (?P<reason>Too many authentication failures) for (?P<user>.*?){_STAGE}",
            "host.log",
            "failure",
        ),
        form(rf"Disconnecting: (?P<reason>.*?){_STAGE}", "host.log"),
    ),
    "Connection": (
        form(rf"Connection (?P<how>closed|reset) by {_WHO} {_AT}{_STAGE}", "host.log", "failure"),
        form(rf"Connection (?P<how>closed|reset) by {_FROM}{_STAGE}", "host.log"),
        form(rf"Connection from {_FROM}(?: on .*)?$", "host.log"),
    ),
    "Timeout": (form(rf"Timeout before authentication for (?:connection from )?{_FROM}.*$", "host.log", "failure"),),
    "Close": (form(rf"Close session: user (?P<user>.*) from {_FROM} .*$", "host.log"),),
    "Starting": (
        form(rf"Starting session: (?P<session>.*?)(?: on \S+)? for (?P<user>.*) from {_FROM}.*$", "host.log"),
    ),
    "Did": (form(rf"Did not receive identification string from {_FROM}.*$", "host.log", "failure"),),
    "Bad": (form(rf"Bad (?P<reason>protocol version identification) .* from {_FROM}$", "host.log", "failure"),),
    "banner": (form(rf"banner exchange: Connection from {_FROM}: (?P<reason>.*)$", "host.log", "failure"),),
    "Unable": (form(rf"Unable to negotiate with {_FROM}: (?P<reason>.*?){_STAGE}", "host.log", "failure"),),
    "reverse": (
        form(r"reverse mapping checking getaddrinfo for (?P<src_host>\S+) \[(?P<src_ip>[^\]]+)\] failed", "host.log"),
    ),
    "Address": (form(r"Address (?P<src_ip>\S+) maps to (?P<src_host>[^\s,]+), but this does not map", "host.log"),),
    "refused": (form(r"refused connect from (?:\S+ \()?(?P<src_ip>[^\s)]+)\)?$", "host.log", "failure"),),
    "drop": (form(r"drop connection #\d+ from \[(?P<src_ip>[^\]]+)\]:(?P<src_port>\d+) ", "host.log", "failure"),),
    "PAM": (
        form(r"PAM service\((?P<service>\S+)\) ignoring max retries; (?P<retries>\d+) > (?P<limit>\d+)$", "host.log"),
    ),
    "Server": (form(r"Server listening on (?P<listen>\S+) port (?P<listen_port>\d+)\.$", "host.service"),),
    "subsystem": (form(r"subsystem request for (?P<subsystem>\S+) by user (?P<user>\S+)", "host.log"),),
    "error:": (_DISCONNECT, _TOO_MANY, form(rf"error: (?P<reason>.*?){_STAGE}", "host.log", "failure")),
    "fatal:": (form(rf"fatal: (?P<reason>.*?){_STAGE}", "host.log", "failure"),),
}


def read_ssh(message: str) -> Parts | None:
    """What sshd's ``message`` tells; nothing when its shape is not known."""
    return first_match(_SHAPES.get(message.partition(" ")[0], ()), message)
