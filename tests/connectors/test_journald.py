"""Following a real journal: written by systemd-journal-remote, read by the real journalctl."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bartizan.connectors import journald
from bartizan.connectors.journald import Journald, Settings
from tests.connectors.running import running

JOURNALCTL = shutil.which("journalctl")
REMOTE = next(
    (path for path in map(Path, ("/lib/systemd", "/usr/lib/systemd")) if (path / "systemd-journal-remote").exists()),
    None,
)
needs_journal = pytest.mark.skipif(
    not (JOURNALCTL and REMOTE), reason="Debian package systemd-journal-remote is not installed"
)
WHEN = datetime(2024, 5, 1, 10, tzinfo=UTC)


class Journal:
    """A journal in a folder, with a real writer that takes entries in the export format."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._number = 0
        self._start()

    def _start(self) -> None:
        output = f"--output={self.folder}/house.journal"
        command = [str(Path(str(REMOTE)) / "systemd-journal-remote"), output, "-"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def write(self, message: str | bytes, program: str = "sshd", **fields: Any) -> None:
        self._number += 1
        stamp = int(WHEN.timestamp()) * 1_000_000 + self._number
        values = {
            "__REALTIME_TIMESTAMP": stamp,
            "__MONOTONIC_TIMESTAMP": self._number,
            "_BOOT_ID": "0123456789abcdef0123456789abcdef",
            "_HOSTNAME": "gate",
            "_PID": 4711,
            "PRIORITY": 6,
            "SYSLOG_FACILITY": 4,
            "SYSLOG_IDENTIFIER": program,
            **fields,
        }
        raw = message.encode() if isinstance(message, str) else message
        lines = b"".join(f"{name}={value}\n".encode() for name, value in values.items())
        # A field of bytes is its name, its length in eight bytes, and itself.
        body = b"MESSAGE\n" + len(raw).to_bytes(8, "little") + raw + b"\n"
        assert self._process.stdin
        self._process.stdin.write(lines + body + b"\n")
        self._process.stdin.flush()

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(10)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    folder = tmp_path / "journal"
    folder.mkdir()
    book = Journal(folder)
    yield book
    book.close()


def connector(journal: Journal, **changes: Any) -> Journald:
    state = journal.folder.parent / "state"
    made = Journald("house", Settings(folder=journal.folder, state_folder=state, **{"since_hours": 8_760, **changes}))
    assert made.check() is None
    return made


def wait_for_entries(journal: Journal, count: int) -> None:
    command = [str(JOURNALCTL), f"--directory={journal.folder}", "--output=cat", "--quiet"]
    for _ in range(100):
        done = subprocess.run(command, capture_output=True, check=False, timeout=10)
        if len(done.stdout.splitlines()) >= count:
            return
        time.sleep(0.05)
    pytest.fail("the journal was not written")


@pytest.fixture
def everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """The entries are of 2024: read from the journal's beginning."""
    monkeypatch.setattr(journald.time, "time", WHEN.timestamp)


@needs_journal
@pytest.mark.peer
@pytest.mark.usefixtures("everything")
def test_entries_are_understood_as_they_are_written(journal: Journal) -> None:
    journal.write("Failed password for root from 203.0.113.58 port 38926 ssh2")
    wait_for_entries(journal, 1)
    with running(connector(journal)) as run:
        (login,) = run.count(1)
        journal.write(
            "pam_unix(gdm-password:session): session opened for user alice(uid=1000) by (uid=0)", "gdm-password"
        )
        journal.write("brewing", "coffee")
        session, brewing = run.count(3)[1:]
    assert (login.kind, login.actor, login.device) == ("login.failure", "user:root", "host:gate")
    assert (login.data["severity"], login.data["facility"], login.data["pid"]) == ("info", "auth", "4711")
    assert (login.at - WHEN).total_seconds() == pytest.approx(0, abs=0.001)
    assert (session.kind, session.actor) == ("login.success", "user:alice")
    assert (brewing.kind, brewing.raw) == ("host.log", "brewing")
    assert login.key.startswith("s=")


@needs_journal
@pytest.mark.peer
@pytest.mark.usefixtures("everything")
def test_it_goes_on_after_the_last_entry_that_is_on_disk(journal: Journal) -> None:
    journal.write("one")
    wait_for_entries(journal, 1)
    with running(connector(journal)) as run:
        run.count(1)
        time.sleep(0.2)
    journal.write("two")
    wait_for_entries(journal, 2)
    with running(connector(journal)) as run:
        run.count(1)
        time.sleep(0.3)
        assert [seen.raw for seen in run.seen] == ["two"]


@needs_journal
@pytest.mark.peer
@pytest.mark.usefixtures("everything")
def test_bytes_long_messages_and_audit_records_survive(journal: Journal) -> None:
    journal.write(b"caf\xe9 \xff", "app")
    journal.write("x" * 20_000, "app")
    record = (
        'USER_LOGIN pid=5 uid=0 auid=1000 msg=\'op=login acct="alice" exe="/usr/sbin/sshd" addr=10.0.0.9 res=success\''
    )
    journal.write(record, "audit", _TRANSPORT="audit", _AUDIT_TYPE_NAME="USER_LOGIN", _AUDIT_ID=77)
    with running(connector(journal, max_message_bytes=10_000)) as run:
        odd, long, audit = run.count(3)
    assert odd.raw == "caf\\xe9 \\xff"
    assert (len(long.raw), long.data["cut_from_bytes"]) == (10_000, 20_000)
    assert (audit.kind, audit.actor, audit.data["src_ip"]) == ("login.success", "user:alice", "10.0.0.9")


@needs_journal
@pytest.mark.peer
@pytest.mark.usefixtures("everything")
def test_journalctl_is_started_again_when_it_dies(journal: Journal) -> None:
    journal.write("one")
    wait_for_entries(journal, 1)
    with running(connector(journal)) as run:
        run.count(1)
        subprocess.run(["kill", *journalctl_of(journal)], check=True)
        assert "started again" in run.until_health("trouble")
        journal.write("two")
        assert [seen.raw for seen in run.count(2, 20)] == ["one", "two"]


def journalctl_of(journal: Journal) -> list[str]:
    """The one journalctl that follows this test's own folder, while it runs."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (process / "cmdline").read_bytes().split(b"\0")
            if f"--directory={journal.folder}".encode() in command and b"--follow" in command:
                found.append(process.name)
    return found


@needs_journal
@pytest.mark.peer
@pytest.mark.usefixtures("everything")
def test_a_place_of_another_journal_does_not_stop_it(journal: Journal) -> None:
    state = journal.folder.parent / "state" / "house.journald.json"
    state.parent.mkdir()
    state.write_text(json.dumps({"cursor": "nonsense", "microseconds": int(WHEN.timestamp()) * 1_000_000}))
    journal.write("one")
    wait_for_entries(journal, 1)
    with running(connector(journal)) as run:
        assert run.count(1, 20)[0].raw == "one"


def test_a_machine_without_journalctl_and_log_files_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(journald, "_FILES", ())
    assert "no journalctl" in (Journald("house", Settings(state_folder=tmp_path)).check() or "")


@needs_journal
def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    elsewhere = Settings(folder=tmp_path / "nowhere", state_folder=tmp_path)
    assert "no folder" in (Journald("house", elsewhere).check() or "")


@needs_journal
@pytest.mark.peer
def test_no_journalctl_is_left_when_we_are_killed(journal: Journal) -> None:
    program = f"""
import asyncio
from pathlib import Path
from bartizan.connectors.journald import Journald, Settings

async def main():
    folder = Path({str(journal.folder)!r})
    made = Journald("house", Settings(folder=folder, state_folder=folder))
    async for _ in made.observations(asyncio.Event()):
        pass

asyncio.run(main())
"""
    journal.write("one")
    wait_for_entries(journal, 1)
    follower = subprocess.Popen([sys.executable, "-c", program])
    until(lambda: bool(journalctl_of(journal)))
    follower.kill()
    follower.wait(10)
    until(lambda: not journalctl_of(journal))


def until(satisfied: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not satisfied():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_without_a_journal_the_log_files_are_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "auth.log"
    log.write_text("Oct 11 22:14:15 gate app: before\n")
    monkeypatch.setattr(journald, "_JOURNALS", (tmp_path / "none",))
    monkeypatch.setattr(journald, "_FILES", (str(log), str(tmp_path / "absent")))
    made = Journald("house", Settings(state_folder=tmp_path / "state"))
    assert made.check() is None
    with running(made) as run:
        run.until_health("ok")
        assert "its files instead" in made.health.words
        with log.open("a") as file:
            file.write("Oct 11 22:14:15 gate sshd[4]: Accepted password for alice from 10.0.0.9 port 4 ssh2\n")
        assert run.count(1)[0].kind == "login.success"
