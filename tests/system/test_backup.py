"""A backup of a line that is working, restored elsewhere: by the commands that a person types, on real processes."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.prepared import prepare

PHRASE = "nine towers and a moat"
# A receiver: it says how many events it has acknowledged, and goes on until it is told to stop.
SENDER = """
import django; django.setup()
import sys, time
from datetime import UTC, datetime
from bartizan.engines.observe import Observation
from bartizan.watch.intake import Intake
from bartizan.watch.journal import Writer
from pathlib import Path
from django.conf import settings
name, size = sys.argv[1], int(sys.argv[2])
writer = Writer(Path(settings.DATA) / "journal", name, segment_bytes=200_000)
intake, n = Intake(writer), 0
while True:
    batch = [Observation(at=datetime.now(UTC), source=name, kind="door.forced" if i == 0 else "door.granted",
             actor="badge:4417", place="portal:KP-0-001", key=f"{name}-{n + i}") for i in range(size)]
    ids = intake.accept(batch)
    n += size
    print(n, *ids, flush=True)
    time.sleep(0.03)
"""
UPKEEP = """
import django; django.setup()
import time
from pathlib import Path
from django.conf import settings
from bartizan.watch.lake import Lake
while True:
    with Lake(Path(settings.DATA) / "lake") as lake:
        lake.compact()
    print("compacted", flush=True)
    time.sleep(0.2)
"""
FILL = """
from tests import world
here = world.build()
from bartizan.core.files import add_file
add_file(here.alice, "site:KP", "plan.png", [b"\\x89PNG\\r\\n\\x1a\\n" + bytes(3_000_000)], "the plan")
from bartizan.core import vault
from bartizan.core.models import Setting
Setting.objects.create(name="probe", value={"sealed": vault.seal(b"4711").hex()})
"""
LOOK = """
import json, sys
from collections import Counter
from pathlib import Path
from django.conf import settings
from bartizan.watch import line
from bartizan.watch.lake import Lake
line.judge_what_is_there(Path(settings.DATA))
with Lake(Path(settings.DATA) / "lake", read_only=True) as lake:
    stored = Counter(lake.ask("SELECT id::VARCHAR AS id FROM lake.event")["id"].to_pylist())
from bartizan.core import vault
from bartizan.core.models import File, Setting
from bartizan.watch.models import Alarm, AlarmEvent
kept = File.objects.get()
from django.test import Client
client = Client()
is_in = client.login(username="alice", password="nine towers and a moat")
raised = list(AlarmEvent.objects.filter(is_trigger=True).values_list("event", flat=True))
Path(sys.argv[1]).write_text(json.dumps({
    "stored": stored, "file": sum(map(len, vault.read(kept.digest))),
    "secret": vault.unseal(bytes.fromhex(Setting.objects.get(name="probe").value["sealed"])).decode(),
    "signs_in": is_in, "raised": raised,
}))
"""


def environment(data: Path) -> dict[str, str]:
    root = str(Path(__file__).parents[2])
    own = {"BARTIZAN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "bartizan.settings", "PYTHONPATH": root}
    return os.environ | own


def python(data: Path, code: str, *words: str) -> None:
    code = "import django; django.setup()\n" + code
    subprocess.run([sys.executable, "-c", code, *words], env=environment(data), check=True)


def bartizan(data: Path, *words: str, fails: bool = False) -> str:
    command = [sys.executable, "-m", "bartizan.cli", "--data", str(data), *words]
    done = subprocess.run(command, env=environment(data), capture_output=True, text=True, check=False)
    assert bool(done.returncode) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


class Beside:
    """A process at work; what it said so far."""

    def __init__(self, data: Path, *command: str) -> None:
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, *command], env=environment(data), stdout=subprocess.PIPE, text=True
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for each in self.process.stdout:
            self.lines.append(each)

    def stop(self, number: int = signal.SIGTERM) -> None:
        self.process.send_signal(number)
        self.process.wait(30)
        self.reader.join(5)

    def acknowledged(self) -> list[str]:
        return [one for each in list(self.lines) for one in each.split()[1:]]


def until(true: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not become true in time"
        time.sleep(0.05)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    prepare(folder)
    (tmp_path / "phrase").write_text(PHRASE + "\n")
    python(folder, FILL)
    return folder


@pytest.fixture
def working(data: Path) -> Iterator[tuple[Beside, Beside]]:
    """Two receivers and a judge at work on the folder, and a lake that is compacted all the time."""
    judge = Beside(data, "-m", "bartizan.cli", "judge")
    senders = Beside(data, "-c", SENDER, "watch", "20"), Beside(data, "-c", SENDER, "web", "3")
    upkeep = Beside(data, "-c", UPKEEP)
    yield senders
    for each in (*senders, upkeep, judge):
        each.stop(signal.SIGKILL)


def phrase(data: Path) -> tuple[str, str]:
    return "--passphrase-file", str(data.parent / "phrase")


def looked_at(folder: Path) -> dict[str, object]:
    python(folder, LOOK, str(folder / "seen.json"))
    found: dict[str, object] = json.loads((folder / "seen.json").read_text())
    return found


def stored_now(data: Path) -> int:
    try:
        with sqlite3.connect(f"file:{data}/lake/catalog.sqlite?mode=ro", uri=True) as db:
            return int(db.execute("SELECT coalesce(sum(record_count), 0) FROM ducklake_data_file").fetchone()[0])
    except sqlite3.Error:
        return 0


def test_every_event_acknowledged_before_a_backup_is_in_it_once(
    data: Path, working: tuple[Beside, Beside], tmp_path: Path
) -> None:
    until(lambda: all(len(each.lines) > 40 for each in working))
    until(lambda: any((data / "cache").glob("judge.state")))
    for number in range(2):  # at different moments of the line's life
        before = [one for each in working for one in each.acknowledged()]
        file, folder = tmp_path / f"{number}.bartizan", tmp_path / f"restored-{number}"
        assert "read back and right" in bartizan(data, "backup", str(file), *phrase(data))
        assert f"{file} of " in bartizan(data, "backup", "verify", str(file), *phrase(data))
        assert "The audit is whole" in bartizan(data, "restore", str(file), "--into", str(folder), *phrase(data))
        seen = looked_at(folder)
        stored = seen["stored"]
        assert isinstance(stored, dict)
        assert [one for one in before if stored.get(one, 0) != 1] == [], number
        assert [one for one, times in stored.items() if times != 1] == [], number
        raised = seen["raised"]
        assert isinstance(raised, list)
        assert len(raised) == len(set(raised))
        assert (seen["file"], seen["secret"]) == (3_000_008, "4711")
        assert seen["signs_in"]
        assert "whole" in bartizan(folder, "audit", "verify")
    assert not (data / "cache" / "backup").exists()
    assert {p.suffix for p in tmp_path.iterdir() if p.is_file()} == {".bartizan", ""}


@pytest.fixture
def kept(data: Path) -> Path:
    file = data.parent / "kept.bartizan"
    bartizan(data, "backup", str(file), *phrase(data))
    return file


def refused(data: Path, file: Path, folder: Path, *words: str) -> str:
    """What is said; and that nothing is left."""
    said = bartizan(data, "restore", str(file), "--into", str(folder), *(words or phrase(data)), fails=True)
    assert not folder.exists()
    return said


def test_a_backup_that_is_not_right_leaves_the_folder_empty_and_says_why(data: Path, kept: Path) -> None:
    folder, content = data.parent / "new", kept.read_bytes()
    broken = data.parent / "broken"
    broken.write_bytes(content[: len(content) // 2])
    assert "changed or cut off" in refused(data, broken, folder)
    broken.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert "changed or cut off" in refused(data, broken, folder)
    (data.parent / "other").write_text("nine towers and a goat")
    assert "Check the passphrase" in refused(data, kept, folder, "--passphrase-file", str(data.parent / "other"))
    assert "No such file" in refused(data, data.parent / "none", folder)
    broken.write_text("a letter to the bank\n")
    assert "no backup of Bartizan" in refused(data, broken, folder)
    folder.mkdir()
    (folder / "letter").touch()
    said = bartizan(data, "restore", str(kept), "--into", str(folder), *phrase(data), fails=True)
    assert "not an empty folder" in said
    assert [p.name for p in folder.iterdir()] == ["letter"]


def test_an_existing_file_is_not_overwritten_and_a_folder_that_cannot_be_is_named(data: Path, kept: Path) -> None:
    before = kept.read_bytes()
    assert "is there already" in bartizan(data, "backup", str(kept), *phrase(data), fails=True)
    assert kept.read_bytes() == before
    assert "cannot be made" in bartizan(data, "backup", f"{kept}/below/x", *phrase(data), fails=True)


def test_a_backup_of_a_newer_version_is_refused_and_of_an_older_one_brought_up(data: Path, kept: Path) -> None:
    python(
        data, "from django.core.management import call_command; call_command('migrate', 'notices', 'zero', verbosity=0)"
    )
    older = data.parent / "older.bartizan"
    phrase_file = phrase(data)
    take = f"""
from pathlib import Path
from bartizan.core.backup import lock, take
take(Path({str(data)!r}), Path({str(older)!r}), lock.locked_by_passphrase({PHRASE!r}))
"""
    python(data, take)
    bartizan(data, "restore", str(older), "--into", str(data.parent / "from-older"), *phrase_file)
    with sqlite3.connect(data.parent / "from-older" / "records.sqlite3") as db:
        assert db.execute("SELECT count(*) FROM django_migrations WHERE app = 'notices'").fetchone()[0] > 0
    with sqlite3.connect(data / "records.sqlite3") as db:
        db.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('core', '0999_later', '2030-01-01')")
    newer = data.parent / "newer.bartizan"
    python(data, take.replace("older.bartizan", "newer.bartizan"))
    assert "made by a newer Bartizan" in refused(data, newer, data.parent / "new")


def test_an_audit_that_was_broken_before_the_backup_is_found_when_it_is_restored(data: Path) -> None:
    with sqlite3.connect(data / "records.sqlite3") as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f'DROP TRIGGER "{name}"')
        db.execute("UPDATE core_auditentry SET verb = 'did nothing' WHERE id = 1")
    file, folder = data.parent / "kept.bartizan", data.parent / "new"
    bartizan(data, "backup", str(file), *phrase(data))
    assert "the audit's chain is broken" in refused(data, file, folder)
    said = bartizan(data, "restore", str(file), "--into", str(folder), *phrase(data), "--accept-audit")
    assert "The audit's chain is broken" in said


def test_a_mistyped_data_folder_is_not_begun_and_backed_up(data: Path) -> None:
    mistyped, file = data.parent / "dta", data.parent / "kept.bartizan"
    for words in (("backup", str(file), *phrase(data)), ("backup", "key")):
        assert f"There are no records in {mistyped}" in bartizan(mistyped, *words, fails=True)
    assert not mistyped.exists()
    assert not file.exists()


def test_a_backup_by_command_is_in_the_audit(data: Path, kept: Path) -> None:
    with sqlite3.connect(data / "records.sqlite3") as db:
        by, subject, detail = db.execute(
            "SELECT by_name, subject, detail FROM core_auditentry WHERE verb = 'took a backup'"
        ).fetchone()
    assert (by, subject) == ("", "backup:command")
    told = json.loads(detail)
    assert (told["file"], told["size"]) == (str(kept), kept.stat().st_size)
    assert told["sha256"] == hashlib.sha256(kept.read_bytes()).hexdigest()


def test_what_is_wrong_with_a_command_is_said_in_words(data: Path, kept: Path) -> None:
    said = bartizan(data, "backup", "verify", str(kept), "--key-file", str(data.parent / "none"), fails=True)
    assert "The recovery key cannot be read from" in said
    assert "Traceback" not in said
    with sqlite3.connect(data / "records.sqlite3") as db:
        db.execute("DROP TABLE core_audithead")
    said = bartizan(data, "backup", str(data.parent / "other.bartizan"), *phrase(data), fails=True)
    assert "The records cannot be read" in said
    assert "Traceback" not in said


def test_a_data_folder_may_be_called_anything(data: Path) -> None:
    odd = data.rename(data.with_name("our data #1 ?%41"))
    file = odd.parent / "kept.bartizan"
    assert "read back and right" in bartizan(odd, "backup", str(file), *phrase(odd))
    folder = odd.parent / "restored #1"
    assert "The audit is whole" in bartizan(odd, "restore", str(file), "--into", str(folder), *phrase(odd))


def test_files_that_were_damaged_or_missing_already_are_told_when_they_are_restored(data: Path) -> None:
    (content,) = (path for path in (data / "vault").rglob("*") if path.is_file())
    content.write_bytes(content.read_bytes()[:-1] + b"x")
    file = data.parent / "kept.bartizan"
    bartizan(data, "backup", str(file), *phrase(data))
    said = bartizan(data, "restore", str(file), "--into", str(data.parent / "new"), *phrase(data))
    assert "The content of 1 file was damaged already" in said


def test_without_a_file_a_backup_goes_to_the_scheduled_folder_for_the_recovery_key(data: Path) -> None:
    assert "There is no recovery key yet" in bartizan(data, "backup", fails=True)
    said = bartizan(data, "backup", "key")
    key = next(line.strip() for line in said.splitlines() if line.count("-") == 13)
    (data.parent / "key").write_text(key)
    bartizan(data, "backup")
    (file,) = (data / "backups").iterdir()
    assert bartizan(data, "backup", "verify", str(file), "--key-file", str(data.parent / "key"))
    folder = data.parent / "new"
    assert "opens with the recovery key" in refused(data, file, folder)
    bartizan(data, "restore", str(file), "--into", str(folder), "--key-file", str(data.parent / "key"))
    secret = key.replace("-", "").encode()
    assert not any(secret in p.read_bytes() or key.encode() in p.read_bytes() for p in data.rglob("*") if p.is_file())
