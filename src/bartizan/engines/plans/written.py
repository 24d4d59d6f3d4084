"""A draft as the text that is kept of it, and which field each line of a text belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import yaml

from bartizan.engines.plans.draft import NEXT, Draft, StepDraft

Keyed = tuple[str, yaml.Node]
OUT: Final = "a step that was taken out"
_ONE_LINE: Final = 1_000_000
"""Letters before a value is broken: never, so that each value stands on a line of its own."""
_RESOLVER: Final = yaml.SafeLoader("")


@dataclass(frozen=True, slots=True)
class Place:
    """What a line of a plan's text says."""

    step: int = 0
    """Which step, counted from 1 at the top; 0: the plan itself."""
    key: str = ""
    nth: int = 0
    """Which of its answers, from 0."""


def written(draft: Draft) -> str:
    """The draft as YAML, a line a field. ``plan_of`` reads it, and says what is wrong; here nothing is judged."""
    numbers = draft.numbers
    fits: list[Keyed] = [(key, _list(_word(one) for one in words)) for key, words in _wanted(draft) if words]
    fits += [("level", _word(draft.level))] if draft.level else []
    steps = [_step(step, draft) for step in draft.steps if step.id in numbers]
    told: list[Keyed] = [(key, _word(getattr(draft, key))) for key in ("name", "why", "source")]
    told += [("for", _keys(fits))] if fits else []
    told += [("steps", _list(steps))]
    return str(yaml.serialize(_keys(told), Dumper=yaml.SafeDumper, allow_unicode=True, width=_ONE_LINE))


def _wanted(draft: Draft) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key in ("rules", "kinds", "routes", "reports"):
        yield key, tuple(dict.fromkeys(getattr(draft, key)))


def _step(step: StepDraft, draft: Draft) -> yaml.Node:
    told: list[Keyed] = [
        ("step", _bare(str(draft.numbers[step.id]))),
        ("do", _word(step.do)),
        ("owner", _word(step.owner)),
    ]
    told += [("within", _bare(step.within))] if step.within else []
    told += [("waits", _bare("yes"))] if step.waits else []
    told += [("ask", _word(step.ask))] if step.ask else []
    ways = [(one.words, _bare(_where(one.go, draft) or "next")) for one in step.answers if not one.is_blank]
    told += [("answers", _keys(ways))] if ways or step.ask else []
    then = _where(step.then, draft)
    told += [("then", _bare(then))] if then else []
    told += [(key, _word(value)) for key, value in (("act", step.act), ("target", step.target)) if value]
    told += [("by itself", _bare("yes"))] if step.alone else []
    told += [("note", _word(step.note))] if step.note else []
    return _keys(told)


def _where(go: str, draft: Draft) -> str:
    if go in draft.numbers:
        return str(draft.numbers[go])
    return OUT if go != NEXT and any(go == step.id for step in draft.steps) else go


# Nodes rather than a dict: two answers in the same words are wrong, and the reader has to see both.
def _keys(pairs: Iterable[Keyed]) -> yaml.MappingNode:
    told = [(_word(key), node) for key, node in pairs]
    return yaml.MappingNode("tag:yaml.org,2002:map", told, flow_style=not told)


def _list(nodes: Iterable[yaml.Node]) -> yaml.SequenceNode:
    told = list(nodes)
    return yaml.SequenceNode("tag:yaml.org,2002:seq", told, flow_style=not told)


def _word(value: str) -> yaml.ScalarNode:
    """Quoted where it would be taken for a number, or for yes or no."""
    return yaml.ScalarNode("tag:yaml.org,2002:str", value)


def _bare(value: str) -> yaml.ScalarNode:
    tag = _RESOLVER.resolve(yaml.ScalarNode, value, (True, False))  # type: ignore[no-untyped-call]
    return yaml.ScalarNode(tag, value)


def places(text: str) -> Mapping[int, Place]:
    """What each line of a text says, as ``PlanError`` counts them. Raises yaml.YAMLError where the text is none."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    return dict(_places(root))


def _places(root: yaml.Node | None) -> Iterator[tuple[int, Place]]:
    """The inner ones last: a step's first key stands on the line on which the list of steps begins."""
    for key, node, lines in _pairs(root):
        yield from ((line, Place(0, key)) for line in lines)
        if key == "for":
            yield from ((line, Place(0, inner)) for inner, _, own in _pairs(node) for line in own)
        if key == "steps" and isinstance(node, yaml.SequenceNode):
            for number, step in enumerate(node.value, 1):
                yield from _step_places(step, number)


def _step_places(step: yaml.Node, number: int) -> Iterator[tuple[int, Place]]:
    for key, node, lines in _pairs(step):
        yield from ((line, Place(number, key)) for line in lines)
        if key == "answers":
            for nth, (_, _, own) in enumerate(_pairs(node)):
                yield from ((line, Place(number, key, nth)) for line in own)


def _pairs(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node, tuple[int, int]]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield str(key.value), value, (key.start_mark.line + 1, value.start_mark.line + 1)


def has_remarks(text: str) -> bool:
    """Whether anything stands behind a #, which a form has no field for. Raises yaml.YAMLError where it is no text."""
    end = 0
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if "#" in text[end : token.start_mark.index]:
            return True
        end = token.end_mark.index
    return "#" in text[end:]
