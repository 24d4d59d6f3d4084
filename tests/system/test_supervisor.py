"""The parent leaves nobody behind, however it ends."""

from __future__ import annotations

import json
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
    until(lambda: supervisor.status(tmp_path) is None)  # a child that was just forked has the lock until it executes


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


def test_what_a_parent_that_was_killed_left_behind_is_not_believed_whoever_has_its_number_now(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "lock").touch()
    (tmp_path / "run" / "status.json").write_text(f'{{"parent": {os.getpid()}, "children": {{}}}}')
    assert supervisor.status(tmp_path) is None


def test_two_parents_do_not_share_a_data_folder(parent: subprocess.Popen[bytes], tmp_path: Path) -> None:
    until(lambda: pids(tmp_path))
    with pytest.raises(supervisor.AlreadyRunning, match="already runs"):
        supervisor.Supervisor(tmp_path, names=()).run()


RESTING = """
import sys
from pathlib import Path
from bartizan.supervisor import Child, Deed, Supervisor
sleeper = [sys.executable, "-c", "import time; time.sleep(600)"]
folder = Path(sys.argv[1])
works = "import pathlib, time; time.sleep(0.5); pathlib.Path({!r}).write_text('done')".format(str(folder / "made"))
fails = "import sys; sys.exit('There is no room left.')"
parent = Supervisor(folder, names=(), extra=[Child("web", sleeper), Child("one", sleeper)], deeds={
    "make": Deed([sys.executable, "-c", works], lambda: [Child("two", sleeper)]),
    "fail": Deed([sys.executable, "-c", fails], list),
})
parent.own = 2
parent.run()
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Path]:
    process = subprocess.Popen([sys.executable, "-c", RESTING, str(tmp_path)], stderr=subprocess.DEVNULL)
    until(lambda: running(tmp_path) >= {"web", "one"})
    yield tmp_path
    process.terminate()
    process.wait(15)


def running(data: Path) -> set[str]:
    children = (supervisor.status(data) or {"children": {}})["children"]
    assert isinstance(children, dict)
    return {name for name, child in children.items() if child["pid"]}


def pid_of(data: Path, name: str) -> int:
    children = (supervisor.status(data) or {"children": {}})["children"]
    assert isinstance(children, dict)
    return int(children[name]["pid"])


def test_the_line_rests_while_what_was_asked_is_done_and_the_console_goes_on(house: Path) -> None:
    web, one = pid_of(house, "web"), pid_of(house, "one")
    supervisor.ask(house, "make")
    until(lambda: supervisor.told(house).get("state") == "running")
    assert not is_alive(one)
    assert is_alive(web)
    until(lambda: supervisor.told(house).get("state") == "done")
    assert (house / "made").read_text() == "done"
    until(lambda: running(house) == {"web", "one", "two"})
    assert pid_of(house, "web") == web


def test_what_failed_says_why_and_the_line_goes_on(house: Path) -> None:
    supervisor.ask(house, "fail")
    until(lambda: supervisor.told(house).get("state") == "failed")
    assert supervisor.told(house)["words"] == "There is no room left."
    until(lambda: running(house) == {"web", "one"})


@pytest.mark.parametrize("state", ["asked", "running"])
def test_what_was_cut_short_by_a_stop_is_told_as_failed_at_the_next_start(tmp_path: Path, state: str) -> None:
    (tmp_path / "run").mkdir()
    told = {"deed": "make", "state": state, "words": ""}
    (tmp_path / "run" / supervisor.TOLD).write_text(json.dumps(told))
    process = subprocess.Popen([sys.executable, "-c", RESTING, str(tmp_path)], stderr=subprocess.DEVNULL)
    until(lambda: running(tmp_path) >= {"web", "one"})
    process.terminate()
    process.wait(15)
    assert supervisor.told(tmp_path)["state"] == "failed"
    assert "stopped in the middle of it" in supervisor.told(tmp_path)["words"]
