"""Whether an area can be armed, and what stops it (EN 50131-1: setting is prevented while a detector is active,
tampered with or at fault)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bartizan.engines.intrusion.inputs import Reason
from bartizan.engines.intrusion.plan import Detector, Plan
from bartizan.engines.intrusion.state import DetectorState, State


def reasons(
    plan: Plan,
    state: State,
    area: str,
    mode: str,
    *,
    besides: frozenset[int] = frozenset(),
    somebody_leaves: bool = True,
) -> list[Reason]:
    """What stops ``area`` from being armed in ``mode``, then what should be known before; by detectors' numbers.

    ``besides``: detectors that will be bypassed. ``somebody_leaves``: whoever arms walks out in the exit delay, so that
    motion on the way stops nothing. An area or mode that there is not has no reasons.
    """
    found = [
        reason
        for detector in plan.of_area(area)
        if not (detector.number in state.bypasses or detector.number in besides) or detector.is_always
        for reason in _of(detector, state.detector(detector.number), mode, leaves=somebody_leaves)
    ]
    return sorted(found, key=lambda reason: (not reason.stops, reason.number))


def _of(detector: Detector, at: DetectorState, mode: str, *, leaves: bool) -> Iterator[Reason]:
    number = detector.number
    if detector.is_always:
        if at.is_active:
            yield Reason(number, "hazard", at.since, may_bypass=False)
    elif not detector.counts_in(mode):
        return
    elif at.is_active:
        yield _active(detector, at.since, leaves=leaves)
    may = not detector.is_always
    if at.is_tampered:
        yield Reason(number, "tamper", at.since, stops=may, may_bypass=may)
    if at.silent_since is not None:
        yield Reason(number, "silent", at.silent_since, stops=may, may_bypass=may)
    if at.fault:
        yield Reason(number, "fault", at.since, stops=may, may_bypass=may)
    if at.has_low_battery:
        yield Reason(number, "battery", None, stops=False, may_bypass=may)


def _active(detector: Detector, since: datetime | None, *, leaves: bool) -> Reason:
    """A door must be shut before; motion on the way out is that of whoever arms. What may be open is only said."""
    is_motion = detector.sort == "motion"
    is_on_the_way = leaves and is_motion and detector.exit_seconds != 0
    stops = not (detector.may_be_open or is_on_the_way)
    return Reason(detector.number, "moving" if is_motion else "open", since, stops=stops)
