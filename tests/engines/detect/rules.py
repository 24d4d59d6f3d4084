"""Rules and events for the tests, written as short as the tests want to read them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from bartizan.engines.detect import Detector, Finding, Problem, Rule, compile_rules, load_rules

SECOND = 1_000_000


def single(name: str, detection: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A rule on one event of Bartizan's, called ``name``."""
    whole = detection if "condition" in detection else {"selection": detection, "condition": "selection"}
    return {"title": name, "name": name, "logsource": {"product": "bartizan"}, "detection": whole, **more}


def correlation(name: str, kind: str, rules: Sequence[str], timespan: str = "5m", **more: Any) -> dict[str, Any]:
    return {
        "title": name,
        "name": name,
        "correlation": {"type": kind, "rules": list(rules), "timespan": timespan, "group-by": ["actor"], **more},
    }


def written(folder: Path, *documents: dict[str, Any]) -> Path:
    """The rules as files in ``folder``."""
    folder.mkdir(exist_ok=True)
    for number, document in enumerate(documents):
        (folder / f"{number:02}.yml").write_text(yaml.safe_dump(document), encoding="utf-8")
    return folder


def loaded(folder: Path, *documents: dict[str, Any]) -> tuple[list[Rule], list[Problem]]:
    return load_rules([written(folder, *documents)])


def detector(folder: Path, *documents: dict[str, Any]) -> Detector:
    rules, problems = loaded(folder, *documents)
    assert problems == []
    return compile_rules(rules)


def event(seconds: float, kind: str = "login.failure", actor: str = "user:alice", **more: Any) -> dict[str, Any]:
    domain = kind.partition(".")[0]
    return {"time": int(seconds * SECOND), "kind": kind, "domain": domain, "actor": actor, **more}


def titles(findings: Sequence[Finding]) -> list[str]:
    return [finding.title for finding in findings]


FAILED = single("failed", {"kind": "login.failure"})
ENTERED = single("entered", {"kind": "login.success"})
GRANTED = single("granted", {"kind": "door.granted"})
