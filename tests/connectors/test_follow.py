"""Following files that a real process writes and the real logrotate rotates."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bartizan.connectors.follow import Follow, Settings
from bartizan.engines.observe import Observation
from tests.connectors.running import Running, running

LOGROTATE = shutil.which("logrotate") or shutil.which("/usr/sbin/logrotate")
needs_logrotate = [
    pytest.mark.peer,
    pytest.mark.skipif(not LOGROTATE, reason="Debian package logrotate is not installed"),
]
# Writes numbered lines, a few of them in two halves; with "reopen" it opens its file again for every line.
WRITER = """
import sys, time
path, count, reopen = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "reopen"
file = open(path, "a", buffering=1)
for number in range(count):
    if reopen:
        file.close()
        file = open(path, "a", buffering=1)
    text = f"Oct 11 22:14:15 gate app: number {number}"
    if number % 7 == 0:
        file.write(text[:20]); file.flush(); time.sleep(0.002); text = text[20:]
    file.write(text + "\\n")
    time.sleep(0.001)
"""


def follow(folder: Path, *paths: str, **changes: Any) -> Follow:
    patterns = [str(folder / path) for path in paths or ("app.log",)]
    values = {"paths": patterns, "state_folder": folder / "state", "poll_seconds": 0.02, "zone": "UTC", **changes}
    connector = Follow("house", Settings(**values))
    assert connector.check() is None
    return connector


def append(path: Path, *lines: str) -> None:
    with path.open("a") as file:
        file.write("".join(f"{line}\n" for line in lines))


def raws(run: Running) -> list[str]:
    return [seen.raw for seen in run.seen]


def once(seen: list[Observation]) -> list[str]:
    """What intake stores: the first of every key."""
    return list({one.key: one.raw for one in seen}.values())


def test_a_half_written_line_waits_for_its_other_half(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text("Oct 11 22:14:15 gate sshd[4]: Accepted password for al")
    with running(follow(tmp_path)) as run:
        time.sleep(0.3)
        assert not run.seen
        append(log, "ice from 10.0.0.9 port 4 ssh2", "")
        (seen,) = run.count(1)
    assert (seen.kind, seen.actor, seen.data["log_file"]) == ("login.success", "user:alice", str(log))


def test_it_goes_on_at_the_right_byte_after_a_restart(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    append(log, "one", "two")
    with running(follow(tmp_path)) as run:
        run.count(2)
        time.sleep(0.1)
    append(log, "three")
    with running(follow(tmp_path)) as run:
        run.count(1)
        time.sleep(0.1)
        assert raws(run) == ["three"]


def test_what_was_not_on_disk_yet_is_read_again_under_the_same_keys(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    append(log, "one", "two")
    keys = []
    for _ in range(2):
        with running(follow(tmp_path)) as run:
            run.count(2)
        keys.append([seen.key for seen in run.seen])
        shutil.rmtree(tmp_path / "state")
    assert keys[0] == keys[1]
    assert len(set(keys[0])) == 2


def test_the_place_is_saved_only_after_the_batch_is_on_disk(tmp_path: Path) -> None:
    append(tmp_path / "app.log", "one")
    with running(follow(tmp_path)) as run:
        run.pace.clear()
        time.sleep(0.3)
        assert not (tmp_path / "state" / "house.follow.json").exists()
        run.pace.set()
        run.count(1)
        time.sleep(0.2)
        assert (tmp_path / "state" / "house.follow.json").exists()


def rotate(folder: Path, *directives: str) -> None:
    config = folder / "logrotate.conf"
    body = "\n".join(["rotate 5", "missingok", "su root root" if os.geteuid() == 0 else "", *directives])
    config.write_text(f"{folder}/app.log {{\n{body}\n}}\n")
    config.chmod(0o644)
    command = [str(LOGROTATE), "--force", "--state", str(folder / "logrotate.state"), str(config)]
    subprocess.run(command, check=True, capture_output=True, timeout=20)


@pytest.mark.peer
@pytest.mark.skipif(not LOGROTATE, reason="Debian package logrotate is not installed")
@pytest.mark.parametrize("pattern", ["app.log", "app.log*"])
@pytest.mark.parametrize(
    "way", [("create",), ("create", "dateext", "dateformat -%s"), ("create", "compress", "delaycompress")]
)
def test_no_line_is_lost_or_doubled_when_logrotate_renames(tmp_path: Path, pattern: str, way: tuple[str, ...]) -> None:
    count = 2_000
    with running(follow(tmp_path, pattern)) as run:
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path / "app.log"), str(count), "reopen"])
        for _ in range(3):
            time.sleep(1.1)  # two rotations within a second would have the same dated name
            rotate(tmp_path, *way)
        assert writer.wait(30) == 0
        run.until(lambda seen: len(once(seen)) >= count)
        time.sleep(0.2)
        assert sorted(once(run.seen)) == sorted(f"Oct 11 22:14:15 gate app: number {number}" for number in range(count))


@pytest.mark.peer
@pytest.mark.skipif(not LOGROTATE, reason="Debian package logrotate is not installed")
@pytest.mark.parametrize("pattern", ["app.log", "app.log*"])
def test_no_line_is_lost_or_doubled_when_logrotate_copies_and_truncates(tmp_path: Path, pattern: str) -> None:
    log = tmp_path / "app.log"
    with running(follow(tmp_path, pattern)) as run:
        # logrotate itself loses what is written between its copy and its cut: the writer pauses meanwhile.
        for turn in range(3):
            append(log, f"turn {turn} line 0")
            run.until(lambda seen, so_far=300 * turn + 1: len(once(seen)) >= so_far)
            append(log, *(f"turn {turn} line {number}" for number in range(1, 300)))
            rotate(tmp_path, "copytruncate")
            run.until(lambda seen, so_far=300 * (turn + 1): len(once(seen)) >= so_far)
        append(log, "the end")
        run.until(lambda seen: len(once(seen)) >= 901)
        time.sleep(0.2)
        assert len(run.seen) >= 901
        assert sorted(once(run.seen)) == sorted(
            [*(f"turn {t} line {n}" for t in range(3) for n in range(300)), "the end"]
        )


@pytest.mark.peer
@pytest.mark.skipif(not LOGROTATE, reason="Debian package logrotate is not installed")
@pytest.mark.parametrize("way", ["create", "copytruncate"])
@pytest.mark.parametrize("pattern", ["app.log", "app.log*"])
def test_lines_rotated_away_while_it_was_stopped_are_read(tmp_path: Path, way: str, pattern: str) -> None:
    log = tmp_path / "app.log"
    append(log, "one", "two")
    with running(follow(tmp_path, pattern)) as run:
        run.count(2)
        time.sleep(0.1)
    for line in ("three", "four"):
        append(log, line)
        rotate(tmp_path, way)
        time.sleep(0.01)
    append(log, "five")
    for expected in (["five", "four", "three"], ["six"]):
        with running(follow(tmp_path, pattern)) as run:
            run.count(len(expected))
            time.sleep(0.2)
            assert sorted(raws(run)) == expected
        append(log, "six")


@pytest.mark.peer
@pytest.mark.skipif(not LOGROTATE, reason="Debian package logrotate is not installed")
def test_a_rotation_that_compressed_unread_lines_is_said_and_not_read_as_text(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    append(log, "one")
    with running(follow(tmp_path, "app.log*")) as run:
        run.count(1)
        time.sleep(0.1)
    append(log, "two")
    rotate(tmp_path, "create", "compress")
    append(log, "three")
    with running(follow(tmp_path, "app.log*")) as run:
        run.count(1)
        assert "delaycompress" in run.until_health("trouble")
        assert raws(run) == ["three"]


def test_compressed_files_are_left_alone_whatever_their_name(tmp_path: Path) -> None:
    (tmp_path / "app.log.1").write_bytes(gzip.compress(b"old\n"))
    append(tmp_path / "app.log", "new")
    with running(follow(tmp_path, "app.log*")) as run:
        run.count(1)
        time.sleep(0.1)
        assert raws(run) == ["new"]


def test_a_file_that_is_emptied_and_written_anew_is_read_from_its_start(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    append(log, "old one", "old two")
    with running(follow(tmp_path)) as run:
        run.count(2)
        # Longer than before, and at once: size alone does not tell.
        with log.open("r+") as file:
            file.truncate()
            file.write("new one, which is rather long\nnew two, which is longer\n")
        run.count(4)
        assert raws(run)[2:] == ["new one, which is rather long", "new two, which is longer"]
        assert len(once(run.seen)) == 4


def test_files_with_the_same_first_line_are_not_taken_for_one(tmp_path: Path) -> None:
    for name in ("a.log", "b.log"):
        append(tmp_path / name, "# log started", "x")
    with running(follow(tmp_path, "*.log")) as run:
        run.count(4)
        assert len(once(run.seen)) == 4


def test_a_long_line_is_cut_and_marked_and_the_next_one_is_whole(tmp_path: Path) -> None:
    append(tmp_path / "app.log", "x" * 5_000_000, "next")
    with running(follow(tmp_path)) as run:
        long, following = run.count(2)
    assert (len(long.raw), long.data["cut_from_bytes"]) == (262_144, 5_000_000)
    assert following.raw == "next"


def test_it_can_begin_at_the_end(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    append(log, "old")
    with running(follow(tmp_path, begin="end")) as run:
        run.until_health("ok")
        append(log, "new")
        append(tmp_path / "app.log", "newer")
        run.count(2)
        assert raws(run) == ["new", "newer"]


def test_json_lines_keep_every_field_and_need_no_second_copy(tmp_path: Path) -> None:
    record = {
        "timestamp": "2024-05-01T10:00:00Z",
        "event_type": "dns",
        "src_ip": "10.0.0.9",
        "dns": {"rrname": "x.org"},
    }
    append(tmp_path / "eve.json", json.dumps(record), "not json")
    with running(follow(tmp_path, "eve.json", format="json")) as run:
        look_up, broken = run.count(2)
    assert (look_up.kind, look_up.actor, look_up.at) == (
        "network.dns",
        "ip:10.0.0.9",
        datetime(2024, 5, 1, 10, tzinfo=UTC),
    )
    assert record.items() <= dict(look_up.data).items()
    assert not look_up.raw
    assert (broken.kind, broken.raw) == ("unknown", "not json")


def test_stamps_of_an_old_file_get_the_year_in_which_it_was_written(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    append(log, "Dec 31 23:59:59 gate app: old year", "Jan  1 00:00:01 gate app: new year")
    written = datetime(2019, 1, 1, 0, 0, 2, tzinfo=UTC).timestamp()
    os.utime(log, (written, written))
    with running(follow(tmp_path)) as run:
        assert [seen.at.year for seen in run.count(2)] == [2018, 2019]


def test_a_file_that_appears_later_is_found(tmp_path: Path) -> None:
    with running(follow(tmp_path)) as run:
        assert "No file matches" in run.until_health("waiting") or run.connector.health.words == "Not started yet."
        append(tmp_path / "app.log", "hello")
        run.count(1)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    append(tmp_path / "app.log", "secret")
    (tmp_path / "app.log").chmod(0)
    connector = Follow("house", Settings(paths=[str(tmp_path / "app.log")], state_folder=tmp_path))
    assert "may not be read" in (connector.check() or "")


def test_settings_that_cannot_work_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="is not a full path"):
        Settings(paths=["auth.log"])
    assert "state_folder" in (Follow("house", Settings(paths=["/var/log/auth.log"])).check() or "")
    missing = Settings(paths=[str(tmp_path / "nowhere" / "app.log")], state_folder=tmp_path)
    assert "There is no folder" in (Follow("house", missing).check() or "")
