"""What to collect next: ranked by how much it is expected to separate the answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from bartizan.engines.context import Estate
from bartizan.engines.pinpoint.inquiry import Inquiry
from bartizan.engines.pinpoint.units import MINUTE
from bartizan.engines.pinpoint.who.acts import Act
from bartizan.engines.pinpoint.who.alibi import Floats
from bartizan.engines.pinpoint.who.gate import LEAST
from bartizan.engines.pinpoint.who.solve import Hypothesis, Weighed
from bartizan.engines.pinpoint.who.verdict import Suspect, Wanted

_MOST: Final = 8
_ALWAYS: Final = 3
"""So many are told even where next to nothing is left to settle: what is near certain is still to be confirmed."""
_TELLS: Final = 0.005
_LEADERS: Final = 5
# How often each kind of evidence, once it is had, points at whoever did it, and how often at any other person.
_POINTS: Final = {"camera": (0.7, 0.02), "statement": (0.35, 0.08), "physical trace": (0.5, 0.01), "login": (0.5, 0.03)}


def collect(
    weighed: Weighed, inquiry: Inquiry, people: Sequence[Suspect], found: Sequence[Hypothesis]
) -> tuple[Wanted, ...]:
    """Each piece of evidence that could be had, with the expected drop of entropy (bits) over "who", leaders first."""
    shares = _leaders(people)
    if len(shares) < 2 or not found:
        return ()
    acts = [weighed.acts[number] for number in found[0].acts]
    wanted = [*_clips(weighed, inquiry.estate, acts, shares), *_questions(inquiry, people, shares, acts)]
    wanted += [*_traces(acts, shares), *_gaps(inquiry, acts, shares)]
    best = sorted(wanted, key=lambda one: (-one.gain, -one.opens, one.words))
    return tuple(one for n, one in enumerate(best) if n < _ALWAYS or one.gain >= _TELLS)[:_MOST]


def _leaders(people: Sequence[Suspect]) -> Floats:
    """The leaders' shares, and last everything else: outsiders, malware, errors, none of these."""
    top = [person.probability for person in people[:_LEADERS]]
    return np.array([*top, max(1e-6, 1 - sum(top))])


def _expected(shares: Floats, right: float, wrong: float, only: int | None = None) -> tuple[float, float]:
    """The gain in bits and the chance that the gate opens or the leader is cleared, for evidence that points at one of
    the leaders or at nobody. ``only``: it can point at that one alone."""
    leaders = len(shares) - 1
    targets = range(leaders) if only is None else (only,)
    gain, opens, seen = 0.0, 0.0, np.zeros(len(shares))
    for target in targets:
        chance = np.full(len(shares), wrong)
        chance[target] = right
        seen += chance
        gain, opens = _outcome(shares, chance, gain, opens)
    return _outcome(shares, np.clip(1 - seen, 1e-6, 1), gain, opens, base=_entropy(shares))


def _outcome(shares: Floats, chance: Floats, gain: float, opens: float, base: float = 0.0) -> tuple[float, float]:
    total = float((shares * chance).sum())
    after = shares * chance / total
    is_open = after[:-1].max(initial=0.0) >= LEAST > shares[:-1].max(initial=0.0)
    is_cleared = after[0] < 0.1 <= shares[0]
    return gain + base - total * _entropy(after), opens + total * (is_open or is_cleared)


def _entropy(shares: Floats) -> float:
    some = shares[shares > 0]
    return float(-(some * np.log2(some)).sum())


def _wanted(
    words: str, family: str, shares: Floats, *, only: int | None = None, person: str = "", until: str = ""
) -> Wanted:
    gain, opens = _expected(shares, *_POINTS[family], only=only)
    return Wanted(words, family, round(max(gain, 0.0), 3), round(min(opens, 1.0), 3), person, until)


def _clips(weighed: Weighed, estate: Estate, acts: Sequence[Act], shares: Floats) -> Iterator[Wanted]:
    """Cameras at the deed's place, or at the doors that lead to it."""
    doors = {act.zone: {p.code for p in estate.portals.values() if p.inner == act.zone} for act in acts}
    for device in sorted(estate.devices.values(), key=lambda d: d.reference):
        for act in acts:
            is_there = device.zone == act.zone or device.portal in doors[act.zone]
            if device.reference.startswith("camera:") and act.zone and is_there and act.error < 120 * MINUTE:
                yield _wanted(
                    f"View {device.reference} around the deed", "camera", shares, until="its recorder's retention"
                )
                break


def _questions(inquiry: Inquiry, people: Sequence[Suspect], shares: Floats, acts: Sequence[Act]) -> Iterator[Wanted]:
    heard = {statement.speaker for statement in inquiry.statements}
    for n, suspect in enumerate(people[:_LEADERS]):
        if suspect.person not in heard:
            words = f"Ask person:{suspect.person} where the time was spent and who else had badge, password or desk"
            yield _wanted(words, "statement", shares, only=n, person=suspect.person)
    owners = {inquiry.estate.hosts[act.host].owner for act in acts if act.host in inquiry.estate.hosts}
    for owner in sorted(owners - heard - {s.person for s in people[:_LEADERS]} - {""}):
        yield _wanted(f"Ask person:{owner}, whose desk it was, who used it", "statement", shares, person=owner)


def _traces(acts: Sequence[Act], shares: Floats) -> Iterator[Wanted]:
    hosts = sorted({act.host for act in acts if act.host})
    for host in hosts:
        yield _wanted(f"Have host:{host} imaged: typed input, sessions, disks that were connected", "login", shares)
    for zone in sorted({act.zone for act in acts if act.zone and not act.host}):
        yield _wanted(f"Have the room secured and examined for traces: zone:{zone}", "physical trace", shares)


def _gaps(inquiry: Inquiry, acts: Sequence[Act], shares: Floats) -> Iterator[Wanted]:
    """Logs that were not received around the deed may still lie at their source."""
    for gap in sorted(inquiry.gaps, key=lambda g: (g.source, g.since)):
        since, until = gap.since.timestamp() * 1e6, gap.until.timestamp() * 1e6
        if any(since - act.error <= act.time <= until + act.error for act in acts):
            yield _wanted(f"Fetch from {gap.source} what was not received while it was down", "login", shares)
