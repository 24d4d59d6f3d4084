"""The three levels: what each of them may not know is taken out of every text of a dossier, not of some."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final

from bartizan.engines.packets.dossier import Dossier, Party

Veil = Callable[[str], str]
"""A text with everybody in it masked: ``P1``, ``badge of P1``."""

_OF_A_PERSON: Final = re.compile(
    r"\b(badge|user account|desk|address of the desk) of (?:P\d+|somebody)\b", re.IGNORECASE
)
_PERSON: Final = re.compile(r"\bP\d+\b")
_KEPT: Final = frozenset({
    "house", "case", "zone", "kind", "level", "signers", "digest", "file", "made_at", "number", "state",
    "facts_version", "key", "title", "action", "vector", "technique", "actor", "form", "part", "media_type",
})  # fmt: skip
"""Fields that name nobody of whom the case is about: the house, those who sign, identities and digests."""
_LEFT_OUT: Final = {
    "authority": (
        "names of witnesses: the office holds them and tells them to the authority when asked",
        "names of people whom the evidence does not name",
    ),
    "regulator": (
        "names and identifiers of every person",
        "exhibits and who had them: the police packet has them",
        "what witnesses said",
    ),
    "house": (
        "witnesses and what they said",
        "names and identifiers of every person, and other personal data",
        "exhibits one by one, and who had them",
    ),
}


def redacted(dossier: Dossier, level: str, veil: Veil) -> Dossier:
    """``dossier`` as somebody of this level may read it.

    ``veil`` masks whoever the estate knows, named or not; it is asked at the levels that show no person at all.
    Raises KeyError for an unknown level.
    """
    left_out = _LEFT_OUT[level]
    witnesses = [one.name for one in dossier.parties if one.part == "witness" and one.name.strip()]
    if level == "authority":
        numbered = _numbered(witnesses)
        parties = tuple(_witness(one, numbered) for one in dossier.parties)
        told = replace(dossier, parties=parties)
        return _with(told, numbered, level=level, left_out=left_out)

    def nobody(text: str) -> str:
        return _without_people(veil(_words_for(text, witnesses, "a witness")))

    parties = tuple(one for one in dossier.parties if one.part == "injured")
    told = replace(dossier, parties=parties, things=(), players=(), preserve=(), clocks=dossier.clocks)
    kept = {one.key: one for one in dossier.facts if one.key == "contact"}
    shown = _with(told, nobody)
    facts = tuple(kept.get(one.key, one) for one in shown.facts)
    return replace(shown, facts=facts, for_whom=dossier.for_whom, level=level, left_out=left_out)


def _with(dossier: Dossier, change: Veil, **more: Any) -> Dossier:
    shown: Dossier = _each_text(dossier, change)
    return replace(shown, **more)


def _numbered(witnesses: list[str]) -> Veil:
    alias = {name: f"W{number}" for number, name in enumerate(dict.fromkeys(witnesses), 1)}

    def of(text: str) -> str:
        for name in sorted(alias, key=len, reverse=True):
            text = _words_for(text, [name], alias[name])
        return text

    return of


def _witness(party: Party, numbered: Veil) -> Party:
    return replace(party, name=numbered(party.name)) if party.part == "witness" else party


def _words_for(text: str, names: list[str], words: str) -> str:
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", words, text, flags=re.IGNORECASE)
    return text


def _without_people(text: str) -> str:
    """``badge of P1`` is a badge, and ``P1`` a person: an alias is a pseudonym, which is still personal data (GDPR,
    recital 26)."""
    text = _OF_A_PERSON.sub(_a_thing, text)
    text = _PERSON.sub("a person", text)
    return text[:1].upper() + text[1:] if text.startswith("a person") else text


def _a_thing(found: re.Match[str]) -> str:
    words = found[1].lower()
    one = f"an {words}" if words.startswith("address") else f"a {words}"
    return one[:1].upper() + one[1:] if found[1][:1].isupper() else one


def _each_text(value: Any, change: Veil) -> Any:
    """A dossier, or a part of one, with every text in it changed but those of ``_KEPT``."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(_each_text(one, change) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            one.name: _each_text(getattr(value, one.name), change) for one in fields(value) if one.name not in _KEPT
        }
        return replace(value, **changed)
    return value
