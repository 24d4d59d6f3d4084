"""The shipped weights: read once, checked against their digest, and applied by plain arithmetic."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from bartizan.engines.triage.features import features
from bartizan.engines.triage.reading import Reading
from bartizan.engines.triage.words import word_figures

FORMAT: Final = 1
SHIPPED: Final = Path(__file__).with_name("weights.json")


class WeightsError(Exception):
    """The file of weights is not the one that was shipped; the words say what to do."""


@dataclass(frozen=True, slots=True)
class Classifier:
    """A multinomial logistic regression over named figures."""

    labels: tuple[str, ...]
    bias: tuple[float, ...]
    weights: Mapping[str, tuple[float, ...]]
    word_scale: float
    rarity: Mapping[str, float]

    def figures(self, reading: Reading) -> dict[str, float]:
        text = f"{reading.told} {reading.afterwards}"
        return features(reading) | word_figures(text, self.rarity, self.word_scale)

    def probabilities(self, figures: Mapping[str, float]) -> dict[str, float]:
        """Label to probability; they sum to 1. Figures without a weight say nothing."""
        scores = list(self.bias)
        for name, value in sorted(figures.items()):
            for at, weight in enumerate(self.weights.get(name, ())):
                scores[at] += weight * value
        top = max(scores)
        parts = [math.exp(score - top) for score in scores]
        return {label: part / sum(parts) for label, part in zip(self.labels, parts, strict=True)}

    def shares(self, figures: Mapping[str, float], label: str) -> list[tuple[float, str]]:
        """What each figure adds to ``label`` beyond its mean over all labels, if it does; the most first."""
        at = self.labels.index(label)
        known = [(value, name, self.weights[name]) for name, value in sorted(figures.items()) if name in self.weights]
        every = [(value * (row[at] - sum(row) / len(row)), name) for value, name, row in known]
        return sorted((share for share in every if share[0] > 0), key=lambda share: (-share[0], share[1]))


@dataclass(frozen=True, slots=True)
class Model:
    version: str
    """The first twelve digits of the digest of everything else in the file."""
    data: str
    """The digest (SHA-256) of the file that it was trained on."""
    types: Classifier
    places: Classifier


@cache
def shipped() -> Model:
    """The model that comes with this version, read at the first report. Raises WeightsError."""
    return load(SHIPPED.read_bytes())


def load(content: bytes) -> Model:
    """A model from the bytes of its file. Raises WeightsError when they are not as they were written."""
    try:
        whole = json.loads(content)
        body, digest = whole["body"], whole["digest"]
    except (ValueError, KeyError, TypeError):
        raise WeightsError(f"{SHIPPED.name} cannot be read; install Bartizan again.") from None
    if digest != digest_of(body):
        raise WeightsError(f"{SHIPPED.name} was changed since it was made; install Bartizan again.")
    if body["format"] != FORMAT:
        raise WeightsError(
            f"{SHIPPED.name} has format {body['format']}, this version reads {FORMAT}; install it again."
        )
    return Model(digest[:12], body["data"], _classifier(body["types"]), _classifier(body["places"]))


def packed(body: dict[str, Any]) -> bytes:
    """The bytes of a file of weights; the same for the same body."""
    return (json.dumps({"body": body, "digest": digest_of(body)}, **_PLAIN) + "\n").encode()


def digest_of(body: object) -> str:
    return hashlib.sha256(json.dumps(body, **_PLAIN).encode()).hexdigest()


_PLAIN: Final[dict[str, Any]] = {"sort_keys": True, "separators": (",", ":")}


def _classifier(part: dict[str, Any]) -> Classifier:
    weights = {name: tuple(row) for name, row in part["weights"].items()}
    return Classifier(tuple(part["labels"]), tuple(part["bias"]), weights, part["word_scale"], part["rarity"])
