"""The keys of this installation: files under the data folder that only their owner reads, made when first asked for."""

from __future__ import annotations

import os
import secrets
from functools import cache
from pathlib import Path

from django.conf import settings

BYTES = 32


def key(name: str) -> bytes:
    """32 random bytes, the same for ever: ``audit`` signs the audit's chain, ``vault`` encrypts files and secrets."""
    return _kept(_path(name))


def is_kept(name: str) -> bool:
    return _path(name).exists()


def _path(name: str) -> Path:
    return Path(settings.DATA) / "keys" / f"{name}.key"


@cache
def _kept(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(f".{os.getpid()}.part")
    if not path.exists():
        with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
            file.write(secrets.token_bytes(BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(part, path)  # whole or not at all, and the first process wins
        except FileExistsError:
            pass
        finally:
            part.unlink()
    return path.read_bytes()
