"""Make Veldmark Instruments: records, a month of ordinary life in the lake, sources, and what is settled already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from heapq import merge
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.transaction import atomic

from bartizan.core.loading import load_together
from bartizan.core.models import User
from bartizan.demo import (
    command,
    contacts,
    deadlines,
    evidence,
    history,
    interviews,
    marks,
    nuisance,
    officers,
    packets,
    plans,
    removal,
    reports,
    sanctions,
    source_clock,
    states,
    told,
    wings,
)
from bartizan.demo.days import day_of
from bartizan.demo.outlets import SOURCES, Targets, as_marks, make_sources
from bartizan.demo.people import DAAN, MARTA
from bartizan.demo.places import TIMEZONE
from bartizan.demo.taken import taken
from bartizan.demo.world import SEED, World, world
from bartizan.engines.context import Context
from bartizan.engines.observe import microseconds
from bartizan.estate.models import Organisation, Person, Site
from bartizan.estate.queries import snapshot
from bartizan.watch.lake import Lake
from bartizan.watch.line import open_judge
from bartizan.watch.models import Source

Event = dict[str, Any]
DAYS: Final = 30
CHUNK: Final = 50_000
PLAYS_A_PART: Final = frozenset({MARTA, DAAN})
"""Who has a part in today's incidents and is therefore not in today's ordinary life."""


class NotEmptyError(Exception):
    """The data folder is somebody's."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """What the demo made, and where its player sends."""

    officer: User
    targets: Targets
    events: int
    today: date


def seed(
    *, seed: int = SEED, days: int = DAYS, force: bool = False, beside: bool = False, now: datetime | None = None
) -> Seeded:
    """Make the demo in the data folder, or find it there. Everything is dated back from ``now``.

    Raises NotEmptyError when the folder holds records that the demo did not make, unless ``force``; and in any case
    when it would change some of them. ``beside``: a console runs on the folder, with the line at rest; sources that it
    has already are no hindrance.
    """
    now = now or datetime.now(UTC)
    data = Path(settings.DATA)
    made = marks.read(data)
    if made.get("is_whole"):
        return _again(data, made, now)
    if made:
        force, beside = force or made.get("force", False), beside or made.get("beside", False)
        _clear(at_rest=beside)
    if not force:
        _refuse_if_used(data, ignores_sources=beside)
    today = now.astimezone(ZoneInfo(TIMEZONE)).date()
    veldmark = world(seed, today)
    _refuse_if_taken(veldmark)
    staff, targets = _records(data, veldmark, seed=seed, today=today, force=force, beside=beside)
    context = Context(snapshot())
    told_of = sorted([*history.events(now), *nuisance.events(now)], key=_when)
    lived = merge(life(veldmark, seed, today, days, now), told_of, key=_when)
    with Lake(data / "lake") as lake:
        events = _fill(lake, lived, context)
    _remember(data, context)
    _settle(data, veldmark, staff, targets, now)
    marks.add(data, is_whole=True)
    return Seeded(staff[0], targets, events, today)


@atomic
def _records(data: Path, veldmark: World, *, today: date, **asked: Any) -> tuple[list[User], Targets]:
    """Its records, accounts and sources; marked before they are kept, so that a stop in between leaves none behind."""
    _load(veldmark)
    staff = [officers.make(*row) for row in officers.OFFICERS]
    targets = make_sources(data, {})
    marks.write(data, today=today, targets=as_marks(targets), officers=[one.username for one in staff], **asked)
    return staff, targets


@atomic
def _settle(data: Path, veldmark: World, staff: list[User], targets: Targets, now: datetime) -> None:
    past = history.write(now, staff)
    marks.add(data, **past | {"alarms": past["alarms"] + nuisance.write(now, staff)})
    command.write(now, staff)
    deadlines.write(now, staff)
    source_clock.write(now, staff)
    evidence.write(data, staff)
    marks.add(data, **contacts.write(now, staff))
    marks.add(data, **sanctions.write(now, staff))
    interviews.write(now, staff)
    marks.add(data, **plans.write(now, staff))
    packets.write(staff)
    marks.add(data, **reports.write(now, staff))
    told.write(now)
    states.write(veldmark, now)
    wings.write(staff, targets)
    _count_sources(data)


def _clear(*, at_rest: bool) -> None:
    """A start or a removal was interrupted: what is left of it goes, and the demo is made anew as it was asked for."""
    try:
        removal.remove(at_rest=at_rest)
    except removal.NotOursError as error:
        raise NotEmptyError(str(error)) from error


def _again(data: Path, made: marks.Marks, now: datetime) -> Seeded:
    """The demo of an earlier start: life went on meanwhile, and the sources are ready for this start's receivers."""
    first = date.fromisoformat(made["today"])
    judge = open_judge(data)
    told = "SELECT max(time) AS newest FROM lake.event WHERE source IN (SELECT unnest(?))"
    newest = judge.lake.ask(told, [list(SOURCES)]).to_pylist()[0]["newest"]
    since, today = microseconds(newest or now), now.astimezone(ZoneInfo(TIMEZONE)).date()
    days = min(DAYS, (now - (newest or now)).days + 1)
    meanwhile = (e for e in life(world(made["seed"], first), made["seed"], today, days, now) if e["time"] > since)
    events = _fill(judge.lake, meanwhile, judge.context)
    judge.remember()
    judge.lake.close()
    targets = make_sources(data, made)
    wings.move(targets)
    return Seeded(officers.chief(), targets, events, first)


def life(made: World, seed: int, today: date, days: int, until: datetime) -> Iterator[Event]:
    """Ordinary life of the days before ``until``, in the order of its times, with ids that follow from the seed."""
    end, rng = microseconds(until), Random(f"{seed}:ids")
    pending: list[Event] = []
    for back in range(days, -1, -1):
        day = today - timedelta(days=back)
        # A night shift runs into the next day: its end waits until that day's events are there.
        pending += day_of(made, seed, day, PLAYS_A_PART if back == 0 else frozenset())
        pending.sort(key=_when)
        settled = microseconds(datetime.combine(day + timedelta(days=1), datetime.min.time(), ZoneInfo(TIMEZONE)))
        ready = [e for e in pending if e["time"] < min(settled, end)]
        pending = pending[len(ready) :]
        for event in ready:
            yield {"id": _identity(event["time"], rng), "received": event["time"] + 180_000, **event}


def _when(event: Event) -> int:
    return int(event["time"])


def _identity(us: int, rng: Random) -> str:
    """A time-ordered identity (RFC 9562, version 7)."""
    text = f"{us // 1000:012x}7{rng.getrandbits(12):03x}{0x8 | rng.getrandbits(2):x}{rng.getrandbits(60):015x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _fill(lake: Lake, events: Iterator[Event], context: Context) -> int:
    count = 0
    while chunk := list(islice(events, CHUNK)):
        lake.append([context.enrich(event) for event in chunk])
        count += len(chunk)
    lake.flush()
    return count


def _remember(data: Path, context: Context) -> None:
    """Hand what the month taught (who was seen where, who logs in from where) to the judge's first start."""
    judge = open_judge(data)
    judge.context.restore(context.state())
    judge.remember()
    judge.lake.close()


def _refuse_if_used(data: Path, *, ignores_sources: bool) -> None:
    found = [
        words
        for words, there in (
            (f"{Person.objects.count()} people", Person.objects.exists()),
            (f"{Site.objects.count()} sites", Site.objects.exists()),
            (f"{Source.objects.count()} sources", not ignores_sources and Source.objects.exists()),
            (
                "the organisation " + str(Organisation.objects.values_list("name", flat=True).first()),
                Organisation.objects.exists(),
            ),
        )
        if there
    ]
    if found:
        raise NotEmptyError(
            f"The data folder {data} holds records that the demo did not make ({', '.join(found)}). "
            "Give the demo a folder of its own: bartizan --data ANOTHER_FOLDER demo."
        )


def _refuse_if_taken(made: World) -> None:
    if found := taken(made):
        others = " and others" if len(found) > 5 else ""
        raise NotEmptyError(
            f"The demo would change records of yours: {', '.join(found[:5])}{others}. "
            "Give it a folder of its own: bartizan --data ANOTHER_FOLDER demo."
        )


def _load(made: World) -> None:
    report = load_together(made.rows(), None)
    if report.problems:
        raise NotEmptyError("The demo's records do not fit beside those that are here: " + str(report.problems[0]))


def _count_sources(data: Path) -> None:
    """The sources' counts and last times are those of the month that is in the lake."""
    with Lake(data / "lake") as lake:
        rows = lake.ask(
            "SELECT source, count(*) AS n, max(received) AS newest FROM lake.event GROUP BY source"
        ).to_pylist()
    for row in rows:
        if row["source"] in SOURCES:
            Source.objects.filter(name=row["source"]).update(received=row["n"], last_event_at=row["newest"])
    Source.objects.filter(name__in=SOURCES, connector="http").update(state="ok", state_words="Ready to be sent to.")
