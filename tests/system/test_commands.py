"""What a person types."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

RULE = """
title: Someone said beep
id: 0b3f7c1e-6f0d-4c3f-9a86-2f5d0d6a9b11
level: high
logsource: {product: bartizan}
detection:
  said: {raw|contains: beep}
  condition: said
bartizan:
  positive: [{kind: unknown, raw: it went beep}]
  negative: [{kind: unknown, raw: it was silent}]
"""
BADGES = """Card;Door;When;Result
04417;ML-2-014;16.11.2026 22:04:52;OK
04417;ML-2-014;16.11.2026 22:05:52;DENIED
04417;ML-2-014;yesterday;OK
"""
MAPPING = """
source: old-panel
time: {column: When, day_first: true, zone: Europe/Amsterdam}
kind: {column: Result, table: {OK: door.granted, DENIED: door.denied}}
actor: {column: Card, strip_zeros: true, prefix: badge}
place: {column: Door, prefix: portal}
"""
STAFF = "Number,Full name,Cards\nVI-1,Alice Adler,4417\nVI-2,Bob Baker,4418\n"
STAFF_MAPPING = """
target: staff
fields:
  code: Number
  name: Full name
  badges: Cards
"""


class Shell:
    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"

    def __call__(self, *words: str, fails: bool = False) -> str:
        command = [sys.executable, "-m", "bartizan.cli", "--data", str(self.data), *words]
        env = {k: v for k, v in os.environ.items() if k != "BARTIZAN_DATA"}
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.folder, env=env)
        assert bool(done.returncode) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    def write(self, name: str, text: str) -> str:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text)
        return name


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_a_badge_log_with_odd_columns_is_imported_and_imported_again_stores_nothing_twice(shell: Shell) -> None:
    shell.write("badge.yaml", MAPPING)
    shell.write("log.csv", BADGES)
    assert "door.granted badge:4417" in shell("import", "--map", "badge.yaml", "--check", "log.csv")
    assert not (shell.data / "journal").exists()
    said = shell("import", "--map", "badge.yaml", "log.csv")
    assert "2 new events stored" in said
    assert "row 4, column When" in said
    assert "0 new events stored" in shell("import", "--map", "badge.yaml", "--again", "log.csv")


def test_a_staff_list_brings_people_and_their_badges(shell: Shell) -> None:
    shell.write("staff.yaml", STAFF_MAPPING)
    shell.write("staff.csv", STAFF)
    assert "4 made" in shell("import", "--map", "staff.yaml", "staff.csv")
    assert "4 unchanged" in shell("import", "--map", "staff.yaml", "staff.csv")


def test_a_mapping_with_a_misspelt_key_is_refused_with_the_keys_there_are(shell: Shell) -> None:
    shell.write("badge.yaml", MAPPING.replace("actor:", "actr:"))
    shell.write("log.csv", BADGES)
    said = shell("import", "--map", "badge.yaml", "log.csv", fails=True)
    assert "actr" in said
    assert "actor" in said


def test_a_folder_of_rules_is_added_tested_and_listed_and_a_bad_file_is_named(shell: Shell) -> None:
    shell.write("mine/beep.yml", RULE)
    shell.write("mine/bad.yml", "title: [")
    said = shell("rules", "add", "mine")
    assert "1 rules added as pack “mine”" in said
    assert "bad.yml" in said
    assert "2 examples of 1 rules, 1 failed" in shell("rules", "test", "mine", fails=True)
    (shell.folder / "mine" / "bad.yml").unlink()
    assert "2 examples of 1 rules, 0 failed" in shell("rules", "test", "mine")
    assert "Someone said beep" in shell("rules", "list")


def test_a_release_of_rules_is_taken_only_with_the_digest_that_was_pinned(shell: Shell) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("rules/beep.yml", RULE)
    (shell.folder / "release.zip").write_bytes(packed.getvalue())
    url = (shell.folder / "release.zip").as_uri()
    digest = hashlib.sha256(packed.getvalue()).hexdigest()
    assert "No digest is pinned" in shell("rules", "update", "r2026-11-01", "--url", url, fails=True)
    assert "nothing was changed" in shell("rules", "update", "r1", "--url", url, "--sha256", "0" * 64, fails=True)
    assert "1 rules of SigmaHQ" in shell("rules", "update", "r2026-11-01", "--url", url, "--sha256", digest)
    assert "1 rules of SigmaHQ" in shell("rules", "update", "r2026-11-01", "--url", url)
    (shell.folder / "release.zip").write_bytes(b"something else")
    assert "nothing was changed" in shell("rules", "update", "r2026-11-01", "--url", url, fails=True)


def test_a_sign_in_link_for_nobody_names_who_there_is(shell: Shell) -> None:
    assert "/welcome/" in shell("sign-in-link")
    assert "Accounts: officer" in shell("sign-in-link", "--user", "nobody", fails=True)
