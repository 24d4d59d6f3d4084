"""What the process of the cameras and its workers say to each other. Plain values: they cross a pipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from bartizan.cameras.recording import Plan, Written
from bartizan.engines.observe import Observation


@dataclass(frozen=True, slots=True)
class Model:
    """The detector of the office; an empty path: motion alone."""

    path: str = ""
    sha256: str = ""
    kind: str = "yolox"
    passes_per_second: float = 4.0


@dataclass(frozen=True, slots=True)
class Setup:
    """A camera as somebody set it up, with its credentials in clear: it never leaves these processes."""

    code: str
    main_url: str
    sub_url: str = ""
    transport: str = "tcp"
    fps: float = 5.0
    silent_after: float = 10.0
    plan: Plan = field(default_factory=Plan)
    place: str = ""
    drawing: Mapping[str, Any] = field(default_factory=dict)
    detector: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assign:
    """To a worker: these cameras are yours, and no others."""

    setups: tuple[Setup, ...]
    model: Model = Model()
    share: float = 1.0
    """Of the model's passes a second, so much is this worker's."""


@dataclass(frozen=True, slots=True)
class Told:
    """Of a camera: its light, in words."""

    code: str
    state: Literal["ok", "waiting", "trouble"]
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Observed:
    """For the journal. ``review``: words of what somebody should look at, empty for the rest."""

    observation: Observation
    thumbnail: str = ""
    review: str = ""
    why: str = ""
    severity: int = 1


@dataclass(frozen=True, slots=True)
class Sighted:
    """A track that ended."""

    code: str
    kind: str
    begun_at: datetime
    ended_at: datetime
    zones: tuple[str, ...]
    score: float
    thumbnail: str
    path: tuple[tuple[float, float, float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Of a part of the machinery; empty words: it is well again."""

    part: str
    words: str


@dataclass(frozen=True, slots=True)
class ClockTold:
    """By how much a camera's own clock is ahead of ours."""

    code: str
    ahead_seconds: float


Message = ClockTold | Trouble | Written | Told | Observed | Sighted
