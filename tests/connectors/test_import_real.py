"""Real files that nobody on this project wrote."""

from __future__ import annotations

import os
import tarfile
from collections import Counter
from pathlib import Path

import pytest

from bartizan.connectors.imports import Problem, Report, built_in, parse_mapping, read_file, rows, suggest_mapping
from bartizan.engines.observe import Observation

DATA = Path(os.environ.get("BARTIZAN_TEST_DATA") or Path(__file__).parents[2] / "../shared/data")


def real(name: str) -> Path:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"test data {name} is not there (BARTIZAN_TEST_DATA)")
    return path


def observations(mapping: str, path: Path) -> list[Observation]:
    results = list(rows(parse_mapping(mapping), path))
    assert not [result for result in results if isinstance(result, Problem)]
    return [result for result in results if isinstance(result, Observation)]


def test_card_payments_of_a_company_place_its_people() -> None:
    seen = observations(
        """
source: kronos-cards
time: {column: timestamp, day_first: false, zone: Europe/Athens}
kind: door.granted
actor: {template: '{FirstName} {LastName}', prefix: person}
place: {column: location, prefix: site}
data: {amount: price}
""",
        real("breach/kronos/cc_data.csv"),
    )
    assert len(seen) == 1491
    assert (seen[0].actor, seen[0].place) == ("person:Edvard Vann", "site:Brew've Been Served")
    assert seen[0].at.isoformat() == "2014-01-06T05:28:00+00:00"
    assert len({o.key for o in seen}) == 1491


def test_loyalty_cards_know_the_day_alone() -> None:
    seen = observations(
        """
source: kronos-loyalty
time: {column: timestamp, day_first: false}
kind: door.granted
actor: {columns: [FirstName, LastName], prefix: person}
place: {column: location, prefix: site}
""",
        real("breach/kronos/loyalty_data.csv"),
    )
    assert {o.at.hour for o in seen} == {0}


def test_stops_of_cars_have_a_beginning_and_an_end() -> None:
    path = real("breach/kronos/stops.csv")
    mapping = """
source: kronos-cars
time: {{column: {column}, zone: Europe/Athens}}
kind: {kind}
actor: {{column: Name, prefix: person}}
place: {{column: location, prefix: site}}
device: {{column: CarID, prefix: car}}
"""
    arrived = observations(mapping.format(column="arrival", kind="door.granted"), path)
    left = observations(mapping.format(column="departure", kind="door.exit"), path)
    assert len(arrived) == len(left)
    assert all(a.at <= b.at for a, b in zip(arrived, left, strict=True))


@pytest.mark.parametrize("name", ["cc_data.csv", "stops.csv", "loyalty_data.csv"])
def test_a_first_mapping_is_guessed_for_files_nobody_has_seen(name: str) -> None:
    path = real(f"breach/kronos/{name}")
    suggested = suggest_mapping(path)
    understood = [isinstance(result, Observation) for result in rows(parse_mapping(suggested), path)]
    assert all(understood), suggested


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("evtx")
    for name in ("logs/evtx-attack-samples-half.tar.xz", "logs/sigmahq-regression-half.tar.xz"):
        with tarfile.open(real(name)) as packed:
            packed.extractall(folder, filter="data")
    return sorted(folder.rglob("*.evtx"))


def test_windows_event_logs_of_real_attacks_are_read_without_a_mapping(logs: list[Path]) -> None:
    report, keys = Report(), Counter[str]()
    for path in logs:
        for batch in read_file(built_in(path, "collected"), path, report=report):
            keys.update(seen.key for seen in batch.observations)
            assert all(seen.data["EventID"] is not None for seen in batch.observations)
    assert report.rows == 3733
    assert report.problems == 0
    for kind in (
        "login.success",
        "login.failure",
        "login.privilege",
        "account.changed",
        "host.process",
        "host.registry",
    ):
        assert report.kinds[kind], kind
    assert (report.kinds["host.malware"], report.kinds["host.logclear"]) == (12, 16)
    assert len(keys) == 3732, "one record is in two of the logs and would be stored once"


def test_fields_stay_as_sigma_rules_expect_them(logs: list[Path]) -> None:
    seen = [
        result
        for path in logs
        for result in rows(built_in(path, "x"), path)
        if isinstance(result, Observation) and result.kind == "host.process" and result.data["EventID"] == 1
    ]
    assert seen
    for observation in seen:
        assert observation.data["Channel"] == "Microsoft-Windows-Sysmon/Operational"
        assert observation.data["Provider_Name"] == "Microsoft-Windows-Sysmon"
        assert observation.data["Image"]
        assert observation.device == f"host:{observation.data['Computer']}"


def test_windows_events_as_flat_json_are_read_without_a_mapping(tmp_path: Path) -> None:
    path = real("logs/otrf-windows-100k.jsonl.xz")
    report = Report()
    for batch in read_file(built_in(path, "otrf"), path, report=report):
        if report.rows >= 20_000:
            break
        assert not batch.problems
    assert report.kinds["host.process"] > 1000
    assert report.kinds["unknown"] == 0
