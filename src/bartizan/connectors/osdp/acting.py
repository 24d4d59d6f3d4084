"""What a door is told from afar, and what is answered: the verbs of acts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from bartizan.connectors import ActFailed, Command
from bartizan.connectors.osdp.door import Door
from bartizan.connectors.osdp.keeper import Keeper
from bartizan.engines.access import Order
from bartizan.engines.access.table import NOBODY_BELOW

VERBS: Final[Mapping[str, str]] = {
    "unlock": "Unlock the door for some seconds, or until it is released",
    "lock": "Keep the door locked from outside until it is released; the way out stays free",
    "release": "Back to what the access table says",
    "lockdown": "Let nobody in below a level; the way out stays free",
    "end lockdown": "End the lock-down",
    "free": "Free the door both ways, for fire and rescue",
    "end free": "No longer free for everybody",
}
_LONGEST: Final = 600


def done(keeper: Keeper, doors: Sequence[Door], command: Command, now: datetime) -> str:
    """Does it at every door that is meant and answers in words. Raises ActFailed in words."""
    deed = _DEEDS.get(command.verb)
    if deed is None:
        raise ActFailed(f"A door cannot “{command.verb}”; it knows {', '.join(VERBS)}.")
    keeper.reload()
    meant = [door for door in doors if is_meant(door, command.target)]
    if not meant:
        raise ActFailed(f"This line has no door in {command.target}; ask the source that has.")
    return "; ".join(deed(keeper, door, command, now) for door in meant) + "."


def is_meant(door: Door, target: str) -> bool:
    """By its own name or by a reader's."""
    return target in (_scope(door), *(reader.reference for reader in door.readers))


def _unlock(keeper: Keeper, door: Door, command: Command, now: datetime) -> str:
    words = f"A door is unlocked for at most {_LONGEST} seconds; 0 is until it is released."
    seconds = _whole(command.facts, "seconds", 5, _LONGEST, words)
    if seconds:
        if not door.pulse(seconds, now, {"act": command.number}):
            raise ActFailed(_away(door))
        return f"{door.portal} unlocked for {seconds} s"
    standing = keeper.standing(door.portal, now)
    if standing.reason == "lockdown":
        raise ActFailed(f"{door.portal} is locked down; end the lock-down first, or unlock it for some seconds.")
    keeper.end_orders(("lock",), _scope(door), now)
    return _ordered(keeper, door, command, now, "unlock", "unlocked until it is released")


def _lock(keeper: Keeper, door: Door, command: Command, now: datetime) -> str:
    keeper.end_orders(("unlock",), _scope(door), now)
    return _ordered(keeper, door, command, now, "lock", "kept locked from outside")


def _release(keeper: Keeper, door: Door, command: Command, now: datetime) -> str:
    keeper.end_orders(("lock", "unlock"), _scope(door), now)
    return _as_the_table_says(door, now)


def _lockdown(keeper: Keeper, door: Door, command: Command, now: datetime) -> str:
    keeper.end_orders(("unlock",), _scope(door), now)
    return _ordered(keeper, door, command, now, "lockdown", "locked down")


def _end_lockdown(keeper: Keeper, door: Door, command: Command, now: datetime) -> str:
    keeper.end_orders(("lockdown",), _scope(door), now)
    if keeper.standing(door.portal, now).reason == "lockdown":
        raise ActFailed(f"The access table still holds a lock-down over {door.portal}; end it there first.")
    return _as_the_table_says(door, now)


def _free(keeper: Keeper, door: Door, command: Command, now: datetime) -> str:
    return _ordered(keeper, door, command, now, "free", "free both ways")


def _end_free(keeper: Keeper, door: Door, command: Command, now: datetime) -> str:
    keeper.end_orders(("free",), _scope(door), now)
    return _as_the_table_says(door, now)


def _ordered(keeper: Keeper, door: Door, command: Command, now: datetime, verb: Any, words: str) -> str:
    """The order is kept whether or not the lock can be told now: the lock is brought to it once it answers again. One
    that the table holds (``id``) is obeyed from there alone, so that it ends there too, whether or not a reader hears
    of its end."""
    facts = command.facts
    keeps = tuple(str(reference) for reference in facts.get("keeps", ()))
    level = _whole(facts, "level", 0, NOBODY_BELOW, "Say the level as a whole number.")
    number = f"act:{command.number}:{door.portal}"
    order = Order(number, verb, (_scope(door),), now, _until(facts), level, keeps)
    if not keeper.has_order(str(facts.get("id", ""))):
        keeper.order(order)
    standing = door.stand(now)
    _confirm(door)
    stronger = " once it is no longer free for fire and rescue" if standing.reason == "free" != verb else ""
    return f"{door.portal} {words}{stronger}"


def _whole(facts: Mapping[str, Any], name: str, otherwise: int, most: int, words: str) -> int:
    """Raises ActFailed with ``words`` for anything but a whole number from 0 to ``most``."""
    said = facts.get(name, otherwise)
    if not isinstance(said, int) or not 0 <= said <= most:
        raise ActFailed(words)
    return said


def _until(facts: Mapping[str, Any]) -> datetime | None:
    """When it ends by itself. Raises ActFailed for what is no time with a zone."""
    said = facts.get("until")
    if said is None:
        return None
    try:
        until = datetime.fromisoformat(str(said))
    except ValueError:
        raise ActFailed(f"“{said}” is no time; write it as 2026-11-17T18:00:00+00:00.") from None
    if until.tzinfo is None:
        raise ActFailed(f"“{said}” names no time zone; write it as 2026-11-17T18:00:00+00:00.")
    return until


def _as_the_table_says(door: Door, now: datetime) -> str:
    standing = door.stand(now)
    _confirm(door)
    return f"{door.portal} {'stands unlocked: ' + standing.words.rstrip('.') if standing.is_unlocked else 'locked'}"


def _confirm(door: Door) -> None:
    if not door.answers:
        raise ActFailed(_away(door))


def _away(door: Door) -> str:
    return f"The lock of {door.portal} does not answer, or no relay is set for it: send somebody to the door."


def _scope(door: Door) -> str:
    return f"portal:{door.portal}"


_DEEDS: Final[Mapping[str, Callable[[Keeper, Door, Command, datetime], str]]] = {
    "unlock": _unlock,
    "lock": _lock,
    "release": _release,
    "lockdown": _lockdown,
    "end lockdown": _end_lockdown,
    "free": _free,
    "end free": _end_free,
}
