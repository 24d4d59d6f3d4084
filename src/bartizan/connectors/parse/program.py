"""Which parser reads a message: by the program that wrote it, and by what the message looks like."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import orjson

from bartizan.connectors.parse.access import read_access, read_web_error
from bartizan.connectors.parse.account import PROGRAMS as ACCOUNT_PROGRAMS
from bartizan.connectors.parse.account import read_account
from bartizan.connectors.parse.audit import read_audit
from bartizan.connectors.parse.cef import read_cef
from bartizan.connectors.parse.filterlog import read_filterlog
from bartizan.connectors.parse.kernel import read_kernel
from bartizan.connectors.parse.login import read_console, read_kerberos, read_transfer
from bartizan.connectors.parse.netfilter import read_netfilter
from bartizan.connectors.parse.pam import read_pam
from bartizan.connectors.parse.parts import Parts
from bartizan.connectors.parse.record import read_record
from bartizan.connectors.parse.ssh import read_ssh
from bartizan.connectors.parse.sudo import read_su, read_sudo
from bartizan.connectors.parse.systemd import read_cron, read_logind, read_systemd

_READERS: Final[dict[str, Callable[[str], Parts | None]]] = {
    "sshd": read_ssh,
    "sshd-session": read_ssh,
    "sshd-auth": read_ssh,
    "sudo": read_sudo,
    "su": read_su,
    "login": read_console,
    "ftpd": read_transfer,
    "klogind": read_kerberos,
    "kernel": read_kernel,
    "ulogd": read_netfilter,
    "filterlog": read_filterlog,
    "systemd": read_systemd,
    "systemd-logind": read_logind,
    "elogind-daemon": read_logind,
    "cron": read_cron,
    "crond": read_cron,
    "crontab": read_cron,
    "cef": read_cef,
    "audispd": read_audit,
    "audisp-syslog": read_audit,
    "auditd": read_audit,
    "audit": read_audit,
    **dict.fromkeys(ACCOUNT_PROGRAMS, read_account),
}
# Programs of a Unix host whose lines are ordinary even where no parser takes them apart.
_ORDINARY: Final = frozenset({
    "anacron", "atd", "avahi-daemon", "bluetoothd", "chronyd", "cloud-init", "cups", "cupsd", "dbus",
    "dbus-daemon", "dhclient", "dhcpcd", "dhcpd", "dnsmasq", "dovecot", "fwupd", "gdm", "gdm-password", "gpm",
    "init", "irqbalance", "klogd", "logger", "logrotate", "lvm", "mdadm", "modemmanager", "named", "network",
    "networkmanager", "nfslock", "nmbd", "ntpd", "ntpdate", "pcscd", "polkitd", "portmap", "postfix", "rc",
    "random", "rngd", "rpc.statd", "rpcidmapd", "rsyslogd", "sdpd", "sendmail", "slapd", "smartd", "smbd",
    "snapd", "snmpd", "squid", "sysctl", "syslog", "syslog-ng", "syslogd", "systemd-journald",
    "systemd-machined", "systemd-modules-load", "systemd-networkd", "systemd-resolved", "systemd-sysctl",
    "systemd-sysusers", "systemd-timesyncd", "systemd-tmpfiles", "systemd-udevd", "tlp", "udev", "udevd",
    "udisksd", "unattended-upgrade", "upowerd", "vsftpd", "wpa_supplicant", "xinetd", "apt", "dpkg",
})  # fmt: skip
_REPEATED: Final = re.compile(r"message repeated (\d+) times: \[ ?(.*)\]$", re.DOTALL)
_INSTANCE: Final = re.compile(r"[(/@].*$")


def understand(program: str, message: str) -> Parts | None:
    """What ``message`` of ``program`` tells; nothing when no parser understands it."""
    reader = _READERS.get(program)
    if reader:
        parts = reader(message)
        if parts:
            return parts
    return _by_content(program, message) or _by_origin(program, message)


def _by_content(program: str, message: str) -> Parts | None:
    """By how the message begins, then by what it holds."""
    for beginnings, reader in _BEGINNINGS:
        if message.startswith(beginnings):
            return reader(program, message)
    if program.endswith("(pam_unix)"):
        return read_pam(message, program)
    if "OUT=" in message:
        return read_netfilter(message)
    return read_access(message) or read_web_error(message)


def _by_origin(program: str, message: str) -> Parts | None:
    """The same program in another spelling (``CRON``, ``/usr/sbin/sshd``, ``rsyslogd-2177``), or an ordinary line."""
    plain = _INSTANCE.sub("", program.rpartition("/")[2] if program.startswith("/") else program).lower()
    if plain != program and plain in _READERS:
        return understand(plain, message)
    family = plain.rstrip("0123456789-:")
    if plain in _READERS or plain in _ORDINARY or family in _ORDINARY:
        return Parts("host.log", {})
    return None


def _repeated(program: str, message: str) -> Parts | None:
    """``message repeated 5 times: [ Failed password …]`` is that message, five times over."""
    found = _REPEATED.match(message)
    if not found:
        return None
    parts = understand(program, found[2])
    return parts._replace(data=parts.data | {"repeated": int(found[1])}) if parts else None


def _structured(_program: str, message: str) -> Parts | None:
    try:
        record: Any = orjson.loads(message.removeprefix("@cee:"))
    except orjson.JSONDecodeError:
        return None
    return read_record(record) if isinstance(record, dict) else None


_BEGINNINGS: Final[tuple[tuple[tuple[str, ...], Callable[[str, str], Parts | None]], ...]] = (
    (("message repeated ",), _repeated),
    (("{", "@cee:"), _structured),
    (("pam_", "PAM "), lambda program, message: read_pam(message, program)),
    (("type=", "node="), lambda _, message: read_audit(message)),
    (("ROOT LOGIN", "LOGIN ON", "FAILED LOGIN"), lambda _, message: read_console(message)),
    (("CEF:",), lambda _, message: read_cef(message)),
)
