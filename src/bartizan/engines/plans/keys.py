"""The keys of a plan's text: values are taken as what is expected, and what is wrong is noted by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bartizan.engines.plans.lines import Typed

WORDS: Final = 300
_YES: Final = {"yes": True, "true": True, "no": False, "false": False, "": False}


@dataclass(slots=True)
class Keys:
    """Takes values out of keys and notes what is wrong with them."""

    raw: Mapping[str, Typed]
    line: int
    problems: list[tuple[int, str]]
    before: str = ""

    def wrong(self, key: str, words: str, line: int = 0) -> None:
        at = self.raw[key].line if key in self.raw else self.line
        self.problems.append((line or at, f"{self.before}“{key}”: {words}"))

    def only(self, known: frozenset[str]) -> None:
        for key in self.raw:
            if key not in known:
                self.wrong(key, f"there is no such key; known are {', '.join(sorted(known))}")

    def text(self, key: str, *, is_needed: bool = False) -> str:
        found = self.raw.get(key)
        value = found.value if found else ""
        if not isinstance(value, str) or (is_needed and not value):
            self.wrong(key, f"words are expected, not {found.shown if found else 'nothing'}")
            return ""
        if len(value) > WORDS:
            self.wrong(key, f"at most {WORDS} letters are expected; it has {len(value)}")
        return value

    def number(self, key: str, low: int, high: int) -> int | None:
        value = self.text(key)
        if not value:
            return None
        if not value.isascii() or not value.isdigit() or not low <= int(value[:9]) <= high:
            self.wrong(key, f"a whole number from {low} to {high} is expected, not “{value}”")
            return None
        return int(value)

    def flag(self, key: str) -> bool:
        value = self.text(key).lower()
        if value not in _YES:
            self.wrong(key, f"yes or no is expected, not “{value}”")
        return _YES.get(value, False)

    def many(self, key: str) -> list[Typed]:
        found = self.raw.get(key)
        if found is None or found.value == "":
            return []
        if not isinstance(found.value, list):
            self.wrong(key, f"a list is expected, each line beginning with “- ”, not {found.shown}")
            return []
        return found.value

    def words(self, key: str) -> tuple[str, ...]:
        for one in self.many(key):
            if not isinstance(one.value, str) or not one.value:
                self.problems.append((one.line, f"{self.before}“{key}”: words are expected, not {one.shown}"))
        return tuple(one.value for one in self.many(key) if isinstance(one.value, str) and one.value)
