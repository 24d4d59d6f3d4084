"""The index of one field: which rules does a value wake? All guards at once, by Hyperscan and a dictionary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import hyperscan

from bartizan.engines.detect.guards import Guard
from bartizan.engines.detect.values import fold

Rules = tuple[int, ...]
_FLAGS: Final = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_DOTALL
_ALNUM: Final = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_")
_FITS: Final = {"has": str.__contains__, "starts": str.startswith, "ends": str.endswith}


class FieldIndex:
    """Guards of one field, and the numbers of the rules that each wakes."""

    __slots__ = ("_scan", "database", "equal", "loose", "patterns", "wakes")

    def __init__(self, guards: Mapping[tuple[str, str], Iterable[int]], database: bytes | None = None) -> None:
        """``guards`` maps (kind, text) to rules; ``database`` is what :meth:`dump` gave for the same guards."""
        self.equal = {text: tuple(rules) for (kind, text), rules in guards.items() if kind == "is"}
        self.patterns = [guard for guard in guards if guard[0] != "is"]
        self.wakes: list[Rules] = [tuple(guards[guard]) for guard in self.patterns]
        self.loose: list[int] = []
        self.database = _restored(database) if database else self._compiled()
        self._scan = self.database.scan if self.database else None

    def _compiled(self) -> hyperscan.Database | None:
        wanted = list(range(len(self.patterns)))
        database = _compile(self.patterns, wanted)
        if database is None and wanted:
            # Hyperscan refuses some expression (too long, say): that one is looked for by Python instead.
            self.loose = [at for at in wanted if _compile(self.patterns, [at]) is None]
            database = _compile(self.patterns, [at for at in wanted if at not in set(self.loose)])
            if database is None:
                self.loose = wanted
        return database

    def dump(self) -> bytes | None:
        """The compiled database, to keep; None where there is none or Python has to help."""
        return bytes(hyperscan.dumpb(self.database)) if self.database and not self.loose else None

    def awaken(self, value: str) -> set[int]:
        """The rules one of whose guards ``value`` holds."""
        text = fold(value)
        found = set(self.equal.get(text, ()))
        if self._scan is not None:
            seen: list[int] = []
            self._scan(text.encode("utf-8", "surrogatepass"), match_event_handler=_note, context=seen)
            for at in seen:
                found.update(self.wakes[at])
        for at in self.loose:
            kind, wanted = self.patterns[at]
            if _FITS[kind](text, wanted):
                found.update(self.wakes[at])
        return found


def _note(at: int, _start: int, _end: int, _flags: int, seen: Any) -> None:
    seen.append(at)


def _compile(patterns: Sequence[tuple[str, str]], wanted: Sequence[int]) -> hyperscan.Database | None:
    if not wanted:
        return None
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    try:
        database.compile(
            expressions=[_expression(*patterns[at]) for at in wanted],
            ids=list(wanted),
            elements=len(wanted),
            flags=_FLAGS,
        )
    except hyperscan.HyperscanError:
        return None
    return database


def _expression(kind: str, text: str) -> bytes:
    r"""``text`` byte by byte. ``\A`` and ``\z``: unlike ``$``, the latter never stops before a last line feed."""
    body = b"".join(
        bytes((byte,)) if byte in _ALNUM else b"\\x%02x" % byte for byte in text.encode("utf-8", "surrogatepass")
    )
    return (b"\\A" if kind == "starts" else b"") + body + (b"\\z" if kind == "ends" else b"")


def _restored(dump: bytes) -> hyperscan.Database:
    database = hyperscan.loadb(dump, hyperscan.HS_MODE_BLOCK)
    database.scratch = hyperscan.Scratch(database)
    return database


def grouped(guards: Iterable[tuple[int, Guard]]) -> dict[str, dict[tuple[str, str], list[int]]]:
    """Guards with their rules' numbers, by field, then by (kind, text)."""
    fields: dict[str, dict[tuple[str, str], list[int]]] = {}
    for rule, guard in guards:
        rules = fields.setdefault(guard.field, {}).setdefault((guard.kind, guard.text), [])
        if not rules or rules[-1] != rule:
            rules.append(rule)
    return fields


def dumped(index: FieldIndex) -> dict[str, Any]:
    """What is needed to build ``index`` again, without its database."""
    return {
        "equal": [[text, rules] for text, rules in index.equal.items()],
        "patterns": [[*guard, rules] for guard, rules in zip(index.patterns, index.wakes, strict=True)],
    }
