"""Detectors that cried wolf through the month, and what their alarms turned out to be when they were closed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from bartizan.core.models import User
from bartizan.demo.outlets import SENSORS
from bartizan.engines.nuisance.causes import said
from bartizan.engines.observe import microseconds
from bartizan.watch.models import Alarm, AlarmAnswer, AlarmEvent

Event = dict[str, Any]
HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Crier:
    """Alarms of one detector, ``every`` so many hours since yesterday, with what each turned out to be, in turn."""

    device: str
    where: str
    zone: str
    every: int
    answers: tuple[tuple[str, str], ...]
    number: int
    officer: str


CRIERS: Final = (
    Crier("detector:EG-0-M12", "Goods hall 0.12, Eastgate", "EG-0.12", 41,
          (("false", "weather"), ("false", "weather"), ("false", "weather"), ("real", "intruder")), 14, "jonas"),
    Crier("detector:ML-2-M10", "Research office 2.10, Mill Lane", "ML-2.10", 72,
          (("false", "cleaner"),), 8, "aisha"),
    Crier("detector:HH-3-M11", "Board room 3.11, Harbour House", "HH-3.11", 119,
          (("false", "unknown"),), 5, "pieter"),
    Crier("detector:ML-0-M12", "Workshop 0.12, Mill Lane", "ML-0.12", 97,
          (("false", "air"), ("unknown", "unknown"), ("false", "air")), 6, "aisha"),
)  # fmt: skip


def _alarms(now: datetime) -> Iterator[tuple[Crier, int, datetime, tuple[str, str]]]:
    for crier in CRIERS:
        for number in range(crier.number):
            at = now - timedelta(days=1) - number * crier.every * HOUR
            yield crier, number, at, crier.answers[number % len(crier.answers)]


def _identity(crier: Crier, number: int, now: datetime) -> str:
    return str(uuid5(NAMESPACE_URL, f"veldmark:{crier.device}:{number}:{now.isoformat()}"))


def events(now: datetime) -> list[Event]:
    """The motion on which each of the alarms rests, by time."""
    found = [
        {"id": _identity(crier, number, now), "time": microseconds(at), "received": microseconds(at) + 200_000,
         "source": SENSORS, "kind": "alarm.motion", "level": 2, "device": crier.device, "data": {"occupancy": True}}
        for crier, number, at, _ in _alarms(now)
    ]  # fmt: skip
    return sorted(found, key=lambda event: int(event["time"]))


def write(now: datetime, officers: Sequence[User]) -> list[int]:
    """Make the alarms with their answers; their keys, so that they can be removed."""
    by_name = {officer.username: officer for officer in officers}
    return [_write(crier, number, at, answer, now, by_name) for crier, number, at, answer in _alarms(now)]


def _write(
    crier: Crier, number: int, at: datetime, answer: tuple[str, str], now: datetime, officers: dict[str, User]
) -> int:
    verdict, cause = answer
    by, closed = officers[crier.officer], at + timedelta(minutes=11 + number)
    alarm = Alarm.objects.create(
        rule="veldmark-motion", title="Motion out of hours", level=2, state="closed",
        group=f"veldmark|{crier.device}|{number}", where=crier.where, summary=f"Motion out of hours: {crier.where}",
        first_at=at, last_at=at, raised_at=at, acknowledged_at=at + timedelta(minutes=2), holder=by,
        reason=said(verdict, cause, ""), closed_at=closed, device=crier.device, zone=crier.zone,
        site=crier.zone.partition("-")[0],
    )  # fmt: skip
    event = _identity(crier, number, now)
    AlarmEvent.objects.create(
        alarm=alarm, rule=alarm.rule, event=event, at=at, kind="alarm.motion", summary=alarm.summary, is_trigger=True
    )
    AlarmAnswer.objects.create(
        alarm=alarm, verdict=verdict, cause=cause, detector=crier.device, happened_at=at, by=by, at=closed
    )
    return alarm.pk
