"""How the engine's figures and references are said: in a page's matrix and in what leaves the house."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Final

# Up to which ratio the word holds. The look's words, after the ENFSI guideline for evaluative reporting (2015).
_WORDS: Final = ((1.05, "says nothing"), (2.0, "next to nothing"), (10.0, "weakly"), (100.0, "clearly"))
QUIET: Final = ("says nothing", "next to nothing")
_REFERENCE: Final = re.compile(r"\b(zone|host|portal|door|person|user|camera|detector|reader|badge):([\w.-]*\w)")


def figure(share: float) -> str:
    """``0.58``, ``< 0.01``; what is nearly certain is not rounded to certainty."""
    if share > 0.985:
        return f"{min(share, 0.999):.3f}"
    return f"{share:.2f}" if share >= 0.01 else "< 0.01"


def strength(nats: float) -> str:
    """What one likelihood ratio, given as its natural logarithm, says: ``weakly``, ``clearly``."""
    ratio = math.exp(abs(nats))
    return next((words for most, words in _WORDS if ratio < most), "strongly")


def plain(words: str, zones: Mapping[str, str]) -> str:
    """References in a sentence by their names: ``zone:LA`` is ``Lab``, ``host:ML-CORE-01`` is ``ML-CORE-01``."""

    def name(found: re.Match[str]) -> str:
        kind, code = found[1], found[2]
        if kind == "zone":
            return zones.get(code, code)
        return code if kind in ("host", "person", "user") else f"{kind} {code}"

    return _REFERENCE.sub(name, words)
