"""Records of a fictional company that nobody on this project wrote: they load, and are answered, by mappings alone."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bartizan.cli import main

DATA = Path(os.environ.get("BARTIZAN_TEST_DATA") or Path(__file__).parents[2] / "../shared/data") / "breach" / "kronos"
MAPPINGS = Path(__file__).parent / "kronos"
FILES = {
    "staff.csv": "car-assignments.csv",
    "zones.csv": "location.csv",
    "homes.csv": "home.csv",
    "doors.csv": "location.csv",
    "arrivals.csv": "stops.csv",
    "departures.csv": "stops.csv",
    "cards.csv": "cc_data.csv",
    "loyalty.csv": "loyalty_data.csv",
}
ROWS = {"arrivals.csv": 3137, "departures.csv": 3137, "cards.csv": 1491, "loyalty.csv": 1393}


@pytest.fixture
def kronos(tmp_path: Path) -> Path:
    folder = tmp_path / "kronos"
    shutil.copytree(MAPPINGS, folder)
    for name, real in FILES.items():
        if not (DATA / real).exists():
            pytest.skip(f"test data breach/kronos/{real} is not there (BARTIZAN_TEST_DATA)")
        (folder / name).symlink_to((DATA / real).resolve())
    return folder


def run(folder: Path, *words: str) -> Result:
    done = CliRunner().invoke(main, ["pinpoint", "--case", str(folder), *words])
    assert done.exit_code == 0, done.output
    return done


def test_every_row_of_cars_cards_and_lists_is_used(kronos: Path) -> None:
    told: dict[str, Any] = json.loads(run(kronos, "--json").stdout)
    notes = told["notes"]
    assert notes["rows_left_out_count"] == 0
    assert {name: notes["files"][name]["used"] for name in ROWS} == ROWS
    assert told["looked_at"] == sum(ROWS.values())
    assert notes["files"]["staff.csv"]["used"] == 44
    assert notes["files"]["zones.csv"]["used"] == 34


def test_the_night_visits_are_placed_and_nobody_is_named(kronos: Path) -> None:
    told = json.loads(run(kronos, "--json").stdout)
    assert told["places"][0]["zone"] == "GAStech"
    assert not told["gate"]["is_ready"]
    assert "Not identifiable from this evidence" in told["headline"]
    assert {person["person"][0] for person in told["people"]} == {"P"}
    said = run(kronos).stdout
    assert not [name for name in ("Lucas Alcazar", "Cornelia Lais", "Nils Calixto") if name in said]
    assert "P1" in said


def test_whose_car_stood_there_is_among_those_behind_the_numbers(kronos: Path) -> None:
    """Car 1 stood at the office on all three evenings; the list of cars gives it to Lucas Alcazar."""
    told = json.loads(run(kronos, "--json", "--look-behind", "a test of the records").stdout)
    first = {told["behind"][person["person"]]["name"] for person in told["people"]}
    assert "Lucas Alcazar" in first


def test_what_the_lists_do_not_know_is_told(kronos: Path) -> None:
    notes = json.loads(run(kronos, "--json").stdout)["notes"]
    trucks = notes["events_without_known_person"]["references"][0]
    assert (trucks["kind"], trucks["count"]) == ("badge", 134)  # car 107 is nobody's
    places = {one["reference"] for one in notes["events_without_known_place"]["references"]}
    assert "portal:Taxiarchon Park" in places
    assert notes["sources_without_clock"] == ["cars-arriving", "cars-leaving", "credit-cards", "loyalty-cards"]
