"""search rebuild."""

from __future__ import annotations

import click

from bartizan.cli import main, open_records


@main.group()
def search() -> None:
    """The index of the search."""


@search.command()
def rebuild() -> None:
    """Make the index anew from the records, such as after `bartizan doctor` says that it has too few."""
    open_records()
    from bartizan.core import search as index

    try:
        made = index.rebuild()
    except index.Unavailable as reason:
        raise click.ClickException(str(reason)) from reason
    for name, count in made.items():
        click.echo(f"  {count:>8,}  {name}")
    click.echo(f"The search finds {sum(made.values()):,} records.")
