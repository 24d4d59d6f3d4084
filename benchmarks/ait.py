"""Four simulated companies' alerts, looked at afterwards: is the attack's time first, and its entry host?

``python -m benchmarks.ait [--json]``. The engine's windows (engines/pinpoint/windows.py) and, in the same run, the
peer: the sum of -ln of how rare each (kind, host) is among all alerts, per ten minutes, every alert counted.

What counts as right. *Window*: the first ten minutes overlap a phase of the attack in ait-alerts-phases.csv (its
``false_positive_…`` rows are no phases). *Entry host*: the host that the alerts themselves are labelled to have been
attacked on while the attacker came in from the network: scans, dirb, wpscan and the commands of the web shell, the
host with most of them. It is derived from ``event_label``, which neither method is given.
"""

from __future__ import annotations

import csv
import io
import math
import os
import tarfile
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from bartizan.engines.pinpoint.windows import Alert, windows
from benchmarks.report import Figure, report

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("BARTIZAN_TEST_DATA", ROOT.parent / "shared" / "data")) / "breach"
ALERTS, PHASES = DATA / "ait-alerts.tar.xz", DATA / "ait-alerts-phases.csv"
COMPANIES: Final = ("fox", "santos", "shaw", "wilson")
_COMING_IN: Final = frozenset({"service_scan", "dns_scan", "dirb", "wpscan", "webshell_cmd"})
_SPAN: Final = 10 * 60 * 1_000_000
Answer = tuple[int, int, str]
"""Begin and end of the first window (µs), and the host that stands out in it."""


@dataclass(frozen=True, slots=True)
class Company:
    alerts: Sequence[Alert]
    phases: Sequence[tuple[int, int]]
    entry: str


def missing() -> str | None:
    """What is not there, in words; None when all is."""
    absent = [str(path) for path in (ALERTS, PHASES) if not path.is_file()]
    return f"not here: {', '.join(absent)} (set BARTIZAN_TEST_DATA)" if absent else None


def companies() -> list[Company]:
    phases = _phases()
    with tarfile.open(ALERTS) as archive:
        return [_company(archive, name, phases[name]) for name in COMPANIES]


def _company(archive: tarfile.TarFile, name: str, phases: Sequence[tuple[int, int]]) -> Company:
    file = archive.extractfile(f"{name}_alerts.txt")
    if file is None:
        raise SystemExit(f"{ALERTS} holds no {name}_alerts.txt")
    alerts, attacked = [], Counter[str]()
    for row in csv.DictReader(io.TextIOWrapper(file, "utf-8")):
        alerts.append(Alert(int(row["time"]) * 1_000_000, row["name"], row["host"]))
        if row["event_label"] in _COMING_IN:
            attacked[row["host"]] += 1
    return Company(alerts, phases, attacked.most_common(1)[0][0])


def _phases() -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    with PHASES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if not row["phase"].startswith("false_positive"):
                found[row["company"]].append((_us(row["start_utc"]), _us(row["end_utc"])))
    return found


def _us(written: str) -> int:
    return int(datetime.fromisoformat(written).timestamp()) * 1_000_000


def ours(alerts: Sequence[Alert]) -> Answer:
    first = windows(alerts, most=1)[0]
    return first.since, first.until, first.entry


def rarity(alerts: Sequence[Alert]) -> Answer:
    """The peer."""
    usual = Counter((alert.kind, alert.host) for alert in alerts)
    sums: Counter[int] = Counter()
    by_host: dict[int, Counter[str]] = defaultdict(Counter)
    for alert in alerts:
        nats = -math.log(usual[alert.kind, alert.host] / len(alerts))
        sums[alert.time // _SPAN] += nats  # type: ignore[assignment]  # a Counter of floats
        by_host[alert.time // _SPAN][alert.host] += nats  # type: ignore[assignment]
    number = sums.most_common(1)[0][0]
    return number * _SPAN, (number + 1) * _SPAN, by_host[number].most_common(1)[0][0]


def scored(method: Callable[[Sequence[Alert]], Answer], given: Sequence[Company]) -> tuple[int, int]:
    """For how many companies the attack's time came first, and the right entry host in it."""
    windows_first = entries_first = 0
    for company in given:
        since, until, entry = method(company.alerts)
        is_right = any(begin < until and since < end for begin, end in company.phases)
        windows_first += is_right
        entries_first += is_right and entry == company.entry
    return windows_first, entries_first


def first() -> tuple[int, int]:
    """Windows first and entry hosts first, of four."""
    return scored(ours, companies())


def peer() -> tuple[int, int]:
    return scored(rarity, companies())


def main() -> None:
    if absent := missing():
        raise SystemExit(f"The inputs of this benchmark are {absent}.")
    given = companies()
    right, theirs = scored(ours, given), scored(rarity, given)
    figures = {
        "ait_window_first": Figure(right[0], "of 4", "4", theirs[0]),
        "ait_entry_host_first": Figure(right[1], "of 4", "4", theirs[1]),
    }
    report("ait", figures, alerts=sum(len(company.alerts) for company in given))


if __name__ == "__main__":
    main()
