"""Wrong codes: after too many within ten minutes the keypads are shut for a while, and that is said (EN 50131-3 asks
for it, so that codes cannot be tried)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bartizan.engines.intrusion.inputs import Arm, Disarm
from bartizan.engines.intrusion.turn import Turn

WINDOW: Final = timedelta(minutes=10)
SHUT: Final = "shut"
WRONG: Final = "wrong code"


def wrong(turn: Turn) -> None:
    if is_shut(turn):
        turn.answer = SHUT
        return
    turn.answer = WRONG
    turn.wrong = (*[at for at in turn.wrong if at > turn.now - WINDOW], turn.now)
    turn.say("device.state", state="wrong code", times=len(turn.wrong))
    if len(turn.wrong) >= turn.plan.wrong_codes:
        turn.wrong, turn.locked_until = (), turn.within(turn.plan.lock_seconds)
        turn.say("device.fault", fault="keypad", until=turn.locked_until.isoformat())


def is_shut(turn: Turn) -> bool:
    return turn.locked_until is not None and turn.now < turn.locked_until


def is_let_in(turn: Turn, given: Arm | Disarm) -> bool:
    """Whether a right code is taken now. A duress is heard even while the keypads are shut, and shows as little."""
    if not given.at_keypad:
        return True
    if not is_shut(turn):
        turn.wrong = ()
        return True
    turn.answer = SHUT
    if isinstance(given, Disarm) and given.is_duress:
        call_for_help(turn, given.areas, given.by)
    return False


def call_for_help(turn: Turn, areas: tuple[str, ...], by: str) -> None:
    """One call, however many areas; nothing at the site shows it."""
    codes = [area.code for area in turn.chosen(areas)]
    turn.whisper(codes[0] if codes else "", by, cause="code", areas=codes)
