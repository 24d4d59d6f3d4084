"""Files that cases kept in clear come into the vault when an older data folder is started."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

OLD = "from django.core.management import call_command; call_command('migrate', 'cases', '0001_initial', verbosity=0)"
NEW = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
from bartizan.core import vault
from bartizan.core.models import File
kept = File.objects.get()
print(kept.subject, kept.name, kept.size, b"".join(vault.read(kept.digest)).decode())
"""


def python(data: Path, code: str, *, fails: bool = False) -> str:
    env = os.environ | {"BARTIZAN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "bartizan.settings"}
    command = [sys.executable, "-c", "import django; django.setup()\n" + code]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert bool(done.returncode) == fails, done.stderr
    return done.stdout + done.stderr


def older(data: Path, content: bytes) -> str:
    """A data folder of the version before, with a case and a file in it."""
    python(data, OLD)
    digest = hashlib.sha256(b"dear sir").hexdigest()
    (data / "files").mkdir()
    (data / "files" / digest).write_bytes(content)
    with sqlite3.connect(data / "records.sqlite3") as db:
        now = "2026-11-01 10:00:00"
        db.execute(
            "INSERT INTO cases_case (number, headline, level, state, opened_at, first_at, last_at, zone, site, "
            "pinpoint, closed_because) VALUES ('2026-001', 'Papers', 2, 'open', ?, ?, ?, '', '', '{}', '')",
            (now, now, now),
        )
        db.execute(
            "INSERT INTO cases_casefile (name, digest, size, at, case_id) VALUES ('letter.txt', ?, 8, ?, 1)",
            (digest, now),
        )
    return digest


def test_a_case_s_file_moves_into_the_vault_and_leaves_nothing_in_clear(tmp_path: Path) -> None:
    digest = older(tmp_path, b"dear sir")
    assert python(tmp_path, NEW).strip() == "case:2026-001 letter.txt 8 dear sir"
    assert not (tmp_path / "files" / digest).exists()
    with sqlite3.connect(tmp_path / "records.sqlite3") as db:
        assert not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'cases_casefile'").fetchone()


def test_a_file_that_was_changed_on_the_disk_stops_the_start_and_is_named(tmp_path: Path) -> None:
    older(tmp_path, b"another letter")
    assert "letter.txt of case 2026-001 was changed" in python(tmp_path, NEW, fails=True)
