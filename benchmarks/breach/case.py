"""One case from a seed: what the inquiry starts from, and the truth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from bartizan.engines.observe import moment
from bartizan.engines.pinpoint.inquiry import Effect, Inquiry
from benchmarks.breach import statements
from benchmarks.breach.coincidences import happen
from benchmarks.breach.footage import look
from benchmarks.breach.identifiable import identifiable, is_traced
from benchmarks.breach.log import SECOND, Row
from benchmarks.breach.losses import MOST, Losses, lose
from benchmarks.breach.noise import Noise
from benchmarks.breach.organisation import Organisation, estate, organise
from benchmarks.breach.routes import ROUTES
from benchmarks.breach.scene import Breach, Draft, Scene
from benchmarks.breach.whereabouts import live

BEFORE: Final = (10, 20)
AFTER: Final = (0, 1)
WORKDAYS: Final = 0.85
"""Share of the breaches of a weekend that are moved into the week before: then more people are about."""
Kept = list[tuple[int, Row]]
_NOTHING: Final[dict[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class Truth:
    actor: str
    """insider, outsider, malware, error or none."""
    person: str
    """Code of the insider; empty when there is none."""
    route: str
    """A key of ``inquiry.ROUTES``; when nothing was done, the one that the effects were made to look like."""
    zone: str
    """Empty where the breach happened nowhere in these records."""
    host: str
    """Empty where no machine was used."""
    identifiable: bool
    """Whether the surviving records can name the insider: see :mod:`benchmarks.breach.identifiable` for the rule."""
    why: str
    is_traced: bool
    """What is peculiar to the route has survived; without it the route can only be guessed."""


@dataclass(frozen=True, slots=True)
class Case:
    inquiry: Inquiry
    truth: Truth


def make(seed: int, people: int | None = None, route: str | None = None, insider: bool | None = None) -> Case:
    """The same seed and arguments give the same case, byte for byte.

    ``people`` is drawn log-uniformly from 30 to 1,000 when left out, ``route`` and ``insider`` evenly.
    """
    if people is not None and not 20 <= people <= 5000:
        raise ValueError(f"{people} people: give a number from 20 to 5,000.")
    if route is not None and route not in ROUTES:
        raise ValueError(f"There is no route {route!r}; there are {', '.join(ROUTES)}.")
    rng = Random(seed)
    before, after = rng.randint(*BEFORE), rng.randint(*AFTER)
    return played(rng, people, before, after, route, insider)


def series(seeds: Iterable[int], people: int | None = None) -> Iterator[Case]:
    """Every route with and without an insider in turn: two dozen seeds make a round."""
    names = list(ROUTES)
    for number, seed in enumerate(seeds):
        yield make(seed, people, names[number % len(names)], insider=(number // len(names)) % 2 == 0)


def played(
    rng: Random, people: int | None, before: int, after: int, route: str | None = None, insider: bool | None = None
) -> Case:
    """``before`` days of ordinary life, the day of the breach, and ``after`` more."""
    today = date(2026, 1, 26) + timedelta(days=rng.randrange(300))
    if today.weekday() > 4 and rng.random() < WORKDAYS:
        today -= timedelta(days=rng.randint(2, 4))
    organisation = organise(rng, people, today)
    whereabouts = live(rng, organisation, today - timedelta(days=before), before + 1 + after)
    scene = Scene(rng, organisation, whereabouts, before)
    chosen = route or rng.choice(list(ROUTES))
    breach = ROUTES[chosen](scene, insider=rng.random() < 0.5 if insider is None else insider)
    Noise(scene).make()
    happen(scene, breach)
    scene.live()
    look(scene, breach)
    kept, losses = lose(rng, _recorded(scene))
    return Case(_inquiry(rng, scene, breach, kept, losses), _truth(scene, breach, [row for _, row in kept]))


def _recorded(scene: Scene) -> list[Row]:
    """All records in the order of true time, without those that a silenced device could not make."""
    rows = [*scene.walking.rows, *scene.desks.rows, *scene.rows]
    deaf: dict[str, list[tuple[int, int]]] = {}
    for device, since, until in scene.muted:
        deaf.setdefault(device, []).append((since, until))
    if deaf:
        rows = [row for row in rows if not any(since < row.time < until for since, until in deaf.get(row.device, ()))]
    rows = [_rough(scene.rng, row) if row.act else row for row in rows]
    rows.sort(key=_time)
    return rows


def _rough(rng: Random, row: Row) -> Row:
    """Nobody acts to the second: what a route lays down at round intervals is moved a little, doors apart."""
    if row.kind.startswith(("door.", "alarm.", "camera.", "biometric.")):
        return row
    return row._replace(time=row.time + rng.randrange(-3 * SECOND, 3 * SECOND))


def _time(row: Row) -> int:
    return row.time


def _inquiry(rng: Random, scene: Scene, breach: Breach, kept: Kept, losses: Losses) -> Inquiry:
    organisation: Organisation = scene.organisation
    shown: dict[int, list[str]] = {}
    for number, (_, row) in enumerate(kept):
        if row.tag:
            shown.setdefault(row.tag, []).append(_name(number))
    return Inquiry(
        effects=[_effect(rng, draft, tuple(shown.get(draft.tag, ())), losses) for draft in scene.drafts],
        events=[_event(number, time, row) for number, (time, row) in enumerate(kept)],
        estate=estate(rng, organisation),
        gaps=tuple(losses.gaps),
        clocks={name: (clock,) for name, clock in losses.clocks.items()},
        clock_error=timedelta(microseconds=MOST),
        statements=statements.taken(scene, breach),
    )


def _name(number: int) -> str:
    return f"e{number:07d}"


def _event(number: int, time: int, row: Row) -> dict[str, Any]:
    """Numbered after all is lost and sorted, so that an id says nothing of how its record came about."""
    _, source, kind, actor, place, device, asset, outcome, data, _, _ = row
    return {
        "id": f"e{number:07d}", "time": time, "source": source, "kind": kind, "actor": actor, "place": place,
        "device": device, "asset": asset, "outcome": outcome, "data": data or _NOTHING,
    }  # fmt: skip


def _effect(rng: Random, draft: Draft, events: tuple[str, ...], losses: Losses) -> Effect:
    """An effect that a source reported is known as exactly as its clock; its window always holds the truth."""
    since, until = draft.since, draft.until
    if draft.source:
        shift = losses.offsets.get(draft.source, 0) - losses.ahead(draft.source)
        error = losses.error(draft.source)
        since, until = since + shift - error, until + shift + error
    else:
        since, until = since - int(rng.uniform(1, 90) * SECOND), until + int(rng.uniform(1, 90) * SECOND)
    return Effect(draft.kind, moment(since), moment(until), draft.place, draft.device, draft.asset, draft.words, events)


def _truth(scene: Scene, breach: Breach, rows: list[Row]) -> Truth:
    return Truth(
        actor=breach.actor,
        person=breach.member.code if breach.member else "",
        route=breach.route,
        zone=breach.room,
        host=breach.host,
        identifiable=identifiable(scene, breach, rows),
        why=breach.why,
        is_traced=is_traced(scene, breach, rows),
    )
