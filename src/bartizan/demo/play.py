"""Plays the demo from the sending side: ordinary life at its own pace, and four incidents in a row."""

from __future__ import annotations

import json
import logging
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from bartizan.demo.days import day_of
from bartizan.demo.incidents import Incident, Step, incidents
from bartizan.demo.outlets import ACCOUNTS, CAMERAS, DOORS, PANELS, SENSORS, Targets
from bartizan.demo.people import DAAN, MARTA
from bartizan.demo.places import TIMEZONE
from bartizan.demo.stage import Stage, raised
from bartizan.demo.traffic import FIREWALLS, connection
from bartizan.demo.wires import Wires, now_us
from bartizan.demo.world import World, world

log = logging.getLogger(__name__)
Event = dict[str, Any]
SECOND: Final = 1_000_000
BEGINS_AFTER: Final = 6.0
"""Seconds from the console's being ready to the first incident, so that somebody who just came sees it begin."""
BETWEEN: Final = 14.0
"""Seconds between two incidents at speed 1."""
CONNECTIONS_A_SECOND: Final = 1.6
HEARTBEAT: Final = 300 * SECOND
ALIVE: Final[Event] = {"source": PANELS, "kind": "device.state"}
"""A panel's null message."""
RECEIVERS_WITHIN: Final = 120.0
PROGRESS: Final = "demo-play.json"


def play(  # noqa: PLR0913  one argument a setting, all by name
    targets: Targets,
    console: str,
    *,
    seed: int,
    today: date,
    speed: float = 1.0,
    stop: threading.Event,
    receiving: Callable[[], bool] = lambda: True,
    progress: Path | None = None,
    line: Path | None = None,
) -> None:
    """Send to ``targets`` and to the console at ``console`` (``http://127.0.0.1:8000``) until ``stop`` is set.

    Waits until the console answers and ``receiving()`` is true. ``speed`` shortens the pauses within and between the
    incidents; everything is dated when it is sent. ``progress`` is told when each incident began and ended. With
    ``line``, where the reader's cable is found, cameras and the reader are played too.
    """
    veldmark = world(seed, today)
    devices = raised(targets.cameras_port, line) if line else nullcontext(Stage())
    with devices as stage, Wires(targets, console, stage) as wires:
        _wait(wires, receiving, stop)
        life = threading.Thread(target=_live, args=(veldmark, seed, wires, stop), name="life", daemon=True)
        life.start()
        _incidents(incidents(veldmark, seed), wires, speed, stop, progress)
        stop.wait()
        life.join(timeout=5)


def _wait(wires: Wires, receiving: Callable[[], bool], stop: threading.Event) -> None:
    end = time.monotonic() + RECEIVERS_WITHIN
    while not stop.is_set() and time.monotonic() < end:
        if wires.is_connected and _answers(wires.console) and receiving():
            return
        stop.wait(0.3)
    if not stop.is_set():
        log.warning(
            "The demo's receivers were not all ready within %d s; it plays on, some of it may be missed.",
            RECEIVERS_WITHIN,
        )


def _answers(console: str) -> bool:
    try:
        with urllib.request.urlopen(f"{console}/healthz", timeout=2) as answer:  # noqa: S310  loopback
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _incidents(
    plays: Sequence[Incident], wires: Wires, speed: float, stop: threading.Event, progress: Path | None
) -> None:
    told: dict[str, dict[str, float]] = {}
    stop.wait(BEGINS_AFTER / speed)
    for incident in plays:
        if stop.is_set():
            return
        told[incident.name] = {"began": now_us() / SECOND, "events": len(incident.steps)}
        _tell(progress, told)
        _perform(incident.steps, wires, speed, stop)
        told[incident.name]["ended"] = now_us() / SECOND
        _tell(progress, told)
        stop.wait(BETWEEN / speed)


def _perform(steps: Sequence[Step], wires: Wires, speed: float, stop: threading.Event) -> None:
    begin = time.monotonic()
    for step in steps_in_order(steps):
        if stop.wait(max(0.0, begin + step.after / speed - time.monotonic())):
            return
        _send(wires, {**step.event, "time": now_us()}, stop)


def steps_in_order(steps: Sequence[Step]) -> list[Step]:
    return sorted(steps, key=lambda step: step.after)


def _send(wires: Wires, event: Event, stop: threading.Event) -> None:
    """Once more when the receiver is just starting again; then it is said and left out."""
    for wait in (0.5, 2.0, 0.0):
        try:
            wires.send(event)
        except OSError as error:
            if not wait:
                log.warning("The demo could not send %s to %s: %s", event["kind"], event["source"], error)
            stop.wait(wait)
        else:
            return


def _tell(progress: Path | None, told: dict[str, dict[str, float]]) -> None:
    if progress is None:
        return
    progress.parent.mkdir(parents=True, exist_ok=True)
    part = progress.with_suffix(".part")
    part.write_text(json.dumps(told))
    part.replace(progress)


def _live(made: World, seed: int, wires: Wires, stop: threading.Event) -> None:
    """Today's life from now on, and the day after, for as long as the demo runs."""
    for event in live(made, seed, now_us()):
        if stop.wait(max(0.0, (event["time"] - now_us()) / SECOND)):
            return
        _send(wires, {**event, "time": now_us()}, stop)


def live(made: World, seed: int, since: int) -> Iterator[Event]:
    """Life from ``since`` (µs): the days as they were seeded, and connections at every moment. Endless."""
    first = datetime.fromtimestamp(since / SECOND, ZoneInfo(TIMEZONE)).date()
    rng, at, beat = Random(f"{seed}:{since}"), float(since), 0.0
    addresses = [address for host in made.people.rows["hosts"] for address in host["addresses"]]
    names = list(FIREWALLS)
    for event in _coming(made, seed, first, since):
        while at < event["time"]:
            yield connection(rng, int(at), rng.choice(names), addresses)
            if at - beat > HEARTBEAT:
                beat = at
                yield from ({**ALIVE, "time": int(at), "device": panel} for panel in ACCOUNTS)
            at += rng.expovariate(CONNECTIONS_A_SECOND) * SECOND
        yield event


def _coming(made: World, seed: int, first: date, since: int) -> Iterator[Event]:
    """What people and sensors do, day after day. Connections are left out: they are made by the moment."""
    pending: list[Event] = []
    day = first - timedelta(days=1)  # its night shift may still be at work
    while True:
        absent = frozenset({MARTA, DAAN}) if day == first else frozenset()
        fresh = (e for e in day_of(made, seed, day, absent) if not e["kind"].startswith("network."))
        pending += [part for event in fresh for part in in_full(event)]
        pending.sort(key=lambda event: event["time"])
        day += timedelta(days=1)
        begins = int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(TIMEZONE)).timestamp()) * SECOND
        while pending and pending[0]["time"] < begins:
            event = pending.pop(0)
            if event["time"] >= since:
                yield event


def in_full(event: Event) -> Iterator[Event]:
    """Live, a door also says when it opens and closes, and a camera when the person has gone."""
    yield event
    at = event["time"]
    if event["source"] == DOORS and event["kind"] in ("door.granted", "door.exit"):
        for kind, later in (("door.opened", 0.8), ("door.closed", 5.5)):
            yield {"time": at + int(later * SECOND), "source": DOORS, "kind": kind, "place": event["place"]}
    if event["source"] == CAMERAS and event["kind"] == "camera.person":
        yield {"time": at + 12 * SECOND, "source": CAMERAS, "kind": "camera.clear", "device": event["device"]}
    if event["source"] == SENSORS and event["kind"] == "device.battery":
        yield {"time": at + 40 * SECOND, "source": SENSORS, "kind": "device.state", "device": event["device"],
               "data": {"battery": 100, "battery_low": False}}  # fmt: skip
