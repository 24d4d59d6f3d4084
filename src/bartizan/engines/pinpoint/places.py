"""Which place the slice points at: surprise summed by zone, in nats, capped, against "none of these"."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from bartizan.engines.context import Estate
from bartizan.engines.pinpoint.graph import Member
from bartizan.engines.pinpoint.model import Place
from bartizan.engines.pinpoint.rarity import Rarity
from bartizan.engines.pinpoint.words import place_words, sureness

NONE_OF_THESE: Final = 0.2
"""Prior probability that it was in no place that the slice holds."""
CAP: Final = math.log(100)
"""The most that one family of records may say for a place, and all of them against "none": a ratio of a hundred."""
_PASSING: Final = 0.2
_BODILY: Final = frozenset({"door", "alarm", "camera"})
# What is done at a place counts more for it than coming there, and trying counts less than succeeding.
_SHARE: Final = {"login.failure": 0.4, "door.denied": 0.5, "door.granted": 0.6, "door.exit": 0.3}
_HARM: Final = frozenset(
    {"document.copied", "document.deleted", "host.usb", "host.malware", "host.logclear", "door.forced",
     "alarm.triggered", "camera.covered"}
)  # fmt: skip
_MOST: Final = 5
_STANDS_OUT: Final = 0.6


def ranked(members: Sequence[Member], rarity: Rarity, estate: Estate) -> tuple[tuple[Place, ...], float]:
    """Places, most probable first, and the probability of none of them."""
    zones: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    hosts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    passed = _passed(members)
    for member in members:
        record = member.record
        spot = f"zone:{record.zone}" if record.zone else f"host:{record.host}" if record.host else ""
        if not spot or member.is_proof:
            continue
        nats = _says(member, rarity) * (_PASSING if spot in passed and record.domain in _BODILY else 1.0)
        zones[spot][record.domain] += nats
        if record.host:
            hosts[spot][record.host] += nats
    scores = {spot: _summed(families.values()) for spot, families in zones.items()}
    if not scores:
        return (), 1.0
    prior = (1 - NONE_OF_THESE) / len(scores)
    # The largest exponent is taken out so that nothing overflows; against "none" the best place counts CAP at most.
    top = max(scores.values())
    odds = {spot: prior * math.exp(score - top) for spot, score in scores.items()}
    none = NONE_OF_THESE * math.exp(-min(top, CAP))
    total = sum(odds[spot] for spot in sorted(odds)) + none
    best = sorted(odds, key=lambda spot: (-odds[spot], spot))[:_MOST]
    return tuple(_place(spot, odds[spot] / total, hosts[spot], estate) for spot in best), none / total


def _says(member: Member, rarity: Rarity) -> float:
    record = member.record
    where = (record.host and f"host:{record.host}", record.portal and f"portal:{record.portal}", f"zone:{record.zone}")
    about = next(reference for reference in where if reference)
    share = 1.5 if record.kind in _HARM else _SHARE.get(record.kind, 1.0)
    return member.weight * share * rarity.nats(record.kind, (about, record.device))


def _summed(families: Iterable[float]) -> float:
    """Families of records are not independent of each other: the strongest counts in full, the others half."""
    capped = sorted((min(nats, CAP) for nats in families), reverse=True)
    return capped[0] + sum(capped[1:]) / 2


def _passed(members: Sequence[Member]) -> set[str]:
    """Zones through which a badge only passed on its way: it opened another door from there."""
    last: dict[str, str] = {}
    passed = set()
    for member in members:
        record = member.record
        if record.kind != "door.granted" or not record.actor or member.is_proof:
            continue
        before = last.get(record.actor)
        if before and before != f"zone:{record.zone}":
            passed.add(before)
        last[record.actor] = f"zone:{record.zone}"
    return passed - set(last.values())


def _place(spot: str, probability: float, hosts: Mapping[str, float], estate: Estate) -> Place:
    zone = estate.zones.get(spot.removeprefix("zone:")) if spot.startswith("zone:") else None
    host = _standing_out(hosts)
    code = zone.code if zone else ""
    return Place(
        reference=f"host:{host}" if host else spot,
        zone=code,
        host=host,
        site=zone.site if zone else "",
        words=place_words(code, host, estate) or spot.partition(":")[2],
        probability=round(probability, 4),
        sureness=sureness(probability),
    )


def _standing_out(hosts: Mapping[str, float]) -> str:
    """The machine that most of what was done in the zone was done at, if there is one."""
    if not hosts:
        return ""
    best = min(hosts, key=lambda host: (-hosts[host], host))
    return best if hosts[best] >= _STANDS_OUT * sum(hosts[h] for h in sorted(hosts)) else ""
