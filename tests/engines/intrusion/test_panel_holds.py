"""What holds after any inputs: nothing open is ignored in silence, duress shows nothing, every bypass ends."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bartizan.engines import intrusion
from bartizan.engines.intrusion import (
    MODES,
    Area,
    Detector,
    NewBypass,
    Output,
    Plan,
    Refused,
    Sensed,
    Slot,
    State,
    Tick,
    due,
    from_json,
    step,
    to_json,
)
from tests.engines.intrusion.world import ALICE, BOB, NOW, PLAN, SAFE

PEOPLE = st.sampled_from([ALICE, BOB])
AREAS = st.sampled_from([(), ("hall",), ("vault",), ("attic",)])
WHATS = st.sampled_from(
    ["active", "active", "clear", "tamper", "tamper over", "battery low", "fault", "fault over", "silent", "heard"]
)
SHORT = st.integers(0, 400).map(lambda n: timedelta(seconds=n))
ATTIC = 20
WATCHED = Plan.of(
    areas=[*PLAN.areas.values(), Area("attic")],
    detectors=[
        Detector(ATTIC, "attic", modes=frozenset({"away", "vacation", "custom"})),
        *(each for each in PLAN.detectors.values() if each.number != SAFE),
        replace(PLAN.detectors[SAFE], silent_after=300, silent_alarm_after=600, clears_after=40),
    ],
    groups=PLAN.groups.values(),
    slots={
        **PLAN.slots,
        "attic": [Slot(frozenset(range(7)), time(20, 0), "night"), Slot(frozenset(range(7)), time(23, 0))],
    },
    timezone=PLAN.timezone,
)
NUMBERS = st.sampled_from(sorted(WATCHED.detectors))


def names(outputs: tuple[Output, ...]) -> set[int]:
    """Every detector that was named."""
    found = {each.number for each in outputs if each.number is not None}
    for each in outputs:
        found |= {*each.facts.get("numbers", ()), *each.facts.get("open", ())}
    return found


def unheeded(state: State) -> set[int]:
    """Active detectors of armed areas that count and that nobody bypassed."""
    return {
        number
        for number, detector in WATCHED.detectors.items()
        if (area := state.area(detector.area)).mode
        and area.condition not in ("disarmed", "arming")
        and detector.counts_in(area.mode)
        and number not in state.bypasses
        and state.detector(number).is_active
    }


class Anything(RuleBasedStateMachine):
    """Whatever people, detectors and clocks do."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.state = self.before = step(WATCHED, State(), Tick(), NOW).state
        self.said: tuple[Output, ...] = ()

    def tell(self, given: intrusion.Input) -> bool:
        """Whether it was done; what is refused changes nothing."""
        try:
            made = step(WATCHED, self.state, given, self.now)
        except Refused:
            self.said = ()
            self.before = self.state
            return False
        assert step(WATCHED, self.state, given, self.now) == made, "the same step was another the second time"
        self.before, self.state, self.said = self.state, made.state, made.outputs
        return True

    @rule(number=NUMBERS, what=WHATS, late=st.sampled_from([0, 0, 0, 3, 90]))
    def sense(self, number: int, what: Any, late: int) -> None:
        self.tell(Sensed(number, what, self.now - timedelta(seconds=late)))
        if what == "tamper":
            assert ("alarm.tamper", number) in [(each.kind, each.number) for each in self.said]

    @rule(areas=AREAS, mode=st.sampled_from(MODES), by=PEOPLE, has_delay=st.booleans())
    def arm(self, areas: tuple[str, ...], mode: str, by: str, has_delay: bool) -> None:
        self.tell(intrusion.Arm(areas, mode, by, has_delay=has_delay))

    @rule(areas=AREAS, by=PEOPLE, at_keypad=st.booleans())
    def disarm(self, areas: tuple[str, ...], by: str, at_keypad: bool) -> None:
        plain = intrusion.Disarm(areas, by, at_keypad=at_keypad)
        forced = step(WATCHED, self.state, replace(plain, is_duress=True), self.now)
        self.tell(plain)
        assert [each for each in forced.outputs if not each.is_hidden] == list(self.said)
        assert [each.kind for each in forced.outputs if each.is_hidden] == ["alarm.duress"]
        assert forced.state == self.state

    @rule()
    def wrong_code(self) -> None:
        self.tell(intrusion.WrongCode())

    @rule(number=NUMBERS, by=PEOPLE, until=SHORT)
    def bypass(self, number: int, by: str, until: timedelta) -> None:
        self.tell(intrusion.AddBypass(NewBypass(number, "painter", self.now + until), by))

    @rule(number=NUMBERS, by=PEOPLE)
    def end_bypass(self, number: int, by: str) -> None:
        self.tell(intrusion.EndBypass(number, by))

    @rule(area=st.sampled_from(["hall", "vault"]), until=SHORT, by=PEOPLE)
    def start_test(self, area: str, until: timedelta, by: str) -> None:
        self.tell(intrusion.StartTest(area, self.now + until, by))

    @rule(area=st.sampled_from(["hall", "vault"]), by=PEOPLE)
    def end_test(self, area: str, by: str) -> None:
        self.tell(intrusion.EndTest(area, by))

    @rule(to=st.integers(0, 12).map(lambda hours: NOW + timedelta(hours=hours)), by=PEOPLE)
    def move(self, to: Any, by: str) -> None:
        self.tell(intrusion.MoveArming("hall", to, by))

    @rule(by=SHORT)
    def wait(self, by: timedelta) -> None:
        """Before anything is due, a tick changes nothing but the clock."""
        coming = due(WATCHED, self.state)
        self.now += by
        self.tell(Tick())
        if coming is None or self.now < coming:
            assert self.said == ()
            assert replace(self.state, clock=None) == replace(self.before, clock=None)

    @rule()
    def wait_for_what_is_due(self) -> None:
        coming = due(WATCHED, self.state)
        if coming is not None:
            self.now = max(self.now, coming)
            self.tell(Tick())

    @rule(hours=st.integers(-3, 3))
    def set_the_clock(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.tell(intrusion.ClockSet(hours * 3600.0))

    @rule(seconds=st.integers(1, 5000))
    def the_clock_goes_back_unannounced(self, seconds: int) -> None:
        self.now -= timedelta(seconds=seconds)
        self.tell(Tick())

    @rule()
    def sleep_and_wake(self) -> None:
        self.now += timedelta(hours=5)
        self.tell(intrusion.Woke())

    @invariant()
    def nothing_open_is_ignored_in_silence(self) -> None:
        for number in unheeded(self.state):
            area = self.state.area(WATCHED.detectors[number].area)
            causes = {cause.number for cause in area.causes}
            assert number in causes or number in area.waits
            if number not in unheeded(self.before):
                assert number in causes or number in names(self.said), "it was left out and nobody was told"

    @invariant()
    def what_begins_to_wait_is_named(self) -> None:
        for code, area in self.state.areas.items():
            assert {*area.waits} - {*self.before.area(code).waits} <= names(self.said)

    @invariant()
    def every_bypass_has_an_end_and_none_silences_fire(self) -> None:
        for bypass in self.state.bypasses.values():
            assert self.now < bypass.until
            assert bypass.reason
            assert not WATCHED.detectors[bypass.number].is_always

    @invariant()
    def nothing_is_left_undone_at_its_time(self) -> None:
        coming = due(WATCHED, self.state)
        if coming is not None and self.state.clock is not None and self.said:
            assert coming > self.state.clock

    @invariant()
    def no_delay_is_longer_than_it_was_set(self) -> None:
        longest = timedelta(seconds=900)
        for area in self.state.areas.values():
            if area.until is not None:
                assert area.until - self.now <= longest

    @invariant()
    def no_area_is_armed_that_nothing_watches(self) -> None:
        for code, area in self.state.areas.items():
            assert not area.mode or any(d.counts_in(area.mode) for d in WATCHED.of_area(code))

    @invariant()
    def a_disarmed_area_rests_on_nothing(self) -> None:
        for area in self.state.areas.values():
            if area.condition == "disarmed":
                assert (area.mode, area.causes, area.until, area.waits) == ("", (), None, ())

    @invariant()
    def it_is_the_same_after_a_restart(self) -> None:
        assert from_json(json.loads(json.dumps(to_json(self.state)))) == self.state


TestAnything = Anything.TestCase
TestAnything.settings = settings(max_examples=150, stateful_step_count=40)
