"""Links by what was used: a badge, a user account, an address, a machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bartizan.engines.pinpoint.index import BADGED, BY_HAND, Index, Link, Span, decay
from bartizan.engines.pinpoint.record import Record
from bartizan.engines.pinpoint.units import HOUR

_LOGINS: Final = frozenset({"login.success", "login.unlock"})
# What a stranger does with somebody's user account after coming in; its owner's reading and writing goes on beside it.
_FOLLOWED: Final = BY_HAND | {"login.logout", "login.lock", "account.changed", "document.deleted", "host.service"}
_MACHINE: Final = frozenset({"login", "host", "document"})


def taken(effects: Sequence[Record], index: Index) -> dict[str, int]:
    """User accounts in strange hands, and from when (µs): before that, what was done with them was their owner's."""
    since: dict[str, int] = {}
    for effect in effects:
        if not effect.actor.startswith("user:"):
            continue
        for other in index.all(effect.actor):
            strange = other.is_elsewhere or other.facts.get("origin_outside")
            near = effect.time - 2 * HOUR <= other.time <= effect.time
            if other.kind in _LOGINS and strange and near:
                since[effect.actor] = min(other.time, since.get(effect.actor, other.time))
    return since


def same_badge(record: Record, span: Span, index: Index) -> Iterator[Link]:
    if not record.actor or record.actor.startswith("user:"):
        return
    for other in index.sharing(record.actor, span):
        strength = decay("badge", record, other) * index.chance(other, record.actor, record)
        yield Link(other, strength, _same_words(record.actor), is_certain=True)


def same_account(record: Record, span: Span, index: Index, taken_since: Mapping[str, int]) -> Iterator[Link]:
    if not record.actor.startswith("user:"):
        return
    since = taken_since.get(record.actor)
    for other in index.sharing(record.actor, span):
        if since is not None and other.time < since:
            continue
        if span.is_forward and other.kind not in _FOLLOWED:
            continue
        strength = decay("account", record, other) * index.chance(other, record.actor, record)
        yield Link(other, strength * _session(record, other, index, since), "same user account", is_certain=True)


def _session(record: Record, other: Record, index: Index, since: int | None) -> float:
    """How surely both belong to one session: same machine, same address, or one machine reached from the other."""
    # Whose password was guessed has done nothing: only the guesser's own trail leads on.
    if "login.failure" in (record.kind, other.kind) and record.remote != other.remote:
        return 0.0
    if record.host == other.host or (record.remote and record.remote == other.remote):
        return 1.0
    if _came_from(other, record, index) or _came_from(record, other, index):
        return 0.95
    return 0.0 if since is not None or record.is_elsewhere != other.is_elsewhere else 0.6


def _came_from(later: Record, earlier: Record, index: Index) -> bool:
    host = index.names.host(later.remote) if later.remote else None
    return host is not None and host.name == earlier.host


def same_address(record: Record, span: Span, index: Index) -> Iterator[Link]:
    key = f"ip:{record.remote}"
    if not record.remote:
        return
    for other in index.sharing(key, span):
        # Our own machines are the address of many a login; only together with the user account do they say something.
        if index.names.host(record.remote) is not None and other.actor != record.actor:
            continue
        strength = decay("address", record, other) * index.chance(other, key, record)
        yield Link(other, strength, "from the same address", is_certain=True)


def same_file(record: Record, span: Span, index: Index) -> Iterator[Link]:
    """The same file in the same hands, or in none that are known."""
    if not record.asset.startswith("file:") or span.is_forward:
        return
    for other in index.sharing(record.asset, span):
        if other.actor == record.actor or not (other.actor and record.actor):
            yield Link(other, 0.9 * decay("machine", record, other), "same file", is_certain=True)


def same_machine(record: Record, span: Span, index: Index) -> Iterator[Link]:
    """What happened on the same machine without a name to it; the same name is followed by its user account."""
    if not record.host or record.domain not in _MACHINE:
        return
    key = f"host:{record.host}"
    for other in index.sharing(key, span):
        if other.domain in _MACHINE and _same_hands(record, other, span):
            strength = 0.95 * decay("machine", record, other) * index.chance(other, key, record)
            yield Link(other, strength, "same machine", is_certain=False)


def _same_hands(record: Record, other: Record, span: Span) -> bool:
    if not other.actor:
        return True
    # Who was at the machine explains something nameless; what others did there afterwards does not.
    return not record.actor and not span.is_forward and other.facts.get("account_kind") != "service"


def owner_elsewhere(record: Record, index: Index) -> Iterator[Link]:
    """The last certain sighting of the owner, where it shows that somebody else was at the desk."""
    owner = record.facts.get("owner")
    if not record.is_elsewhere or not owner:
        return
    seen = [
        other
        for other in index.all(f"person:{owner}")
        if other.kind in BADGED and other.kind != "door.denied" and other.time <= record.time
    ]
    if seen and seen[-1].zone != record.zone:
        why = "shows that the owner was elsewhere"
        yield Link(seen[-1], 0.95, why, is_certain=True, is_end=True, is_proof=True)


def _same_words(actor: str) -> str:
    return {"badge": "same badge", "ip": "same address"}.get(actor.partition(":")[0], "same source")
