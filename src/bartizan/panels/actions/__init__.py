"""Everything that changes the panels: what people do, what detectors say, and the passing of time."""

from bartizan.panels.actions.arming import (
    NewBypass,
    arm,
    bypass,
    disarm,
    end_bypass,
    end_walk_test,
    lengthen_walk_test,
    move_arming,
    start_walk_test,
)
from bartizan.panels.actions.codes import Told, arm_by_code, disarm_by_code, end_code, new_code, set_code
from bartizan.panels.actions.observing import forget_cursor, keep_cursor, leave, take
from bartizan.panels.actions.stepping import NotReady, advance

__all__ = [
    "NewBypass",
    "NotReady",
    "Told",
    "advance",
    "arm",
    "arm_by_code",
    "bypass",
    "disarm",
    "disarm_by_code",
    "end_bypass",
    "end_code",
    "end_walk_test",
    "forget_cursor",
    "keep_cursor",
    "leave",
    "lengthen_walk_test",
    "move_arming",
    "new_code",
    "set_code",
    "start_walk_test",
    "take",
]
