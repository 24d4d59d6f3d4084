"""``demo.json`` in the data folder: what the demo made, so that it can be found again and removed."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any, Final

NAME: Final = "demo.json"
Marks = dict[str, Any]


def read(data: Path) -> Marks:
    """Empty when the demo never was in this folder."""
    path = data / NAME
    if not path.exists():
        return {}
    marks: Marks = json.loads(path.read_text())
    return marks


def write(data: Path, *, today: date, **marks: Any) -> None:
    """Readable by its owner alone: it holds the tokens of the demo's sources."""
    _replace(data, {"today": today.isoformat(), **marks})


def add(data: Path, **marks: Any) -> None:
    _replace(data, read(data) | marks)


def forget(data: Path) -> None:
    (data / NAME).unlink(missing_ok=True)


def _replace(data: Path, marks: Marks) -> None:
    part = data / f"{NAME}.part"
    with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
        json.dump(marks, file, indent=1)
    part.replace(data / NAME)
