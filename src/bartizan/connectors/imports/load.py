"""Reads a mapping file; what is wrong with it is said with its line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from bartizan.connectors.imports.mapping import Mapping


class MappingError(ValueError):
    """What is wrong with a mapping file, one sentence a line."""


class _PlainLoader(yaml.SafeLoader):
    """YAML without its surprises: No stays a word, 0017 a badge and 08:00 a time."""


_PlainLoader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|false|False)$", "tTfF"),
    ("null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("int", r"^-?(?:0|[1-9][0-9]{0,17})$", "-0123456789"),
    ("float", r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$", "-0123456789"),
):
    _PlainLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))

_WORDS: Final = re.compile(r"^(?:Value error|Assertion failed), ")
_TEXT_KEYS: Final = frozenset({"table", "data"})


def load_mapping(path: Path) -> Mapping:
    """The mapping in a YAML file; :class:`MappingError` when it cannot be used."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(f"{path} cannot be read: {error}") from error
    return parse_mapping(text, path.name)


def parse_mapping(text: str, name: str = "mapping") -> Mapping:
    loader = _PlainLoader(text)
    try:
        node = loader.get_single_node()
        # constructed by our own subclass of SafeLoader
        given = loader.construct_document(node) if node else None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name} line {mark.line + 1}" if mark else name
        raise MappingError(f"{where}: not YAML: {getattr(error, 'problem', error)}") from error
    finally:
        loader.dispose()
    if not isinstance(given, dict):
        raise MappingError(f"{name}: a mapping file begins with keys such as 'source:' and 'time:'")
    try:
        return Mapping.model_validate(_as_text(given))
    except ValidationError as error:
        said = (f"{_where(name, node, e['loc'])}: {_WORDS.sub('', e['msg'])}" for e in error.errors())
        raise MappingError("\n".join(dict.fromkeys(said))) from error


def _as_text(given: Any, within: str = "") -> Any:
    """Table entries and constants are words even where they look like numbers: 1: door.granted."""
    if isinstance(given, dict):
        return {(str(k) if within in _TEXT_KEYS else k): _as_text(v, str(k)) for k, v in given.items()}
    if isinstance(given, list):
        return [_as_text(value, within) for value in given]
    words = within in ("constant", "equals", "not_equals", "column", "columns", "otherwise", "source")
    return str(given) if isinstance(given, int | float) and not isinstance(given, bool) and words else given


def _where(name: str, node: yaml.Node | None, path: tuple[int | str, ...]) -> str:
    """File, line and key of the place in the YAML that ``path`` leads to, as far as it leads."""
    found: list[str] = []
    for step in path:
        inner = _inner(node, step)
        if inner is not None:
            node = inner
            found.append(str(step))
    line = f" line {node.start_mark.line + 1}" if node and found else ""
    return f"{name}{line}" + (f", {'.'.join(found)}" if found else "")


def _inner(node: yaml.Node | None, step: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step]  # type: ignore[no-any-return]
    return None
