"""What machines do without anybody: backups, scheduled logins, connections, and strangers at the firewall."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, Final

Event = dict[str, Any]
SOURCE: Final = "veldmark-servers"
SECOND: Final = 1_000_000
EVERY_MINUTES: Final = 10
FIREWALLS: Final = {"fw-millane": "10.20.", "fw-harbour": "10.30.", "fw-eastgate": "10.40."}
OUTSIDE: Final = ("198.51.100.", "192.0.2.")
"""Networks that are set aside for examples (RFC 5737); the third of them belongs to an incident."""
SCANNED: Final = (22, 23, 80, 443, 445, 1433, 3389, 5900, 8080)
JOBS: Final = (
    ("svc-backup", "ml-files-01", "10.20.2.13", 1.0), ("svc-backup", "ml-db-01", "10.20.2.13", 1.5),
    ("svc-backup", "hh-files-01", "10.20.2.13", 2.0), ("svc-monitor", "ml-core-01", "10.20.2.13", 0.0),
    ("svc-monitor", "hh-vpn-01", "10.20.2.13", 0.0), ("svc-deploy", "ml-build-01", "10.20.2.14", 6.0),
)  # fmt: skip
"""User account, host, from where, and the hour at which it runs; 0: every hour."""


def traffic(
    rng: Random, midnight: int, hours: int, *, is_weekend: bool, hosts: Sequence[dict[str, Any]]
) -> Iterator[Event]:
    """A day of machines from ``midnight`` (µs)."""
    yield from _jobs(rng, midnight, hours)
    addresses = [address for host in hosts for address in host["addresses"]]
    for slot in range(hours * 60 // EVERY_MINUTES):
        hour = slot * EVERY_MINUTES / 60
        is_busy = 7 <= hour < 18 and not is_weekend
        start = midnight + slot * EVERY_MINUTES * 60 * SECOND
        for firewall in FIREWALLS:
            for _ in range(rng.randint(4, 9) if is_busy else rng.randint(1, 3)):
                yield connection(rng, start + rng.randrange(EVERY_MINUTES * 60 * SECOND), firewall, addresses)


def connection(rng: Random, at: int, firewall: str, addresses: Sequence[str]) -> Event:
    """Something that a firewall let through or stopped."""
    if rng.random() < 0.2:
        data = {"src_ip": f"{rng.choice(OUTSIDE)}{rng.randint(2, 250)}", "dst_ip": f"{FIREWALLS[firewall]}0.1",
                "dst_port": rng.choice(SCANNED)}  # fmt: skip
        kind, outcome = "network.blocked", "failure"
    else:
        own = [a for a in addresses if a.startswith(FIREWALLS[firewall])]
        data = {"src_ip": rng.choice(own), "dst_ip": f"{rng.choice(OUTSIDE)}{rng.randint(2, 250)}", "dst_port": 443}
        kind, outcome = "network.allowed", "success"
    data |= {"src_port": rng.randint(20000, 60000), "proto": "tcp", "length": rng.randint(52, 1500)}
    return {
        "time": at, "source": SOURCE, "kind": kind, "actor": f"ip:{data['src_ip']}", "device": f"host:{firewall}",
        "asset": f"ip:{data['dst_ip']}", "outcome": outcome, "data": data,
    }  # fmt: skip


def _jobs(rng: Random, midnight: int, hours: int) -> Iterator[Event]:
    for account, host, address, runs in JOBS:
        for hour in [runs] if runs else range(hours):
            at = midnight + int((hour * 3600 + rng.uniform(30, 120)) * SECOND)
            if hour < hours:
                yield from login(at, account, host, address, rng.randint(2, 40))


def login(at: int, account: str, host: str, address: str, seconds: int) -> Iterator[Event]:
    """A login over SSH with a key, and its end."""
    parts = {"source": SOURCE, "actor": f"user:{account}", "device": f"host:{host}", "outcome": "success"}
    data = {"user": account, "src_ip": address, "src_port": 20000 + at // SECOND % 40000, "program": "sshd"}
    yield {"time": at, "kind": "login.success", **parts, "data": {**data, "method": "publickey"}}
    yield {"time": at + seconds * SECOND, "kind": "login.logout", **parts, "data": data}
