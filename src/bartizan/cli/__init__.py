"""The command line. ``bartizan --help`` lists everything; docs/commands.md says more."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path

import click

import bartizan


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(bartizan.__version__)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="BARTIZAN_DATA",
    default="~/.local/share/bartizan",
    show_default=True,
    help="The one folder that holds everything.",
)
def main(data: Path) -> None:
    """Bartizan: the office of a Chief Security Officer."""
    os.environ["BARTIZAN_DATA"] = str(data.expanduser().absolute())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bartizan.settings")


def start_django() -> None:
    """A child of the parent that brought the records up to date calls this first; ``--help`` stays quick without it."""
    import django

    django.setup()
    from bartizan.core import access, postgres

    access.acts_as(_process())
    postgres.keep_connections()


def _process() -> str:
    """What the audit calls this process: a child's own name, else where a person typed."""
    context = click.get_current_context(silent=True)
    name = (context.info_name or "") if context else ""
    return name if name in ("watch", "judge", "worker", "panels", "cameras", "demo") else "command line"


def open_records(*, makes: bool = True) -> None:
    """A command that a person types calls this first: the records are there, and of this version's shape. One that only
    reads or keeps them ``makes`` none: a data folder that was mistyped is not begun and then called whole."""
    from django.core.management import call_command
    from django.db import OperationalError

    from bartizan.core import postgres

    folder = Path(os.environ["BARTIZAN_DATA"])
    try:
        postgres.belong_together(folder)
        if not makes and not postgres.are_there(folder):
            raise click.ClickException(f"There are no records in {folder}; name the data folder with --data.")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        start_django()
        call_command("migrate", verbosity=0)
        postgres.note(folder)
    except postgres.WrongRecords as error:
        raise click.ClickException(str(error)) from error
    except OperationalError as error:
        raise click.ClickException(postgres.unanswered(error)) from error


PARTS = (
    "audit",
    "system",
    "panels",
    "cameras",
    "imports",
    "rules",
    "demo",
    "search",
    "keeping",
    "evidence",
    "packet",
    "pinpoint",
)
for _part in PARTS:  # each adds its commands to ``main``
    import_module(f"bartizan.cli.{_part}")
