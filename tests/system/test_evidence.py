"""Evidence as it is kept: the command on real folders, a backup that brings it back, a worker that reads it again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.prepared import prepare
from tests.served import ROOT

PHRASE = "nine towers and a moat"
FILL = """
import django; django.setup()
from tests import world
here = world.build()
from bartizan.cases.actions import content, exhibit, open_case
from bartizan.cases.custody import Description, Step, signed_by
case = open_case(headline="A note", by=here.alice)
signed = [signed_by(here.alice, "takes", "Alice Archer")]
made = exhibit.take_in(case, Description("A note"), Step("it names the gate", place="vault"), signed, here.alice,
                       lambda: content.upload(case, "note.txt", [b"meet me at the gate"], here.alice))
print(case.number, made.digest)
"""
ASK = """
import django; django.setup()
from bartizan.cases.actions.proving import ask_check
from bartizan.cases.models import Case
print(ask_check(Case.objects.get(), None).pk)
"""
SEE = """
import django; django.setup()
from bartizan.cases.models import CustodyCheck
print(CustodyCheck.objects.latest("pk").contents)
"""


def python(data: Path, code: str) -> str:
    env = os.environ | {"BARTIZAN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "bartizan.settings"}
    env |= {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    return done.stdout.strip()


def bartizan(data: Path, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "bartizan.cli", "--data", str(data), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    prepare(data)
    return data


def test_evidence_comes_back_whole_from_a_backup_and_a_changed_byte_is_told(folder: Path, tmp_path: Path) -> None:
    number, digest = python(folder, FILL).split()
    code, said = bartizan(folder, "evidence", "verify")
    assert (code, said) == (0, f"· {number}: 1 link, whole; 1 content unchanged; no time stamp.\n")
    kept, there, phrase = tmp_path / "kept.bartizan", tmp_path / "there", tmp_path / "phrase"
    phrase.write_text(PHRASE + "\n")
    code, said = bartizan(folder, "backup", str(kept), "--passphrase-file", str(phrase))
    assert code == 0, said
    code, said = bartizan(folder, "restore", str(kept), "--into", str(there), "--passphrase-file", str(phrase))
    assert code == 0, said
    code, said = bartizan(there, "evidence", "verify", number)
    assert code == 0, said
    path = there / "vault" / digest[:2] / digest[2:]
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))
    code, said = bartizan(there, "evidence", "verify")
    assert code == 1
    assert f"✕ {number}: The content of E-01 is not there or cannot be read" in said
    assert bartizan(folder, "evidence", "verify")[0] == 0


def test_the_worker_reads_what_somebody_asked_for(folder: Path) -> None:
    python(folder, FILL)
    python(folder, ASK)
    command = [sys.executable, "-m", "bartizan.cli", "--data", str(folder), "worker"]
    with subprocess.Popen(command) as worker:
        try:
            end = time.monotonic() + 60
            while (seen := python(folder, SEE)) == "{}" and time.monotonic() < end:
                time.sleep(0.5)
        finally:
            worker.send_signal(signal.SIGTERM)
    assert seen == "{'E-01': 'whole'}"


def test_a_folder_without_records_is_said(tmp_path: Path) -> None:
    code, said = bartizan(tmp_path / "nowhere", "evidence", "verify")
    assert code == 1
    assert "There are no records" in said
