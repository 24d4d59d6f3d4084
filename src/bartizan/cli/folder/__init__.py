"""A case folder: logs, lists and effects in plain files, read into an inquiry without a server or a database.

docs/pinpoint-folder.md explains it to somebody who has never seen the code.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from bartizan.cli.folder.case import (
    Settings,
    read_clocks,
    read_effects,
    read_gaps,
    read_settings,
    read_statements,
)
from bartizan.cli.folder.estate import read_estate
from bartizan.cli.folder.lists import Row, rows_by_heading, rows_by_mapping
from bartizan.cli.folder.logs import DAMAGED, LOOKED, Given, given, read_logs
from bartizan.cli.folder.notes import FolderError, LeftOut, Notes
from bartizan.cli.folder.references import References
from bartizan.connectors import imports
from bartizan.engines.context import Estate
from bartizan.engines.pinpoint.inquiry import Effect, Inquiry

_MONTH: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Folder:
    """What a case folder holds. ``inquiry`` has no effects when effects.csv has no row."""

    path: Path
    settings: Settings
    inquiry: Inquiry
    events: Sequence[dict[str, Any]]
    notes: Notes


def read_folder(path: Path) -> Folder:
    """Everything in the folder at ``path``; :class:`FolderError` says why nothing can be made of it."""
    try:
        return _read(path)
    except (imports.MappingError, imports.FileError) as error:
        raise FolderError(str(error)) from error
    except OSError as error:
        raise FolderError(f"{error.filename or path} cannot be read: {error.strerror}.") from error


def _read(path: Path) -> Folder:
    if not path.is_dir():
        raise FolderError(f"{path} is not a folder; name the folder that holds effects.csv.")
    notes, settings = Notes(), read_settings(path)
    files = given(path, settings, notes)
    lists = _lists(files, settings, notes)
    if "effects" not in lists:
        raise FolderError(
            f"{path} holds no effects.csv: what is known to have happened, one row each (kind, from, to, place …). "
            "With the headings alone, the times that stand out are shown."
        )
    estate = read_estate(lists, settings.timezone, notes)
    references = References(estate)
    _must_have(lists, estate, notes)
    effects = read_effects(lists["effects"], references, estate, notes)
    wrong = [row.words() for row in notes.rows if row.file.startswith("effects")]
    if wrong and not effects:
        raise FolderError("\n".join(["No effect is left that could be looked into:", *wrong]))
    _somebody_was_there(effects, estate)
    events = list(read_logs([file for file in files if _is_log(file)], estate, references, notes))
    if not events:
        raise FolderError("\n".join(["No event could be read from a log in this folder.", *notes.words()]))
    error = timedelta(seconds=settings.clock_error)
    inquiry = Inquiry(
        effects=effects,
        events=events,
        estate=estate,
        gaps=read_gaps(lists.get("gaps", ()), references, notes),
        clocks=read_clocks(lists.get("clocks", ()), error, notes),
        clock_error=error,
        statements=read_statements(lists.get("statements", ()), references, estate, notes),
    )
    _compare(inquiry, events, notes)
    for could in references.unclear.values():
        notes.others.append(f"A name may mean {' or '.join(could)}; say which, such as by “prefix” in the mapping.")
    return Folder(path, settings, inquiry, events, notes)


def _is_log(file: Given) -> bool:
    return file.mapping is not None and file.mapping.target == "observations"


def _lists(files: Sequence[Given], settings: Settings, notes: Notes) -> dict[str, list[Row]]:
    """The rows of each list that the folder has; a list that is there without rows is empty."""
    lists: dict[str, list[Row]] = defaultdict(list)
    for file in files:
        if _is_log(file):
            continue
        try:
            if file.mapping is None:
                lists[file.name].extend(rows_by_heading(file.name, file.path, settings.dates, notes))
            else:
                for name, row in rows_by_mapping(file.mapping, file.path, notes):
                    lists[name].append(row)
        except DAMAGED as error:
            raise FolderError(f"{file.label} is damaged or cut off ({error}); fetch it again.") from error
    return dict(lists)


def _must_have(lists: dict[str, list[Row]], estate: Estate, notes: Notes) -> None:
    """An answer needs effects, people and zones. Without any effect at all nothing but logs is needed."""
    if not lists["effects"]:
        return
    for name, found, what in (
        ("staff", estate.people, "a row for everybody of the house (code, name, badges, accounts, desk)"),
        ("zones", estate.zones, "a row for every zone (code, name, outside)"),
    ):
        if name not in lists:
            raise FolderError(f"{name}.csv is missing: it holds {what}.")
        if not found:
            raise FolderError("\n".join([f"{name}.csv holds no row that could be used: {what}.", *notes.words()]))


def _somebody_was_there(effects: Sequence[Effect], estate: Estate) -> None:
    """The engine asks of those who were of the house, or had left less than a month before."""
    first = min((effect.since.date() for effect in effects), default=date.min + _MONTH) - _MONTH
    if effects and all(person.left_on and person.left_on < first for person in estate.people.values()):
        raise FolderError(
            f"By the staff list everybody had left before {first:%d %B %Y}, a month before the first effect. Add who "
            "was there then, or correct left_on or the effect's time."
        )


def _compare(inquiry: Inquiry, events: Sequence[dict[str, Any]], notes: Notes) -> None:
    """What the lists say of logs, against the logs that are there."""
    sources = {str(event["source"]) for event in events}
    notes.without_clock = sorted(sources - set(inquiry.clocks))
    notes.others += _nowhere("clocks", set(inquiry.clocks) - sources)
    references = {str(event.get("device", "")) for event in events}
    down = {gap.source for gap in inquiry.gaps}
    notes.others += _nowhere("gaps", down - sources - references - set(inquiry.estate.devices))
    named = {event for effect in inquiry.effects for event in effect.events}
    known = {str(event["id"]) for event in events} if named else set()
    for one in sorted(named - known):
        notes.others.append(f"effects: there is no event {one}; write FILE:ROW, such as badge.csv:17.")
    if inquiry.estate.zones and not any(zone.is_outside for zone in inquiry.estate.zones.values()):
        notes.others.append("No zone is said to be outside: nobody can be seen to have left the building.")


def _nowhere(name: str, unknown: set[str]) -> Iterator[str]:
    return (f"{name}: no log here has the source “{one}”." for one in sorted(unknown))


__all__ = ["LOOKED", "Folder", "FolderError", "LeftOut", "Notes", "read_folder"]
