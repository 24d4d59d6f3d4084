"""What the topics of ONVIF events (Core 9, Imaging, Analytics) are in Bartizan's kinds. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

_TOPICS: Final = (
    ("RuleEngine/CellMotionDetector/Motion", "camera.motion"),
    ("RuleEngine/MotionRegionDetector/Motion", "camera.motion"),
    ("VideoSource/MotionAlarm", "camera.motion"),
    ("RuleEngine/TamperDetector/Tamper", "camera.covered"),
    ("VideoSource/ImageTooDark", "camera.covered"),
    ("VideoSource/GlobalSceneChange", "camera.moved"),
    ("VideoSource/ImageTooBlurry", "camera.defocused"),
    ("VideoSource/SignalLoss", "device.fault"),
    ("Device/Trigger/DigitalInput", "input"),
)
_TRUE: Final = frozenset({"true", "1", "on", "active"})
_ENDS: Final = {"camera.covered": "camera.clear", "device.fault": "device.restored"}


@dataclass(frozen=True, slots=True)
class Noticed:
    kind: str
    outcome: str = ""
    """``over`` where the kind does not say it."""
    data: Mapping[str, str] = field(default_factory=dict)


def noticed(topic: str, operation: str, source: Mapping[str, str], values: Mapping[str, str]) -> Noticed | None:
    """What a camera says that it noticed, or nothing: for topics that mean nothing to us, for motion that ended, and
    for states that are told at the beginning of a subscription and are quiet.

    ``operation``: Initialized, Changed, Deleted or empty. ``source`` and ``values``: the message's simple items.
    """
    plain = "/".join(part.partition(":")[2] or part for part in topic.strip().split("/"))
    kind = next((kind for start, kind in _TOPICS if plain.startswith(start)), "")
    if not kind:
        return None
    is_on = any(value.strip().lower() in _TRUE for value in values.values())
    if not is_on and (operation == "Initialized" or kind == "camera.motion"):
        return None
    data = {"topic": plain, **source, **values}
    if kind == "input":
        return Noticed("alarm.opened" if is_on else "alarm.closed", data=data)
    if is_on:
        return Noticed(kind, data=data)
    return Noticed(_ENDS[kind], data=data) if kind in _ENDS else Noticed(kind, "over", data)
