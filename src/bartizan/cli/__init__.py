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


def open_records() -> None:
    """A command that a person types calls this first: the records are there, and of this version's shape."""
    from django.core.management import call_command

    Path(os.environ["BARTIZAN_DATA"]).mkdir(parents=True, exist_ok=True, mode=0o700)
    start_django()
    call_command("migrate", verbosity=0)


for _part in ("system", "imports", "rules", "demo"):  # each adds its commands to ``main``
    import_module(f"bartizan.cli.{_part}")
