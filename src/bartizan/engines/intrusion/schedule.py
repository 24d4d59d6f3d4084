"""Areas that arm themselves: when next, with a warning before, moved once by somebody, and what happens when something
stops it then."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from bartizan.engines.intrusion import arming
from bartizan.engines.intrusion.inputs import MoveArming, Refused
from bartizan.engines.intrusion.plan import Plan, Slot
from bartizan.engines.intrusion.ready import reasons
from bartizan.engines.intrusion.state import AreaState
from bartizan.engines.intrusion.turn import Turn

KEEPS_TRYING: Final = timedelta(hours=2)
"""So long it arms as soon as nothing stops it; an occurrence missed by longer (the panel was away) is let go."""
MOVED_AT_MOST: Final = timedelta(hours=8)
_DAYS: Final = 15
"""A weekly slot that misses a holiday comes within two weeks; one that never comes has no next."""


def next_after(plan: Plan, slots: tuple[Slot, ...], after: datetime) -> tuple[datetime, Slot] | None:
    """The first time after ``after`` (aware) at which one of ``slots`` comes, in UTC, and which; None: never.

    A time that the clock leaves out or has twice in that night comes once (PEP 495, fold 0).
    """
    return _next_after(plan.timezone, plan.holidays, slots, after)


@lru_cache(maxsize=256)
def _next_after(
    timezone: str, holidays: frozenset[date], slots: tuple[Slot, ...], after: datetime
) -> tuple[datetime, Slot] | None:
    """Kept, because every step asks for the same again."""
    zone = ZoneInfo(timezone)
    first = after.astimezone(zone).date()
    found = [
        (at, slot)
        for slot in slots
        for day in (first + timedelta(days=n) for n in range(_DAYS))
        if _holds_on(holidays, slot, day) and (at := datetime.combine(day, slot.at, zone).astimezone(UTC)) > after
    ]
    return min(found, key=lambda each: each[0], default=None)


def _holds_on(holidays: frozenset[date], slot: Slot, day: date) -> bool:
    return day.weekday() in slot.weekdays and (slot.on_holidays or day not in holidays)


def next_arming(plan: Plan, at: AreaState, code: str) -> tuple[datetime, Slot] | None:
    """When the area arms itself next, with what was moved; None when it never does."""
    slots = plan.slots.get(code, ())
    if not slots or at.planned_from is None:
        return None
    following = next_after(plan, slots, at.planned_from)
    if following is None or at.moved_to is None:
        return following
    return at.moved_to, following[1]


def run(turn: Turn, code: str) -> None:
    if not turn.plan.slots.get(code):
        turn.change(code, planned_from=None, moved_to=None, warned_of=None)
        return
    if turn.areas[code].planned_from is None:
        turn.change(code, planned_from=turn.now)
    following = next_arming(turn.plan, turn.areas[code], code)
    if following is None:
        return
    due, slot = following
    if due <= turn.now:
        _come(turn, code, due, slot)
    elif due - timedelta(minutes=slot.warn_minutes) <= turn.now and turn.areas[code].warned_of != due:
        _warn(turn, code, due, slot)


def _warn(turn: Turn, code: str, due: datetime, slot: Slot) -> None:
    turn.change(code, warned_of=due)
    if slot.warn_minutes and turn.areas[code].condition == "disarmed":
        turn.say("device.state", code, state="arms soon", mode=slot.mode, until=due.isoformat())


def _come(turn: Turn, code: str, due: datetime, slot: Slot) -> None:
    """Its time came: the next is looked for after the slot's own time, or after where it was moved to."""
    before = turn.areas[code]
    assert before.planned_from is not None
    own = next_after(turn.plan, turn.plan.slots[code], before.planned_from)
    passed = max(due, own[0]) if own else due
    turn.change(code, planned_from=passed, moved_to=None, warned_of=None)
    if turn.areas[code].condition != "disarmed":
        return
    if turn.now - due > KEEPS_TRYING:
        turn.change(code, planned_from=turn.now)
        turn.say("device.fault", code, fault="not armed", why="away", mode=slot.mode, due=due.isoformat())
        return
    turn.change(code, late_until=turn.now + KEEPS_TRYING, late_mode=slot.mode)
    if not try_late(turn, code):
        _say_why(turn, code, slot.mode)


def _say_why(turn: Turn, code: str, mode: str) -> None:
    numbers: list[int] = []
    if turn.areas[code].test is not None:
        why = "walk test"
    elif not turn.plan.watches(code, mode):
        why = "nothing counts"
    else:
        stops = [r for r in reasons(turn.plan, turn.state(), code, mode, somebody_leaves=False) if r.stops]
        why, numbers = stops[0].why, [reason.number for reason in stops]
    first = numbers[0] if numbers else None
    turn.say("device.fault", code, first, fault="not armed", why=why, mode=mode, numbers=numbers)


def try_late(turn: Turn, code: str) -> bool:
    """Whether an area whose time came arms itself now; never one that nothing watches then."""
    at = turn.areas[code]
    if at.late_until is None or at.condition != "disarmed" or at.test is not None:
        return False
    if not turn.plan.watches(code, at.late_mode):
        return False
    if any(r.stops for r in reasons(turn.plan, turn.state(), code, at.late_mode, somebody_leaves=False)):
        return False
    arming.begin(turn, turn.plan.areas[code], at.late_mode, arming.SCHEDULE)
    return True


def give_up_late(turn: Turn, code: str) -> None:
    mode = turn.areas[code].late_mode
    turn.change(code, late_until=None, late_mode="")
    if turn.areas[code].condition == "disarmed":
        turn.say("device.fault", code, fault="not armed", why="given up", mode=mode)


def move(turn: Turn, given: MoveArming) -> None:
    turn.area(given.area)
    at = turn.areas[given.area]
    slots = turn.plan.slots.get(given.area, ())
    own = next_after(turn.plan, slots, at.planned_from) if at.planned_from else None
    if own is None:
        raise Refused("This area does not arm itself: there is nothing to move.")
    if given.to <= turn.now:
        raise Refused("Move it to a time after now; to arm now, arm it.")
    if given.to > own[0] + MOVED_AT_MOST:
        raise Refused("It can be moved by 8 hours at most; change its arming times for more.")
    turn.change(given.area, moved_to=given.to, warned_of=None)
    facts: dict[str, Any] = {"was": own[0].isoformat(), "until": given.to.isoformat(), "mode": own[1].mode}
    turn.say("device.state", given.area, by=given.by, state="arming moved", **facts)
