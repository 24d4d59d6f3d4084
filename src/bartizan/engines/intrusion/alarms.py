"""From an activation to an entry delay or an alarm, and the alarm's own end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bartizan.engines.intrusion import arming
from bartizan.engines.intrusion.plan import ALWAYS, Detector, Group
from bartizan.engines.intrusion.state import Cause, Spot
from bartizan.engines.intrusion.turn import Turn


def activated(turn: Turn, detector: Detector, at: datetime) -> None:
    """A detector became active: what that means depends on its area, and on nothing for those that are always live."""
    area = turn.areas[detector.area]
    if detector.is_always:
        emergency(turn, detector)
    elif area.test is not None:
        _tested(turn, detector, at)
    elif area.condition == "disarmed":
        if detector.chime:
            turn.say("chime", detector.area, detector.number)
    elif turn.is_counting(detector) and detector.number not in area.waits:
        _counted(turn, detector, at)


def _counted(turn: Turn, detector: Detector, at: datetime) -> None:
    area = turn.areas[detector.area]
    if area.condition == "arming":
        _while_leaving(turn, detector)
    elif _is_old_news(turn, detector, at):
        wait(turn, detector)
    else:
        alert(turn, detector)


def _while_leaving(turn: Turn, detector: Detector) -> None:
    area = turn.areas[detector.area]
    allowed = turn.plan.areas[detector.area].exit_seconds if detector.exit_seconds is None else detector.exit_seconds
    if not allowed or area.began is None or turn.now > area.began + timedelta(seconds=allowed):
        arming.give_up(turn, detector.area, detector.number, "moving" if detector.sort == "motion" else "open")


def _is_old_news(turn: Turn, detector: Detector, at: datetime) -> bool:
    """It became active before the area was armed, and we hear of it late; who passed then had every right to."""
    since = turn.areas[detector.area].since
    return since is not None and at < since and (detector.may_be_open or detector.sort == "motion")


def wait(turn: Turn, detector: Detector) -> None:
    """It does not count until it was clear, and that is said."""
    _hold(turn, detector)
    turn.say("device.state", detector.area, detector.number, state="open when armed")


def _hold(turn: Turn, detector: Detector) -> None:
    waits = turn.areas[detector.area].waits
    turn.change(detector.area, waits=tuple(sorted({*waits, detector.number})))


def cleared(turn: Turn, detector: Detector) -> None:
    """From now on it counts again."""
    turn.note(detector.number, is_active=False, since=turn.now)
    waits = turn.areas[detector.area].waits
    turn.change(detector.area, waits=tuple(number for number in waits if number != detector.number))


def overlook_nothing(turn: Turn, code: str) -> None:
    """What is active in an armed area set something off, or is said to wait: also when the plan has just changed."""
    area = turn.areas[code]
    if not area.mode or area.condition in ("disarmed", "arming"):
        return
    known = {*area.waits, *(cause.number for cause in area.causes)}
    for detector in turn.plan.of_area(code):
        is_active = turn.detectors[detector.number].is_active
        if is_active and detector.number not in known and turn.is_counting(detector):
            wait(turn, detector)


def alert(turn: Turn, detector: Detector) -> None:
    """An activation that counts, in an armed area."""
    if not _agreed(turn, detector):
        return
    area = turn.areas[detector.area]
    if area.condition == "triggered":
        join(turn, detector)
    elif area.condition == "pending" and (detector.follows or detector.entry_seconds):
        _hurry(turn, detector)
    elif area.condition == "armed" and detector.entry_seconds:
        _begin_entry(turn, detector)
    else:
        trigger(turn, detector)


def _begin_entry(turn: Turn, detector: Detector) -> None:
    until = turn.within(detector.entry_seconds)
    causes = (Cause(detector.number, turn.now),)
    turn.change(detector.area, condition="pending", began=turn.now, until=until, causes=causes)
    turn.say("device.state", detector.area, detector.number, state="entry", until=until.isoformat())


def _hurry(turn: Turn, detector: Detector) -> None:
    """Of two entry delays the one that ends first holds; another never makes it longer."""
    area = turn.areas[detector.area]
    assert area.until is not None
    until = min(area.until, turn.within(detector.entry_seconds)) if detector.entry_seconds else area.until
    turn.change(detector.area, until=until, causes=_with(area.causes, detector.number, turn.now))


def trigger(turn: Turn, detector: Detector, why: str = "active") -> None:
    """The alarm. What set it off before, in an entry delay, stays with it."""
    area = turn.areas[detector.area]
    if area.condition == "triggered":
        join(turn, detector, why)
        return
    causes = _with(area.causes if area.condition == "pending" else (), detector.number, turn.now, why)
    _sound(turn, detector.area, causes)
    turn.say("alarm.triggered", detector.area, detector.number, why=why, numbers=[c.number for c in causes])


def _sound(turn: Turn, code: str, causes: tuple[Cause, ...]) -> None:
    until = turn.within(turn.plan.areas[code].siren_seconds)
    turn.change(code, condition="triggered", began=turn.now, until=until, causes=causes)


def entry_over(turn: Turn, code: str) -> None:
    """Nobody disarmed in time."""
    area = turn.areas[code]
    _sound(turn, code, area.causes)
    numbers = [cause.number for cause in area.causes]
    turn.say("alarm.triggered", code, numbers[0] if numbers else None, why="not disarmed in time", numbers=numbers)


def join(turn: Turn, detector: Detector, why: str = "active") -> None:
    """Another detector in an alarm confirms it (BS 8243: sequential confirmation); each is said once."""
    area = turn.areas[detector.area]
    is_new = detector.number not in [cause.number for cause in area.causes]
    causes = _with(area.causes, detector.number, turn.now, why)
    turn.change(detector.area, causes=causes)
    if is_new:
        numbers = [c.number for c in causes]
        turn.say("alarm.triggered", detector.area, detector.number, why=why, numbers=numbers, confirmed=True)


def _with(causes: tuple[Cause, ...], number: int, at: datetime, why: str = "active") -> tuple[Cause, ...]:
    known = {cause.number: cause for cause in causes}
    known[number] = replace(known[number], times=known[number].times + 1) if number in known else Cause(
        number, at, why=why
    )  # fmt: skip
    return tuple(known.values())


def alarm_over(turn: Turn, code: str) -> None:
    """After its time the area is as it was armed; what is still active then counts again once it was clear."""
    area = turn.areas[code]
    turn.say("alarm.restored", code, None, numbers=[cause.number for cause in area.causes])
    turn.change(code, condition="armed" if area.mode else "disarmed", began=None, until=None, causes=())
    for detector in turn.plan.of_area(code):
        if area.mode and turn.detectors[detector.number].is_active and turn.is_counting(detector):
            wait(turn, detector)


def emergency(turn: Turn, detector: Detector) -> None:
    """Panic and fire are live around the clock. A hold-up button is silent: nothing at the site shows it."""
    kind = ALWAYS[detector.sort]
    if detector.sort == "holdup":
        turn.whisper(detector.area, "", number=detector.number, cause="button")
        return
    if turn.areas[detector.area].condition == "arming":
        arming.give_up(turn, detector.area, detector.number, "hazard")
    area = turn.areas[detector.area]
    causes = _with(area.causes if area.condition in ("pending", "triggered") else (), detector.number, turn.now)
    _sound(turn, detector.area, causes)
    turn.say(kind, detector.area, detector.number, why=detector.sort, numbers=[c.number for c in causes])


def tampered(turn: Turn, detector: Detector, *, is_new: bool) -> None:
    """Always said, whatever is bypassed or tested; where the area is armed, an alarm too (EN 50131-1: tamper). One that
    was known, and only said again, sets off nothing anew."""
    turn.say("alarm.tamper", detector.area, detector.number)
    condition = turn.areas[detector.area].condition
    if not is_new:
        return
    if condition == "arming":
        arming.give_up(turn, detector.area, detector.number, "tamper")
    elif condition != "disarmed":
        trigger(turn, detector, "tamper")


def _tested(turn: Turn, detector: Detector, at: datetime) -> None:
    test = turn.areas[detector.area].test
    assert test is not None
    if detector.number in [spot.number for spot in test.seen]:
        return
    took = max(0.0, round((turn.now - at).total_seconds(), 1))
    turn.change(detector.area, test=replace(test, seen=(*test.seen, Spot(detector.number, at, took))))
    turn.say("alarm.tested", detector.area, detector.number, phase="seen", took=took)


def _agreed(turn: Turn, detector: Detector) -> bool:
    """Whether enough different detectors of its group were active within the group's time; alone it is only noted."""
    group = turn.plan.groups.get(detector.group)
    if group is None or group.needs < 2:
        return True
    lately = _lately(turn, group)
    spots = (*[spot for spot in lately if spot.number != detector.number], Spot(detector.number, turn.now))
    turn.crossing[group.code] = spots
    if len(spots) >= group.needs:
        return True
    facts: dict[str, Any] = {"active": len(spots), "needs": group.needs, "seconds": group.seconds}
    _hold(turn, detector)
    turn.say("device.state", detector.area, detector.number, state="unconfirmed", **facts)
    return False


def _lately(turn: Turn, group: Group) -> list[Spot]:
    since = turn.now - timedelta(seconds=group.seconds)
    return [spot for spot in turn.crossing.get(group.code, ()) if spot.at >= since]
