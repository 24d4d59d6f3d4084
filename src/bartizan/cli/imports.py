"""import: files by a mapping."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import click

from bartizan.cli import main, open_records
from bartizan.cli.system import data_folder
from bartizan.connectors import imports
from bartizan.engines.observe import Observation

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@main.command("import")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--map", "mapping_file", type=FILE, help="The mapping; not needed for .evtx.")
@click.option("--source", default="", help="The source's name for files without a mapping (default: the file's name).")
@click.option("--check", is_flag=True, help="Show the first rows as they would be understood; change nothing.")
@click.option("--suggest", is_flag=True, help="Print a mapping to begin with, from the file's header and values.")
@click.option("--again", is_flag=True, help="Begin at the first row even where an earlier import stopped half way.")
@click.option("--partial", is_flag=True, help="Of lists for the estate, keep the rows that are right.")
def import_(
    files: tuple[Path, ...],
    mapping_file: Path | None,
    source: str,
    check: bool,
    suggest: bool,
    again: bool,
    partial: bool,
) -> None:
    """Bring in CSV, JSONL, XLSX and Windows EVTX FILES. What came before is stored once; a stopped import goes on."""
    try:
        for file in files:
            if suggest:
                click.echo(imports.suggest_mapping(file, source))
                continue
            mapping = (
                imports.load_mapping(mapping_file) if mapping_file else imports.built_in(file, source or file.stem)
            )
            if check:
                _show(mapping, file)
            else:
                _bring_in(mapping, file, again=again, partial=partial)
    except (imports.MappingError, imports.FileError) as error:
        raise click.ClickException(str(error)) from error
    if not (check or suggest):
        _judge_now()


def _show(mapping: imports.Mapping, file: Path) -> None:
    for preview in imports.check_file(mapping, file):
        click.echo(f"row {preview.row}: {preview.cells}")
        click.echo(f"   {_words(preview.result)}")


def _words(result: imports.RowResult | None) -> str:
    if result is None:
        return "left out"
    if isinstance(result, imports.Problem):
        return f"✕ {result.words()}"
    if isinstance(result, imports.EstateRow):
        return f"→ {result.target}: {dict(result.fields)}"
    parts = (result.kind, result.actor, result.place, result.device, result.asset, result.outcome)
    return f"→ {result.at.isoformat()} " + " ".join(part for part in parts if part)


def _bring_in(mapping: imports.Mapping, file: Path, *, again: bool, partial: bool) -> None:
    open_records()
    from bartizan.core.loading import load_numbered

    place = _Place(mapping, file)
    begin = 0 if again else place.row()
    if begin:
        click.echo(f"{file.name}: going on after row {begin}, where the last import stopped (--again begins anew).")
    report, rows = imports.Report(), list[imports.EstateRow]()
    for batch in _stored(mapping, file, begin, report, place):
        rows += batch.estate
    if rows:
        files = {mapping.target: [(row.row, row.fields) for row in rows]}
        loaded = load_numbered(files, None, partial=partial, told={"file": file.name})
        click.echo(f"{loaded.created} made, {loaded.changed} changed, {loaded.unchanged} unchanged in the registers.")
        for problem in loaded.problems[:20]:
            click.echo(f"✕ {problem}", err=True)
        if loaded.problems and not partial:
            raise click.ClickException(
                "Nothing was loaded into the registers: mend these rows, or load the others with --partial."
            )
    place.done()
    for line in report.words():
        click.echo(line)


def _stored(
    mapping: imports.Mapping, file: Path, begin: int, report: imports.Report, place: _Place
) -> Iterator[imports.Batch]:
    """Each batch once its observations are on disk, with a bar that shows how far."""
    from bartizan.watch.intake import Intake
    from bartizan.watch.journal import JournalError, Writer

    try:
        writer = Writer(data_folder() / "journal", "import")
    except JournalError as error:
        raise click.ClickException(f"{error} Another import may be running.") from error
    intake = Intake(writer)
    try:
        with click.progressbar(length=max(file.stat().st_size, 1), label=file.name) as bar:
            told = 0
            for batch in imports.read_file(mapping, file, resume_from=begin, report=report):
                found: list[Observation] = list(batch.observations)
                if found:
                    intake.accept(found, is_live=False)
                place.keep(batch.row)
                bar.update(batch.done - told)
                told = batch.done
                yield batch
    finally:
        writer.close()


class _Place:
    """How far an import of this file by this mapping came."""

    def __init__(self, mapping: imports.Mapping, file: Path) -> None:
        self.target = mapping.target
        stat = file.stat()
        what = f"{file.resolve()}|{stat.st_size}|{stat.st_mtime_ns}|{mapping.model_dump_json()}"
        name = hashlib.sha256(what.encode()).hexdigest()[:32]
        self.path = data_folder() / "cache" / f"import-{name}.json"

    def row(self) -> int:
        """Lists for the estate are read whole: their rows are loaded together or not at all."""
        is_begun = self.target == "observations" and self.path.exists()
        return int(json.loads(self.path.read_text())["row"]) if is_begun else 0

    def keep(self, row: int) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps({"row": row}))

    def done(self) -> None:
        self.path.unlink(missing_ok=True)


def _judge_now() -> None:
    """Judge what came in, unless a running ``watch`` does."""
    from bartizan.watch import line

    try:
        judged = line.judge_what_is_there(data_folder())
    except line.AlreadyJudging:
        click.echo("Bartizan runs: it judges what came in now.")
        return
    click.echo(f"{judged.events} new events stored, {judged.alarms} alarms raised.")
