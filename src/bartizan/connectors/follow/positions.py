"""The places reached, kept in a small file between runs."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import orjson

from bartizan.connectors.follow.tail import Position

_log = logging.getLogger(__name__)


def load(file: Path) -> list[Position] | None:
    """The places of the last run; nothing when there was none. Repeats are harmless: their keys are known."""
    try:
        return [Position(**entry) for entry in orjson.loads(file.read_bytes())]
    except FileNotFoundError:
        return None
    except (OSError, orjson.JSONDecodeError, TypeError) as error:
        _log.warning("follow: the places reached in %s cannot be read (%s); the files are read again", file, error)
        return []


def save(file: Path, positions: Iterable[Position]) -> None:
    """All or nothing: a crash leaves the old places or the new ones."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_bytes(orjson.dumps([asdict(position) for position in positions]))
    fresh.replace(file)
