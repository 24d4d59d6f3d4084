"""Fetching the published detector when told to, and using one."""

from __future__ import annotations

import hashlib
import urllib.request
from pathlib import Path
from typing import Final
from urllib.error import URLError

from bartizan.cameras.decisions import Detecting
from bartizan.core import preferences
from bartizan.core.actions import decide
from bartizan.core.models import User

_LARGEST: Final = 512 * 1024 * 1024
_PATIENCE: Final = 30.0


class NotFetched(Exception):
    """The words say why, and what to do."""


def fetch(url: str, sha256: str, folder: Path) -> Path:
    """Download to ``folder``; kept only with the digest that was published. Raises NotFetched."""
    if not url.startswith(("https://", "http://", "file://")):
        raise NotFetched(f"“{url}” is no address of a file; it begins with https://.")
    try:
        with urllib.request.urlopen(url, timeout=_PATIENCE) as answer:  # noqa: S310  the digest decides, not the sender
            content = answer.read(_LARGEST)
    except (URLError, OSError) as error:
        raise NotFetched(f"{url} could not be fetched ({error}). Fetch it elsewhere and name it with --url.") from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise NotFetched(f"What {url} sends is another file: its SHA-256 is {found}, and {sha256} was published.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = folder / f"{sha256[:12]}.part"
    part.write_bytes(content)
    return part.replace(folder / f"detector-{sha256[:12]}.onnx")


def use(file: Path, sha256: str, kind: str, by: User | None) -> None:
    """From now on, on all cameras."""
    changed = {"model": str(file), "sha256": sha256, "kind": kind}
    decide(by, preferences.get(Detecting).model_copy(update=changed))
