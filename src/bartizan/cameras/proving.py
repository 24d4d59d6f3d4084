"""Whether every recording is still what it was when it was closed."""

from __future__ import annotations

from dataclasses import dataclass, field

from bartizan.cameras import queries
from bartizan.cameras.digests import sha256_of
from bartizan.cameras.models import Segment


@dataclass
class Proof:
    files: int = 0
    bytes: int = 0
    sound: int = 0
    troubles: list[str] = field(default_factory=list)


def prove(code: str = "") -> Proof:
    """Reads all of them; of one camera alone when ``code`` is given."""
    found = Proof()
    segments = Segment.objects.select_related("camera__device").order_by("path")
    if code:
        segments = segments.filter(camera__device__code=code)
    for segment in segments.iterator(500):
        found.files, found.bytes = found.files + 1, found.bytes + segment.bytes
        if words := _wrong(segment):
            found.troubles.append(words)
        else:
            found.sound += 1
    return found


def _wrong(segment: Segment) -> str:
    file = queries.file_of(segment)
    if not file.is_file():
        return f"{segment.path} is missing."
    if sha256_of(file)[0] != segment.sha256:
        return f"{segment.path} was changed since it was recorded."
    return ""
