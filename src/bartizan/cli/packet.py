"""packet verify."""

from __future__ import annotations

import os
from pathlib import Path

import click

from bartizan.cli import main, open_records


@main.group()
def packet() -> None:
    """Packets that leave the house."""


@packet.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--trusted",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A PEM file with the time-stamp authority's root certificate, to prove the time stamp too.",
)
def verify(file: Path, trusted: Path | None) -> None:
    """Examine a packet: every file in it against its manifest, its time stamp, and this office's record of it.

    Exit code 1 when anything is not as it was packed. It needs no records; where the data folder knows the packet, its
    manifest is compared with the one on record.
    """
    from bartizan.core import postgres

    has_records = postgres.are_there(Path(os.environ["BARTIZAN_DATA"]))
    if has_records:
        open_records(makes=False)
    from bartizan.cases.packet_check import PacketError, check

    try:
        found = check(file, trusted.read_text(encoding="ascii") if trusted else "", knows=has_records)
    except (PacketError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file.name}: {error}") from error
    for wrong in found.wrong:
        click.echo(f"✕ {wrong.file}: {wrong.words}.")
    click.echo(f"· Case {found.case}, packet {found.number}: {found.files} files, manifest SHA-256 {found.digest}")
    for words in found.told:
        click.echo(f"· {words}")
    if found.wrong:
        raise SystemExit(1)
    click.echo("· Everything is as it was packed.")
