"""Where, how, who or nobody, on simulated breaches that the engine has never seen, and the rest of the inquiry.

``--cases 720`` (and ``--seed``): how many, from which seed; 240 take five minutes of two quiet cores. The seeds below
10,000 were used while the engine was built; what is reported starts at 900,000. The peer of ``person_first`` is alibi
alone: the same engine with every family of evidence but the doors' left out.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np

from bartizan.engines.pinpoint.who import pinpoint, verdict
from bartizan.engines.pinpoint.who.signs import FAMILIES
from bartizan.engines.pinpoint.who.solve import Weighed, weigh
from benchmarks import ait, custody, golden_dates, packet, reports
from benchmarks.breach.case import Truth, make
from benchmarks.breach.million import million
from benchmarks.breach.routes import ROUTES
from benchmarks.report import Figure, report

UNSEEN: Final = 900_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one case went."""

    truth: Truth
    place: bool
    route: bool
    rank: int
    """Of whoever did it among all people; 0 is first, -1 when there is nobody to find."""
    likeliest: float
    is_right: bool
    is_named: bool
    """The gate's own conditions were met."""
    alibi_rank: int
    """The same by the doors' records alone."""


def tried(job: tuple[int, str, bool]) -> Outcome:
    """One case, made and solved."""
    seed, route, insider = job
    case = make(seed, route=route, insider=insider)
    truth, weighed = case.truth, weigh(case.inquiry)
    told = verdict(case.inquiry, weighed)
    first = told.places[0] if told.places else None
    place = first is not None and (first.zone == truth.zone or (bool(truth.host) and first.host == truth.host))
    likeliest = told.people[0] if told.people else None
    rank, alibi_rank = _ranks(weighed, truth.person)
    return Outcome(
        truth=truth,
        place=place,
        route=told.routes[0].route == truth.route,
        rank=rank,
        likeliest=likeliest.probability if likeliest else 0.0,
        is_right=likeliest is not None and likeliest.person == truth.person,
        is_named=told.gate.is_ready,
        alibi_rank=alibi_rank,
    )


def _ranks(weighed: Weighed, person: str) -> tuple[int, int]:
    """The person's rank by all evidence, and by the doors' records alone; -1 where there is nobody to find."""
    number = weighed.people.number.get(person)
    if number is None:
        return -1, -1
    everything = np.exp(weighed.tables["insider"] - weighed.total).sum(axis=0)
    doors = weighed.parts["insider"][:, 1, FAMILIES.index("badge")].max(axis=0)
    return int((everything > everything[number]).sum()), int((doors > doors[number]).sum())


def calibration_error(pairs: Sequence[tuple[float, bool]]) -> float:
    """Expected calibration error of the likeliest person's probability, over ten bins (Naeini et al., AAAI 2015)."""
    told, right = np.array([p for p, _ in pairs]), np.array([r for _, r in pairs], dtype=float)
    bins = np.minimum((told * 10).astype(int), 9)
    return sum(
        float((bins == b).mean()) * abs(float(told[bins == b].mean()) - float(right[bins == b].mean()))
        for b in range(10)
        if (bins == b).any()
    )


def share(outcomes: Sequence[Outcome], fits: Callable[[Outcome], bool]) -> float | None:
    return sum(map(fits, outcomes)) / len(outcomes) if outcomes else None


def quality(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    placed = [one for one in outcomes if one.truth.zone or one.truth.host]
    traced = [one for one in outcomes if one.truth.is_traced]
    known = [one for one in outcomes if one.truth.identifiable]
    innocent = [one for one in outcomes if not one.truth.person]
    unclear = [one for one in outcomes if not one.truth.identifiable]
    error = calibration_error([(one.likeliest, one.is_right) for one in outcomes])
    return {
        "place_first": Figure(share(placed, lambda one: one.place), "", ">= 0.95"),
        "route_first": Figure(share(traced, lambda one: one.route), "", ">= 0.90"),
        "person_first": Figure(
            share(known, lambda one: one.rank == 0), "", ">= 0.85", share(known, lambda one: one.alibi_rank == 0)
        ),
        "person_in_three": Figure(
            share(known, lambda one: 0 <= one.rank < 3), "", ">= 0.97", share(known, lambda one: one.alibi_rank < 3)
        ),
        "false_accusation": Figure(share(innocent, lambda one: one.is_named), "", "<= 0.005"),
        "abstains_rightly": Figure(share(unclear, lambda one: not one.is_named), "", ">= 0.95"),
        "calibration_error": Figure(error, "", "<= 0.05"),
    }


def _million() -> tuple[float, float]:
    """Seconds and peak megabytes of a process that holds the events and solves the case."""
    case = million()
    began = time.perf_counter()
    pinpoint(case.inquiry)
    return time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--cases", type=int, default=720)
    parser.add_argument("--seed", type=int, default=UNSEEN)
    asked = parser.parse_args()
    names = list(ROUTES)
    jobs = [(asked.seed + n, names[n % len(names)], (n // len(names)) % 2 == 0) for n in range(asked.cases)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        outcomes = list(pool.map(tried, jobs))
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        seconds, megabytes = pool.submit(_million).result()
    figures = quality(outcomes)
    figures["million_event_seconds"] = Figure(seconds, "s", "<= 10")
    figures["million_event_megabytes"] = Figure(megabytes, "MB", "<= 2000")
    figures |= inquiries() | packet.figures()
    untraced = [one for one in outcomes if not one.truth.is_traced]
    report(
        "pinpoint",
        figures,
        cases=len(outcomes),
        identifiable=sum(one.truth.identifiable for one in outcomes),
        untraced=len(untraced),
        named_of_identifiable=share([one for one in outcomes if one.truth.identifiable], lambda one: one.is_named),
        wrongly_named=sum(one.is_named and not one.is_right for one in outcomes),
    )


def inquiries() -> dict[str, Figure]:
    """The parts of the inquiry that have benchmarks of their own."""
    found, tries = custody.tampers_found()
    right, dates = golden_dates.right()
    figures = {
        "custody_tampers_found": Figure(found, f"of {tries}", "1000"),
        "golden_dates_right": Figure(right, f"of {dates}", "60"),
    }
    if reason := ait.missing():
        print(f"The four companies' alerts were not tried: {reason}", file=sys.stderr)
        return figures
    (windows, hosts), (peer_windows, peer_hosts) = ait.first(), ait.peer()
    figures["ait_window_first"] = Figure(windows, "of 4", "4", peer_windows)
    figures["ait_entry_host_first"] = Figure(hosts, "of 4", "4", peer_hosts)
    told = reports.accuracies()
    for key, target in (("report_type_accuracy", ">= 0.85"), ("report_place_accuracy", ">= 0.80")):
        figures[key] = Figure(told[key], "", target, round(told[f"{key}_peer"], 4))
    return figures


if __name__ == "__main__":
    main()
