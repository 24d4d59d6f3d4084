"""The response plans that Bartizan ships, read from its own YAML and checked as they are read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path

from bartizan.core.models import User
from bartizan.engines.plans import Plan, plan_of

FOLDER = Path(__file__).parent / "plans"


@dataclass(frozen=True, slots=True)
class Kept:
    """A plan in one of its versions; 0 is the shipped one."""

    key: str
    version: int
    text: str
    digest: str
    by: User | None = None
    at: datetime | None = None
    withdrawn_because: str = ""

    @property
    def plan(self) -> Plan:
        return read(self.text)

    @property
    def is_shipped(self) -> bool:
        return self.version == 0


@lru_cache(maxsize=256)
def read(text: str) -> Plan:
    """The plan of a text; the same text is read once. Raises PlanError."""
    return plan_of(text)


@cache
def shipped() -> Mapping[str, Kept]:
    """By key, the file's name. Raises PlanError: a plan of ours that is wrong stops the tests."""
    found: dict[str, Kept] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        read(text)
        found[path.stem] = Kept(path.stem, 0, text, digest_of(text))
    return found


def digest_of(text: str) -> str:
    """By which a run knows the very words under which it began."""
    return hashlib.sha256(text.encode()).hexdigest()
