"""The parent that serves nothing: it starts the children, restarts them, and leaves none behind.

A page cannot stop the processes that it is served beside. So it asks the parent (``ask``): the line rests, a command
runs alone on the data folder, and the line starts again.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

CHILDREN = ("web", "watch", "judge", "worker", "panels", "cameras")
STEADY = 30.0
"""A child that lived this long starts again at once; one that did not waits longer each time."""
LONGEST_WAIT = 60.0
GRACE = 10.0
"""How long children have to finish after a signal, before they are killed."""
PR_SET_PDEATHSIG = 1
AWAKE = ("web",)
"""Children that go on while a deed has the data folder for itself."""
ASKED, TOLD = "asked", "told.json"


@dataclass
class Child:
    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    starts_at: float = 0.0
    restarts: int = 0
    wait: float = 0.5
    last_exit: str = ""
    since: float = field(default_factory=time.time)


def die_with_parent() -> None:
    """In the child: the kernel ends it when the parent dies, even by SIGKILL (prctl(2), PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == 1:  # the parent died before the line above
        os._exit(1)


class AlreadyRunning(Exception):
    """Another parent keeps this data folder."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that needs the data folder for itself while the console goes on."""

    command: Sequence[str]
    children: Callable[[], Sequence[Child]]
    """Which extra children run once it is done."""


class Supervisor:
    """Runs ``bartizan NAME`` for each name until it is told to stop."""

    def __init__(
        self,
        data: Path,
        names: Sequence[str] = CHILDREN,
        extra: Sequence[Child] = (),
        deeds: Mapping[str, Deed] | None = None,
    ) -> None:
        run = [sys.executable, "-m", "bartizan.cli"]
        self.children = [Child(name, [*run, name]) for name in names] + list(extra)
        self.own = len(names)
        self.folder = data / "run"
        self.stopping = False
        self.deeds = deeds or {}
        self.doing: tuple[str, subprocess.Popen[bytes]] | None = None

    def run(self) -> None:
        """Blocks until SIGTERM or SIGINT; then no child is left."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyRunning(f"Bartizan already runs on {self.folder.parent}.") from None
            self._run()

    def _run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop)
        try:
            self._forget_what_was_asked()
            while not self.stopping:
                self._do_what_was_asked()
                for child in self.children:
                    if self.doing is None or child.name in AWAKE:
                        self._tend(child)
                time.sleep(0.1)
        finally:
            if self.doing:
                _end([self.doing[1]])
            self._end_all()

    def _forget_what_was_asked(self) -> None:
        """By an earlier start: whoever asked is told that it did not come to an end."""
        (self.folder / ASKED).unlink(missing_ok=True)
        said = told(self.folder.parent)
        if said.get("state") in {"asked", "running"}:
            _tell(self.folder, said["deed"], "failed", "Bartizan was stopped in the middle of it. Ask again.")

    def _do_what_was_asked(self) -> None:
        if self.doing is None:
            self._begin(_asked(self.folder))
        elif self.doing[1].poll() is not None:
            self._finish(*self.doing)

    def _begin(self, name: str) -> None:
        deed = self.deeds.get(name)
        if deed is None:
            return
        resting = [child for child in self.children if child.name not in AWAKE]
        _end([child.process for child in resting if child.process])
        for child in resting:
            child.process = None
        _tell(self.folder, name, "running", "")
        said = (self.folder / "said").open("wb")
        process = subprocess.Popen(deed.command, stderr=said, stdout=subprocess.DEVNULL, preexec_fn=die_with_parent)  # noqa: S603, PLW1509  no threads here
        said.close()
        self.doing = (name, process)
        self._write()

    def _finish(self, name: str, process: subprocess.Popen[bytes]) -> None:
        self.doing = None
        words = (self.folder / "said").read_text(errors="replace").strip()[-1000:]
        _tell(self.folder, name, "failed" if process.returncode else "done", words)
        if process.returncode == 0:
            self.children[self.own :] = self.deeds[name].children()
        for child in self.children:
            child.starts_at = 0.0

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _tend(self, child: Child) -> None:
        if child.process is None:
            if time.monotonic() >= child.starts_at:
                self._start(child)
            return
        code = child.process.poll()
        if code is None:
            return
        lived = time.monotonic() - child.started
        child.process = None
        child.restarts += 1
        child.last_exit = f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
        child.wait = 0.5 if lived > STEADY else min(child.wait * 2, LONGEST_WAIT)
        child.starts_at = time.monotonic() + child.wait
        child.since = time.time()
        print(f"bartizan: {child.name} {child.last_exit}; starts again in {child.wait:g} s", file=sys.stderr)  # noqa: T201
        self._write()

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(child.command, preexec_fn=die_with_parent, start_new_session=True)  # noqa: S603, PLW1509  no threads here
        child.started = time.monotonic()
        child.since = time.time()
        self._write()

    def _write(self) -> None:
        """``status.json`` for ``bartizan status`` and the Settings page; replaced whole, never half written."""
        state = {
            "parent": os.getpid(),
            "children": {
                c.name: {
                    "state": "running" if c.process else "waiting to start again",
                    "pid": c.process.pid if c.process else None,
                    "since": c.since,
                    "restarts": c.restarts,
                    "last_exit": c.last_exit,
                }
                for c in self.children
            },
        }
        part = self.folder / "status.json.part"
        part.write_text(json.dumps(state, indent=1))
        part.replace(self.folder / "status.json")

    def _end_all(self) -> None:
        """The extra children (the demo's broker) end last, so that the others still have their peers."""
        for children in (self.children[: self.own], self.children[self.own :]):
            _end([c.process for c in children if c.process])
        (self.folder / "status.json").unlink(missing_ok=True)


def ask(data: Path, deed: str) -> None:
    """Ask the running parent to do a deed; ``told`` says what became of it."""
    part = data / "run" / f"{ASKED}.part"
    part.write_text(deed)
    _tell(data / "run", deed, "asked", "")
    part.replace(data / "run" / ASKED)


def told(data: Path) -> dict[str, str]:
    """The latest deed that was asked for: ``deed``, ``state`` (asked, running, done, failed) and ``words``."""
    try:
        said: dict[str, str] = json.loads((data / "run" / TOLD).read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return said


def _asked(folder: Path) -> str:
    try:
        name = (folder / ASKED).read_text().strip()
    except FileNotFoundError:
        return ""
    (folder / ASKED).unlink(missing_ok=True)
    return name


def _tell(folder: Path, deed: str, state: str, words: str) -> None:
    part = folder / f"{TOLD}.part"
    part.write_text(json.dumps({"deed": deed, "state": state, "words": words}))
    part.replace(folder / TOLD)


def _end(running: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in running:
        process.terminate()
    end = time.monotonic() + GRACE
    for process in running:
        try:
            process.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def status(data: Path) -> dict[str, Any] | None:
    """What a running parent wrote, or nothing when none runs on this data folder: a parent that runs holds its lock,
    while its process id may be another's by now (in a container it always is)."""
    try:
        if _is_free(data / "run" / "lock"):
            return None
        state: dict[str, Any] = json.loads((data / "run" / "status.json").read_text())
    except (FileNotFoundError, ValueError):
        return None
    return state


def _is_free(lock: Path) -> bool:
    with lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
