"""backup, backup verify, backup key, restore."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bartizan.cli import main, open_records, start_django
from bartizan.cli.system import data_folder

FILE = click.Path(dir_okay=False, path_type=Path)
_phrase = click.option("--passphrase-file", type=FILE, help="A file with the passphrase; it is asked for otherwise.")


class _Backup(click.Group):
    """``backup FILE`` takes one; ``backup verify FILE`` and ``backup key`` are commands of their own."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        is_help = any(arg in ctx.help_option_names for arg in args[:1])
        if not is_help and not (args and args[0] in self.commands):
            args = ["take", *args]
        return super().parse_args(ctx, args)


@main.group(cls=_Backup)
def backup() -> None:
    """Keep everything in one encrypted FILE, while Bartizan runs: records, events, files and keys.

    With a FILE a passphrase opens it; without one it goes into the scheduled folder, and the recovery key opens it.
    """


@backup.command(hidden=True)
@click.argument("file", required=False, type=FILE)
@_phrase
def take(file: Path | None, passphrase_file: Path | None) -> None:
    """Take one now."""
    open_records(makes=False)
    from bartizan.core.actions import record
    from bartizan.core.backup import BackupError, lock
    from bartizan.core.backup import take as take_one
    from bartizan.core.backup.schedule import next_file, recovery_key

    try:
        if file is None:
            target, locked = next_file(), lock.locked_for(recovery_key())
        else:
            target, locked = file.absolute(), lock.locked_by_passphrase(_passphrase(passphrase_file, confirm=True))
        taken = take_one(data_folder(), target, locked, _bar())
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    record(None, "took a backup", "backup:command", file=str(target), size=taken.size, sha256=taken.digest)
    click.echo(f"{taken.path}: {taken.size / 1e6:.1f} MB, {taken.words}")


@backup.command()
@click.argument("file", type=FILE)
@_phrase
@click.option("--key-file", type=FILE, help="A file with the recovery key; it is asked for otherwise.")
def verify(file: Path, passphrase_file: Path | None, key_file: Path | None) -> None:
    """Read a backup to its end and prove every byte of it. Writes nothing."""
    from bartizan.core.backup import BackupError
    from bartizan.core.backup import verify as prove

    try:
        manifest = prove(file, _opener(file, passphrase_file, key_file))
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    words = f"{manifest['events']} events and {len(manifest['files'])} files"
    click.echo(f"{file} of {manifest['made_at'][:16].replace('T', ' ')} UTC is whole: {words}.")


@backup.command()
def key() -> None:
    """Make the recovery key that opens scheduled backups, and print it once. Older backups keep the key they have."""
    open_records(makes=False)
    from bartizan.core.backup.actions import new_recovery_key

    made = new_recovery_key(None)
    click.echo(
        "The recovery key opens every scheduled backup. It is shown this once and kept nowhere on this machine:\n"
    )
    click.echo(f"  {made}\n")
    click.echo("Write it down, put it where only the office can reach it, and not on this machine.")


@main.command()
@click.argument("file", type=FILE)
@click.option("--into", "folder", required=True, type=click.Path(file_okay=False, path_type=Path), help="Empty or new.")
@_phrase
@click.option("--key-file", type=FILE, help="A file with the recovery key; it is asked for otherwise.")
@click.option("--accept-audit", is_flag=True, help="Also where the audit's chain was broken when it was taken.")
def restore(file: Path, folder: Path, passphrase_file: Path | None, key_file: Path | None, accept_audit: bool) -> None:
    """Bring a backup FILE back into an empty folder, and examine all of it before saying so."""
    from bartizan.core.backup import BackupError
    from bartizan.core.backup import restore as bring_back

    try:
        opener = _opener(file, passphrase_file, key_file)
        found = bring_back(file, opener, folder.expanduser().absolute(), accepts_audit=accept_audit)
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    _say(folder, found)


def _say(folder: Path, found: dict[str, Any]) -> None:
    click.echo(f"Restored into {folder}: {found['events']} events, {found['files']} files of records.")
    if found["audit_trouble"]:
        click.echo(f"The audit's chain is broken. {found['audit_trouble']}")
    else:
        click.echo(f"The audit is whole; its last entry is {found['audit']}")
    for name, words in (("missing_files", "missing"), ("damaged_files", "damaged")):
        if found[name]:
            files = f"{found[name]} file{'s' * (found[name] != 1)}"
            click.echo(f"The content of {files} was {words} already when the backup was taken.")
    click.echo(f"Start it with: bartizan --data {folder} run")


@main.command("examine-restored", hidden=True)
@click.option("--accept-audit", is_flag=True)
def examine_restored(accept_audit: bool) -> None:
    """What ``restore`` starts in the folder that it has filled."""
    start_django()
    from bartizan.core.backup import BackupError
    from bartizan.core.backup.examine import examine

    try:
        click.echo(json.dumps(examine(data_folder(), accepts_audit=accept_audit)))
    except BackupError as error:
        raise click.ClickException(str(error)) from error


def _opener(file: Path, passphrase_file: Path | None, key_file: Path | None) -> Callable[[bytes], bytes]:
    from bartizan.core.backup import RecoveryKey, by_passphrase, by_recovery_key
    from bartizan.core.backup.lock import needs_key

    if key_file is not None or (passphrase_file is None and needs_key(file)):
        text = _read(key_file, "recovery key") if key_file else click.prompt("Recovery key", hide_input=True)
        return by_recovery_key(RecoveryKey.read(text))
    return by_passphrase(_passphrase(passphrase_file))


def _passphrase(file: Path | None, *, confirm: bool = False) -> str:
    if file is None:
        return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm))
    return _read(file, "passphrase").strip("\r\n")


def _read(file: Path, what: str) -> str:
    try:
        return file.read_text()
    except OSError as error:
        raise click.ClickException(f"The {what} cannot be read from {file}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is no text file; name the file with the {what}.") from error


def _bar() -> Callable[[int, int], None]:
    """How far, on a terminal."""
    if not sys.stderr.isatty():
        return lambda _done, _total: None
    width = shutil.get_terminal_size().columns - 8

    def show(done: int, total: int) -> None:
        share = done / total if total else 1.0
        click.echo(f"\r{'█' * int(share * width):<{width}} {share:4.0%}", nl=share >= 1, err=True)

    return show
