"""The plain words of a report as figures, beside the lexicon's: term frequency by inverse document frequency."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

_WORD: Final = re.compile(r"[a-z][a-z-]+")
LEAST_TEXTS: Final = 3
"""A word in fewer training texts than this is not kept: it would tell of one breach, and might name somebody."""


def counted(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text.lower()))


def rarities(texts: Iterable[str]) -> dict[str, float]:
    """For each word that is kept: ln((1 + texts) / (1 + texts with it)) + 1, as scikit-learn smooths it."""
    every = [set(counted(text)) for text in texts]
    holding = Counter(word for each in every for word in each)
    return {word: math.log((1 + len(every)) / (1 + n)) + 1 for word, n in sorted(holding.items()) if n >= LEAST_TEXTS}


def word_figures(text: str, rarity: Mapping[str, float], scale: float) -> dict[str, float]:
    """``word:NAME`` to (1 + ln count) × rarity, all together of length ``scale`` (Euclidean); empty without words."""
    raw = {word: (1 + math.log(n)) * rarity[word] for word, n in sorted(counted(text).items()) if word in rarity}
    length = math.sqrt(sum(value * value for value in raw.values()))
    return {f"word:{word}": scale * value / length for word, value in raw.items()} if length else {}
