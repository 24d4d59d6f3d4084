"""What the engine answers: plain values, the same bytes for the same inquiry."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import orjson

from bartizan.engines.pinpoint.model import Place

VERSION: Final = 6
NOBODY: Final = "Not identifiable from this evidence"


@dataclass(frozen=True, slots=True)
class Way:
    """A possible route. ``action`` and ``vector`` are VERIS's, ``technique`` is ATT&CK's (may be empty)."""

    route: str
    words: str
    probability: float
    action: str
    vector: str
    technique: str


@dataclass(frozen=True, slots=True)
class Doer:
    """A class of doer: ``insider``, ``credential``, ``outsider``, ``malware``, ``error``, ``none``."""

    cls: str
    words: str
    probability: float


@dataclass(frozen=True, slots=True)
class Suspect:
    """A person as the doer. ``without`` is the probability when one family of evidence is left out."""

    person: str
    probability: float
    sureness: str
    without: dict[str, float]
    families: tuple[str, ...]
    """Families that speak for it, strongest first."""


@dataclass(frozen=True, slots=True)
class Column:
    """A hypothesis of the matrix."""

    key: str
    cls: str
    person: str
    route: str
    words: str
    probability: float


@dataclass(frozen=True, slots=True)
class Item:
    """One item of evidence: what it says for each column, as ln of a likelihood ratio against "not involved"."""

    number: int
    family: str
    words: str
    events: tuple[str, ...]
    time: int
    rate: str
    """On what the ratio rests: ``in 3 of 60 comparable deeds``."""
    nats: tuple[float, ...]
    breaks: str
    """What would take its force."""


@dataclass(frozen=True, slots=True)
class Alibi:
    """Where the doors' records leave a person at the moment of an effect. Times in µs; 0 for none."""

    person: str
    effect: int
    state: str
    words: str
    before: int
    before_zone: str
    after: int
    after_zone: str
    usual: float
    """How often the person was in that state at the same hour of other days."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A piece of evidence to collect: ``gain`` is the expected drop of uncertainty, in bits."""

    words: str
    family: str
    gain: float
    opens: float
    """The chance that somebody can then be named, or that the leader is cleared."""
    person: str
    """Whom to ask, for a question; else empty."""
    until: str
    """When it is lost, as far as that is known."""


@dataclass(frozen=True, slots=True)
class Condition:
    words: str
    is_met: bool
    note: str


@dataclass(frozen=True, slots=True)
class Gate:
    """``person`` is whom the conditions are about, named or not; a second reader is asked for outside the engine."""

    person: str
    is_ready: bool
    conditions: tuple[Condition, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where, how, who or nobody. Times are µs since 1970 UTC; probabilities add to one within a list with its rest."""

    version: int
    digest: str
    headline: str
    places: tuple[Place, ...]
    routes: tuple[Way, ...]
    doers: tuple[Doer, ...]
    people: tuple[Suspect, ...]
    gate: Gate
    columns: tuple[Column, ...]
    items: tuple[Item, ...]
    alibis: tuple[Alibi, ...]
    contradictions: tuple[str, ...]
    collect: tuple[Wanted, ...]
    since: int
    until: int
    looked_at: int
    not_known: tuple[str, ...]

    def as_json(self) -> bytes:
        """Sorted keys; ``result_digest`` is SHA-256 of everything else."""
        plain = orjson.dumps(self, option=orjson.OPT_SORT_KEYS | orjson.OPT_SERIALIZE_NUMPY)
        told = orjson.loads(plain)
        told["result_digest"] = sha256(plain).hexdigest()
        return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
