"""P1, P2 … in place of people and of whatever would unmask them: badges, user accounts, desks, names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from bartizan.engines.context import Estate, Host

_WORD: Final = re.compile(r"(?<![\w.-])\w+")
_ENDS: Final = re.compile(r"[\w-]")
_OF_BADGES: Final = re.compile(r"\b(?:badge|card)s?\b[^.;\n]{0,24}$", re.IGNORECASE)
_NUMBER: Final = "of {}"
"""The form of a bare badge number, which follows the word: ``badges of P1 and of P2``."""
_SHORT: Final = 5
"""A bare badge number shorter than this may be any number: it is one only after the word."""


class Mark(NamedTuple):
    """A piece of a text that unmasks ``person``, and what it says of the alias: ``badge of {}``."""

    start: int
    end: int
    person: str
    form: str


@dataclass(frozen=True, slots=True)
class _Known:
    text: str
    person: str
    form: str
    is_exact: bool
    """One plain word, such as the user account ``may``: it counts only in its own case."""


class Identifiers:
    """Everything in an estate that names a person, found in a text in one pass however large the staff is.

    Ten thousand staff numbers begin with the same word, so what may stand at a word is looked up by its length.
    """

    def __init__(self, estate: Estate) -> None:
        self.names = {person.code: person.name for person in estate.people.values()}
        self._whose: dict[str, tuple[str, str]] = {}
        self._by_text: dict[str, list[_Known]] = defaultdict(list)
        lengths: dict[str, set[int]] = defaultdict(set)
        for text, (person, form) in dict(_identifiers(estate)).items():
            self._whose[text] = person, form
            if word := _WORD.match(text):
                self._by_text[text.lower()].append(_Known(text, person, form, is_exact=text.isalpha()))
                lengths[word[0].lower()].add(len(text))
        self._lengths = {word: sorted(found, reverse=True) for word, found in lengths.items()}

    def whose(self, reference: str) -> tuple[str, str] | None:
        """The person whom a reference (``badge:4417``) unmasks, and the form of the alias; nothing for others."""
        return self._whose.get(reference)

    def marks(self, text: str) -> Iterator[Mark]:
        """What in ``text`` unmasks somebody, from left to right; the longest first where two begin together."""
        done = 0
        for word in _WORD.finditer(text):
            if word.start() < done:
                continue
            if known := self._at(text, word):
                done = word.start() + len(known.text)
                yield Mark(word.start(), done, known.person, known.form)

    def _at(self, text: str, word: re.Match[str]) -> _Known | None:
        """The longest that begins with that word."""
        start = word.start()
        for length in self._lengths.get(word[0].lower(), ()):
            for known in self._by_text.get(text[start : start + length].lower(), ()):
                if len(known.text) == length and _is_here(known, text, start):
                    return known
        return None


def _is_here(known: _Known, text: str, start: int) -> bool:
    end = start + len(known.text)
    piece = text[start:end]
    if not (piece == known.text or (not known.is_exact and piece.lower() == known.text.lower())):
        return False
    if _ENDS.match(text, end):
        return False
    return known.form != _NUMBER or bool(_OF_BADGES.search(text, max(0, start - 40), start))


def _identifiers(estate: Estate) -> Iterator[tuple[str, tuple[str, str]]]:
    """Whatever text names a person, with the person and the form of the alias."""
    for number, issues in estate.badges.items():
        if issues:
            yield from _of_badge(number, issues[-1].person)
    for account in estate.accounts.values():
        if account.person:
            yield f"user:{account.name}", (account.person, "user account of {}")
            yield account.name, (account.person, "user account of {}")
    for host in estate.hosts.values():
        if host.owner:
            yield from _of_desk(host)
    for person in estate.people.values():
        yield f"person:{person.code}", (person.code, "{}")
        yield from ((text, (person.code, "{}")) for text in (person.code, person.name) if text)


def _of_badge(number: str, holder: str) -> Iterator[tuple[str, tuple[str, str]]]:
    yield number, (holder, _NUMBER if number.isdigit() and len(number) < _SHORT else "badge of {}")
    for text in (f"badge:{number}", f"badge {number}", f"card:{number}", f"card {number}"):
        yield text, (holder, "badge of {}")


def _of_desk(host: Host) -> Iterator[tuple[str, tuple[str, str]]]:
    yield from ((text, (host.owner, "desk of {}")) for text in (f"host:{host.name}", host.name))
    for address in host.addresses:
        yield from ((text, (host.owner, "address of the desk of {}")) for text in (f"ip:{address}", address))


class Masks:
    """People of one case as one reader may see them.

    ``of`` gives the alias of a staff number. ``named``: whom the gate has named stay as they are. ``behind``: those
    behind whom the reader has looked keep their words with the alias beside. ``kept``: texts that are never touched.
    ``says_names``: whoever is shown is called by name where only the staff number stood.
    """

    def __init__(
        self,
        known: Identifiers,
        of: Callable[[str], str],
        *,
        named: Collection[str] = (),
        behind: Collection[str] = (),
        kept: Collection[str] = (),
        says_names: bool = False,
    ) -> None:
        self.known, self.of = known, of
        self.named, self.behind, self.kept = frozenset(named), frozenset(behind), frozenset(kept)
        self.says_names = says_names

    def hides(self, reference: str) -> bool:
        """Whether a reference would unmask somebody whom this reader may not see."""
        found = self.known.whose(reference)
        return found is not None and found[0] not in self.named and found[0] not in self.behind

    def says(self, text: str) -> bool:
        """Whether a text holds what would unmask somebody whom this reader may not see."""
        shown = self.named | self.behind
        return any(mark.person not in shown for mark in self.known.marks(text))

    def person(self, code: str) -> str:
        """``P1``, the name of whoever is named, or ``Carol Cole (P1)``."""
        name = self.known.names.get(code) or code
        if code in self.named:
            return name
        return f"{name} ({self.of(code)})" if code in self.behind else self.of(code)

    def reference(self, reference: str, words: str) -> str:
        """What is written for a reference that is called ``words`` otherwise."""
        found = self.known.whose(reference)
        if found is None or found[0] in self.named:
            return words
        person, form = found
        return f"{words} ({self.of(person)})" if person in self.behind else _begun(form.format(self.of(person)))

    def text(self, text: str) -> str:
        done, parts = 0, []
        for mark in self.known.marks(text):
            parts += [text[done : mark.start], self._instead(text, mark)]
            done = mark.end
        return "".join(parts) + text[done:] if parts else text

    def _instead(self, text: str, mark: Mark) -> str:
        was = text[mark.start : mark.end]
        if was in self.kept:
            return was
        is_shown = mark.person in self.named or mark.person in self.behind
        if is_shown and self.says_names and mark.form == "{}":
            was = self.known.names.get(mark.person) or was
        if mark.person in self.named:
            return was
        alias = self.of(mark.person)
        if mark.person in self.behind:
            is_said = text.startswith(f" ({alias})", mark.end)
            return was if is_said else f"{was} ({alias})"
        words = mark.form.format(alias)
        what, of, whose = words.partition(" of ")
        if of and text[: mark.start].lower().endswith(f"{what} "):  # “user account m.vos” has said what it is
            return f"of {whose}"
        is_first = not text[: mark.start].strip() or was[:5] in ("Badge", "Card ")
        return _begun(words) if is_first else words

    def value(self, value: Any) -> Any:
        """A JSON value with every string in it masked, keys too."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(k) if isinstance(k, str) else k: self.value(v) for k, v in value.items()}
        return [self.value(one) for one in value] if isinstance(value, (list, tuple)) else value


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def masked(told: Any, estate: Estate, *, order: Sequence[str] = (), named: str = "") -> tuple[Any, dict[str, str]]:
    """``told`` (a JSON value) with people masked, and who is behind each alias, ``{"P1": "VI-0042"}``.

    ``order``: staff numbers that get the first aliases. ``named``: whom the gate has named stays as he or she is.
    """
    alias: dict[str, str] = {}

    def of(person: str) -> str:
        return alias.setdefault(person, f"P{len(alias) + 1}")

    for person in order:
        if person != named:
            of(person)
    shown = Masks(Identifiers(estate), of, named={named} - {""}).value(told)
    return shown, {number: person for person, number in alias.items()}
