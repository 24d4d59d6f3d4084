"""How a camera stands on the wall: its state in words, how grave that is, and how old its picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bartizan.cameras.models import Camera

STALE: Final = timedelta(seconds=45)
"""The state of a camera is written every ten seconds: one that is this much older comes from nobody who lives."""
TAMPER: Final = {"covered": "Covered", "moved": "Moved", "defocused": "Out of focus", "frozen": "Frozen"}
_HIGH, _MEDIUM = 3, 2


@dataclass(frozen=True, slots=True)
class Tile:
    camera: Camera
    word: str
    """Such as ``Recording``, ``2 people``, ``Covered``."""
    icon: str
    level: int
    """0: nothing is wrong."""
    since: datetime | None
    pictured_at: datetime | None
    """Of the picture that is shown, when it is not live."""
    seen: Mapping[str, Any]
    """As the ``cameras`` process wrote it: tracks, motion, counts."""

    @property
    def code(self) -> str:
        return str(self.camera.code)

    @property
    def place(self) -> str:
        return str(self.camera.device.zone.name if self.camera.device.zone else self.camera.name)

    @property
    def is_live(self) -> bool:
        return self.icon not in ("silent", "pause", "covered")

    @property
    def is_silent(self) -> bool:
        return self.icon == "silent"

    @property
    def is_covered(self) -> bool:
        return self.icon == "covered"

    @property
    def frame(self) -> str:
        return {_HIGH: "is-high", _MEDIUM: "is-medium"}.get(self.level, "")

    @property
    def is_recording(self) -> bool:
        return bool(self.seen.get("is_recording")) and not self.is_silent


def tile_of(camera: Camera, seen: Mapping[str, Any], now: datetime) -> Tile:
    """``seen`` is the camera's state file; empty when there is none yet."""
    at, since = time_of(seen.get("at")), time_of(seen.get("since"))
    state = str(seen.get("state", ""))
    if not camera.is_enabled:
        return Tile(camera, "Switched off", "pause", 0, camera.state_at, at, seen)
    if at is None:
        word, level = ("Waiting", 0) if camera.state in ("", "off", "waiting") else ("Silent", _MEDIUM)
        return Tile(camera, word, "silent", level, camera.state_at, None, seen)
    if state == "silent" or now - at > STALE:
        return Tile(camera, "Silent", "silent", _MEDIUM, since if state == "silent" else at, at, seen)
    if state in TAMPER:
        return Tile(camera, TAMPER[state], "covered", _HIGH, since, at, seen)
    word, icon = _well(state, seen)
    return Tile(camera, word, icon, 0, since, at, seen)


def _well(state: str, seen: Mapping[str, Any]) -> tuple[str, str]:
    people = people_in(seen)
    if state == "person" or people:
        return ("Person", "person") if people <= 1 else (f"{people} people", "people")
    if state == "motion":
        return "Motion", "motion"
    return ("Recording", "rec") if seen.get("is_recording") else ("Not recorded", "eye")


def people_in(seen: Mapping[str, Any]) -> int:
    return sum(track.get("label") == "person" for track in seen.get("tracks", ()))


def time_of(iso: object) -> datetime | None:
    """An aware time as somebody wrote it; nothing for what is none."""
    try:
        at = datetime.fromisoformat(str(iso))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def worst_first(tiles: list[Tile]) -> list[Tile]:
    """What is wrong, then where people are, then by code: the order in which a wall is filled."""
    return sorted(tiles, key=lambda one: (-one.level, one.icon not in ("person", "people"), one.code))
