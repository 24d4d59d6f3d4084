"""May this badge go through this door now? One answer with its reason in the office's words; default: no.

Whoever leaves by an escape door is let through whatever else holds (EN 13637; NFPA 101, 7.2.1). What is free for fire
and rescue is free for everybody. Everything else must be granted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from bartizan.engines.access import rights
from bartizan.engines.access.asked import Asked
from bartizan.engines.access.holders import Refusal, holder_of
from bartizan.engines.access.orders import is_free, standing
from bartizan.engines.access.pins import answer_of
from bartizan.engines.access.presence import Presence
from bartizan.engines.access.table import Table, towards

_WAITING: Final = frozenset({"pin", "second"})
"""Reasons that are no refusal yet: the reader waits for more."""
_CHECKS: Final[tuple[Callable[[Asked], Refusal | None], ...]] = (
    rights.granted,
    rights.host,
    rights.pin,
    rights.passback,
    rights.room,
    rights.second,
)


@dataclass(frozen=True, slots=True)
class Request:
    """A badge was shown. ``in`` is towards the portal's inner zone."""

    portal: str
    direction: Literal["in", "out"]
    badge: str
    pin: str | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What follows: ``unlock`` {seconds}, ``wait`` {for, seconds}, ``admit`` {holders: [[reference, badge], …]},
    ``alarm`` {kind, why}, ``passback`` {since}, ``wrong-pin`` {}, ``alone`` {holder}."""

    kind: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    granted: bool
    reason: str
    """A key: granted two free unlocked leaving | pin second (waiting) | unknown lost ended not-yet not-joined left
    no-grant hours holiday no-pin wrong-pin pin-locked passback full lockdown locked host-away host-full two-person
    unknown-door no-table; of the door itself: lock-away unreadable."""
    words: str
    effects: tuple[Effect, ...] = ()
    holder: str = ""
    name: str = ""

    @property
    def is_waiting(self) -> bool:
        """Neither granted nor refused: a PIN or a second person is still to come."""
        return not self.granted and self.reason in _WAITING

    def effect(self, kind: str) -> Mapping[str, Any] | None:
        """The facts of the first effect of this kind."""
        return next((one.facts for one in self.effects if one.kind == kind), None)


def decide(table: Table | None, presence: Presence, request: Request, now: datetime) -> Decision:
    """Decides one request at the aware time ``now``; changes nothing and never raises for what people can type or
    show. Without a table, and at a door that it does not know, only leaving is granted.

    Source: the order of strength follows EN 13637 (egress before security); pass-back, two-person and occupancy rules
    as in EN 60839-11-1, 6.4 and 6.5."""
    if table is None:
        return _blind(request, "no-table", "This reader has no access table yet; nobody can be let in.")
    portal = table.portal.get(request.portal)
    if portal is None:
        return _blind(request, "unknown-door", f"The access table does not know door {request.portal}.")
    left, zone = towards(portal, request.direction)
    holder = holder_of(table, request.badge, now, table.site_of(portal.inner))
    asked = Asked(
        table,
        presence,
        portal,
        request.direction,
        holder,
        now,
        left,
        zone,
        request.pin is not None,
        answer_of(holder.pin, request.pin),
    )
    return _decided(asked)


def _blind(request: Request, reason: str, words: str) -> Decision:
    if request.direction == "out":
        return Decision(True, "leaving", "Leaving is always free.", (Effect("unlock", {"seconds": 5}),))
    return Decision(False, reason, words)


def _decided(asked: Asked) -> Decision:
    if order := is_free(asked.table, asked.presence, asked.portal, asked.now):
        return _grant(asked, "free", order.words or "Free for everybody, both ways.")
    if asked.direction == "out" and asked.portal.is_escape:
        return _grant(asked, "leaving", "Leaving is always free.")
    refusal = asked.holder.refusal or rights.closed(asked)
    if refusal is not None:
        return _refuse(asked, refusal)
    stands = standing(asked.table, asked.presence, asked.portal.code, asked.now)
    if stands.is_unlocked:
        return _grant(asked, "unlocked", stands.words)
    for check in _CHECKS:
        if refusal := check(asked):
            return _refuse(asked, refusal)
    return _grant(asked, "two" if rights.asks_two(asked) else "granted", rights.words(asked))


def _grant(asked: Asked, reason: str, words: str) -> Decision:
    effects = [Effect("unlock", {"seconds": asked.portal.unlock_seconds}), _admits(asked, reason), *_alarms(asked)]
    since = rights.passed_back(asked)
    if since is not None and reason in ("granted", "two"):
        effects.append(Effect("passback", {"since": since.isoformat()}))
    if alone := rights.leaves_alone(asked):
        effects.append(Effect("alone", {"holder": alone, "zone": asked.left}))
    return _decision(asked, True, reason, words, effects)


def _admits(asked: Asked, reason: str) -> Effect:
    holders = [[asked.holder.reference, asked.holder.badge]]
    first = rights.first_of_two(asked) if reason == "two" else None
    if first is not None:
        holders.insert(0, [first.holder, first.badge])
    return Effect("admit", {"holders": holders})


def _refuse(asked: Asked, refusal: Refusal) -> Decision:
    effects = _alarms(asked)
    if refusal.reason == "wrong-pin":
        effects.append(Effect("wrong-pin"))
    if refusal.reason == "pin":
        effects.append(Effect("wait", {"for": "pin", "seconds": rights.PIN_SECONDS}))
    if refusal.reason == "second":
        effects.append(Effect("wait", {"for": "second", "seconds": asked.portal.two_person_seconds}))
    return _decision(asked, False, refusal.reason, refusal.words, effects)


def _alarms(asked: Asked) -> list[Effect]:
    """A duress PIN calls for help whatever the door does, and shows nothing."""
    if asked.pin != "duress":
        return []
    return [Effect("alarm", {"kind": "alarm.duress", "why": "The duress PIN was typed."})]


def _decision(asked: Asked, granted: bool, reason: str, words: str, effects: list[Effect]) -> Decision:
    holder = asked.holder
    return Decision(granted, reason, words, tuple(effects), holder.reference, holder.name)
