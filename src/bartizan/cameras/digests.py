"""What a file's content is, in 64 letters."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


def sha256_of(file: Path, *, flush: bool = False) -> tuple[str, int]:
    """Digest and size. ``flush``: it is on the disk when this returns, and survives a power cut."""
    with file.open("rb") as content:
        if flush:
            os.fdatasync(content.fileno())
        digest = hashlib.file_digest(content, "sha256")
        return digest.hexdigest(), content.tell()
