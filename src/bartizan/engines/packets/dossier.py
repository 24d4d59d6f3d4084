"""A case as it is told to somebody outside: plain values, and nothing that only the console could read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

LEVELS: Final = {
    "authority": "police",
    "regulator": "regulator",
    "house": "house",
}
"""How much is left out, from the least to the most, with the word that stands at the foot of each page."""


NOT_KNOWN: Final = "not known yet"
"""What a fact reads while nobody and no record says it."""


@dataclass(frozen=True, slots=True)
class Fact:
    key: str
    title: str
    words: str
    source: str
    is_settled: bool

    @property
    def is_known(self) -> bool:
        return self.words != NOT_KNOWN


@dataclass(frozen=True, slots=True)
class Party:
    part: str
    """``injured``, ``reported`` or ``witness``."""
    name: str
    says: str
    """What they can say."""
    statement: str = ""
    """The exhibit in which it stands."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the chronology. Times are aware, and already corrected by what is known of the clock."""

    at: datetime
    words: str
    exhibit: str
    """Its number; empty: the line stands in the case's own records."""
    is_recorded: bool
    """A device wrote it then; else it was worked out from other records."""
    clock: str
    """The greatest error of its clock: ``± 1 s``; empty: not checked."""
    because: str = ""
    """How it was worked out, or why it is in."""


@dataclass(frozen=True, slots=True)
class Hand:
    """One step of an exhibit's custody."""

    number: int
    """Of the link in the case's chain."""
    at: datetime
    deed: str
    giver: str
    taker: str
    place: str
    why: str
    how: str
    seal: str
    signed: tuple[str, ...]
    """Who signed in which part and how: ``gives: Alice Archer, signed in``."""
    changes: str
    digest: str


@dataclass(frozen=True, slots=True)
class Thing:
    """An exhibit."""

    number: str
    form: str
    """``thing``, ``file``, ``events`` or ``image``."""
    name: str
    what: str
    where: str
    digest: str
    """SHA-256 of its content; of its last custody link for a thing."""
    size: int
    seal: str
    found: str
    found_at: datetime | None
    hands: tuple[Hand, ...]
    file: str = ""
    """Where its content lies in the packet; empty: it is not in it."""
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class DeviceClock:
    device: str
    against: str
    """``0.0 s, ± 1 s`` against UTC, or that it was not checked."""
    checked: str


@dataclass(frozen=True, slots=True)
class Gap:
    """What was not examined."""

    what: str
    why: str
    could: str
    """What it could change."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One explanation of the verdict, as a share of one."""

    words: str
    probability: float
    sureness: str


@dataclass(frozen=True, slots=True)
class Way:
    """The likeliest route, in the words of VERIS and ATT&CK."""

    words: str
    probability: float
    action: str
    """``misuse.Data mishandling``."""
    vector: str
    technique: str
    """``T1052.001``; may be empty."""
    actor: str
    """``insider``, ``credential``, ``outsider``, ``malware``, ``error``, ``none``."""
    device: str
    """What kind of thing was touched: ``host``, ``door``; empty: not known."""


@dataclass(frozen=True, slots=True)
class Dossier:
    case: str
    number: int
    """Of the packet within the case."""
    kind: str
    level: str
    house: str
    place: str
    """The site and its town or name."""
    zone: str
    """IANA name of the local clock."""
    for_whom: str
    copies: int
    made_at: datetime
    """Aware."""
    opened_at: datetime
    first_at: datetime
    last_at: datetime
    state: str
    their_reference: str
    facts: tuple[Fact, ...]
    facts_version: str
    against: tuple[str, ...]
    places: tuple[Reading, ...]
    way: Way | None
    is_weighed: bool
    """A verdict was reached: only then was looked for what speaks against it."""
    is_named: bool
    """The gate names somebody."""
    parties: tuple[Party, ...]
    rows: tuple[Row, ...]
    things: tuple[Thing, ...]
    all_things: int
    clocks: tuple[DeviceClock, ...]
    players: tuple[str, ...]
    preserve: tuple[str, ...]
    not_examined: tuple[Gap, ...]
    asked: tuple[str, ...]
    """What is asked of the reader now."""
    signers: tuple[tuple[str, str], ...]
    """Name, and as what they sign."""
    left_out: tuple[str, ...] = ()
    """What this level leaves out, in words."""

    def fact(self, key: str) -> Fact:
        """Raises KeyError."""
        found = next((one for one in self.facts if one.key == key), None)
        if found is None:
            raise KeyError(key)
        return found
