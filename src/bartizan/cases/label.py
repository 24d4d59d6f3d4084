"""The label of an exhibit: what stands on it, and its QR code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import segno

from bartizan.cases.models import Exhibit
from bartizan.engines.custody import Link
from bartizan.estate.models import Organisation

QUIET: Final = 4
"""Modules of white around the code (ISO/IEC 18004, 6.3.8)."""


@dataclass(frozen=True, slots=True)
class Label:
    case: str
    number: str
    name: str
    found: str
    """Where it was found."""
    taken: str
    """When, and by whom, in UTC: a label outlives the zone of whoever reads it."""
    seals: str
    house: str
    digest: str
    """Of the exhibit's last link."""
    told: str
    """What the code says."""
    path: str
    """The code's dark modules as an SVG path; one unit a module."""
    side: int
    """Of the code with its quiet zone, in modules."""

    @property
    def box(self) -> str:
        return f"{-QUIET} {-QUIET} {self.side} {self.side}"


def label_of(exhibit: Exhibit, links: Sequence[Link]) -> Label:
    first, last = (links[0], links[-1]) if links else (None, None)
    digest = last.digest if last else ""
    told = f"bzn:{exhibit.case.number}/{exhibit.number}?c={digest[:12]}"
    path, side = _modules(told)
    seals = list(dict.fromkeys(link.seal_left for link in links if link.seal_left))[::-1]
    return Label(
        case=exhibit.case.number,
        number=exhibit.number,
        name=exhibit.name,
        found=exhibit.found_where,
        taken=f"{first.at:%a %d %b %Y %H:%M} UTC by {first.taker}" if first else "",
        seals=f"Seal {seals[0]}" + (f", before it {', '.join(seals[1:])}" if seals[1:] else "") if seals else "",
        house=Organisation.objects.values_list("name", flat=True).first() or "",
        digest=digest,
        told=told,
        path=path,
        side=side,
    )


def _modules(told: str) -> tuple[str, int]:
    """Level M bears a scratch of 15 %: labels are handled."""
    code = segno.make_qr(told, error="m")
    rows = [[bool(module) for module in row] for row in code.matrix]
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return path, len(rows) + 2 * QUIET
