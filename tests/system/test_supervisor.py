"""The parent leaves nobody behind, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bartizan import supervisor

PARENT = """
import sys
from pathlib import Path
from bartizan.supervisor import Child, Supervisor
sleeper = [sys.executable, "-c", "import time; time.sleep(600)"]
failing = [sys.executable, "-c", "raise SystemExit(7)"]
Supervisor(Path(sys.argv[1]), names=(), extra=[
    Child("one", sleeper), Child("two", sleeper), Child("bad", failing),
]).run()
"""


def until(true: Callable[[], object], seconds: float = 15.0) -> object:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not become true in time")


def is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def pids(data: Path) -> list[int]:
    state = supervisor.status(data) or {"children": {}}
    children = state["children"]
    assert isinstance(children, dict)
    found = [children[n]["pid"] for n in ("one", "two") if n in children and children[n]["pid"]]
    return found if len(found) == 2 else []


@pytest.fixture
def parent(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], stderr=subprocess.DEVNULL)
    yield process
    if process.poll() is None:
        process.kill()
    process.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_process_is_left_after_the_parent_is_told_or_killed(
    parent: subprocess.Popen[bytes], tmp_path: Path, number: signal.Signals
) -> None:
    running = until(lambda: pids(tmp_path))
    assert isinstance(running, list)
    parent.send_signal(number)
    parent.wait(15)
    until(lambda: not any(map(is_alive, running)))
    assert supervisor.status(tmp_path) is None


def test_a_child_that_ends_is_started_again_and_waits_longer_each_time(
    parent: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    def bad() -> dict[str, object]:
        state = supervisor.status(tmp_path) or {"children": {}}
        children = state["children"]
        assert isinstance(children, dict)
        found = children.get("bad", {})
        assert isinstance(found, dict)
        return found

    until(lambda: int(str(bad().get("restarts", 0))) >= 2)
    assert bad()["last_exit"] == "ended with 7"
    first = until(lambda: pids(tmp_path))
    assert isinstance(first, list)
    os.kill(first[0], signal.SIGKILL)
    until(lambda: pids(tmp_path) and pids(tmp_path) != first)
    assert pids(tmp_path)[1] == first[1]


def test_two_parents_do_not_share_a_data_folder(parent: subprocess.Popen[bytes], tmp_path: Path) -> None:
    until(lambda: pids(tmp_path))
    with pytest.raises(supervisor.AlreadyRunning, match="already runs"):
        supervisor.Supervisor(tmp_path, names=()).run()
