"""A rule's guard: few, rare texts one of which an event must hold, or the rule cannot match it.

The index looks for guards only, all rules at once; a rule whose guard was not seen is never touched. The rarer the
guard, the fewer rules an event touches, so of all clauses that must hold, the one with the rarest texts is chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from re import _constants as constants  # type: ignore[attr-defined]  # the parse tree of re has no public module
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

from bartizan.engines.detect.conditions import Node
from bartizan.engines.detect.values import fold

# Settled by the log source before any text is looked at.
KEY_FIELDS: Final = frozenset({"Channel", "EventID", "Provider_Name"})
_LITERAL: Final = frozenset({"is", "has", "starts", "ends"})
_REPEATS: Final = (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT)

# What most Windows events hold somewhere: a text found in here is a poor guard.
_EVERYDAY: Final = (
    r"c:\windows\system32\svchost.exe -k netsvcs -p -s \device\harddiskvolume",
    r"c:\windows\system32\windowspowershell\v1.0\powershell.exe -noprofile -executionpolicy bypass",
    "-command -enc -file -nop -w hidden",
    r"c:\windows\system32\cmd.exe /c /s /d /q",
    r"c:\windows\syswow64\rundll32.exe .dll,# regsvr32.exe wscript.exe cscript.exe mshta.exe",
    r"c:\windows\explorer.exe c:\windows\system32\services.exe",
    "lsass.exe winlogon.exe csrss.exe conhost.exe taskhostw.exe",
    r"c:\program files (x86)\microsoft\edge\application\msedge.exe",
    r"c:\program files\google\chrome\application\chrome.exe",
    r"c:\users\administrator\appdata\local\temp\ \appdata\roaming\microsoft\windows\ ",
    r"c:\programdata\ c:\temp\ \downloads\ ",
    r"hklm\software\microsoft\windows nt\currentversion\ ",
    r"hkcu\software\microsoft\windows\currentversion\run \policies\system",
    r"hklm\system\currentcontrolset\services\ \control\ \parameters\start",
    r"dword (0x00000000) dword (0x00000001) binary data",
    r"nt authority\system high medium system true false 0x1fffff 0x1010 0x1410 0x1000 0x0 tcp udp success failure",
    "microsoft windows operating system microsoft corporation",
    "https http://www. .com .net .exe .dll .ps1 .bat .vbs .tmp .txt",
)


@dataclass(frozen=True, slots=True)
class Guard:
    """One text: the field is ``kind`` (is, has, starts, ends) ``text``, folded."""

    field: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Clause:
    """Texts of which one must be seen, and about how often an event holds one (1 is always)."""

    weight: float
    guards: tuple[Guard, ...]


def clause_of(node: Node) -> Clause | None:
    """The rarest clause that ``node`` implies; None when it can hold without any text (a ``not``, a comparison …)."""
    match node[0]:
        case "and":
            return min(filter(None, map(clause_of, node[1])), key=lambda clause: clause.weight, default=None)
        case "or":
            return _union(node[1])
        case "false":
            return Clause(0.0, ())
        case "not" | "true":
            return None
    return None if node[1] in KEY_FIELDS else _of_atom(node[0], node[1], node[2])


def _union(nodes: list[Node]) -> Clause | None:
    clauses = [clause_of(node) for node in nodes]
    if not all(clauses):
        return None
    found = [clause for clause in clauses if clause]
    return Clause(sum(c.weight for c in found), tuple(guard for c in found for guard in c.guards))


def _of_atom(test: str, field: str, arguments: list[Any]) -> Clause | None:
    guards: list[Guard] = []
    for argument in arguments:
        found = list(_guards(test, field, argument))
        if not found:
            return None
        guards.extend(found)
    return Clause(sum(map(_weight, guards)), tuple(guards)) if guards else None


def _guards(test: str, field: str, argument: Any) -> Iterator[Guard]:
    """Of one argument: any of these; nothing when it holds no text worth looking for."""
    kind = test.lower()
    if kind in _LITERAL:
        if argument or kind == "is":
            yield Guard(field, kind, fold(argument))
    elif kind == "like":
        texts = [part for part in argument if isinstance(part, str)]
        if texts:
            yield Guard(field, "has", fold(max(texts, key=len)))
    elif test == "re":
        yield from (Guard(field, "has", text) for text in required_texts(*argument))


def _weight(guard: Guard) -> float:
    """A guess at how often the text is seen. Only the order matters, and only for speed."""
    if guard.kind != "is" and any(guard.text in everyday for everyday in _EVERYDAY):
        return 0.3
    if guard.kind == "is" and any(guard.text in everyday for everyday in _EVERYDAY):
        return 0.1
    return max(0.75 ** len(guard.text), 1e-4) * (0.3 if guard.kind == "is" else 1.0)


def required_texts(pattern: str, flags: str) -> list[str]:
    """Texts of which every match of the pattern holds one, folded; empty when the pattern promises none."""
    try:
        tree = parser.parse(pattern, re.IGNORECASE if "i" in flags else 0)
    except (re.error, RecursionError, OverflowError):
        return []
    found = _required(tree)
    return found if found and min(map(len, found)) > 1 else []


def _required(tree: Any) -> list[str]:
    """The best of a sequence: the choice whose shortest text is longest."""
    choices: list[list[str]] = []
    run = ""
    for kind, detail in [*tree, (None, None)]:
        # Only ASCII: there Python's IGNORECASE and our folding agree to the letter.
        if kind is constants.LITERAL and detail < 0x80:
            run += chr(detail)
            continue
        if run:
            choices.append([fold(run)])
            run = ""
        choices.append(_inside(kind, detail))
    return max(filter(None, choices), key=lambda texts: min(map(len, texts)), default=[])


def _inside(kind: Any, detail: Any) -> list[str]:
    if kind is constants.SUBPATTERN:
        return _required(detail[-1])
    if kind in _REPEATS and detail[0] > 0:
        return _required(detail[2])
    if kind is constants.BRANCH:
        branches = [_required(branch) for branch in detail[1]]
        return [text for branch in branches for text in branch] if all(branches) else []
    return []
