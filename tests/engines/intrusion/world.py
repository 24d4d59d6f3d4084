"""A small house: a hall with a door and a motion detector, a vault that takes two people, and a smoke detector."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from bartizan.engines import intrusion
from bartizan.engines.intrusion import Area, Detector, Group, Input, Output, Plan, Sensed, Slot, State, step

NOW = datetime(2026, 11, 16, 18, 0, tzinfo=UTC)
ALICE, BOB = "person:K-1", "person:K-2"
DOOR, MOTION, WINDOW, GLASS_A, GLASS_B, SMOKE, PANIC, HOLDUP, SAFE = range(1, 10)

PLAN = Plan.of(
    areas=[Area("hall", "Hall", exit_seconds=30, siren_seconds=300), Area("vault", "Vault", needs_two=True)],
    detectors=[
        Detector(DOOR, "hall", "front door", "contact", entry_seconds=20, chime=True),
        Detector(MOTION, "hall", "hall", "motion", modes=frozenset({"away", "vacation"}), follows=True),
        Detector(WINDOW, "hall", "window", "contact", exit_seconds=0),
        Detector(GLASS_A, "hall", "glass left", "glass", exit_seconds=0, group="glass"),
        Detector(GLASS_B, "hall", "glass right", "glass", exit_seconds=0, group="glass"),
        Detector(SMOKE, "hall", "smoke", "smoke"),
        Detector(PANIC, "hall", "panic", "panic"),
        Detector(HOLDUP, "hall", "hold-up", "holdup"),
        Detector(SAFE, "vault", "safe", "shock"),
    ],
    groups=[Group("glass", 2, 30)],
    slots={"hall": [Slot(frozenset(range(5)), time(20, 0), "away", warn_minutes=10)]},
    timezone="Europe/Amsterdam",
)
WATCHED = replace(
    PLAN, detectors={SAFE: Detector(SAFE, "vault", "safe", "shock", silent_after=300, silent_alarm_after=600)}, slots={}
)
"""Only the vault's detector, which is supervised."""


class House:
    """A panel over time: what it is told, and what it said."""

    def __init__(self, plan: Plan = PLAN, now: datetime = NOW) -> None:
        self.plan, self.now, self.current = plan, now, State()
        self.heard: list[Output] = []

    def tell(self, given: Input) -> list[Output]:
        made = step(self.plan, self.current, given, self.now)
        self.current = made.state
        self.heard += made.outputs
        self.answer = made.answer
        return list(made.outputs)

    def sense(self, number: int, what: Any = "active") -> list[Output]:
        return self.tell(Sensed(number, what, self.now))

    def wait(self, seconds: float) -> list[Output]:
        self.now += timedelta(seconds=seconds)
        return self.tell(intrusion.Tick())

    def arm(self, area: str = "hall", mode: str = "away", by: str = ALICE, **more: Any) -> list[Output]:
        return self.tell(intrusion.Arm((area,), mode, by, **more))

    def armed(self, area: str = "hall", mode: str = "away") -> House:
        self.arm(area, mode)
        self.wait(60)
        return self

    def disarm(self, area: str = "hall", by: str = ALICE, **more: Any) -> list[Output]:
        return self.tell(intrusion.Disarm((area,), by, **more))

    def condition(self, area: str = "hall") -> str:
        return self.current.area(area).condition

    def kinds(self) -> list[str]:
        return [each.kind for each in self.heard]


def kinds(outputs: list[Output]) -> list[str]:
    return [each.kind for each in outputs]


def states(outputs: list[Output]) -> list[str]:
    return [each.facts.get("state", each.facts.get("fault", each.kind)) for each in outputs]
