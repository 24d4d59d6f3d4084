"""The shared inputs of the detection benchmark: SigmaHQ's rules, recorded Windows events, and regression cases."""

from __future__ import annotations

import json
import lzma
import os
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import yaml
from evtx import PyEvtxParser

ROOT = Path(__file__).parents[1]
LOGS = Path(os.environ.get("BARTIZAN_TEST_DATA", ROOT.parent / "shared" / "data")) / "logs"
RULES = LOGS / "sigmahq-rules-8eaafff1f.tar.xz"
REGRESSION = LOGS / "sigmahq-regression-half.tar.xz"
EVENTS = LOGS / "otrf-windows-100k.jsonl.xz"
FOLDERS = ("rules", "rules-emerging-threats", "rules-threat-hunting")


def missing() -> str | None:
    """What is not there, in words; None when all is."""
    absent = [str(path) for path in (RULES, REGRESSION, EVENTS) if not path.is_file()]
    return f"not here: {', '.join(absent)} (set BARTIZAN_TEST_DATA)" if absent else None


def unpack(archive: Path, folder: Path) -> Path:
    """``archive`` unpacked in ``folder``."""
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder


def lines(path: Path) -> list[bytes]:
    """The lines of an event file, empty ones as well, so that numbers are those of the file; ``.xz`` is unpacked."""
    content = path.read_bytes()
    content = lzma.decompress(content) if path.suffix == ".xz" else content
    return [line.strip() for line in content.removesuffix(b"\n").split(b"\n")]


@dataclass(frozen=True, slots=True)
class Case:
    """One regression test of SigmaHQ: these events fire these rules so many times (None: at least once)."""

    name: str
    rules: frozenset[str]
    count: int | None
    recorded: Sequence[dict[str, Any]]
    """From the .evtx file."""
    exported: Sequence[dict[str, Any]]
    """From the .json file beside it."""


def cases(folder: Path) -> Iterator[Case]:
    for info in sorted(folder.rglob("info.yml")):
        about: dict[str, Any] = yaml.safe_load(info.read_bytes())
        rules = frozenset(str(rule["id"]) for rule in about["rule_metadata"])
        for test in about["regression_tests_info"]:
            file = info.parent / Path(str(test["path"])).name
            recorded = [orjson.loads(record["data"]) for record in PyEvtxParser(str(file)).records_json() if record]
            yield Case(
                info.parent.name, rules, test.get("match_count"), recorded, list(_objects(file.with_suffix(".json")))
            )


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    """JSON objects one after the other, or in a list."""
    text, at, decoder = path.read_text(encoding="utf-8").strip(), 0, json.JSONDecoder()
    while at < len(text):
        found, at = decoder.raw_decode(text, at)
        yield from found if isinstance(found, list) else [found]
        at += len(text[at:]) - len(text[at:].lstrip())
