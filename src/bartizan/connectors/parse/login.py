"""Logins other than over SSH: the console, file transfer, Kerberos' rlogin."""

from __future__ import annotations

from typing import Final

from bartizan.connectors.parse.forms import first_match, form
from bartizan.connectors.parse.parts import Parts

_CONSOLE: Final = (
    form(
        r"FAILED LOGIN (?:SESSION )?(?:\(?\d+\)? )?"
        r"(?:FROM (?P<rhost>\S+) |on '?(?P<tty>[^' ]+)'? (?:from '?(?P<from>[^' ]+)'? )?)"
        r"FOR '?(?P<user>[^',]*)'?, (?P<reason>.*)$",
        "login.failure",
        "failure",
    ),
    form(
        r"ROOT LOGIN\s+(?:on|ON) '?(?P<tty>[^' ]+)'?(?: (?:from|FROM) '?(?P<rhost>[^' ]+)'?)?$",
        "login.success",
        "success",
        user="root",
    ),
    form(r"LOGIN ON (?P<tty>\S+) BY (?P<user>\S+)(?: FROM (?P<rhost>\S+))?$", "login.success", "success"),
)
_TRANSFER: Final = (
    form(r"connection from (?P<rhost>\S+) \((?P<src_host>[^)]*)\)(?: at .*)?$", "network.flow"),
    form(
        r"ANONYMOUS FTP LOGIN FROM (?P<rhost>[^\s,]+),\s*\(?(?P<given>[^)]*)\)?",
        "login.success",
        "success",
        user="anonymous",
    ),
    form(r"FTP LOGIN FROM (?P<rhost>[^\s,]+)(?: \[[^\]]*\])?(?: as |, )(?P<user>\S+)$", "login.success", "success"),
    form(r"FTP LOGIN REFUSED FROM (?P<rhost>[^\s,]+)(?: \[[^\]]*\])?,\s*(?P<user>\S+)", "login.failure", "failure"),
    form(r"FTP session closed", "login.logout"),
)
_KERBEROS: Final = (
    form(
        r"Authentication failed from (?P<rhost>\S+) \((?P<src_host>[^)]*)\): (?P<reason>.*?) ?$",
        "login.failure",
        "failure",
    ),
    form(r"Kerberos (?P<reason>authentication failed) ?$", "host.log", "failure"),
)


def read_console(message: str) -> Parts | None:
    return first_match(_CONSOLE, message)


def read_transfer(message: str) -> Parts | None:
    return first_match(_TRANSFER, message)


def read_kerberos(message: str) -> Parts | None:
    return first_match(_KERBEROS, message)
