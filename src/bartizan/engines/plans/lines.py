"""YAML as its writer sees it: every word as it was typed, and every value with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

LONGEST: Final = 60_000
"""Letters of a text; a plan of a hundred steps has a third of them."""
DEEPEST: Final = 12


class PlanError(ValueError):
    """A text that is no plan as it stands. ``problems``: what is wrong, each with its line."""

    def __init__(self, problems: list[tuple[int, str]]) -> None:
        self.problems = sorted(dict.fromkeys(problems))
        super().__init__(" ".join(f"Line {line}: {words}." for line, words in self.problems))


@dataclass(frozen=True, slots=True)
class Typed:
    """One value: words, a list, or keys with values."""

    value: str | list[Typed] | Mapping[str, Typed]
    line: int

    @property
    def shown(self) -> str:
        """As an error names it."""
        if isinstance(self.value, list):
            return "a list"
        if not isinstance(self.value, str):
            return "keys and values"
        return f"“{self.value[:60]}”" if self.value else "nothing"


def typed(text: str) -> Typed:
    """The text's one value. Nothing is made of it, so that the answer ``Yes`` stays the word. Raises PlanError."""
    if len(text) > LONGEST:
        raise PlanError([(1, f"the text is longer than {LONGEST} letters")])
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise PlanError([(_line(event.start_mark), "anchors (&, *) are not used in plans; write it out")])
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = _line(error.problem_mark or error.context_mark)
        words = error.problem or error.context or "not readable"
        raise PlanError([(line, f"this is not YAML ({words}); check the indentation and the colons")]) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise PlanError([(1, f"this is not YAML ({' '.join(str(error).split())[:120]})")]) from error
    if node is None:
        raise PlanError([(1, "the text is empty; begin with “name:”")])
    return _value(node, 0)


def _line(mark: Any) -> int:
    """As an editor counts them. Any: libyaml has a mark class of its own."""
    return mark.line + 1 if mark else 1


def _value(node: yaml.Node, depth: int) -> Typed:
    line = _line(node.start_mark)
    if depth > DEEPEST:
        raise PlanError([(line, "the text is indented deeper than any plan needs")])
    if isinstance(node, yaml.SequenceNode):
        return Typed([_value(one, depth + 1) for one in node.value], line)
    if isinstance(node, yaml.MappingNode):
        return Typed(dict(_pairs(node, depth)), line)
    is_nothing = node.tag == "tag:yaml.org,2002:null"
    return Typed("" if is_nothing else " ".join(str(node.value).split()), line)


def _pairs(node: yaml.MappingNode, depth: int) -> Iterator[tuple[str, Typed]]:
    seen: set[str] = set()
    for key, value in node.value:
        line = _line(key.start_mark)
        if not isinstance(key, yaml.ScalarNode):
            raise PlanError([(line, "a word is expected before the colon")])
        name = " ".join(str(key.value).split())
        if name in seen:
            raise PlanError([(line, f"“{name}” stands here a second time")])
        seen.add(name)
        yield name, _value(value, depth + 1)
