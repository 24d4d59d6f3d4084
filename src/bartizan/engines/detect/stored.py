"""Files of the compiled cache: a first line with name, versions and digest, then the content.

JSON and Hyperscan's own bytes, never a pickle: what lies in a data folder must not be able to run code. The digest is
against damage; a file that does not fit it, or was written by other versions, counts as absent and is written anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Final

ENGINE: Final = "7"
"""Raise when the meaning of conditions, guards or the files changes."""


def versions() -> str:
    """What a cached file depends on beside the rules themselves."""
    return f"{ENGINE}/{version('pysigma')}/{version('hyperscan')}/{platform.python_version()}/{platform.machine()}"


def read(path: Path) -> bytes | None:
    """The content of ``path``; None when it is absent, damaged or from another version."""
    try:
        head, newline, content = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    return content if newline and head == _head(content) else None


def write(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path`` at once or not at all. A cache that cannot be written costs time, nothing else."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_head(content) + b"\n" + content)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise


def forget_older(folder: Path, pattern: str, keep: int) -> None:
    """Leave the ``keep`` newest files that fit ``pattern``."""
    with contextlib.suppress(OSError):
        found = sorted(folder.glob(pattern), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in found[keep:]:
            path.unlink(missing_ok=True)


def _head(content: bytes) -> bytes:
    return f"bartizan-detect {versions()} {hashlib.sha256(content).hexdigest()}".encode()
