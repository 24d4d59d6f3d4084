"""The laws that Bartizan ships, read from its own YAML and checked as they are read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bartizan.engines.clocks import Law, LawError, law_of, plain

FOLDER = Path(__file__).parent / "laws"


@cache
def shipped() -> Mapping[str, Law]:
    """By id, in the order of files and rules. Raises LawError: a rule of ours that is wrong stops the tests."""
    return read_folder(FOLDER)


def read_folder(folder: Path) -> dict[str, Law]:
    found: dict[str, Law] = {}
    for path in sorted(folder.glob("*.yaml")):
        for law in read_file(path):
            if law.id in found:
                raise LawError(path.name, {"id": f"there are two rules called {law.id}"})
            found[law.id] = law
    for law in found.values():
        if law.after and law.after not in found:
            raise LawError(law.id, {"after": f"there is no rule called {law.after}"})
    return found


def read_file(path: Path) -> list[Law]:
    try:
        rules = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise LawError(path.name, {"file": f"YAML is expected ({' '.join(str(error).split())})"}) from error
    if not isinstance(rules, list):
        raise LawError(path.name, {"file": "a list of rules is expected, each beginning with “- id:”"})
    return [law_of(raw, f"{path.name}, rule {_named(raw, number)}") for number, raw in enumerate(rules, 1)]


def _named(raw: Any, number: int) -> str:
    return f"{number} ({raw['id']})" if isinstance(raw, Mapping) and "id" in raw else str(number)


def digest_of(law: Law) -> str:
    """By which a clock knows the very words of the rule that it was started under."""
    text = json.dumps(plain(law.raw), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
