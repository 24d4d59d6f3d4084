"""The weights told: places, routes, people, the gate, the matrix, alibis, what contradicts what, what to collect."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np

from bartizan.engines.context import Estate
from bartizan.engines.pinpoint.inquiry import ROUTES
from bartizan.engines.pinpoint.model import Place
from bartizan.engines.pinpoint.who.acts import Act
from bartizan.engines.pinpoint.who.alibi import STATES, Floats
from bartizan.engines.pinpoint.who.routes import CLASSES, ROUTE
from bartizan.engines.pinpoint.who.signs import FAMILIES
from bartizan.engines.pinpoint.who.solve import Hypothesis, Weighed
from bartizan.engines.pinpoint.who.verdict import Alibi, Doer, Suspect, Way
from bartizan.engines.pinpoint.words import place_words, sureness

_CLASS_WORDS: Final = {
    "insider": "Somebody of the house",
    "credential": "Somebody with a person's badge or password",
    "outsider": "An outsider",
    "malware": "Malware",
    "error": "An honest error",
    "none": "None of these",
}
STATE_WORDS: Final = {
    "there": "on record there",
    "close": "seen within minutes of it, not on record there",
    "near": "in the building, not on record there",
    "away": "not on record in the building",
    "elsewhere": "elsewhere: no time to walk there and back",
}


def places(weighed: Weighed, estate: Estate, found: Sequence[Hypothesis]) -> tuple[Place, ...]:
    """Places over all hypotheses: certain while the doer is not."""
    zones: dict[str, float] = defaultdict(float)
    hosts: dict[tuple[str, str], float] = defaultdict(float)
    for one in found:
        if one.cls == "none":  # what caused it is open; where it came to light may be known all the same
            seen = [effect for effect in weighed.effects if effect.zone or effect.host]
            for effect in seen:
                zones[effect.zone] += one.probability / len(seen)
                hosts[effect.zone, effect.host] += one.probability / len(seen)
        for number in one.acts:
            act = weighed.acts[number]
            share = one.probability / len(one.acts)
            zones[act.zone] += share
            hosts[act.zone, act.host] += share
    best = sorted((zone for zone in zones if zone), key=lambda zone: (-zones[zone], zone))[:6]
    rest = sorted((h for z, h in hosts if not z and h), key=lambda h: (-hosts["", h], h))[:3]
    told = [_spot(zone, _standing(zone, zones[zone], hosts), zones[zone], estate) for zone in best]
    return tuple(told + [_spot("", host, hosts["", host], estate) for host in rest])


def _standing(zone: str, total: float, hosts: dict[tuple[str, str], float]) -> str:
    """The machine on which more than half of the zone's weight lies."""
    here = {host: share for (z, host), share in hosts.items() if z == zone and host}
    best = min(here, key=lambda host: (-here[host], host), default="")
    return best if best and here[best] > total / 2 else ""


def _spot(zone: str, host: str, share: float, estate: Estate) -> Place:
    known = estate.zones.get(zone)
    return Place(
        reference=f"host:{host}" if host else f"zone:{zone}",
        zone=zone,
        host=host,
        site=known.site if known else "",
        words=place_words(zone, host, estate) or host or zone,
        probability=round(share, 4),
        sureness=sureness(share),
    )


def ways(weighed: Weighed) -> tuple[Way, ...]:
    shares = np.zeros(len(ROUTE))
    for cls, table in weighed.tables.items():
        if cls != "none":
            shares += np.exp(table - weighed.total).sum(axis=1)
    order = sorted(zip(ROUTE, shares, strict=True), key=lambda pair: (-pair[1], pair[0]))
    return tuple(
        Way(
            route,
            ROUTES[route],
            round(float(share), 4),
            ROUTE[route].action,
            ROUTE[route].vector,
            ROUTE[route].technique,
        )
        for route, share in order
    )


def doers(weighed: Weighed) -> tuple[Doer, ...]:
    shares = {cls: float(np.exp(weighed.tables[cls] - weighed.total).sum()) for cls in CLASSES}
    return tuple(
        Doer(cls, _CLASS_WORDS[cls], round(shares[cls], 4)) for cls in sorted(shares, key=lambda c: (-shares[c], c))
    )


def people(weighed: Weighed, most: int = 8) -> tuple[Suspect, ...]:
    """The likeliest, each with its share when a family is left out: of everybody's evidence, not of theirs alone."""
    shares = np.exp(weighed.tables["insider"] - weighed.total).sum(axis=0)
    order = [int(n) for n in np.argsort(-shares, kind="stable")[:most] if shares[n] > 0]
    without = {family: weighed.without(family) for family in FAMILIES}
    return tuple(
        _suspect(weighed, n, float(shares[n]), {family: round(float(left[n]), 4) for family, left in without.items()})
        for n in order
    )


def _suspect(weighed: Weighed, number: int, share: float, without: dict[str, float]) -> Suspect:
    speaks = weighed.speaks(number)
    carried = tuple(f for f in sorted(FAMILIES, key=lambda f: (-speaks[f], f)) if speaks[f] > math.log(2))
    return Suspect(weighed.alibis.people[number], round(share, 4), sureness(share), without, carried)


def alibis(weighed: Weighed, who: Sequence[str], found: Sequence[Hypothesis]) -> tuple[Alibi, ...]:
    """For each of ``who`` and each effect: where the doors' records leave them at the likeliest deed."""
    if not found or not found[0].acts:
        return ()
    rows = []
    for number in found[0].acts:
        act = weighed.acts[number]
        zone = weighed.log.names["zone"].of(act.zone) if act.zone else -1
        if zone > 0:
            states = weighed.alibis.states(zone, act)
            usual = weighed.alibis.usual(zone, act, ())
            rows += [
                _alibi(weighed, person, act, int(states[n]), usual[n])
                for person in who
                for n in (weighed.people.number[person],)
            ]
    return tuple(rows)


def _alibi(weighed: Weighed, person: str, act: Act, state: int, usual: Floats) -> Alibi:
    log = weighed.log
    before, after = weighed.alibis.around(person, act.time)
    return Alibi(
        person=person,
        effect=act.effect,
        state=STATES[state],
        words=STATE_WORDS[STATES[state]],
        before=int(log.time[before]) if before >= 0 else 0,
        before_zone=log.name("zone", before) if before >= 0 else "",
        after=int(log.time[after]) if after >= 0 else 0,
        after_zone=log.name("zone", after) if after >= 0 else "",
        usual=round(float(usual[state]), 3),
    )
