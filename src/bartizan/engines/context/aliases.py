"""The many spellings under which sources name one user account, host or badge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from typing import Final, TypeVar

from bartizan.engines.context.estate import Account, Estate, Host, Issue

_KNOWN_LIMIT: Final = 50_000
_Record = TypeVar("_Record")


class Aliases:
    """Finds the record that a name means; what was looked up once is remembered up to a limit."""

    def __init__(self, estate: Estate) -> None:
        self._accounts = {bare_account(name): account for name, account in estate.accounts.items()}
        self._hosts = _hosts(estate.hosts)
        self._badges = {number: _in_order(issues) for number, issues in estate.badges.items()}
        self._short = _short_numbers(self._badges)
        self._known_accounts: dict[str, Account | None] = {}
        self._known_hosts: dict[str, Host | None] = {}

    def account(self, name: str) -> Account | None:
        """By name, whatever its case, a domain and backslash before it or ``@domain`` after it."""
        if name not in self._known_accounts:
            _remember(self._known_accounts, name, self._accounts.get(bare_account(name)))
        return self._known_accounts[name]

    def host(self, name: str) -> Host | None:
        """By name, by the first label of its full name, or by address."""
        if name not in self._known_hosts:
            _remember(self._known_hosts, name, self._find_host(name))
        return self._known_hosts[name]

    def _find_host(self, name: str) -> Host | None:
        wanted = name.strip().lower().rstrip(".")
        found = self._hosts.get(wanted)
        if found is not None or is_address(wanted):
            return found
        return self._hosts.get(wanted.partition(".")[0])

    def badge(self, number: str) -> tuple[Issue, ...] | None:
        """A badge's issues, oldest first; leading zeros may be missing where only one badge can be meant."""
        return self._badges.get(number) or self._badges.get(self._short.get(number.lstrip("0"), ""))


def bare_account(name: str) -> str:
    r"""``VELDMARK\M.Vos`` and ``m.vos@veldmark.example`` to ``m.vos``."""
    return name.rpartition("\\")[2].partition("@")[0].strip().lower()


def is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _hosts(hosts: Mapping[str, Host]) -> dict[str, Host]:
    found: dict[str, Host] = {}
    for name, host in hosts.items():
        for address in host.addresses:
            found[address.lower()] = host
        found.setdefault(name.lower().partition(".")[0], host)
    # Full names last: they win over another host's first label.
    return found | {name.lower(): host for name, host in hosts.items()}


def _in_order(issues: tuple[Issue, ...]) -> tuple[Issue, ...]:
    return tuple(sorted(issues, key=lambda issue: issue.issued_at))


def _short_numbers(numbers: Iterable[str]) -> dict[str, str]:
    """The number behind each spelling without leading zeros, where only one badge has it."""
    short: dict[str, list[str]] = {}
    for number in numbers:
        short.setdefault(number.lstrip("0"), []).append(number)
    return {key: found[0] for key, found in short.items() if len(found) == 1}


def _remember(known: dict[str, _Record], name: str, record: _Record) -> None:
    if len(known) >= _KNOWN_LIMIT:
        known.clear()
    known[name] = record
