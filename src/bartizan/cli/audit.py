"""audit verify."""

from __future__ import annotations

import sys

import click

from bartizan.cli import main, open_records


@main.group()
def audit() -> None:
    """The record of who did what."""


@audit.command()
@click.option("--anchor", "noted", default="", help="NUMBER:DIGEST as noted earlier: it must still stand there.")
def verify(noted: str) -> None:
    """Walk the whole chain and say whether anything was edited, removed, added or moved.

    Exit code 1 when something was. A restored backup is verified by naming its folder with --data.
    """
    open_records(makes=False)
    from bartizan.core.audit import Anchor
    from bartizan.core.audit import verify as walk

    try:
        anchor = Anchor.of(noted) if noted else None
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--anchor") from error
    verdict = walk(anchor, _progress if sys.stderr.isatty() else lambda _: None)
    if verdict.is_whole:
        click.echo(f"{verdict.last.number} entries, whole. The last is {verdict.last}")
        if anchor:
            click.echo("The anchor stands where it stood.")
        return
    click.echo(verdict.trouble)
    click.echo(f"Whole up to entry {verdict.last.number}: {verdict.last}")
    raise SystemExit(1)


def _progress(number: int) -> None:
    click.echo(f"\r{number} entries", nl=False, err=True)
