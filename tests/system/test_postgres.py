"""Records in PostgreSQL: a real server, an empty database, and the processes as a person starts them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bartizan.core import postgres
from tests.postgres import INITDB, MISSING, Server
from tests.system.test_product import free_port, until

psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed: pip install 'bartizan[cluster]'.")
pytestmark = [pytest.mark.peer, pytest.mark.skipif(not INITDB, reason=MISSING)]

ROOT = Path(__file__).parents[2]
AUDIT, CUSTODY = "The audit is only added to", "Custody is only added to"
KEPT = [
    ("core_auditentry", "verb", AUDIT),
    ("cases_custody", "case_id", CUSTODY),
    ("cases_exhibit", "name", CUSTODY),
    ("cases_handover", "place", CUSTODY),
    ("cases_timestamp", "authority", CUSTODY),
]


@dataclass(frozen=True, slots=True)
class Office:
    data: Path
    address: str

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "BARTIZAN_DATA": str(self.data), "BARTIZAN_DATABASE": self.address,
            "DJANGO_SETTINGS_MODULE": "bartizan.settings",
        }  # fmt: skip

    def bartizan(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bartizan.cli", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=self.environment)

    def story(self, name: str) -> Any:
        command = [sys.executable, "-m", "tests.system.postgres_story", name]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=self.environment, cwd=ROOT)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.address) as connection:
            found: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
            return found

    def write(self, sql: str) -> None:
        with psycopg.connect(self.address) as connection:
            connection.execute(sql)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    own = Server()
    yield own
    own.remove()


@pytest.fixture(scope="module")
def office(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Its first command makes the records."""
    made = Office(tmp_path_factory.mktemp("office") / "data", server.database("office"))
    first = made.bartizan("sign-in-link")
    assert "/welcome/" in first.stdout, first.stderr
    return made


@pytest.fixture(scope="module")
def told(office: Office) -> dict[str, Any]:
    found: dict[str, Any] = office.story("line")
    return found


def test_every_migration_runs_on_an_empty_database_and_none_is_missing(office: Office) -> None:
    files = {(path.parts[-3], path.stem) for path in (ROOT / "src" / "bartizan").glob("*/migrations/[0-9]*.py")}
    done = set(office.rows("SELECT app, name FROM django_migrations"))
    assert files
    assert files <= done
    missing = office.bartizan("manage", "makemigrations", "--check", "--dry-run")
    assert (missing.returncode, missing.stdout.strip()) == (0, "No changes detected")
    assert not (office.data / "records.sqlite3").exists()


def test_a_person_a_case_and_its_exhibits_are_kept_and_both_chains_hold(told: dict[str, Any]) -> None:
    assert re.fullmatch(r"\d{4}-001", told["case"])
    assert told["people"] == 1
    assert told["exhibits"] == ["E-01", "E-02"]
    assert told["faults"] == []
    assert told["audit"]["trouble"] == ""
    assert told["audit"]["last"]["number"] > 5


@pytest.mark.parametrize(("table", "column", "words"), KEPT, ids=[table for table, *_ in KEPT])
def test_what_is_only_added_to_is_never_changed_removed_or_emptied(
    office: Office, told: dict[str, Any], table: str, column: str, words: str
) -> None:
    before = office.rows(f"SELECT * FROM {table} ORDER BY id")
    assert before
    again = f"INSERT INTO {table} SELECT * FROM {table} ON CONFLICT (id) DO UPDATE SET {column} = EXCLUDED.{column}"
    for sql in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE", again):
        with psycopg.connect(office.address) as connection, pytest.raises(psycopg.errors.IntegrityError, match=words):
            connection.execute(sql)
    assert office.rows(f"SELECT * FROM {table} ORDER BY id") == before


def test_officers_who_open_cases_at_the_same_time_get_numbers_without_a_gap(
    office: Office, told: dict[str, Any]
) -> None:
    found = office.story("crowd")
    numbers = [int(number.partition("-")[2]) for number in found["numbers"]]
    assert numbers == list(range(numbers[0], numbers[0] + 40))
    assert found["audit"] == ""


def test_what_sqlite_takes_and_orders_in_its_own_way_is_no_surprise(office: Office, told: dict[str, Any]) -> None:
    found = office.story("odds")
    assert len(found["alarms"]) == 1
    assert found["oldest first"] == ["open", "done"]
    assert found["newest first"] == ["done", "open"]
    assert found["along an index"]
    assert found["nul"] == [422, True]


@pytest.fixture
def port(office: Office, told: dict[str, Any]) -> Iterator[int]:
    """Where the product answers, with all its processes; at the end none of them is left."""
    free, log = free_port(), office.data.parent / "said.txt"
    command = [sys.executable, "-m", "bartizan.cli", "run", "--port", str(free)]
    with log.open("w") as said:
        running = subprocess.Popen(command, env=office.environment, stdout=said, stderr=said)
    until(lambda: status(f"http://127.0.0.1:{free}/healthz") == 200)
    yield free
    running.send_signal(signal.SIGTERM)
    assert running.wait(30) == 0, log.read_text()


def status(url: str, body: dict[str, str] | None = None, token: str = "") -> int:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    asked = urllib.request.Request(url, json.dumps(body).encode() if body else None, headers)
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def test_the_line_goes_from_a_door_to_a_case_and_goes_on_when_the_server_comes_back(
    server: Server, office: Office, told: dict[str, Any], port: int
) -> None:
    url = f"http://127.0.0.1:{port}"
    forced = {"kind": "door.forced", "place": "portal:KP-0-001", "actor": "badge:44\x0017", "asset": "a" * 400}
    assert status(url + "/sign-in") == 200
    assert status(url + "/api/observations", forced, told["token"]) == 201
    until(lambda: office.rows("SELECT 1 FROM watch_alarm WHERE portal = 'KP-0-001' AND actor = 'badge:44\\x0017'"))
    until(lambda: office.rows("SELECT 1 FROM cases_case WHERE pinpoint <> '{}'"))
    server.stop()
    assert status(url + "/healthz") == 503
    server.start()
    assert status(url + "/sign-in") == 200
    assert status(url + "/api/observations", forced, told["token"]) == 201
    until(lambda: office.rows("SELECT 1 FROM watch_alarm WHERE portal = 'KP-0-001' AND count = 2"))
    office.write("UPDATE cases_case SET look_at = '2000-01-01' WHERE pinpoint <> '{}'")
    until(lambda: not office.rows("SELECT 1 FROM cases_case WHERE look_at = '2000-01-01'"))
    office.write("UPDATE watch_source SET state = 'off' WHERE connector = 'journald'")
    until(lambda: not office.rows("SELECT 1 FROM watch_source WHERE state = 'off'"))
    assert " restarts 1" not in office.bartizan("status").stdout


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("postgresql://bartizan:geh%zzeim@keep/office", "such as %40 for @"),
        ("postgresql://bartizan:geheim@/nowhere?host={folder}", 'database "nowhere" does not exist'),
    ],
)
def test_an_address_that_leads_nowhere_is_said_without_its_password(
    server: Server, tmp_path: Path, address: str, words: str
) -> None:
    said = Office(tmp_path / "data", address.format(folder=server.folder)).bartizan("sign-in-link")
    assert said.returncode == 1
    assert words in said.stderr
    assert "BARTIZAN_DATABASE" in said.stderr
    assert "Traceback" not in said.stderr
    assert "geh" not in said.stderr


def test_what_is_no_address_of_a_database_is_refused() -> None:
    for address, words in (
        ("mysql://keep/office", "not an address of PostgreSQL"),
        ("postgresql://keep", "no database"),
    ):
        with pytest.raises(postgres.WrongRecords, match=words):
            postgres.database(address)


def test_a_data_folder_and_its_records_stay_together(office: Office, tmp_path: Path) -> None:
    forgotten = Office(office.data, "").bartizan("sign-in-link")
    assert forgotten.returncode == 1
    assert "set BARTIZAN_DATABASE" in forgotten.stderr
    assert not (office.data / "records.sqlite3").exists()
    (tmp_path / "records.sqlite3").touch()
    moved = Office(tmp_path, office.address).bartizan("run")
    assert moved.returncode == 1
    assert "do not move to PostgreSQL by themselves" in moved.stderr


def test_doctor_and_backup_say_how_it_is(office: Office) -> None:
    assert "· The records in PostgreSQL at this machine/office: " in office.bartizan("doctor").stdout
    (phrase := office.data.parent / "phrase").write_text("nine towers and a moat")
    refused = office.bartizan("backup", str(office.data.parent / "b.bartizan"), "--passphrase-file", str(phrase))
    assert refused.returncode == 1
    assert "pg_dump" in refused.stderr
