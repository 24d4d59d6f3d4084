"""A short report in free text, sorted: what kind it is, what happened, where the thing was, why we think so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bartizan.engines.triage.features import deed_of, thing_of, words_of
from bartizan.engines.triage.kinds import BEFORE_DOORS, NOT_SURE, OF_DEEDS, OF_TYPES, RULES
from bartizan.engines.triage.model import Classifier, Model, shipped
from bartizan.engines.triage.reading import Reading, read
from bartizan.engines.triage.veris import Veris, veris_of

SURE_ENOUGH: Final = 0.5
"""Under it a type or place does not stand out, and the answer is "not sure"."""
LONGEST: Final = 20_000
"""Letters that are read; what comes after them adds nothing to what a report is about."""
_WORDS = 6


@dataclass(frozen=True, slots=True)
class Ranked:
    label: str
    probability: float


@dataclass(frozen=True, slots=True)
class Sorted:
    kind: str
    """One of kinds.KINDS."""
    types: tuple[Ranked, ...]
    """The regulator's breach types, the likeliest first, with probabilities that sum to 1."""
    places: tuple[Ranked, ...]
    words: tuple[str, ...]
    """Words of the report that decided, as they stand there; the weightiest first."""
    veris: Veris
    by_rule: bool
    """Whether the kind comes from a rule of ours (doors, messages, persons, threats, or the deed's own word)."""
    version: str

    @property
    def is_sure(self) -> bool:
        return self.kind != NOT_SURE


def sort(text: str, model: Model | None = None) -> Sorted:
    """Sort one report. ``model``: the shipped one unless given. The same text and model give the same answer.

    Type and place come from a multinomial logistic regression over a lexicon and plain words (weights.json); the kind
    from rules of ours first, then from the type where it is likely enough. A text that says nothing is "not sure".
    """
    model = model or shipped()
    text = text[:LONGEST]
    reading = read(text)
    types, places = _ranked(model.types, reading), _ranked(model.places, reading)
    deed, thing = deed_of(reading), thing_of(reading)
    kind, word = _kind(text, deed, thing, types[0])
    sure_place = places[0].label if thing != "none" and places[0].probability >= SURE_ENOUGH else ""
    return Sorted(
        kind=kind,
        types=types,
        places=places,
        words=_deciding(model, reading, word, types[0].label, places[0].label) if kind != NOT_SURE else (),
        veris=veris_of(kind, thing, sure_place, reading.told),
        by_rule=bool(word) or deed in OF_DEEDS,
        version=model.version,
    )


def _kind(text: str, deed: str, thing: str, likeliest: Ranked) -> tuple[str, str]:
    """The kind, and the words that a rule found; empty when it was no rule."""
    for kind, pattern in RULES:
        if kind in {"door", "person"} and deed in BEFORE_DOORS:
            continue
        if found := pattern.search(text):
            return kind, found.group(0)
    if deed in OF_DEEDS:
        return OF_DEEDS[deed], ""
    is_told = deed != "none" and thing != "none"
    if is_told and likeliest.probability >= SURE_ENOUGH and likeliest.label in OF_TYPES:
        return OF_TYPES[likeliest.label], ""
    return NOT_SURE, ""


def _ranked(classifier: Classifier, reading: Reading) -> tuple[Ranked, ...]:
    found: Mapping[str, float] = classifier.probabilities(classifier.figures(reading))
    return tuple(Ranked(label, value) for label, value in sorted(found.items(), key=lambda each: (-each[1], each[0])))


def _deciding(model: Model, reading: Reading, by_rule: str, type_: str, place: str) -> tuple[str, ...]:
    found = [by_rule] if by_rule else []
    for classifier, label in ((model.types, type_), (model.places, place)):
        shares = classifier.shares(classifier.figures(reading), label)
        words = (words_of(reading, name) for _, name in shares)
        found += list(dict.fromkeys(word.lower() for word in words if word))[:3]
    return tuple(dict.fromkeys(found))[:_WORDS]
