"""The detection engine against one SQLite query a rule: ``python -m benchmarks.detect [--json]``.

Without options: all Windows rules of SigmaHQ's release over 100,192 recorded events, and SigmaHQ's own regression
cases. ``--rules DIR --events FILE.jsonl`` runs other rules and events (``.jsonl`` or ``.jsonl.xz``), ``--peer`` also
runs the SQLite back end on them, and ``--per-rule OUT.json`` writes ``{rule id: {title, hits, events}}``: the number
of events that hit, and their zero-based line numbers, at most the first :data:`LISTED`. A correlation's events are
those that contributed to its findings.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from bartizan.engines.detect import Problem, Rule, compile_rules, load_rules
from bartizan.engines.detect.events import flatten
from benchmarks import detect_data as data
from benchmarks.detect_speed import measured, wanted
from benchmarks.report import Figure, report

LISTED = 10_000
SHOWN = 20


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.rules:
            _others(options, folder / "cache")
        elif absent := data.missing():
            raise SystemExit(f"The inputs of this benchmark are {absent}.")
        else:
            _standard(options, folder)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detect", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print nothing but the last line")
    parser.add_argument("--rules", type=Path, help="a folder of other rules")
    parser.add_argument("--events", type=Path, help="other events, one JSON object a line")
    parser.add_argument("--per-rule", type=Path, metavar="OUT.json", help="write each rule's hits")
    parser.add_argument("--peer", action="store_true", help="with --rules: run the SQLite back end as well")
    options = parser.parse_args()
    if bool(options.rules) != bool(options.events):
        parser.error("--rules and --events belong together")
    return options


def _standard(options: argparse.Namespace, folder: Path) -> None:
    data.unpack(data.RULES, folder / "rules")
    folders = [folder / "rules" / name for name in data.FOLDERS]
    rules, problems = load_rules(folders, folder / "cache")
    windows = wanted(rules, windows_only=True)
    lines = data.lines(data.EVENTS)
    hits, _bad = _hits(windows, lines, folder / "cache")
    if options.per_rule:
        _write(options.per_rule, windows, hits)
    speed = measured(folders, data.EVENTS, folder / "cache", windows_only=True)
    figures, more = _compared(windows, lines, hits, speed)
    fired, exact = _regression(rules, data.unpack(data.REGRESSION, folder / "regression"))
    figures["regression_fired"] = Figure(fired, "of the cases", "1.0")
    figures["regression_exact"] = Figure(exact, "of the cases", ">= 0.97")
    report("detect", {**_speeds(speed), **figures}, **_facts(speed, problems), **more)


def _others(options: argparse.Namespace, cache: Path) -> None:
    rules, problems = load_rules([options.rules], cache)
    for problem in problems:
        print(problem, file=sys.stderr)
    lines = data.lines(options.events)
    hits, bad = _hits(rules, lines, cache)
    if options.per_rule:
        _write(options.per_rule, rules, hits)
    speed = measured([options.rules], options.events, cache, windows_only=False)
    figures: dict[str, Figure] = {}
    more: dict[str, Any] = {}
    if options.peer:
        single = [rule for rule in rules if rule.condition]
        figures, more = _compared(single, lines, hits, speed)
    report("detect", {**_speeds(speed), **figures}, **_facts(speed, problems), unreadable_lines=bad, **more)


def _hits(rules: Sequence[Rule], lines: Sequence[bytes], cache: Path) -> tuple[dict[str, set[int]], int]:
    """Of each rule the lines that it hit, and how many lines are no events."""
    detector = compile_rules(rules, cache)
    hits: dict[str, set[int]] = {}
    events: list[dict[str, Any]] = []
    bad = 0
    correlated = any(rule.correlation for rule in rules)
    for number, line in enumerate(lines):
        if not line:
            continue
        try:
            found = detector.match_json(line)
        except (ValueError, TypeError):
            bad += 1
            continue
        for hit in found:
            hits.setdefault(hit.uid, set()).add(number)
        if correlated:
            events.append({**flatten(orjson.loads(line)), "id": str(number)})
    for finding in detector.judge(events) + detector.finish() if correlated else ():
        if finding.rule.correlation:
            hits.setdefault(finding.uid, set()).update(map(int, finding.events))
    return hits, bad


def _write(path: Path, rules: Sequence[Rule], hits: dict[str, set[int]]) -> None:
    table = {
        rule.uid: {
            "title": rule.title,
            "hits": len(hits.get(rule.uid, ())),
            "events": sorted(hits.get(rule.uid, ()))[:LISTED],
        }
        for rule in rules
    }
    path.write_bytes(orjson.dumps(table, option=orjson.OPT_INDENT_2))


def _speeds(speed: dict[str, Any]) -> dict[str, Figure]:
    return {
        "warm_events_per_second": Figure(speed["warm"], "events/s", ">= 60000"),
        "cold_cache_events_per_second": Figure(speed["cold"], "events/s", ">= 25000"),
        "ready_seconds": Figure(speed["ready"], "s", "<= 3"),
        "peak_megabytes": Figure(speed["megabytes"], "MB", "<= 1000"),
    }


def _facts(speed: dict[str, Any], problems: Sequence[Problem]) -> dict[str, Any]:
    return {"rules": speed["rules"], "events": speed["events"], "rules_refused": len(problems)}


def _compared(
    rules: Sequence[Rule], lines: Sequence[bytes], hits: dict[str, set[int]], speed: dict[str, Any]
) -> tuple[dict[str, Figure], dict[str, Any]]:
    from benchmarks.detect_peer import compare

    outcome = compare(rules, lines, hits)
    peer = len(lines) / outcome.seconds
    figures = {
        "ratio_to_sqlite_peer": Figure(speed["warm"] / peer, "times", ">= 75", peer=round(peer, 1)),
        "unexplained_differences": Figure(len(outcome.unexplained), "hits", "0"),
    }
    more = {
        "our_hits": sum(map(len, hits.values())),
        "peer_hits": sum(map(len, outcome.hits.values())),
        "peer_refused_rules": len(outcome.refused),
        "our_hits_of_rules_the_peer_refused": sum(len(hits.get(uid, ())) for uid in outcome.refused),
        "explained_differences": dict(outcome.explained),
        "unexplained": outcome.unexplained[:SHOWN],
    }
    return figures, more


def _regression(rules: Sequence[Rule], folder: Path) -> tuple[float, float]:
    """How many of SigmaHQ's cases fire the named rule, and how many as often as they say, from both kinds of file."""
    detector = compile_rules(rules)
    fired = exact = total = 0
    for case in data.cases(folder):
        counts = [
            sum(any(hit.uid in case.rules for hit in detector.match(event)) for event in events)
            for events in (case.recorded, case.exported)
        ]
        total += 1
        fired += all(counts)
        exact += all(count == case.count if case.count is not None else count > 0 for count in counts)
    return fired / total, exact / total


if __name__ == "__main__":
    main()
