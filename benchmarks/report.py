"""The last line of every benchmark: one JSON object of figures; before it, unless ``--json``, the same as a table."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; ``target`` in words such as ``>= 60000``; ``peer`` what the peer did, if it was run."""

    value: float | None
    """Nothing: it could not be measured here; the benchmark says why."""
    unit: str
    target: str = ""
    peer: float | str | None = None


def report(benchmark: str, figures: Mapping[str, Figure], **more: Any) -> None:
    """Print the figures. ``more``: other facts worth keeping, such as counts."""
    if "--json" not in sys.argv:
        _table(benchmark, figures)
    values = {key: _rounded(figure.value) for key, figure in figures.items()}
    detail = {
        key: {"value": _rounded(figure.value), "unit": figure.unit, "target": figure.target, "peer": figure.peer}
        for key, figure in figures.items()
    }
    at = datetime.now(UTC).isoformat(timespec="seconds")
    print(json.dumps({"benchmark": benchmark, "at": at, "machine": machine(), **values, "figures": detail, **more}))


def _rounded(value: float | None) -> float | None:
    return value if value is None or isinstance(value, int) else round(value, 4)


def _written(value: float | None) -> str:
    return "–" if value is None else f"{_rounded(value):,}"


def _table(benchmark: str, figures: Mapping[str, Figure]) -> None:
    print(f"{benchmark} on {machine()}")
    for key, figure in figures.items():
        target = f"  (target {figure.target})" if figure.target else ""
        peer = f"  peer {figure.peer}" if figure.peer is not None else ""
        print(f"  {key:34} {_written(figure.value):>14} {figure.unit}{target}{peer}")


def machine() -> str:
    """Processor, cores and Python, as far as the system tells."""
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123
            name = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), name)
    except OSError:
        pass
    return f"{name}, {os.cpu_count()} cores, Python {platform.python_version()}"
