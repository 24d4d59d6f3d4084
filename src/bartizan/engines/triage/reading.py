"""What of a report tells what happened: its opening sentences, without what was done about it afterwards."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

_SENTENCE: Final = re.compile(
    r"(?<=[a-z0-9)\"][.;!?])(?<!\b(?:Dr|Mr|Ms|St)\.)(?<!\bMrs\.)(?<!\bDept\.)\s*(?=[A-Z])|\n+"
)
_REMEDY: Final = re.compile(
    r"follow(?:ing|ed) (?:the |this |its |upon )?(?:breach|discovery|theft|incident|investigation|event|these)"
    r"|upon (?:discover|learning|notification)|in response|as a result|provided (?:\w+ ){0,3}noti|voluntary"
    r"|posted (?:\w+ )?noti|substitute noti|corrective|to prevent|sanctioned|retrained|offered"
    r"|notified (?:(?:all|the|its|each|both|[\d,]+|affected|potentially|current|former|impacted|local) )*"
    r"(?:individual|indiv|patient|member|client|enrollee|subscriber|person|famil|media|hhs|ocr|police|law)"
    r"|ocr (?:obtained|reviewed|provided|confirmed|verified)|ocr's investigation"
    r"|(?:revised|updated|improved|implemented) |terminated the|after the (?:breach|incident|theft)"
    r"|additional safeguards|filed a police report|reported the (?:theft|incident|breach) to",
    re.IGNORECASE,
)
# "The data involved included names, e-mail addresses …": what was in the thing, not where the thing was.
_CONTENTS: Final = re.compile(r"(?:names|name),? |dates? of birth|social security number", re.IGNORECASE)
_HOLDS: Final = re.compile(r"includ|involv|were|contain")
_WORD: Final = r"(?:[A-Z&][\w'.&/-]*|\d+)"
_NAME: Final = rf"{_WORD}(?: {_WORD}| (?:of|and|the|for|in|at|d/?b/?a)(?= {_WORD}| the))*"
# "the covered entity (CE), Some House of Somewhere, Inc., lost …": a name tells nothing, and may name a thing.
_HOUSE: Final = re.compile(
    rf"\((?:CE|BA)\), {_NAME}(?:, (?:Inc|LLC|L\.L\.C|Ltd|LTD|PC|P\.C|P\.A|PA|LLP|MD|M\.D|DDS|Corp)\b\.?)*,?(?=[ .])"
)
_SIGNS: Final = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\xa0": " "})
_REMEDY_WITHIN = 160


@dataclass(frozen=True, slots=True)
class Reading:
    """A report in the three parts that are weighed differently; each is text, and may be empty."""

    first: str
    told: str
    """What happened; ``first`` is its beginning."""
    afterwards: str
    """What was done about it: it names things too ("laptops were encrypted"), but says less."""


def read(text: str) -> Reading:
    """Split ``text`` where the telling ends and the remedies begin; a text in one sentence is all telling."""
    told: list[str] = []
    afterwards: list[str] = []
    for sentence in (part.strip() for part in _SENTENCE.split(_repaired(text)) if part.strip()):
        if told and (afterwards or _REMEDY.search(sentence[:_REMEDY_WITHIN])):
            afterwards.append(sentence)
        else:
            told.append(sentence)
    bare = [_HOUSE.sub("", each) for at, each in enumerate(told) if not at or not _is_contents(each)]
    return Reading(first="".join(bare[:1]), told=" ".join(bare), afterwards=" ".join(afterwards))


def _is_contents(sentence: str) -> bool:
    return bool(_CONTENTS.search(sentence) and _HOLDS.search(sentence))


def _repaired(text: str) -> str:
    """UTF-8 that was once read as Latin-1 (as in the training data) is put right; typographic signs become plain."""
    with suppress(UnicodeError):
        text = text.encode("latin-1").decode("utf-8")
    return text.translate(_SIGNS)
