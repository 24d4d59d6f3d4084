"""rules add, list, test, update."""

from __future__ import annotations

from pathlib import Path

import click

from bartizan.cli import main, open_records


@main.group()
def rules() -> None:
    """The rules that judge events: files in folders."""


@rules.command("list")
@click.option("--problems", is_flag=True, help="Only the files that could not be read.")
def list_(problems: bool) -> None:
    """Every rule with its pack, level and title, and the files that could not be read."""
    open_records()
    from bartizan.watch import rulebook

    book = rulebook.load()
    if not problems:
        for rule in book.rules:
            click.echo(f"{book.pack_of(rule):<16} {rule.level:<13} {rule.title}")
        click.echo(f"{len(book.rules)} rules.")
    for problem in book.problems:
        click.echo(f"✕ {problem}", err=True)


@rules.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--name", help="The pack's name (default: the folder's).")
def add(folder: Path, name: str | None) -> None:
    """Copy a folder of Sigma rules into the rule book as a pack."""
    open_records()
    from bartizan.watch import rulebook

    added = rulebook.add(folder, name or folder.resolve().name)
    click.echo(f"{added.count} rules added as pack “{added.pack}”; they are in force within a few seconds.")
    for problem in added.problems:
        click.echo(f"✕ {problem}", err=True)


@rules.command()
@click.argument("folder", required=False, type=click.Path(exists=True, path_type=Path))
def test(folder: Path | None) -> None:
    """Run the examples that rules carry; without FOLDER, those of all packs."""
    open_records()
    from bartizan.watch import rulebook

    result = rulebook.examine(folder)
    for line in result.failures:
        click.echo(f"✕ {line}")
    counts = f"{result.examples} examples of {result.rules} rules, {len(result.failures)} failed"
    click.echo(f"{counts}; {result.without} rules carry none.")
    raise SystemExit(bool(result.failures))


@rules.command()
@click.argument("release")
@click.option("--sha256", help="The digest that the release page names; needed the first time.")
@click.option("--url", help="Where the archive is (default: SigmaHQ's release page on GitHub).")
def update(release: str, sha256: str | None, url: str | None) -> None:
    """Fetch SigmaHQ's rules of RELEASE (such as r2026-10-01), checked against a pinned digest."""
    open_records()
    from bartizan.watch import rulebook

    try:
        added = rulebook.update(release, sha256, url)
    except rulebook.NotTrusted as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{added.count} rules of SigmaHQ {release} in force.")
    for problem in added.problems[:20]:
        click.echo(f"✕ {problem}", err=True)
