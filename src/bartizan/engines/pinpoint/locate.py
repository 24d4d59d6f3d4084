"""Where it happened, how, and what led to it. Who is a question for a later engine: this one names nobody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

import orjson

from bartizan.engines.context import Estate
from bartizan.engines.observe import microseconds
from bartizan.engines.pinpoint import headline as lines
from bartizan.engines.pinpoint.graph import Slice, cut
from bartizan.engines.pinpoint.index import Index
from bartizan.engines.pinpoint.links import Links
from bartizan.engines.pinpoint.means import means
from bartizan.engines.pinpoint.model import VERSION, Event, Pinpoint, Place, Rates
from bartizan.engines.pinpoint.places import ranked
from bartizan.engines.pinpoint.rarity import Rarity
from bartizan.engines.pinpoint.record import Record, canonical, records
from bartizan.engines.pinpoint.scope import HORIZON
from bartizan.engines.pinpoint.steps import entry, told
from bartizan.engines.pinpoint.words import site_zone, window

_MICROSECOND: Final = timedelta(microseconds=1)


def locate(
    effects: Sequence[Event],
    events: Sequence[Event],
    rates: Rates,
    estate: Estate,
    horizon: timedelta = HORIZON,
    asof: datetime | None = None,
) -> Pinpoint:
    """The most probable place and the sequence that led to ``effects``, the events that the alarms rest on.

    ``events`` is what :func:`scope` asked for; order, repeats and the effects among them make no difference. Nothing
    later than ``asof`` is looked at. The same inputs give the same bytes. Method: backward slice over a weighted
    event graph (BackTracker, King and Chen 2003; rarity as in NoDoze, Hassan et al. 2019).
    """
    known = records([*effects, *events], estate)
    if asof is not None:
        known = [record for record in known if record.time <= microseconds(asof)]
    wanted = {record.id for record in records(effects, estate)}
    struck = [record for record in known if record.id in wanted]
    digest = _digest(effects, events, rates, estate, horizon, asof)
    if not struck:
        return _nothing(digest, len(known))
    rarity = Rarity(rates, known, struck[0].time)
    slice_ = cut(struck, Links(Index(known, estate, rarity), struck), horizon // _MICROSECOND)
    places, nowhere = ranked(slice_.members, rarity, estate)
    return _told(slice_, struck, places, nowhere, estate, digest, len(known))


def _told(
    slice_: Slice,
    struck: Sequence[Record],
    places: tuple[Place, ...],
    nowhere: float,
    estate: Estate,
    digest: str,
    looked_at: int,
) -> Pinpoint:
    place = places[0] if places else None
    followed = [member for member in slice_.members if not member.is_proof]
    chain = [member.record for member in followed]
    ways = means([member.record for member in slice_.members])
    worst = lines.deed(followed, place.zone if place else "", place.host if place else "")
    same = [r for r in chain if worst and (r.kind, r.host, r.actor) == (worst.kind, worst.host, worst.actor)]
    zone = site_zone(place.site if place else "", estate)
    since, until = chain[0].time, chain[-1].time
    return Pinpoint(
        version=VERSION,
        digest=digest,
        headline=lines.headline(worst, same, place, ways, zone),
        how=lines.how(ways, worst),
        place=place,
        places=places,
        nowhere=round(nowhere, 4),
        steps=told(slice_, frozenset(record.id for record in struck)),
        entry=entry(slice_, estate),
        since=since,
        until=until,
        window=window(since, until, zone),
        who=lines.WHO,
        looked_back_seconds=slice_.horizon // 1_000_000,
        looked_at=looked_at,
    )


def _nothing(digest: str, looked_at: int) -> Pinpoint:
    return Pinpoint(
        version=VERSION,
        digest=digest,
        headline=lines.headline(None, (), None, (), site_zone("", Estate())),
        how="Not yet clear",
        place=None,
        places=(),
        nowhere=1.0,
        steps=(),
        entry=None,
        since=0,
        until=0,
        window="not known",
        who=lines.WHO,
        looked_back_seconds=0,
        looked_at=looked_at,
    )


def _digest(
    effects: Sequence[Event],
    events: Sequence[Event],
    rates: Rates,
    estate: Estate,
    horizon: timedelta,
    asof: datetime | None,
) -> str:
    """SHA-256 over the engine's version and every input in a fixed order."""
    parts = (
        str(VERSION).encode(),
        canonical(effects),
        canonical([*effects, *events]),
        orjson.dumps([rates.days, sorted([*key, count] for key, count in rates.counts.items())]),
        orjson.dumps(estate, option=orjson.OPT_SORT_KEYS),
        str(horizon // _MICROSECOND).encode(),
        str(asof and microseconds(asof)).encode(),
    )
    return sha256(b"\0".join(sha256(part).digest() for part in parts)).hexdigest()
