"""Rule files to rules. What was read once is kept by the file's digest, so that a start does not read YAML again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import orjson

from bartizan.engines.detect import stored
from bartizan.engines.detect.rule import Correlation, Node, Problem, Rule, as_record, from_record

_SUFFIXES: Final = frozenset({".yml", ".yaml"})
_FIX: Final = "Correct the file or remove it; all other rules are in force"


def load_rules(paths: Iterable[Path], cache: Path | None = None) -> tuple[list[Rule], list[Problem]]:
    """The rules of files and folders, and what is wrong with the others; a bad rule never stops a good one.

    ``cache``: a folder in which to keep what was read. ``info.yml`` beside SigmaHQ's regression data is no rule and is
    passed over.
    """
    known = _Known(cache)
    rules: list[Rule] = []
    problems: list[Problem] = []
    for path, license_ in _files(paths):
        try:
            content = path.read_bytes()
        except OSError as error:
            problems.append(Problem(str(path), f"cannot be read ({error.strerror})", "Check its permissions"))
            continue
        records, wrong = known.parsed(content)
        rules.extend(from_record(record, str(path), license_) for record in records)
        problems.extend(Problem(str(path), what, _FIX) for what in wrong)
    known.keep()
    return _resolved(*_unique(rules, problems))


class _Known:
    """What earlier runs read: the file's digest to its rules and problems."""

    def __init__(self, cache: Path | None) -> None:
        self.path = cache / "rules.json" if cache else None
        self.seen: dict[str, list[Any]] = self._read()
        self.used: dict[str, list[Any]] = {}

    def _read(self) -> dict[str, list[Any]]:
        content = stored.read(self.path) if self.path else None
        return dict(orjson.loads(content)) if content else {}

    def parsed(self, content: bytes) -> list[Any]:
        digest = hashlib.sha256(content).hexdigest()
        found = self.seen.get(digest) or _parsed(content)
        self.used[digest] = found
        return found

    def keep(self) -> None:
        if self.path and self.used.keys() != self.seen.keys():
            stored.write(self.path, orjson.dumps(self.used))


def _parsed(content: bytes) -> list[Any]:
    # pySigma takes half a second to import; a start from the cache never needs it.
    from bartizan.engines.detect.sigma import parse  # noqa: PLC0415

    rules, problems = parse(content)
    return list(orjson.loads(orjson.dumps([[as_record(rule) for rule in rules], problems])))


def _files(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Rule files in a stable order, each with the licence that lies in its folder or in the nearest one above."""
    for path in paths:
        if not path.is_dir():
            yield path, ""
            continue
        known = {path: _license(path) or _license(path.parent)}
        for file in sorted(path.rglob("*")):
            if file.suffix.lower() in _SUFFIXES and file.name != "info.yml" and file.is_file():
                yield file, _nearest(file.parent, known)


def _nearest(folder: Path, known: dict[Path, str]) -> str:
    if folder not in known:
        known[folder] = _license(folder) or _nearest(folder.parent, known)
    return known[folder]


def _license(folder: Path) -> str:
    for file in (
        folder / "LICENSE",
        folder / "LICENSE.md",
        folder / "LICENSE.txt",
        folder / "LICENSE.Detection.Rules.md",
    ):
        if file.is_file():
            text = file.read_text(errors="replace")
            return "Detection Rule License 1.1" if "Detection Rule License" in text else _first_line(text)
    return ""


def _first_line(text: str) -> str:
    return next((line.strip(" #") for line in text.splitlines() if line.strip(" #")), "")


def _unique(rules: Sequence[Rule], problems: list[Problem]) -> tuple[list[Rule], list[Problem]]:
    """Of rules with the same id the first is kept."""
    kept: dict[str, Rule] = {}
    for rule in rules:
        first = kept.setdefault(rule.uid, rule)
        if first is not rule:
            what = f"rule “{rule.title}” has the id of “{first.title}” in {first.path}"
            problems.append(Problem(rule.path, what, "Give it an id of its own; the other one is in force"))
    return list(kept.values()), problems


def _resolved(rules: list[Rule], problems: list[Problem]) -> tuple[list[Rule], list[Problem]]:
    """Correlations with their rules' ids for their rules' names; those that miss a rule, or turn in a circle, fall
    out.
    """
    ids = {name: rule.uid for rule in rules for name in (rule.name, rule.uid) if name}
    settled = {rule.uid for rule in rules if not rule.correlation}
    waiting = [rule for rule in rules if rule.correlation]
    good: dict[str, Rule] = {rule.uid: rule for rule in rules if not rule.correlation}
    while ready := [rule for rule in waiting if _needs(rule, ids) <= settled]:
        for rule in ready:
            good[rule.uid] = replace(rule, correlation=_with_ids(rule.correlation, ids))
        settled.update(rule.uid for rule in ready)
        waiting = [rule for rule in waiting if rule.uid not in settled]
    for rule in waiting:
        missing = ", ".join(sorted(name for name in _needs(rule, ids) if name not in settled))
        what = f"correlation “{rule.title}” counts rules that are not here or that in turn count it: {missing}"
        problems.append(Problem(rule.path, what, "Add the missing rule, or correct the name under correlation.rules"))
    return list(good.values()), problems


def _needs(rule: Rule, ids: dict[str, str]) -> set[str]:
    return {ids.get(name, name) for name in rule.correlation.rules} if rule.correlation else set()


def _with_ids(correlation: Correlation | None, ids: dict[str, str]) -> Correlation | None:
    if correlation is None:
        return None
    aliases = {
        alias: {ids.get(name, name): field for name, field in mapping.items()}
        for alias, mapping in (correlation.aliases or {}).items()
    }
    return replace(
        correlation,
        rules=tuple(ids.get(name, name) for name in correlation.rules),
        aliases=aliases or None,
        expression=_expression_with_ids(correlation.expression, ids),
    )


def _expression_with_ids(node: Node | None, ids: dict[str, str]) -> Node | None:
    if node is None:
        return None
    if node[0] == "rule":
        return ["rule", ids.get(node[1], node[1])]
    if node[0] == "not":
        return ["not", _expression_with_ids(node[1], ids)]
    return [node[0], [_expression_with_ids(inner, ids) for inner in node[1]]]
