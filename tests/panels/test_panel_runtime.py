"""The panels' own process, as it really runs: it hears detectors, keeps time, and survives being killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from bartizan.engines.observe import Observation
from bartizan.watch.intake import Intake
from bartizan.watch.journal import Reader, Writer
from tests.served import ROOT, Console, environment, serving


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with serving(tmp_path_factory.mktemp("data")) as made:
        made.python("""
            from bartizan.estate.models import Site, Zone
            from bartizan.panels.models import Area, Detector, Panel
            panel = Panel.objects.create(code="PA-1", name="Keep panel", site=Site.objects.get())
            area = Area.objects.create(panel=panel, code="vault", name="Vault", zone=Zone.objects.get(code="KP-0.01"),
                                       exit_seconds=1)
            Detector.objects.create(area=area, number=1, name="Vault door", device="detector:D01", sort="contact",
                                    entry_seconds=2)
            Detector.objects.create(area=area, number=2, name="Vault motion", device="detector:M01", sort="motion")
        """)
        yield made


@contextmanager
def panels(console: Console) -> Iterator[subprocess.Popen[bytes]]:
    env = environment(console.data, console.port)
    with subprocess.Popen([sys.executable, "-m", "bartizan.cli", "panels"], env=env, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def sensors(console: Console) -> Iterator[Callable[..., None]]:
    """What the watch process does: detectors' words go into the journal."""
    with Writer(console.data / "journal", "watch") as writer:
        intake = Intake(writer)

        def say(kind: str, device: str = "detector:M01", **data: Any) -> None:
            intake.accept([Observation(datetime.now(UTC), "zigbee", kind, device=device, data=data)])

        yield say


def heard(data: Path) -> list[dict[str, Any]]:
    """What the panels put into the journal, in its order."""
    events = [orjson.loads(record) for record in Reader(data / "journal").read({}, 100_000)[0]]
    return [event for event in events if event["source"] == "panels"]


def until(found: Callable[[], Any]) -> Any:
    """As long as it takes, up to a minute."""
    for _ in range(600):
        if value := found():
            return value
        time.sleep(0.1)
    raise AssertionError("It did not happen within a minute.")


def condition(console: Console) -> str:
    return console.python("""
        from bartizan.panels.models import PanelState
        kept = PanelState.objects.filter(panel__code="PA-1").first()
        print(kept.state["areas"]["vault"]["condition"] if kept and kept.state else "")
    """)


def arm(console: Console) -> None:
    console.python("""
        from bartizan.core.models import User
        from bartizan.panels import actions
        from bartizan.panels.models import Area
        actions.arm([Area.objects.get()], "away", User.objects.get(username="alice"))
    """)


def disarm(console: Console) -> None:
    console.python("""
        from bartizan.core.models import User
        from bartizan.panels import actions
        from bartizan.panels.models import Area
        actions.disarm([Area.objects.get()], User.objects.get(username="alice"))
    """)


def kinds(data: Path) -> list[str]:
    return [event["kind"] for event in heard(data)]


@pytest.mark.peer
def test_an_intruder_sets_off_an_area_that_was_armed_at_the_console(console: Console) -> None:
    with sensors(console) as say:
        say("alarm.motion")  # before the panels ran: no news to them
        with panels(console):
            until(lambda: condition(console) == "disarmed")
            arm(console)
            until(lambda: "alarm.armed" in kinds(console.data))
            assert condition(console) == "armed"
            say("alarm.opened", "detector:D01")
            until(lambda: condition(console) == "pending")
            until(lambda: "alarm.triggered" in kinds(console.data))
            event = next(each for each in heard(console.data) if each["kind"] == "alarm.triggered")
            assert (event["device"], event["place"]) == ("detector:D01", "zone:KP-0.01")
            disarm(console)
            until(lambda: "alarm.disarmed" in kinds(console.data))


@pytest.mark.peer
def test_killed_in_an_entry_delay_it_still_ends_it_and_says_everything_once(console: Console) -> None:
    before = len(heard(console.data))
    with sensors(console) as say:
        with panels(console):
            say("alarm.closed", "detector:D01")
            until(lambda: console.python(READY) == "True")
            arm(console)
            until(lambda: condition(console) == "armed")
            say("alarm.opened", "detector:D01")
            until(lambda: condition(console) == "pending")
        say("alarm.motion")  # while it is dead
        with panels(console) as process:
            until(lambda: "alarm.triggered" in kinds(console.data)[before:])
            until(lambda: console.python(CAUSES) == "[1, 2]")
            process.send_signal(signal.SIGKILL)
    with panels(console):
        disarm(console)
        until(lambda: "alarm.disarmed" in kinds(console.data)[before:])
    said = heard(console.data)[before:]
    assert len({event["id"] for event in said}) == len(said)
    alarms = [event["data"] for event in said if event["kind"] == "alarm.triggered"]
    numbers = [told["number"] for told in alarms]
    assert len(numbers) == len(set(numbers)), "each is said once"
    # The door whose delay ended and the motion that confirmed it; or, had the motion come first, both in its own alarm.
    assert sorted(alarms[-1]["numbers"]) == [1, 2]


READY = """
from bartizan.panels.models import PanelState
print(not PanelState.objects.get().state["detectors"]["1"]["is_active"])
"""
CAUSES = """
from bartizan.panels.models import PanelState
print(sorted(cause["number"] for cause in PanelState.objects.get().state["areas"]["vault"]["causes"]))
"""
