"""A PostgreSQL of one's own: the real server, its data in a temporary folder, reached by a socket in that folder."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

_DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
INITDB = shutil.which("initdb") or (str(_DEBIAN[-1]) if _DEBIAN else None)
MISSING = "PostgreSQL's initdb is not installed: apt-get install postgresql."


class Server:
    """Made, started and stopped here; nothing of it is left. PostgreSQL refuses to run as root, so ``nobody`` does."""

    def __init__(self) -> None:
        assert INITDB, MISSING
        # /tmp itself: a socket's path has at most 107 letters, and ``nobody`` may not go through pytest's folders.
        self.folder = Path(tempfile.mkdtemp(prefix="bartizan-pg-", dir="/tmp"))
        self._as = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.getuid() == 0 else []
        if self._as:
            shutil.chown(self.folder, "nobody", "nogroup")
        made = ["-D", str(self.folder / "db"), "-U", "bartizan", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
        self._run(INITDB, *made, "--no-sync")
        self.start()

    def _run(self, *command: str) -> None:
        subprocess.run([*self._as, *command], check=True, capture_output=True, cwd="/")

    def start(self) -> None:
        program = str(Path(INITDB or "").with_name("postgres"))
        options = ["-D", str(self.folder / "db"), "-k", str(self.folder), "-c", "listen_addresses=", "-c", "fsync=off"]
        said = (self.folder / "said.txt").open("ab")
        self.process = subprocess.Popen([*self._as, program, *options], stdout=said, stderr=said, cwd="/")
        said.close()
        end = time.monotonic() + 20
        while not (self.folder / ".s.PGSQL.5432").exists() or not self._answers():
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError((self.folder / "said.txt").read_text())
            time.sleep(0.05)

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self.address("postgres")).close()
        except psycopg.OperationalError:  # it is still starting
            return False
        return True

    def stop(self) -> None:
        """At once, whoever is connected (SIGINT: a fast shutdown)."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def address(self, name: str) -> str:
        return f"postgresql://bartizan@/{name}?host={self.folder}"

    def database(self, name: str) -> str:
        """An empty one's address."""
        import psycopg

        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.address(name)
