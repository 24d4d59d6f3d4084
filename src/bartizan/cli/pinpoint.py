"""pinpoint: where, how, and who or nobody, from a folder of files."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click
import orjson

from bartizan.cli import main

if TYPE_CHECKING:
    from bartizan.cli.folder import Folder
    from bartizan.engines.context import Estate

PLACE = click.Path(path_type=Path)


class NoAnswer(click.ClickException):
    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"✕ {self.format_message()}", err=True)


@main.command()
@click.option("--case", "case", type=PLACE, help="The folder: effects, staff, zones, and logs with their mappings.")
@click.option("--json", "as_json", is_flag=True, help="The whole result as JSON.")
@click.option("--look-behind", "why", help="Show who P1, P2 … are. Needs a reason, which is written to looked.log.")
@click.option("--example", type=PLACE, help="Write a small complete case folder to begin with.")
def pinpoint(case: Path | None, as_json: bool, why: str | None, example: Path | None) -> None:
    """Say from a folder of logs and lists where a breach happened, how, and who or nobody. No server, no database."""
    from bartizan.cli.folder import FolderError, read_folder
    from bartizan.cli.folder.example import write_example

    if (case is None) == (example is None):
        raise NoAnswer("Name the folder: --case FOLDER, or --example FOLDER to have one written.")
    try:
        if example is not None:
            write_example(example)
            click.echo(f"Written. Now: bartizan pinpoint --case {example}")
        elif case is not None:
            _answer(read_folder(case), as_json=as_json, why=why)
    except FolderError as error:
        raise NoAnswer(str(error)) from error


def _answer(folder: Folder, *, as_json: bool, why: str | None) -> None:
    from bartizan.cli.folder.told import words
    from bartizan.engines.pinpoint.who import masked

    estate = folder.inquiry.estate
    told = _verdict(folder) if folder.inquiry.effects else _windows(folder)
    gate = told.get("gate", {})
    named = gate["person"] if gate.get("is_ready") else ""
    order = [person["person"] for person in told.get("people", ())]
    shown, behind = masked(told, estate, order=order, named=named)
    if named:
        shown["named"] = _who(named, estate)
    if why is not None:
        _record_look(folder.path, why, told["result_digest"])
        shown["behind"] = {alias: _who(code, estate) for alias, code in behind.items()}
    _warn(folder)
    if as_json:
        click.echo(orjson.dumps(shown, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2))
    else:
        click.echo("\n".join(words(shown, folder.settings.timezone)))


def _verdict(folder: Folder) -> dict[str, Any]:
    from bartizan.engines.pinpoint.who import pinpoint as weigh

    told: dict[str, Any] = orjson.loads(weigh(folder.inquiry).as_json())
    return told | _beside(folder)


def _windows(folder: Folder) -> dict[str, Any]:
    from bartizan.cli.folder.alerts import ordinary, raised
    from bartizan.engines.pinpoint.windows import windows

    events, estate = folder.events, folder.inquiry.estate
    alerts = raised(events, estate)
    given = alerts or ordinary(events, estate, ZoneInfo(folder.settings.timezone))
    found = orjson.loads(orjson.dumps(windows(given)))
    plain = orjson.dumps([found, sorted((a.time, a.kind, a.host) for a in given)])
    told = {"windows": found, "of_alerts": bool(alerts), "looked_at": len(given)}
    return told | {"result_digest": sha256(plain).hexdigest()} | _beside(folder)


def _beside(folder: Folder) -> dict[str, Any]:
    effects = orjson.loads(orjson.dumps(list(folder.inquiry.effects)))
    return {"title": folder.settings.title, "effects": effects, "notes": folder.notes.as_json()}


def _who(code: str, estate: Estate) -> Mapping[str, str]:
    person = estate.people.get(code)
    return {"code": code, "name": person.name if person else ""}


def _record_look(folder: Path, why: str, digest: str) -> None:
    """Written before anything is shown: a look that cannot be recorded does not happen."""
    from bartizan.cli.folder import LOOKED

    reason = " ".join(why.split())
    if not reason:
        raise NoAnswer("Looking behind the numbers needs a reason: --look-behind 'why'.")
    line = "\t".join((datetime.now(UTC).isoformat(timespec="seconds"), _login(), reason, digest))
    path = folder / LOOKED
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
    except OSError as error:
        raise NoAnswer(f"{path} cannot be written ({error.strerror}), so nobody is shown; make it writable.") from error
    click.echo(f"This look is recorded in {path}.", err=True)


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _warn(folder: Folder) -> None:
    """Rows that were left out are said on stderr too: whoever pipes the JSON on sees them."""
    if left := folder.notes.left_out:
        click.echo(f"✕ {left:,} {'row was' if left == 1 else 'rows were'} left out; see the notes.", err=True)
