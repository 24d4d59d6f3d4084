"""How soon 100,000 records are searched by somebody who sees few of them: one site, one department.

Ours is ``core.search.search`` with the palette's number of hits, words from the first typed letter on, codes, common
words and words that are nowhere, in a random order. The peer asks the same of the records themselves: each register's
searched fields by ``icontains``, as the console did before it had an index. Both answer for the same user in the same
run. On a machine that does other things too, ``processor_milliseconds_p95`` says what of it was our own work.
``python -m benchmarks.search [--json] [--people N] [--queries N] [--no-peer]``
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median as middle
from typing import Any

from benchmarks.office import Office, queries
from benchmarks.report import Figure, report

WANTED = 12
PEER_QUERIES = 40


def reader() -> Any:
    """A head of one department at one site."""
    from bartizan.core.models import User
    from bartizan.core.roles import Role

    return User.objects.create(username="head", role=Role.HEAD, sites=["ML"], departments=["D02"], person="VI-00002")


Clock = Callable[[], float]


def timed(
    ask: Callable[[Any, str], object], user: Any, asked: Sequence[str], clock: Clock = time.perf_counter
) -> list[float]:
    taken = []
    for words in asked:
        began = clock()
        ask(user, words)
        taken.append((clock() - began) * 1000)
    return taken


def p95(taken: Sequence[float]) -> float:
    return statistics.quantiles(taken, n=20)[-1] if len(taken) > 1 else taken[0]


def by_contents(user: Any, words: str) -> list[object]:
    """The peer: each word somewhere in one of a register's searched fields."""
    from bartizan.core import registers

    return [
        list(registers.searched(each, each.rows(user), words, user)[:WANTED])
        for each in registers.registers()
        if each.is_open_to(user)
    ]


def raising(count: int) -> tuple[float, float]:
    """Milliseconds to raise an alarm, and of these for the index."""
    from django.db import connection
    from django.utils import timezone

    from bartizan.watch.actions import Evidence, Raised, raise_alarms

    spent: list[float] = []

    def watching(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        answer = execute(sql, params, many, context)
        if "core_search" in sql:
            spent.append(time.perf_counter() - began)
        return answer

    now, began = timezone.now(), time.perf_counter()
    with connection.execute_wrapper(watching):
        for n in range(count):
            event = f"00000000-0000-4000-8000-{n:012d}"
            seen = [Evidence(event, now, "door.forced", "Door forced")]
            alarm = Raised("bench", "Door forced", 3, f"bench {n}", now, [event], seen, "Vault", subject={"site": "ML"})
            raise_alarms([alarm])
    return (time.perf_counter() - began) * 1000 / count, sum(spent) * 1000 / count


def measure(options: argparse.Namespace) -> None:
    from bartizan.core import search

    office = Office(options.people, alarms=options.people // 10, cases=300)
    began = time.perf_counter()
    office.build()
    built = time.perf_counter() - began
    began = time.perf_counter()
    search.rebuild()
    indexed = time.perf_counter() - began
    there = sum(number for number, _ in search.counts().values())
    user, asked = reader(), queries(office, options.queries)
    search.search(user, "warm", WANTED)
    taken = timed(lambda user, words: search.search(user, words, WANTED), user, asked)
    alone = timed(lambda user, words: search.search(user, words, WANTED), user, asked, time.process_time)
    whole = timed(search.groups, user, asked[: len(asked) // 4])
    peer = None if options.no_peer else timed(by_contents, user, asked[:PEER_QUERIES])
    each, kept = raising(300)
    slow = sorted(zip(taken, asked, strict=True), reverse=True)[:5]
    figures = {
        "milliseconds_p95": Figure(p95(taken), "ms", "<= 100", round(p95(peer), 1) if peer else None),
        "milliseconds_median": Figure(middle(taken), "ms", "", round(middle(peer), 1) if peer else None),
        "milliseconds_max": Figure(max(taken), "ms", "", round(max(peer), 1) if peer else None),
        "processor_milliseconds_p95": Figure(p95(alone), "ms"),
        "page_milliseconds_p95": Figure(p95(whole), "ms"),
        "alarm_milliseconds": Figure(each, "ms"),
        "alarm_index_percent": Figure(kept / each * 100, "%", "<= 5"),
        "rebuild_seconds": Figure(indexed, "s"),
    }  # fmt: skip
    report("search", figures, records=there, queries=len(asked), build_seconds=round(built, 1), slowest=slow)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--people", type=int, default=19_000, help="about 5.4 records come with each")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--no-peer", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bartizan-search-") as folder:
        os.environ |= {"BARTIZAN_DATA": str(Path(folder)), "DJANGO_SETTINGS_MODULE": "bartizan.settings"}
        subprocess.run([sys.executable, "-m", "django", "migrate", "--verbosity", "0"], check=True)
        import django

        django.setup()
        measure(options)


if __name__ == "__main__":
    main()
