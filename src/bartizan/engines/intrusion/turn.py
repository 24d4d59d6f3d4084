"""One step in the making: the state's parts, to be changed, and what was said meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bartizan.engines.intrusion.inputs import Output, Refused
from bartizan.engines.intrusion.plan import Area, Detector, Plan
from bartizan.engines.intrusion.state import AreaState, Bypass, DetectorState, Spot, State
from bartizan.engines.observe import microseconds


class Turn:
    """Only for the time of one ``step``."""

    def __init__(self, plan: Plan, state: State, now: datetime) -> None:
        self.plan, self.now = plan, now
        self.said = state.said
        self.outputs: list[Output] = []
        self.answer = ""
        self.areas = {code: state.area(code) for code in plan.areas}
        self.detectors = {number: state.detector(number) for number in plan.detectors}
        self.bypasses: dict[int, Bypass] = dict(state.bypasses)
        self.crossing: dict[str, tuple[Spot, ...]] = dict(state.crossing)
        self.wrong = state.wrong
        self.locked_until = state.locked_until

    def state(self) -> State:
        return State(
            clock=self.now,
            said=self.said,
            areas=self.areas,
            detectors=self.detectors,
            bypasses=self.bypasses,
            crossing=self.crossing,
            wrong=self.wrong,
            locked_until=self.locked_until,
        )

    def say(self, kind: str, area: str = "", number: int | None = None, by: str = "", **facts: Any) -> None:
        self.said += 1
        self.outputs.append(Output(str(self.said), kind, area, number, by, facts))

    def whisper(self, area: str, by: str, **facts: Any) -> None:
        """A duress: it leaves no trace in the state, so its key is that of the moment and, for a button, of that."""
        key = f"{self.said}-{microseconds(self.now)}-{area}-{facts.get('number', '')}"
        self.outputs.append(Output(key, "alarm.duress", area, None, by, facts, is_hidden=True))

    def change(self, area: str, **new: Any) -> AreaState:
        self.areas[area] = replace(self.areas[area], **new)
        return self.areas[area]

    def note(self, number: int, **new: Any) -> DetectorState:
        self.detectors[number] = replace(self.detectors[number], **new)
        return self.detectors[number]

    def within(self, seconds: float) -> datetime:
        return self.now + timedelta(seconds=seconds)

    def area(self, code: str) -> Area:
        """Raises Refused for one that there is not."""
        if code not in self.plan.areas:
            raise Refused(f"This panel has no area “{code}”; it has {', '.join(self.plan.areas) or 'none yet'}.")
        return self.plan.areas[code]

    def detector(self, number: int) -> Detector:
        """Raises Refused for one that there is not."""
        if number not in self.plan.detectors:
            raise Refused(f"This panel has no detector {number}.")
        return self.plan.detectors[number]

    def chosen(self, areas: tuple[str, ...]) -> list[Area]:
        """No areas mean the master: every one."""
        return [self.area(code) for code in areas or tuple(self.plan.areas)]

    def is_counting(self, detector: Detector) -> bool:
        """It is part of what is armed, and nobody bypassed it."""
        return detector.counts_in(self.areas[detector.area].mode) and detector.number not in self.bypasses
