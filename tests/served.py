"""The console as it really runs: a server process over a data folder of its own, filled by other processes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.prepared import prepare

ROOT = Path(__file__).parents[1]
SETUP = "import django; django.setup()\n"
# Runs what it is told line by line, so that Django is loaded once: code comes in and what it printed goes out as JSON.
WORKER = (
    SETUP
    + """
import contextlib, io, json, sys, traceback
for line in sys.stdin:
    said, trouble = io.StringIO(), ""
    try:
        with contextlib.redirect_stdout(said):
            exec(json.loads(line), {})
    except Exception:
        trouble = traceback.format_exc()
    print(json.dumps([said.getvalue(), trouble]), flush=True)
"""
)


@dataclass(frozen=True, slots=True)
class Console:
    data: Path
    port: int
    server: subprocess.Popen[bytes]
    worker: subprocess.Popen[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def python(self, code: str) -> str:
        """Run ``code`` in another process on this console's data, as watch and worker do; what it prints."""
        assert self.worker.stdin is not None
        assert self.worker.stdout is not None
        self.worker.stdin.write(json.dumps(textwrap.dedent(code)) + "\n")
        self.worker.stdin.flush()
        said, trouble = json.loads(self.worker.stdout.readline())
        assert not trouble, trouble
        return str(said).strip()

    def session(self, username: str = "alice") -> dict[str, str]:
        """The cookie of a browser in which ``username`` is signed in."""
        key = self.python(f"""
            from django.conf import settings
            import time
            from django.conf import settings
            from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
            from django.contrib.sessions.backends.db import SessionStore
            from bartizan.core.models import User
            user, store = User.objects.get(username={username!r}), SessionStore()
            store[SESSION_KEY], store[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
            store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
            store["bz_link"], store["bz_signed_in_at"] = "machine", time.time()
            store.create()
            print(store.session_key)
        """)
        return {"name": f"bartizan_{self.port}", "value": key, "url": self.url}

    def stop(self) -> float:
        """Ask the server to stop, as the supervisor does; how many seconds it took."""
        began = time.monotonic()
        self.server.send_signal(signal.SIGTERM)
        self.server.wait(timeout=20)
        return time.monotonic() - began


def environment(data: Path, port: int) -> dict[str, str]:
    own = {"BARTIZAN_DATA": str(data), "BARTIZAN_PORT": str(port), "DJANGO_SETTINGS_MODULE": "bartizan.settings"}
    return os.environ | own | {"PYTHONPATH": str(ROOT)}


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(data: Path) -> Iterator[Console]:
    """A console with the small world in it."""
    prepare(data)
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "bartizan.asgi:application",
        "--port",
        str(port),
        "--log-level",
        "error",
    ]
    env = environment(data, port)
    worker_pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", WORKER], env=env, cwd=ROOT, **worker_pipes) as worker:  # type: ignore[call-overload]
        with subprocess.Popen(command, env=env, cwd=ROOT) as server:
            console = Console(data, port, server, worker)
            try:
                console.python("from tests import world; world.build()")
                wait(port, server)
                yield console
            finally:
                server.kill()
        worker.stdin.close()


def wait(port: int, server: subprocess.Popen[Any]) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except OSError:
            assert server.poll() is None, "The console ended before it answered."
            time.sleep(0.1)
    raise AssertionError("The console did not answer within 20 seconds.")
