"""When a badge, a user account or a machine was used, where, and whose it was by the register."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bartizan.engines.context.aliases import bare_account
from bartizan.engines.interviews.records import Records
from bartizan.engines.observe import split_reference

_KINDS: Final = ("door.", "login.", "biometric.", "host.usb", "document.", "network.mail")


@dataclass(frozen=True, slots=True)
class Use:
    """One record of a use; ``owner`` is whose the credential was by the register. Times in µs."""

    row: int
    id: str
    time: int
    error: int
    zone: str
    owner: str
    words: str


def uses(known: Records, thing: str, since: int, until: int) -> list[Use]:
    """Of ``badge:…``, ``user:…`` or ``host:…`` (by anybody), oldest first."""
    kind, name = split_reference(thing)
    column, names = ("host", [name]) if kind == "host" else ("actor", _names(kind, name))
    log = known.log
    rows = [int(row) for one in names for row in log.rows(column, one, since, until)]
    found = [_use(known, row) for row in rows if log.name("kind", row).startswith(_KINDS)]
    return sorted(found, key=lambda use: (use.time, use.id))


def _names(kind: str, name: str) -> list[str]:
    if kind == "user":
        return [f"user:{bare_account(name)}"]
    return [f"badge:{name}", f"card:{name}"] if kind in ("badge", "card") else [f"{kind}:{name}"]


def _use(known: Records, row: int) -> Use:
    log, actor = known.log, known.log.name("actor", row)
    kind, name = split_reference(actor)
    zone, host = log.name("zone", row), log.name("host", row)
    what = f"badge {name}" if kind in ("badge", "card") else name or "somebody"
    where = f"at {host}" if host else f"at {known.zone_words(zone)}" if zone else "at a place not recorded"
    time, error = int(log.time[row]), int(log.columns["error"][row])
    return Use(row, log.id(row), time, error, zone, log.name("person", row), f"{what} {where}")
