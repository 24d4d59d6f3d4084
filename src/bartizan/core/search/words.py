"""Words as the search compares them: without case and diacritics, codes and addresses by their parts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

END: Final = "\ue000"
"""Stands after each kept value (a private character that nobody types): no phrase runs from one value into the next,
and what a value is as a whole can be asked for."""
MOST_WORDS: Final = 8
LONGEST: Final = 120
_RUN: Final = re.compile(r"[^\W_]+")
_LETTERS: Final = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)
"""Letters that Unicode does not take apart, as people type them who do not have them."""


def fold(text: str) -> str:
    """``Łukasz Müller`` as ``lukasz muller``."""
    low = text.lower()
    if low.isascii():
        return low
    apart = unicodedata.normalize("NFKD", low.translate(_LETTERS))
    return "".join(c for c in apart if not unicodedata.combining(c))


def tokens(text: str) -> list[str]:
    """``ML-2-014`` is ml, 2 and 014; ``10.20.2.14`` is 10, 20, 2 and 14."""
    return _RUN.findall(fold(text))


def kept(values: Iterable[str]) -> str:
    """Values as one column of the index keeps them."""
    found = (tokens(value) for value in values)
    return " ".join(token for each in found if each for token in (*each, END))


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for: each typed word is a phrase of one or more tokens, the last of them a beginning."""

    phrases: tuple[tuple[str, ...], ...]

    @property
    def steps(self) -> tuple[str, ...]:
        """What to ask the index, the best hits first: is called exactly so, begins so, is called so, says so."""
        whole = " ".join(token for phrase in self.phrases for token in phrase)
        named = f"{{code name}} : ({self._every})"
        return f'{{code name}} : ^ "{whole} {END}"', f'{{code name}} : ^ "{whole}" *', named, self._every

    @property
    def own(self) -> str:
        """The last step, without what records say of others."""
        return f"{{code name body}} : ({self._every})"

    @property
    def _every(self) -> str:
        return " AND ".join(f'"{" ".join(phrase)}" *' for phrase in self.phrases)

    def step_of(self, name: str, body: str) -> int | None:
        """The same order for a thing that is not in the index, by its kept name and body; nothing: it does not match.
        Each begins with a space."""
        whole = " " + " ".join(token for phrase in self.phrases for token in phrase)
        wanted = [" " + " ".join(phrase) for phrase in self.phrases]
        if name.startswith(f"{whole} {END}"):
            return 0
        if name.startswith(whole):
            return 1
        if all(each in name for each in wanted):
            return 2
        return 3 if all(each in name or each in body for each in wanted) else None


def query(words: str) -> Query | None:
    """What was typed; nothing when there is no letter or figure in it."""
    found = (tuple(tokens(word)) for word in words[:LONGEST].split())
    phrases = tuple(dict.fromkeys(phrase for phrase in found if phrase))[:MOST_WORDS]
    return Query(phrases) if phrases else None


def marked(text: str, asked: Query) -> list[tuple[str, bool]]:
    """The text in pieces, and whether each was looked for."""
    spans = sorted(_spans(text, asked))
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end in spans:
        if start < at:
            continue
        pieces += [(text[at:start], False), (text[start:end], True)]
        at = end
    pieces.append((text[at:], False))
    return [piece for piece in pieces if piece[0]]


def says(text: str, asked: Query) -> bool:
    """Whether any of the words stands in it."""
    return next(_spans(text, asked), None) is not None


def _spans(text: str, asked: Query) -> Iterator[tuple[int, int]]:
    runs = [(m.start(), m.end(), fold(m.group())) for m in _RUN.finditer(text)]
    for phrase in asked.phrases:
        for first in range(len(runs) - len(phrase) + 1):
            if _is_phrase([run[2] for run in runs[first : first + len(phrase)]], phrase):
                start, end, word = runs[first + len(phrase) - 1]
                same = len(word) == end - start
                yield runs[first][0], start + len(phrase[-1]) if same else end


def _is_phrase(found: Sequence[str], phrase: tuple[str, ...]) -> bool:
    return found[-1].startswith(phrase[-1]) and tuple(found[:-1]) == phrase[:-1]
