"""Restoring: into an empty folder, everything proved before it is called done, and nothing left when it is not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from bartizan.core import postgres
from bartizan.core.backup.lock import Opener
from bartizan.core.backup.parts import BackupError
from bartizan.core.backup.read import contents_of

FACTS: Final = "restored.json"
_ROOM: Final = 64 * 1024 * 1024


def verify(path: Path, opener: Opener) -> dict[str, Any]:
    """The manifest of a backup of which every byte is as it was written. Raises BackupError. Nothing is written."""
    return contents_of(path, opener)


def restore(path: Path, opener: Opener, folder: Path, *, accepts_audit: bool = False) -> dict[str, Any]:
    """Everything of a backup in ``folder``, examined; what was found. Raises BackupError and leaves the folder empty.

    ``accepts_audit``: also where the audit's chain was broken already when the backup was taken.
    """
    with _staged(folder) as staging:
        free = shutil.disk_usage(staging).free
        if path.exists() and free < path.stat().st_size + _ROOM:
            raise BackupError(f"There is no room in {folder}: the backup has {path.stat().st_size / 1e9:.1f} GB.")
        manifest = contents_of(path, opener, staging)
        return _examined(staging, manifest, accepts_audit=accepts_audit)


@contextmanager
def _staged(folder: Path) -> Iterator[Path]:
    """A folder within ``folder``; what lies in it moves up when all went well, and is deleted when not."""
    is_new = not folder.exists()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupError(f"{folder} is not an empty folder; name another, so that nothing is overwritten.")
    staging = folder / ".restoring"
    try:
        staging.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise BackupError(f"{folder} cannot be made ({error.strerror}); name another folder.") from error
    try:
        yield staging
        folder.chmod(0o700)
        for each in staging.iterdir():
            each.rename(folder / each.name)
        staging.rmdir()
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        if is_new:
            folder.rmdir()
        raise


def _examined(folder: Path, manifest: dict[str, Any], *, accepts_audit: bool) -> dict[str, Any]:
    """In a process of its own, whose data folder is the restored one."""
    facts = {name: value for name, value in manifest.items() if name != "files"}
    (folder / FACTS).write_text(json.dumps(facts))
    command = [sys.executable, "-m", "bartizan.cli", "--data", str(folder), "examine-restored"]
    command += ["--accept-audit"] if accepts_audit else []
    environment = os.environ | {"BARTIZAN_DATA": str(folder), postgres.SETTING: ""}  # a backup's records are SQLite's
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603
    if done.returncode:
        raise BackupError(f"The backup was read, but {_reason(done.stderr)}")
    (folder / FACTS).unlink()
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _reason(said: str) -> str:
    last = (said.strip().splitlines() or ["the examination gave no reason."])[-1]
    return last.removeprefix("Error: ")
