"""What leaves the house about a case: one dossier, three levels of redaction, and the formats that others read.

Pure: a dossier in, bytes out; the same dossier gives the same bytes.
"""

from bartizan.engines.packets.dossier import (
    LEVELS,
    NOT_KNOWN,
    DeviceClock,
    Dossier,
    Fact,
    Gap,
    Hand,
    Party,
    Reading,
    Row,
    Thing,
    Way,
)
from bartizan.engines.packets.levels import redacted
from bartizan.engines.packets.manifest import Finding, manifest_of, verify

__all__ = [
    "LEVELS",
    "NOT_KNOWN",
    "DeviceClock",
    "Dossier",
    "Fact",
    "Finding",
    "Gap",
    "Hand",
    "Party",
    "Reading",
    "Row",
    "Thing",
    "Way",
    "manifest_of",
    "redacted",
    "verify",
]
