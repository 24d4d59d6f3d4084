"""run, status, doctor, sign-in-link, and the children but those of panels and cameras."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import click

from bartizan import supervisor
from bartizan.cli import main, open_records, start_django


def data_folder() -> Path:
    return Path(os.environ["BARTIZAN_DATA"])


def prepare() -> None:
    """Records brought to this version's shape. In a process of its own: the parent stays small and serves nothing."""
    folder = data_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise click.ClickException(
            f"The data folder {folder} cannot be made ({error.strerror}); choose another with --data."
        ) from error
    done = subprocess.run([sys.executable, "-m", "bartizan.cli", "prepare"], check=False)
    if done.returncode:
        raise click.ClickException(
            "The records could not be brought up to date; the message above says why. Nothing was started."
        )


@main.command("prepare", hidden=True)
def prepare_records() -> None:
    """What ``prepare`` does in a process of its own."""
    open_records()


def address(port: int | None = None) -> str:
    """By name where it is this machine: browsers keep a passkey for a name, never for a bare address."""
    host = os.environ.get("BARTIZAN_ADDRESS", "127.0.0.1").replace("127.0.0.1", "localhost")
    return f"http://{host}:{port or os.environ.get('BARTIZAN_PORT', '8000')}"


@main.command()
@click.option("--port", type=int, help="The console's port (default 8000).")
@click.option("--address", "listen", help="The console's address (default 127.0.0.1).")
def run(port: int | None, listen: str | None) -> None:
    """Start everything and keep it running until stopped."""
    if (data_folder() / "demo.json").exists():
        from bartizan.cli.demo import go_on

        go_on(port, listen)
        return
    serve(port, listen)


def serve(
    port: int | None = None,
    listen: str | None = None,
    extra: list[supervisor.Child] | None = None,
    prepared: bool = False,
) -> None:
    """Prepare, say how to sign in, and be the parent of ``supervisor.CHILDREN``."""
    if port:
        os.environ["BARTIZAN_PORT"] = str(port)
    if listen:
        os.environ["BARTIZAN_ADDRESS"] = listen
    if supervisor.status(data_folder()) is not None:
        raise click.ClickException(f"Bartizan already runs on {data_folder()}; see `bartizan status`.")
    if not prepared:
        prepare()
    subprocess.run([sys.executable, "-m", "bartizan.cli", "greet"], check=False)
    supervisor.Supervisor(data_folder(), extra=extra or [], deeds=deeds()).run()


def deeds() -> dict[str, supervisor.Deed]:
    """What the console may ask the parent to do with the line at rest."""
    from bartizan.cli.demo import SEED, players

    cli = [sys.executable, "-m", "bartizan.cli"]
    return {
        "demo-load": supervisor.Deed([*cli, "demo-seed", "--seed", str(SEED), "--beside"], players),
        "demo-remove": supervisor.Deed([*cli, "demo", "--remove", "--at-rest"], list),
    }


@main.command("sign-in-link")
@click.option("--user", default="", help="The account's name (default: the first officer).")
def sign_in_link(user: str) -> None:
    """Print a link that signs an officer in once, within 24 hours."""
    open_records()
    from bartizan.core import actions
    from bartizan.core.models import User
    from bartizan.core.roles import Role

    officers = User.objects.filter(role=Role.OFFICER, is_active=True).order_by("pk")
    account = User.objects.filter(username=user).first() if user else officers.first()
    if user and account is None:
        raise click.ClickException(
            f"There is no account “{user}”. Accounts: {', '.join(User.objects.values_list('username', flat=True))}."
        )
    if account is not None and not account.is_active:
        raise click.ClickException(f"The account “{user}” is switched off: an officer switches it on under Settings.")
    account = account or actions.first_officer()
    click.echo(f"Sign in once with {address()}/welcome/{actions.make_link(account)}")


@main.command(hidden=True)
def greet() -> None:
    """What every start says. The first one makes the first officer and the sources that watch this machine."""
    start_django()
    from bartizan.core import actions
    from bartizan.core.models import User
    from bartizan.watch.actions import first_sources

    click.echo(f"The console opens on {address()}")
    officer = User.objects.order_by("pk").first()
    if officer is None:
        officer = actions.first_officer()
        first_sources()
    if not officer.has_usable_password():
        click.echo(f"Sign in once with {address()}/welcome/{actions.make_link(officer)}")


@main.command()
def status() -> None:
    """Say which processes run, since when, and how often they were restarted."""
    state = supervisor.status(data_folder())
    if state is None:
        click.echo(f"Bartizan does not run on {data_folder()}.")
        raise SystemExit(3)
    click.echo(f"Bartizan runs on {data_folder()}, parent {state['parent']}.")
    for name, child in state["children"].items():
        age = int(time.time() - child["since"])
        words = f"{child['state']}, process {child['pid'] or '-'}, for {age} s, restarts {child['restarts']}"
        click.echo(f"  {name:<8} {words} {child['last_exit']}".rstrip())


@main.command(hidden=True)
def web() -> None:
    """The console and the HTTP interface."""
    import uvicorn

    uvicorn.run(
        "bartizan.asgi:application",
        host=os.environ.get("BARTIZAN_ADDRESS", "127.0.0.1"),
        port=int(os.environ.get("BARTIZAN_PORT", "8000")),
        log_level="warning",
        lifespan="off",
        timeout_graceful_shutdown=2,
    )


@main.command(hidden=True)
def watch() -> None:
    """Connectors and intake."""
    start_django()
    from bartizan.watch import line

    line.receive()


@main.command(hidden=True)
def judge() -> None:
    """Rules, lake and alarms."""
    start_django()
    from bartizan.watch import line

    line.judge()


@main.command(hidden=True)
def worker() -> None:
    """Where cases lead; and by the clock: escalation, silence, compaction, retention."""
    start_django()
    from bartizan.cases import evidence_tasks as evidence
    from bartizan.cases import muster_tasks as musters
    from bartizan.cases import tasks as cases
    from bartizan.core.backup import tasks as backups
    from bartizan.doors import tasks as doors
    from bartizan.notices import tasks as notices
    from bartizan.watch import tasks

    os.nice(5)
    stop = threading.Event()
    beside = [
        threading.Thread(target=work, args=(stop,), name=name)
        for name, work in (
            ("cases", cases.work),
            ("doors", doors.work),
            ("evidence", evidence.work),
            ("musters", musters.work),
            ("notices", notices.work),
            ("backups", backups.work),
        )
    ]
    for each in beside:
        each.start()
    tasks.run(stop)
    for each in beside:
        each.join()


@main.command()
def doctor() -> None:
    """Say in plain words what is missing or misconfigured."""
    from bartizan import doctor as examine

    findings = examine.findings(data_folder())
    for finding in findings:
        click.echo(f"{'·' if finding.is_well else '✕'} {finding.words}")
    raise SystemExit(any(not f.is_well for f in findings))


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Django's own administration commands, for developers."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["bartizan manage", *arguments])
