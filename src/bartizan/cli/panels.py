"""The ``panels`` child."""

from __future__ import annotations

import signal
import threading

from bartizan.cli import main, start_django


@main.command(hidden=True)
def panels() -> None:
    """Bartizan's own intruder panels."""
    start_django()
    from bartizan.panels import process

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    process.run(stop)
