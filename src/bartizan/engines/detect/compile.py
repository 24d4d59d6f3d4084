"""Rules to a detector, by way of the compiled cache."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import hyperscan
import orjson

from bartizan.engines.detect import stored
from bartizan.engines.detect.detector import Detector
from bartizan.engines.detect.guards import clause_of
from bartizan.engines.detect.index import FieldIndex, dumped, grouped
from bartizan.engines.detect.logsource import scope_of
from bartizan.engines.detect.matcher import CACHE_BYTES, Matcher
from bartizan.engines.detect.plan import Candidate, names_key_field
from bartizan.engines.detect.rule import Hit, Rule

_KEPT: Final = 4
_LENGTH: Final = 8


def compile_rules(
    rules: Sequence[Rule], cache: Path | None = None, *, cache_bytes: int = CACHE_BYTES, audited: bool = False
) -> Detector:
    """A detector for ``rules``, from :func:`.load_rules`.

    ``cache``: a folder for compiled databases, keyed by the rules and the versions that made them. ``cache_bytes``:
    room for values already looked up; 0 looks at each value anew. ``audited``: rules about new processes are also
    asked of Windows' own audit event 4688. A detector is for one thread.
    """
    single = [rule for rule in rules if rule.condition is not None]
    fields = _fields(single, cache)
    guarded: dict[int, list[str]] = {}
    for name, index in fields.items():
        numbers = {number for numbers in (*index.equal.values(), *index.wakes) for number in numbers}
        for number in numbers:
            guarded.setdefault(number, []).append(name)
    candidates = [_candidate(rule, audited=audited) for rule in single]
    return Detector(rules, Matcher(candidates, fields, guarded, cache_bytes))


def _candidate(rule: Rule, *, audited: bool) -> Candidate:
    node = rule.condition or ["false"]
    return Candidate(Hit(rule), scope_of(rule.logsource, audited=audited), node, names_key_field(node))


def _fields(rules: Sequence[Rule], cache: Path | None) -> dict[str, FieldIndex]:
    if cache is None:
        return _indexed(rules)
    digest = hashlib.sha256("\n".join(f"{rule.uid} {rule.digest}" for rule in rules).encode()).hexdigest()
    path = cache / f"compiled-{digest[:32]}.bin"
    content = stored.read(path)
    fields = _unpacked(content) if content else None
    if fields is None:
        fields = _indexed(rules)
        stored.write(path, _packed(fields))
        stored.forget_older(cache, "compiled-*.bin", _KEPT)
    return fields


def _indexed(rules: Sequence[Rule]) -> dict[str, FieldIndex]:
    guards = (
        (number, guard)
        for number, rule in enumerate(rules)
        if rule.condition and (clause := clause_of(rule.condition))
        for guard in clause.guards
    )
    return {field: FieldIndex(of_field) for field, of_field in grouped(guards).items()}


def _packed(fields: Mapping[str, FieldIndex]) -> bytes:
    """A JSON table of contents with its length before it, then the databases one after the other."""
    databases = {name: index.dump() or b"" for name, index in fields.items()}
    table = [[name, len(databases[name]), dumped(index)] for name, index in fields.items()]
    head = orjson.dumps(table)
    return len(head).to_bytes(_LENGTH, "big") + head + b"".join(databases.values())


def _unpacked(content: bytes) -> dict[str, FieldIndex] | None:
    """None when the content is not what :func:`_packed` wrote: it is then made anew."""
    try:
        at = _LENGTH + int.from_bytes(content[:_LENGTH], "big")
        fields = {}
        for name, size, table in orjson.loads(content[_LENGTH:at]):
            fields[name] = FieldIndex(_guards(table), content[at : at + size])
            at += size
    except (ValueError, TypeError, KeyError, hyperscan.HyperscanError):
        return None
    return fields


def _guards(table: Mapping[str, Any]) -> dict[tuple[str, str], list[int]]:
    equal = {("is", text): rules for text, rules in table["equal"]}
    return equal | {(kind, text): rules for kind, text, rules in table["patterns"]}
