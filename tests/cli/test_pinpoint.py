"""``bartizan pinpoint``: what somebody sees who has a folder and no server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bartizan.cli import main
from bartizan.cli.folder.example import files, write_example
from bartizan.engines.pinpoint.inquiry import Inquiry
from bartizan.engines.pinpoint.who import Verdict

DATA = Path(os.environ.get("BARTIZAN_TEST_DATA") or Path(__file__).parents[2] / "../shared/data")
DOCS = Path(__file__).parents[2] / "docs"
PEOPLE = ("Ada Bakker", "Ben de Graaf", "Cleo Jansen", "Dirk Mulder", "Eva Postma", "Finn Smit")
CREDENTIALS = ("a.bakker", "b.degraaf", "badge:4411", "badge:4412", "WS-01", "WS-02")


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["pinpoint", *words])


def answer(folder: Path, *words: str) -> dict[str, Any]:
    done = run("--case", str(folder), "--json", *words)
    assert done.exit_code == 0, done.output
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.fixture
def example(tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    assert run("--example", str(folder)).exit_code == 0
    return folder


def test_the_example_is_answered_with_the_place_and_nobodys_name(example: Path) -> None:
    told = answer(example)
    assert told["places"][0]["reference"] == "host:WS-VAULT"
    assert told["routes"][0]["route"] in ("shared_password", "borrowed_workstation")
    assert not told["gate"]["is_ready"]
    assert told["people"][0]["person"] == "P1"
    assert told["looked_at"] == told["notes"]["events"] > 700
    assert told["notes"]["rows_left_out"] == []


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_while_nobody_is_named_nothing_unmasks_anybody(example: Path, form: tuple[str, ...]) -> None:
    said = run("--case", str(example), *form).output
    assert "P1" in said
    assert not [name for name in (*PEOPLE, *CREDENTIALS) if name in said]


def test_the_text_says_where_how_who_what_a_name_needs_and_what_to_collect(example: Path) -> None:
    said = run("--case", str(example)).stdout
    parts = ("Where", "How", "Who", "What a name needs", "What to collect next")
    assert [line for line in said.splitlines() if line in parts] == list(parts)
    assert said.startswith("The tender that was known outside\n")
    assert "Not identifiable from this evidence" in said.replace("\n", " ")
    assert "Thu 19 March 2026" in said


def test_the_same_folder_gives_the_same_bytes(example: Path) -> None:
    first, second = (run("--case", str(example), "--json") for _ in range(2))
    assert first.exit_code == 0
    assert first.stdout_bytes == second.stdout_bytes


def test_looking_behind_needs_a_reason_and_is_recorded_before_anything_is_shown(example: Path) -> None:
    told = answer(example, "--look-behind", "to plan\nthe interviews")
    assert {"code": "E2", "name": "Ben de Graaf"} in told["behind"].values()
    [line] = (example / "looked.log").read_text().splitlines()
    at, login, reason, digest = line.split("\t")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", at)
    assert (login != "", reason, digest) == (True, "to plan the interviews", told["result_digest"])
    text = run("--case", str(example), "--look-behind", "again")
    assert "Ben de Graaf (E2)" in text.stdout
    assert "recorded" in text.stderr
    assert len((example / "looked.log").read_text().splitlines()) == 2


def test_a_look_without_a_reason_or_without_a_record_shows_nobody(example: Path) -> None:
    empty = run("--case", str(example), "--look-behind", "  ")
    (example / "looked.log").mkdir()
    unwritable = run("--case", str(example), "--look-behind", "to invite them")
    for done in (empty, unwritable):
        assert done.exit_code == 2
        assert done.stdout == ""
    assert "needs a reason" in empty.stderr
    assert "nobody is shown" in unwritable.stderr


def test_rows_that_were_left_out_are_said_on_both_ways(example: Path) -> None:
    with (example / "badge.csv").open("a") as log:
        log.write("31-02-2026;09:00:00;0004411;Voordeur;Toegang verleend\n")
    done = run("--case", str(example), "--json")
    [row] = json.loads(done.stdout)["notes"]["rows_left_out"]
    assert (row["file"], row["column"]) == ("badge.csv", "Datum, Tijd")
    assert "1 row was left out" in done.stderr
    assert f"badge.csv row {row['row']}" in run("--case", str(example)).stdout


def test_without_doors_it_is_said_that_walking_times_are_not_known(example: Path) -> None:
    (example / "doors.csv").unlink()
    mapping = (example / "badge.yaml").read_text()
    for door, zone in (("D1", "OFFICE"), ("D2", "VAULT"), ("portal", "zone")):
        mapping = mapping.replace(door, zone)
    (example / "badge.yaml").write_text(mapping)
    told = answer(example)
    assert any("walking times" in line for line in told["not_known"])
    assert told["places"][0]["zone"] == "VAULT"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Name the folder"),
        (("--case", "nowhere"), "is not a folder"),
        (("--case", "."), "holds no effects.csv"),
        (("--case", "x", "--example", "y"), "Name the folder"),
    ],
)
def test_what_cannot_be_answered_ends_with_two_and_says_why(
    words: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*words)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_an_example_is_written_into_a_new_folder_alone(example: Path) -> None:
    done = run("--example", str(example))
    assert done.exit_code == 2
    assert "is not empty" in done.stderr


def test_without_an_effect_the_times_that_stand_out_are_shown(example: Path) -> None:
    (example / "effects.csv").write_text("kind,from,to,place\n")
    told = answer(example)
    assert "host:WS-VAULT" in [one["entry"] for one in told["windows"]]
    assert not told["of_alerts"]
    assert "people" not in told
    said = run("--case", str(example)).stdout
    assert "there is no breach to answer for yet" in said
    assert "Thu 19 March 2026 21:20 to 21:30" in said
    assert not [name for name in CREDENTIALS if name in said]
    (example / "staff.csv").unlink()
    assert answer(example)["windows"]


def test_alerts_of_an_attacked_company_show_when_and_where_to_look(tmp_path: Path) -> None:
    archive = DATA / "breach" / "ait-alerts.tar.xz"
    if not archive.exists():
        pytest.skip("test data breach/ait-alerts.tar.xz is not there (BARTIZAN_TEST_DATA)")
    with tarfile.open(archive) as packed:
        packed.extract("shaw_alerts.txt", tmp_path, filter="data")
    (tmp_path / "shaw_alerts.yaml").write_text(
        "source: shaw\ntime: {column: time, format: epoch}\nkind: finding\n"
        "device: {column: host, prefix: host}\ndata: [name]\n"
    )
    (tmp_path / "effects.csv").write_text("kind,from,to\n")
    told = answer(tmp_path)
    assert told["looked_at"] == 70782
    assert told["windows"][0]["entry"] == "host:intranet_server"
    assert "Sat 29 January 2022 14:30" in run("--case", str(tmp_path)).stdout


def test_no_server_and_no_database_is_needed(tmp_path: Path) -> None:
    write_example(tmp_path / "case")
    code = (
        "import sys\nfrom bartizan.cli import main\n"
        f"main(['--data', {str(tmp_path / 'data')!r}, 'pinpoint', '--case', {str(tmp_path / 'case')!r}], "
        "standalone_mode=False)\n"
        "print(sorted(m for m in sys.modules if m.split('.')[0] in ('django', 'duckdb')))\n"
    )
    env = {name: value for name, value in os.environ.items() if name != "BARTIZAN_DATA"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert done.stdout.splitlines()[-1] == "[]"
    assert not (tmp_path / "data").exists()


def test_the_example_of_the_docs_is_the_one_that_is_written() -> None:
    page = (DOCS / "pinpoint-folder.md").read_text(encoding="utf-8")
    blocks = {block.strip() for block in re.findall(r"```(?:csv|yaml)\n(.*?)```", page, re.DOTALL)}
    written = files()
    for name in ("case.yaml", "effects.csv", "zones.csv", "doors.csv", "badge.yaml", "network.yaml", "clocks.csv"):
        assert written[name].strip() in blocks, name
    for name in ("staff.csv", "hosts.csv", "badge.csv", "network.csv"):
        beginning = next(block for block in blocks if block.startswith(written[name].splitlines()[0]))
        assert written[name].startswith(beginning.removesuffix("…")), name


def test_whom_the_evidence_names_is_shown_and_nobody_else(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate stands open by decree: when it opens by evidence is the engine's to show."""
    from bartizan.engines.pinpoint import who

    weigh = who.pinpoint

    def opened(inquiry: Inquiry) -> Verdict:
        verdict = weigh(inquiry)
        return replace(verdict, gate=replace(verdict.gate, person="E2", is_ready=True, words="It names one person"))

    monkeypatch.setattr(who, "pinpoint", opened)
    told = answer(example)
    assert told["named"] == {"code": "E2", "name": "Ben de Graaf"}
    assert told["people"][0]["person"] == "E2"
    said = run("--case", str(example)).stdout
    assert "Whom the evidence names\n  Ben de Graaf (E2)" in said
    assert not [name for name in (*PEOPLE, "a.bakker", "WS-01") if name in said and name != "Ben de Graaf"]
