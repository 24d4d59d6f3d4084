"""The small world with a panel of its own: the vault, which takes two people, and the corridor with its door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bartizan.engines.observe import Observation, microseconds
from bartizan.estate.models import Person
from bartizan.panels import actions, heard
from bartizan.panels.models import Area, Detector, Panel, PanelState
from bartizan.panels.plans import plan_of
from bartizan.watch.intake import Intake
from bartizan.watch.journal import Reader, Writer
from tests.world import World, build

NOW = datetime(2026, 11, 16, 18, 0, tzinfo=UTC)


@dataclass
class House:
    world: World
    panel: Panel
    corridor: Area
    vault: Area
    door: Detector
    motion: Detector
    safe: Detector
    dora: Person
    """Another who has a code: Carol is the first."""
    now: datetime = NOW

    def condition(self, area: Area | None = None) -> str:
        state = PanelState.objects.get(panel=self.panel).state
        return str(state["areas"][(area or self.corridor).code]["condition"])

    def wait(self, seconds: float) -> None:
        from bartizan.engines.intrusion import Tick

        self.now += timedelta(seconds=seconds)
        actions.advance(self.panel, [Tick()], now=self.now)

    def sense(self, detector: Detector, kind: str, **data: Any) -> None:
        """As the process hands on what a detector sent."""
        event = {
            "id": "1", "time": microseconds(self.now), "source": "zigbee", "kind": kind, "device": detector.device,
            "data": data,
        }  # fmt: skip
        actions.take([(self.panel, plan_of(self.panel), heard.sensed(event, detector.number))], {}, now=self.now)

    def armed(self, area: Area | None = None) -> House:
        actions.arm([area or self.corridor], "away", self.world.alice, now=self.now)
        self.wait(60)
        return self


def house() -> House:
    world = build()
    panel = Panel.objects.create(code="PA-1", name="Keep panel", site=world.site)
    corridor = Area.objects.create(panel=panel, code="corridor", name="Corridor", zone=world.corridor, exit_seconds=30)
    vault = Area.objects.create(panel=panel, code="vault", name="Vault", zone=world.vault, needs_two=True, order=1)
    door = _detector(corridor, 1, "Front door", "detector:D01", "contact", entry_seconds=20)
    motion = _detector(corridor, 2, "Corridor motion", "detector:M00", "motion", follows=True)
    safe = _detector(vault, 3, "Vault motion", "detector:M01", "motion", exit_seconds=0)
    dora = Person.objects.create(code="K-4", name="Dora Dean", site=world.site)
    return House(world, panel, corridor, vault, door, motion, safe, dora)


def _detector(area: Area, number: int, name: str, device: str, sort: str, **more: Any) -> Detector:
    return Detector.objects.create(
        area=area, panel=area.panel, number=number, name=name, device=device, sort=sort, **more
    )


def put_out(data: Path, name: str = "panels") -> None:
    """What the process does after each step: what the panels said goes into the journal."""
    with Writer(data / "journal", name) as writer:
        while actions.leave(Intake(writer)):
            pass


def sent(data: Path, *observations: Observation) -> None:
    with Writer(data / "journal", "watch") as writer:
        Intake(writer).accept(observations)


def records(data: Path) -> list[bytes]:
    return Reader(data / "journal").read({}, 100_000)[0]
