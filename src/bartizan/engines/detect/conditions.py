"""A rule's condition as plain lists, and how pySigma's tree becomes one.

A node is ``["and", [node …]]``, ``["or", [node …]]``, ``["not", node]``, ``["true"]``, ``["false"]``, or an atom
``[test, field, [argument …]]`` that holds when any argument fits any value of the field. Plain lists, so that a node
can be kept in a JSON file, which unlike a pickle can never run anything. Field ``""`` is every value of the event.

=============================  =====================================================================================
is has starts ends             folded text; in capitals (IS HAS STARTS ENDS) the exact text
like LIKE                      wildcards: a list of texts, 0 for any run of characters and 1 for one character
re                             ``[pattern, flags]``, searched anywhere
cidr                           a network
lt lte gt gte                  a number
null exists                    no argument; a null counts as absent
ref                            ``[other field, may start with it, may end with it]``
minute … year                  a number; the field is a time
=============================  =====================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.types import (
    Placeholder,
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SigmaTimestampPart,
    SigmaType,
    SpecialChars,
)

from bartizan.engines.detect.values import as_text, fold

Node = list[Any]
RUN: Final = 0
ONE: Final = 1
# Atoms of the same field and test, side by side in an "or", become one atom with more arguments.
_MERGED: Final = frozenset({"is", "has", "starts", "ends", "IS", "HAS", "STARTS", "ENDS", "like", "LIKE", "re", "cidr"})


class UnsupportedRuleError(Exception):
    """The rule cannot be run; the message says why, in words for its author."""


def lower(tree: Any) -> Node | None:
    """PySigma's condition tree as a node; None where nothing is left of it (a selector that named nothing)."""
    if isinstance(tree, ConditionNOT):
        inner = lower(tree.args[0])
        return None if inner is None else ["not", inner]
    if isinstance(tree, (ConditionAND, ConditionOR)):
        nodes = [node for arg in tree.args if arg is not None and (node := lower(arg)) is not None]
        return None if not nodes else (conjunction if isinstance(tree, ConditionAND) else disjunction)(nodes)
    if isinstance(tree, ConditionFieldEqualsValueExpression):
        return _atom(tree.field, tree.value)
    if isinstance(tree, ConditionValueExpression):
        return _keyword(tree.value)
    message = f"its condition has a part that is not understood ({type(tree).__name__})"
    raise UnsupportedRuleError(message)


def conjunction(nodes: Iterable[Node]) -> Node:
    return _joined("and", nodes)


def disjunction(nodes: Iterable[Node]) -> Node:
    """Any of ``nodes``; equal tests of one field become one atom."""
    joined = _joined("or", nodes)
    if joined[0] != "or":
        return joined
    merged: dict[tuple[str, str], Node] = {}
    others: list[Node] = []
    for node in joined[1]:
        if node[0] not in _MERGED:
            others.append(node)
        elif (first := merged.get((node[0], node[1]))) is None:
            merged[node[0], node[1]] = [node[0], node[1], list(node[2])]
        else:
            first[2].extend(argument for argument in node[2] if argument not in first[2])
    kept = [*merged.values(), *others]
    return kept[0] if len(kept) == 1 else ["or", kept]


def _joined(word: str, nodes: Iterable[Node]) -> Node:
    flat: list[Node] = []
    for node in nodes:
        flat.extend(node[1] if node[0] == word else [node])
    return flat[0] if len(flat) == 1 else [word, flat]


def _atom(field: str, value: SigmaType) -> Node:
    for kind, build in _ATOMS:
        if isinstance(value, kind):
            return build(field, value)
    message = f"field {field} is compared in a way that is not understood ({type(value).__name__})"
    raise UnsupportedRuleError(message)


def _string(field: str, value: SigmaString) -> Node:
    return _text(field, _parts(value), cased=isinstance(value, SigmaCasedString))


def _parts(value: SigmaString) -> list[Any]:
    """Texts, RUN and ONE; runs that touch are one run."""
    parts: list[Any] = []
    for part in value.s:
        if isinstance(part, Placeholder):
            _refuse_placeholder(part.name)
        mark = part if isinstance(part, str) else RUN if part is SpecialChars.WILDCARD_MULTI else ONE
        if mark == RUN and parts and parts[-1] == RUN:
            continue
        if isinstance(mark, str) and parts and isinstance(parts[-1], str):
            parts[-1] += mark
        elif mark != "":
            parts.append(mark)
    return parts


def _refuse_placeholder(name: str) -> None:
    message = (
        f"it needs the placeholder %{name}% filled in (modifier 'expand'), which this office has not defined; "
        f"copy the rule and write the values in place of %{name}%"
    )
    raise UnsupportedRuleError(message)


def _text(field: str, parts: list[Any], *, cased: bool) -> Node:
    parts = parts if cased else [fold(part) if isinstance(part, str) else part for part in parts]
    test, argument = _shape(parts)
    return [test.upper() if cased else test, field, [argument]]


def _shape(parts: list[Any]) -> tuple[str, Any]:
    """The cheapest test that says the same as ``parts``."""
    match parts:
        case []:
            return "is", ""
        case [str() as text]:
            return "is", text
        case [0, str() as text, 0]:
            return "has", text
        case [str() as text, 0]:
            return "starts", text
        case [0, str() as text]:
            return "ends", text
    return "like", parts


def _expansion(field: str, value: SigmaExpansion) -> Node:
    return disjunction([_atom(field, inner) for inner in value.values])


def _regular_expression(field: str, value: SigmaRegularExpression) -> Node:
    for part in value.regexp.s:
        if isinstance(part, Placeholder):
            _refuse_placeholder(part.name)
    flags = "".join(sorted(flag.name[0].lower() for flag in value.flags))
    return ["re", field, [[str(value.regexp), flags.replace("d", "s")]]]


def _number(field: str, value: SigmaNumber) -> Node:
    return ["is", field, [as_text(value.number)]]


def _boolean(field: str, value: SigmaBool) -> Node:
    return ["is", field, ["true", "1"] if value.boolean else ["false", "0"]]


def _compare(field: str, value: SigmaCompareExpression) -> Node:
    return [value.op.name.lower(), field, [value.number.number]]


def _reference(field: str, value: SigmaFieldReference) -> Node:
    return ["ref", field, [[value.field, value.starts_with, value.ends_with]]]


def _part_of_time(field: str, value: SigmaTimestampPart) -> Node:
    return [value.timestamp_part.name.lower(), field, [value.number]]


def _exists(field: str, value: SigmaExists) -> Node:
    return ["exists", field, []] if value.exists else ["null", field, []]


# In this order: the special kinds of strings and numbers stand before the plain ones that they derive from.
_ATOMS: Final[tuple[tuple[type, Callable[[str, Any], Node]], ...]] = (
    (SigmaString, _string),
    (SigmaTimestampPart, _part_of_time),
    (SigmaNumber, _number),
    (SigmaBool, _boolean),
    (SigmaNull, lambda field, _value: ["null", field, []]),
    (SigmaExists, _exists),
    (SigmaExpansion, _expansion),
    (SigmaRegularExpression, _regular_expression),
    (SigmaCIDRExpression, lambda field, value: ["cidr", field, [str(value.network)]]),
    (SigmaCompareExpression, _compare),
    (SigmaFieldReference, _reference),
)


def _keyword(value: SigmaType) -> Node:
    """A value without a field: somewhere within any value of the event."""
    if isinstance(value, SigmaExpansion):
        return disjunction([_keyword(inner) for inner in value.values])
    if isinstance(value, SigmaString):
        parts = [RUN, *_parts(value), RUN]
        slim = [part for at, part in enumerate(parts) if part != RUN or at == 0 or parts[at - 1] != RUN]
        return _text("", slim, cased=isinstance(value, SigmaCasedString))
    if isinstance(value, (SigmaNumber, SigmaBool)):
        return ["has", "", [fold(as_text(value.number if isinstance(value, SigmaNumber) else value.boolean))]]
    if isinstance(value, (SigmaRegularExpression, SigmaCIDRExpression)):
        return _atom("", value)
    message = f"it has a keyword that is not text ({type(value).__name__})"
    raise UnsupportedRuleError(message)
