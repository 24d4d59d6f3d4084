"""Our own figures, in a fresh process on one core: ``python -m benchmarks.detect_speed``, started by
``benchmarks.detect``.

Reads one JSON object from standard input: the rule folders, the event file, the cache folder, whether only Windows
rules are wanted, and when this process was started. Prints one JSON object.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROUNDS = 5


def measured(folders: Sequence[Path], events: Path, cache: Path, *, windows_only: bool) -> dict[str, Any]:
    """Start the fresh process and return what it printed."""
    order = {
        "folders": list(map(str, folders)),
        "events": str(events),
        "cache": str(cache),
        "windows_only": windows_only,
        "started": time.time(),
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.detect_speed"],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    if done.returncode:
        raise SystemExit(f"The measuring process failed:\n{done.stderr}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def wanted(rules: Sequence[Any], *, windows_only: bool) -> list[Any]:
    """The rules that are measured: all, or those for Windows and none of the correlations."""
    return [rule for rule in rules if not windows_only or (rule.logsource.product == "windows" and rule.condition)]


def main() -> None:
    order = json.load(sys.stdin)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    from bartizan.engines.detect import compile_rules, load_rules

    cache = Path(order["cache"])
    rules, _problems = load_rules(map(Path, order["folders"]), cache)
    rules = wanted(rules, windows_only=order["windows_only"])
    detector = compile_rules(rules, cache)
    detector.match({"Channel": "Security", "EventID": 1})
    ready = time.time() - order["started"]

    from benchmarks.detect_data import lines

    found = [line for line in lines(Path(order["events"])) if line]
    rates = [_rate(detector, found) for _ in range(ROUNDS + 1)]
    cold = compile_rules(rules, cache, cache_bytes=0)
    _rate(cold, found[:1000])  # plans are made once for each log source; that is no value cache
    result = {
        "ready": ready,
        "first": rates[0],
        "warm": max(rates[1:]),  # the best: other programs on the machine only ever make a pass slower
        "cold": max(_rate(cold, found) for _ in range(ROUNDS)),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "events": len(found),
        "rules": len(rules),
    }
    print(json.dumps(result))


def _rate(detector: Any, found: Sequence[bytes]) -> float:
    """Events for each second of this core's time, JSON bytes in to hits out."""
    match, hits = detector.match_json, 0
    start = time.process_time()  # this core's own time: what other programs take of it is not counted
    for line in found:
        try:
            hits += len(match(line))
        except (ValueError, TypeError):  # no JSON object: counted by the caller
            continue
    return len(found) / (time.process_time() - start)


if __name__ == "__main__":
    main()
