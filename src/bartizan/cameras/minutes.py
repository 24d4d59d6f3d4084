"""What each minute held, in one small file a camera and day: 1,440 rows of eight bytes.

A row a minute in the records would be half a million a year and camera; the scrubber reads a day of these at once.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final

_ROW: Final = struct.Struct("<BBBBHBB")
_MINUTES: Final = 1440
NAME: Final = "minutes.bin"


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute of one camera. All zero: nothing was looked at and nothing recorded."""

    at: datetime
    motion: float = 0.0
    """Share of the looked-at pictures with motion, 0..1."""
    peak: float = 0.0
    """The largest share of the picture that changed, 0..1."""
    people: int = 0
    """The most at once."""
    vehicles: int = 0
    frames: int = 0
    """Pictures that were looked at."""
    recorded_seconds: int = 0
    dropped: int = 0
    """Pictures that came too late to be looked at."""

    @property
    def is_empty(self) -> bool:
        return not (self.frames or self.recorded_seconds or self.dropped)


def day_folder(media: Path, code: str, day: date) -> Path:
    return media / code / day.isoformat()


def keep_minute(media: Path, code: str, minute: Minute) -> None:
    """Write it at its place; what the file holds of other minutes stays."""
    at = minute.at.astimezone(UTC)
    folder = day_folder(media, code, at.date())
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.pwrite(file, _packed(minute), (at.hour * 60 + at.minute) * _ROW.size)
    finally:
        os.close(file)


def minutes_of(media: Path, code: str, day: date) -> list[Minute]:
    """The whole UTC day; minutes of which nothing is known are empty."""
    try:
        content = (day_folder(media, code, day) / NAME).read_bytes()
    except FileNotFoundError:
        content = b""
    content = content.ljust(_MINUTES * _ROW.size, b"\0")[: _MINUTES * _ROW.size]
    start = datetime.combine(day, time(), UTC)
    return [_read(start + timedelta(minutes=n), row) for n, row in enumerate(_ROW.iter_unpack(content))]


def _packed(minute: Minute) -> bytes:
    return _ROW.pack(
        _byte(minute.motion * 255), _byte(minute.peak * 255), _byte(minute.people), _byte(minute.vehicles),
        min(minute.frames, 65_535), _byte(minute.recorded_seconds), _byte(minute.dropped),
    )  # fmt: skip


def _byte(value: float) -> int:
    return max(0, min(255, round(value)))


def _read(at: datetime, row: tuple[int, ...]) -> Minute:
    motion, peak, people, vehicles, frames, recorded, dropped = row
    return Minute(at, motion / 255, peak / 255, people, vehicles, frames, recorded, dropped)
