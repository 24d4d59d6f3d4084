"""The rule book: folders of rules, the switches that people set on them, and the detector they become."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tempfile
import urllib.request
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from bartizan.engines import detect
from bartizan.watch.models import RuleSwitch

OURS = Path(__file__).parent.parent / "rules"
SIGMAHQ = "https://github.com/SigmaHQ/sigma/releases/download/{release}/sigma_core.zip"
WORDS_OF_LEVEL = {4: "critical", 3: "high", 2: "medium", 1: "low"}
ARCHIVE_LIMIT = 200 * 1024 * 1024


class NotTrusted(Exception):
    """What was fetched is not what was pinned, or nothing is pinned yet."""


@dataclass(frozen=True, slots=True)
class Book:
    rules: Sequence[detect.Rule]
    problems: Sequence[str]
    detector: detect.Detector
    levels: dict[str, str]
    """Levels that somebody changed, by rule."""
    stamp: str
    """Changes when a file or a switch does."""

    def level_of(self, rule: str, level: str) -> str:
        return self.levels.get(rule, level)

    def pack_of(self, rule: detect.Rule) -> str:
        return pack_of(rule)


@dataclass(frozen=True, slots=True)
class Added:
    pack: str
    count: int
    problems: Sequence[str]


@dataclass(frozen=True, slots=True)
class Tested:
    rules: int
    examples: int
    without: int
    failures: Sequence[str]


def theirs() -> Path:
    """Where packs lie that somebody added."""
    folder = Path(settings.DATA) / "rules"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def pack_of(rule: detect.Rule) -> str:
    """The first folder below the rule book's."""
    path = Path(rule.path)
    for root in (OURS, theirs()):
        if path.is_relative_to(root):
            return path.relative_to(root).parts[0]
    return path.parent.name


def stamp() -> str:
    """Names, sizes and times of all rule files, and the switches: cheap enough to ask every few seconds."""
    digest = hashlib.sha256()
    for root in (OURS, theirs()):
        for path in sorted(root.rglob("*.y*ml")):
            stat = path.stat()
            digest.update(f"{path}|{stat.st_size}|{stat.st_mtime_ns}\n".encode())
    for switch in RuleSwitch.objects.order_by("rule").values_list("rule", "is_enabled", "level"):
        digest.update(repr(switch).encode())
    return digest.hexdigest()


def load() -> Book:
    """Read all packs and compile those rules that are on. A bad file is a problem in words, never a stop."""
    at = stamp()
    cache = Path(settings.DATA) / "cache"
    rules, problems = detect.load_rules([OURS, theirs()], cache)
    switches = {s.rule: s for s in RuleSwitch.objects.all()}
    on = _in_force(rules, {uid for uid, switch in switches.items() if not switch.is_enabled})
    detector = detect.compile_rules(on, cache)
    levels = {uid: WORDS_OF_LEVEL[s.level] for uid, s in switches.items() if s.level}
    return Book(rules, [str(p) for p in problems], detector, levels, at)


def _in_force(rules: Sequence[detect.Rule], off: set[str]) -> list[detect.Rule]:
    """All but those that are off, and those that only a rule that is off counts: alone they would raise alarms."""
    wanted = {uid for r in rules if r.correlation and r.uid not in off for uid in r.correlation.rules}
    only_counted = {
        uid
        for r in rules
        if r.correlation and r.uid in off and not r.correlation.generate
        for uid in r.correlation.rules
        if uid not in wanted
    }
    return [r for r in rules if r.uid not in off | only_counted]


def add(folder: Path, pack: str) -> Added:
    """Copy the rule files of ``folder`` as a pack, replacing the pack of that name whole."""
    files = [p for p in folder.rglob("*") if p.is_file() and (p.suffix in {".yml", ".yaml"} or "LICENSE" in p.name)]
    target = theirs() / Path(pack).name
    fresh = target.with_name(f".{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for path in files:
        copy = fresh / path.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    fresh.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    rules, problems = detect.load_rules([target])
    return Added(target.name, len(rules), [str(p) for p in problems])


def examine(folder: Path | None = None) -> Tested:
    """Run the examples that rules carry."""
    rules, problems = detect.load_rules([folder] if folder else [OURS, theirs()])
    counts = [len(rule.positive) + len(rule.negative) for rule in rules]
    failures = [str(problem) for problem in (*problems, *detect.run_examples(rules))]
    return Tested(len(rules), sum(counts), counts.count(0), failures)


def update(release: str, sha256: str | None, url: str | None = None) -> Added:
    """Fetch a release of SigmaHQ's rules. Its digest is pinned the first time and must be the same ever after."""
    pins_file = theirs() / "pins.json"
    pins: dict[str, str] = json.loads(pins_file.read_text()) if pins_file.exists() else {}
    expected = pins.get(release) or (sha256 or "").lower()
    if not expected:
        raise NotTrusted(f"No digest is pinned for {release}: give the one that the release page names with --sha256.")
    if sha256 and sha256.lower() != expected:
        raise NotTrusted(f"{release} is pinned to {expected}, not to {sha256}. Remove it from {pins_file} to pin anew.")
    with urllib.request.urlopen(url or SIGMAHQ.format(release=release), timeout=60) as answer:  # noqa: S310  the digest decides
        archive = answer.read(ARCHIVE_LIMIT + 1)
    found = hashlib.sha256(archive).hexdigest()
    if found != expected:
        raise NotTrusted(f"What came for {release} has the digest {found}, not {expected}: nothing was changed.")
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(io.BytesIO(archive)).extractall(folder)
        added = add(Path(folder), "sigmahq")
    pins_file.write_text(json.dumps(pins | {release: expected}, indent=1))
    return added
