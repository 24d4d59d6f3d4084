"""What is known of the breach: effects, gaps, clocks, statements, and the case's own settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Final

import yaml
from pydantic import ConfigDict, Field, ValidationError, field_validator

from bartizan.cli.folder.lists import Row
from bartizan.cli.folder.notes import FolderError, Notes
from bartizan.cli.folder.references import References
from bartizan.connectors.imports.mapping import DateForm, Strict
from bartizan.engines.context import Estate
from bartizan.engines.observe import split_reference
from bartizan.engines.pinpoint.inquiry import EFFECTS, Clock, Effect, Gap, Statement

SETTINGS: Final = "case.yaml"


class Settings(Strict):
    """case.yaml."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    title: str = ""
    timezone: str = "UTC"
    """Of times that name no zone, in the lists and in logs whose mapping names none."""
    day_first: bool | None = None
    clock_error: float = Field(default=10.0, ge=0, le=86_400)
    """Seconds that the clock of a source may be wrong of which clocks.csv says nothing."""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        return DateForm(zone=name).zone

    @property
    def dates(self) -> DateForm:
        return DateForm(zone=self.timezone, day_first=self.day_first)


def read_settings(folder: Path) -> Settings:
    path = folder / SETTINGS
    if not path.exists():
        return Settings()
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
        return Settings.model_validate(given or {})
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise FolderError(f"{SETTINGS} cannot be read: {error}") from error
    except ValidationError as error:
        said = "; ".join(f"{'.'.join(map(str, e['loc'])) or SETTINGS}: {e['msg']}" for e in error.errors())
        raise FolderError(f"{SETTINGS}: {said}. It may hold: {', '.join(Settings.model_fields)}.") from error


def read_effects(rows: Sequence[Row], references: References, estate: Estate, notes: Notes) -> list[Effect]:
    return [effect for row in rows if (effect := _effect(row, references, estate, notes)) is not None]


def _effect(row: Row, references: References, estate: Estate, notes: Notes) -> Effect | None:
    kind, place = _kind(row.text("kind")), references.place(row.text("place"))
    since, until = _moments(row)
    if kind not in EFFECTS:
        near = get_close_matches(kind, EFFECTS, 1)
        todo = f"did you mean “{near[0]}”? " if near else ""
        notes.leave_out(row.left_out("kind", "is no kind of effect", f"{todo}write one of {', '.join(EFFECTS)}"))
        return None
    if until < since:
        notes.leave_out(row.left_out("until", "the effect ends before it begins", "exchange “from” and “to”"))
        return None
    if place and not _is_place(place, estate):
        could = references.unclear.get(row.text("place"))
        what = f"may be {' or '.join(could)}" if could else "is not in the list of zones, doors or sites"
        notes.leave_out(row.left_out("place", what, "write which" if could else "add it, or correct it"))
        return None
    notes.use(row.file)
    effect = Effect(
        kind=kind,
        since=since,
        until=until,
        place=place,
        device=references.device(row.text("device")),
        asset=references.asset(row.text("asset")),
        words=row.text("words"),
        events=tuple(row.fields.get("events", ())),
    )
    if not (effect.place or effect.device or effect.asset or effect.events):
        notes.others.append(f"{row.file} row {row.number}: it says neither where nor of what; only its time counts.")
    return effect


def _kind(written: str) -> str:
    """A kind, or its words: “An object is missing”."""
    text = written.strip().casefold()
    return next((kind for kind, words in EFFECTS.items() if text == words.casefold()), text)


def _is_place(reference: str, estate: Estate) -> bool:
    kind, name = split_reference(reference)
    known = {"zone": estate.zones, "portal": estate.portals, "site": estate.sites}.get(kind)
    return known is not None and name in known


def _moments(row: Row) -> tuple[datetime, datetime]:
    since = datetime.fromisoformat(row.text("since"))
    return since, datetime.fromisoformat(row.text("until")) if "until" in row.fields else since


def _periods(rows: Sequence[Row], notes: Notes) -> Iterator[tuple[Row, datetime, datetime]]:
    for row in rows:
        since, until = _moments(row)
        if until < since:
            notes.leave_out(row.left_out("until", "it ends before it begins", "exchange “from” and “to”"))
            continue
        notes.use(row.file)
        yield row, since, until


def read_gaps(rows: Sequence[Row], references: References, notes: Notes) -> list[Gap]:
    return [Gap(references.device(row.text("source")), since, until) for row, since, until in _periods(rows, notes)]


def read_clocks(rows: Sequence[Row], error: timedelta, notes: Notes) -> dict[str, Sequence[Clock]]:
    clocks: dict[str, Sequence[Clock]] = {}
    for row in rows:
        notes.use(row.file)
        ahead, wrong = row.fields.get("ahead_seconds", 0), row.fields.get("error_seconds")
        allowed = timedelta(seconds=abs(wrong)) if wrong is not None else error
        clocks[row.text("source")] = (Clock(timedelta(seconds=ahead), allowed),)
    return clocks


def read_statements(rows: Sequence[Row], references: References, estate: Estate, notes: Notes) -> list[Statement]:
    said = []
    for row, since, until in _periods(rows, notes):
        about = references.person(row.text("about"))
        if about not in estate.people:
            notes.others.append(
                f"{row.file} row {row.number}, column about: nobody in the staff list is so called; what was said "
                "changes nothing."
            )
        speaker, place = references.person(row.text("speaker")), references.place(row.text("place"))
        lent, is_checked = references.actor(row.text("lent")), bool(row.fields.get("checked", False))
        said.append(Statement(speaker, about, since, until, place, lent, is_checked))
    return said
