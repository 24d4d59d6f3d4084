"""demo: a lived-in organisation, with incidents that arrive while you watch."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from bartizan.cli import main, open_records, start_django
from bartizan.cli.system import address, data_folder, prepare, serve
from bartizan.supervisor import Child, die_with_parent

SEED = 20261117
TIME_LIMIT = 600.0


@main.command()
@click.option("--port", type=int, help="The console's port (default 8000).")
@click.option("--seed", default=SEED, show_default=True, help="The same seed makes the same organisation.")
@click.option("--speed", default=1.0, show_default=True, help="Of the incidents; 3 is three times as fast.")
@click.option("--until-done", is_flag=True, help="Play the four incidents, say what became of them, and end.")
@click.option("--json", "as_json", is_flag=True, help="With --until-done: one JSON line a case.")
@click.option("--remove", is_flag=True, help="Take everything that the demo made out of the data folder.")
@click.option("--force", is_flag=True, help="Put the demo beside records that are there already.")
@click.option("--at-rest", is_flag=True, hidden=True)
def demo(  # noqa: PLR0913, PLR0917  one argument an option
    port: int | None,
    seed: int,
    speed: float,
    until_done: bool,
    as_json: bool,
    remove: bool,
    force: bool,
    at_rest: bool,
) -> None:
    """Veldmark Instruments: three sites, 120 people, a month of ordinary life, and four incidents as you watch."""
    if speed <= 0:
        raise click.ClickException("The speed must be above 0, such as 0.5, 1 or 3.")
    if remove:
        _remove(at_rest)
        return
    prepare()
    made = _seed(seed, force)
    if until_done:
        _until_done(port, seed, speed, as_json)
        return
    serve(port, None, extra=_children(made["mqtt_port"], speed), prepared=True)


def go_on(port: int | None, listen: str | None) -> None:
    """A start on a folder that holds the demo: its life goes on."""
    prepare()
    made = _seed(SEED, force=False)
    serve(port, listen, extra=_children(made["mqtt_port"], 1.0), prepared=True)


def players() -> list[Child]:
    """The demo's broker and player, once it was loaded."""
    marks = json.loads((data_folder() / "demo.json").read_text())
    return _children(int(marks["targets"]["mqtt_port"]), 1.0)


def _remove(at_rest: bool) -> None:
    if not at_rest:
        open_records()
    start_django()
    from bartizan.demo import removal

    try:
        gone = removal.remove(at_rest=at_rest)
    except removal.NotOursError as error:
        raise click.ClickException(str(error)) from error
    what = f"{gone.records} records, {gone.events} events, {gone.alarms} alarms and {gone.cases} cases"
    click.echo(f"Removed {what} of the demo.")


def _seed(seed: int, force: bool) -> dict[str, Any]:
    """In a process of its own, so that the parent stays small; what it made and where its player sends."""
    if not (data_folder() / "demo.json").exists():
        click.echo("Making Veldmark Instruments and a month of its life; this takes half a minute …", err=True)
    command = [sys.executable, "-m", "bartizan.cli", "demo-seed", "--seed", str(seed), *(["--force"] if force else [])]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def _children(mqtt_port: int, speed: float) -> list[Child]:
    from bartizan.demo import broker

    player = [sys.executable, "-m", "bartizan.cli", "demo-player", "--speed", str(speed)]
    return [
        Child("broker", broker.command(data_folder() / "run" / "broker", mqtt_port)),
        Child("player", player),
    ]


def _until_done(port: int | None, seed: int, speed: float, as_json: bool) -> None:
    start_django()
    from bartizan.demo import outcome

    begun = datetime.now(UTC)
    command = [sys.executable, "-m", "bartizan.cli", "demo", "--seed", str(seed), "--speed", str(speed)]
    if port:
        command += ["--port", str(port)]
    running = subprocess.Popen(command, stdout=sys.stderr, preexec_fn=die_with_parent)  # noqa: PLW1509  no threads run yet
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        for case in outcome.until_done(timeout=TIME_LIMIT, since=begun):
            click.echo(json.dumps(case) if as_json else f"{case['case']}: {case['headline']}")
    except TimeoutError as error:
        raise click.ClickException(str(error)) from error
    finally:
        running.terminate()
        running.wait(30)


@main.command("demo-seed", hidden=True)
@click.option("--seed", type=int, required=True)
@click.option("--force", is_flag=True)
@click.option("--beside", is_flag=True, help="Beside the sources and accounts of a console that was not set up yet.")
def demo_seed(seed: int, force: bool, beside: bool) -> None:
    """Make the demo; print the ports that its player needs."""
    start_django()
    from bartizan.demo import seeding

    try:
        made = seeding.seed(seed=seed, force=force, beside=beside)
    except seeding.NotEmptyError as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps({"mqtt_port": made.targets.mqtt_port}))


@main.command("demo-player", hidden=True)
@click.option("--speed", type=float, required=True)
def demo_player(speed: float) -> None:
    """Send ordinary life and the incidents to the receivers until stopped."""
    start_django()
    from bartizan.demo import marks, outcome, outlets, play

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    made = marks.read(data_folder())
    progress = Path(os.environ["BARTIZAN_DATA"]) / "run" / play.PROGRESS
    play.play(
        outlets.Targets(**made["targets"]),
        address(),
        seed=int(made["seed"]),
        today=date.fromisoformat(made["today"]),
        speed=speed,
        stop=stop,
        receiving=outcome.receiving,
        progress=progress,
        line=data_folder() / outlets.READER_LINE,
    )
