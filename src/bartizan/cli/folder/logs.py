"""The logs of a case folder as events: each by the mapping beside it, or by none where importing needs none."""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import yaml

from bartizan.cli.folder.case import SETTINGS, Settings
from bartizan.cli.folder.lists import STEMS
from bartizan.cli.folder.notes import FolderError, LeftOut, Notes
from bartizan.cli.folder.references import References
from bartizan.connectors import imports
from bartizan.connectors.imports.files import format_of, open_source
from bartizan.connectors.imports.mapping import FileForm
from bartizan.connectors.imports.rows import RowReader
from bartizan.engines.context import Estate
from bartizan.engines.context.aliases import Aliases
from bartizan.engines.context.people import People
from bartizan.engines.context.places import Places
from bartizan.engines.observe import Observation, microseconds

LOOKED: Final = "looked.log"
_MAPPINGS: Final = (".yaml", ".yml")
_PACKED: Final = (".gz", ".xz", ".bz2")
_NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""Stands for "when it was received", which a file does not know: a row that comes back with it names no time."""
_BY_PEOPLE: Final = ("badge:", "card:", "person:", "user:")
DAMAGED: Final = (OSError, EOFError, lzma.LZMAError, zlib.error)


@dataclass(frozen=True, slots=True)
class Given:
    """A file of the folder: ``label`` is what notes and event ids call it. ``name``: of a list without a mapping."""

    label: str
    path: Path
    mapping: imports.Mapping | None
    name: str = ""


def given(folder: Path, settings: Settings, notes: Notes) -> list[Given]:
    """Every file that can be read, in the order of their names. A mapping that is wrong is refused as a whole."""
    paths = sorted(path for part in (folder, folder / "logs") if part.is_dir() for path in part.iterdir())
    stems = {(path.parent, _stem(path)) for path in paths if path.suffix.lower() not in _MAPPINGS}
    found = []
    for path in paths:
        label = path.relative_to(folder).as_posix()
        if path.is_dir() or path.name in (SETTINGS, LOOKED) or path.name.startswith((".", "~$", "README")):
            continue
        if path.suffix.lower() in _MAPPINGS:
            if (path.parent, _stem(path)) not in stems:
                notes.not_read(label, f"it is a mapping, but no file {_stem(path)}.csv or the like lies beside it")
            continue
        one = _given(label, path, settings, is_list=path.parent == folder, notes=notes)
        found += [one] if one else []
    return found


def _given(label: str, path: Path, settings: Settings, *, is_list: bool, notes: Notes) -> Given | None:
    beside = next((b for end in _MAPPINGS if (b := path.with_name(_stem(path) + end)).is_file()), None)
    if beside is not None:
        try:
            return Given(label, path, _zoned(imports.load_mapping(beside), settings))
        except yaml.reader.ReaderError as error:
            raise FolderError(f"{beside.name} is no text that YAML can hold: {error.reason}; save it anew.") from error
    if is_list and (name := STEMS.get(_stem(path).casefold())):
        return Given(label, path, None, name)
    try:
        form = format_of(path, FileForm())
    except imports.FileError:
        notes.not_read(label, "its name does not tell what it is (.csv, .xlsx, .jsonl, .evtx …)")
        return None
    if form in ("jsonl", "evtx"):
        return Given(label, path, imports.built_in(path, _stem(path)))
    notes.not_read(
        label, f"no mapping {_stem(path)}.yaml lies beside it; begin with: bartizan import --suggest {path.name}"
    )
    return None


def _stem(path: Path) -> str:
    name = path.name
    for end in _PACKED:
        name = name[: -len(end)] if name.lower().endswith(end) else name
    return name.rpartition(".")[0] or name


def _zoned(mapping: imports.Mapping, settings: Settings) -> imports.Mapping:
    """What the mapping does not say of its times is as in the case: the zone, and whether the day comes first."""
    usual = {"zone": settings.timezone, "day_first": settings.day_first}
    changed: dict[str, Any] = {}
    for name in ("time", "dates"):
        form = getattr(mapping, name)
        if form is not None:
            unsaid = {key: value for key, value in usual.items() if key not in form.model_fields_set}
            changed[name] = form.model_copy(update=unsaid)
    return mapping.model_copy(update=changed)


def read_logs(files: Sequence[Given], estate: Estate, references: References, notes: Notes) -> Iterator[dict[str, Any]]:
    """Each record once, as the engine takes it. Its id is file and row: ``badge.csv:17``."""
    knows, seen = _Known(estate), set[tuple[str, str]]()
    for file in files:
        assert file.mapping is not None  # lists without a mapping are no logs
        try:
            with open_source(file.path, file.mapping.file) as source:
                reader = RowReader(file.mapping, source, _NEVER)
                for number, cells in source.rows:
                    notes.read(file.label)
                    event = _event(file.label, number, reader.read(number, cells), references, notes, seen)
                    if event is not None:
                        knows.look(event, notes)
                        yield event
                notes.missed(file.label, reader.missed)
        except DAMAGED as error:
            raise FolderError(f"{file.label} is damaged or cut off ({error}); fetch it again.") from error


def _event(
    label: str,
    number: int,
    result: imports.RowResult | None,
    references: References,
    notes: Notes,
    seen: set[tuple[str, str]],
) -> dict[str, Any] | None:
    if result is None:
        notes.skipped(label)
    elif isinstance(result, imports.Problem):
        notes.leave_out(LeftOut(label, number, result.column, result.value, result.what, result.todo))
    elif isinstance(result, Observation):
        if result.at == _NEVER:
            notes.leave_out(LeftOut(label, number, "", "", "it names no time", "add “at” to the object"))
        elif (result.source, result.key) in seen:
            notes.repeat(label)
        else:
            seen.add((result.source, result.key))
            notes.use(label)
            return _as_event(f"{label}:{number}", result, references)
    return None


def _as_event(identity: str, seen: Observation, references: References) -> dict[str, Any]:
    event = {
        "id": identity,
        "time": microseconds(seen.at),
        "source": seen.source,
        "kind": seen.kind or "unknown",
        "actor": references.actor(seen.actor),
        "place": references.place(seen.place),
        "device": references.device(seen.device),
        "asset": references.asset(seen.asset),
        "outcome": seen.outcome,
        "data": dict(seen.data),
    }
    return {name: value for name, value in event.items() if value not in ("", {})}


class _Known:
    """Counts what events name and no list knows."""

    def __init__(self, estate: Estate) -> None:
        names = Aliases(estate)
        self._people, self._places = People(estate, names), Places(estate, names)
        self._actors: dict[str, bool] = {}

    def look(self, event: dict[str, Any], notes: Notes) -> None:
        notes.events += 1
        notes.not_understood += event["kind"] == "unknown"
        actor, place, device = event.get("actor", ""), event.get("place", ""), event.get("device", "")
        if actor and not self._is_known(actor, event["time"]):
            notes.unknown_actor(actor, event["id"])
        placed = self._places.of(place, device)
        if not (place or device):
            notes.placeless += 1
        elif placed.zone is None:
            notes.unknown_place(place or device, event["id"])

    def _is_known(self, actor: str, us: int) -> bool:
        """An address or a program is no person that anybody could list."""
        if actor not in self._actors:
            is_person = actor.startswith(_BY_PEOPLE) or ":" not in actor
            self._actors[actor] = not is_person or self._people.behind(actor, us).person is not None
        return self._actors[actor]
