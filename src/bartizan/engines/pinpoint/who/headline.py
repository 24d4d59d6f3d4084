"""The answer in a sentence, what contradicts what, and what was not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from bartizan.engines.context import Estate
from bartizan.engines.observe import moment
from bartizan.engines.pinpoint.inquiry import Inquiry
from bartizan.engines.pinpoint.model import Place
from bartizan.engines.pinpoint.units import DAY
from bartizan.engines.pinpoint.who.alibi import ELSEWHERE
from bartizan.engines.pinpoint.who.solve import Hypothesis, Weighed
from bartizan.engines.pinpoint.who.verdict import NOBODY, Gate, Way
from bartizan.engines.pinpoint.words import clock, site_zone

_SURE: Final = 0.35
_LOGS: Final = {"door": "The doors' log", "login": "The log of logins", "document": "The log of files"}


def headline(
    estate: Estate, weighed: Weighed, places: Sequence[Place], routes: Sequence[Way], best: Hypothesis, gate: Gate
) -> str:
    """``Copied to a USB disk at ML-WS-214, Lab 2.14, Mon 22:31. Not identifiable from this evidence.``"""
    where = places[0].words if places and places[0].probability >= _SURE else "a place not known"
    how = routes[0].words if routes and routes[0].probability >= _SURE else "How is not yet clear"
    zone = estate.zones.get(places[0].zone) if places else None
    acts = [weighed.acts[number] for number in best.acts]
    exact = [act.time for act in acts if act.row >= 0]
    when = f", {clock(min(exact), site_zone(zone.site if zone else '', estate))}" if exact else ""
    who = f"{gate.words}." if gate.is_ready else f"{NOBODY}."
    return f"{how}, at {where}{when}. {who}"


def contradictions(weighed: Weighed, found: Sequence[Hypothesis]) -> tuple[str, ...]:
    """Records that cannot all be right: a credential at work while its owner was elsewhere, a badge in two places."""
    told: list[str] = []
    for number in dict.fromkeys(n for one in found[:3] for n in one.acts):
        act = weighed.acts[number]
        there = weighed.signs.of(act)
        if "two places" in there:
            told.append(f"{act.actor or 'A badge'} was read in two places between which nobody can have walked")
        person = weighed.people.number.get(act.person)
        zone = weighed.log.names["zone"].of(act.zone) if act.zone else -1
        if act.row < 0 or person is None or zone <= 0 or act.sort == "entry":
            continue
        if int(weighed.alibis.states(zone, act)[person]) == ELSEWHERE:
            told.append(f"{act.actor} was used in zone:{act.zone} while the doors' records have its owner elsewhere")
    return tuple(dict.fromkeys(told))


def not_known(inquiry: Inquiry, weighed: Weighed) -> tuple[str, ...]:
    """What the answer had to do without."""
    log, told = weighed.log, []
    if not len(log):
        told.append("There are no events: nothing but the effects is known.")
    told += _uncovered(weighed)
    if not inquiry.estate.portals:
        told.append("No doors are known: walking times are not, and nobody has an alibi by distance.")
    homeless = int((log.columns["zone"] == 0).sum())
    if homeless:
        told.append(f"{homeless:,} of {len(log):,} events have no known place.")
    sources = Counter(name for name in log.names["source"].known if name and name not in inquiry.clocks)
    if sources:
        seconds = int(inquiry.clock_error.total_seconds())
        told.append(
            f"The clocks of {len(sources)} sources were not checked; they are taken to be right to ± {seconds} s."
        )
    told += [
        f"{gap.source} recorded nothing from {gap.since:%d %b %H:%M} to {gap.until:%d %b %H:%M} UTC."
        for gap in sorted(inquiry.gaps, key=lambda gap: (gap.since, gap.source))
    ]
    return tuple(told)


def _uncovered(weighed: Weighed) -> list[str]:
    """The logs that do not reach the time of an effect: an export that ended early, or of another year."""
    log, told = weighed.log, []
    since, until = min(one.since for one in weighed.effects), max(one.until for one in weighed.effects)
    kinds = np.array([kind.partition(".")[0] for kind in log.names["kind"].known])
    for sort, words in _LOGS.items():
        times = log.time[np.isin(log.columns["kind"], np.flatnonzero(kinds == sort))]
        if len(times) and (times[-1] < since - DAY or times[0] > until):
            span = f"from {moment(int(times[0])):%d %b %Y} to {moment(int(times[-1])):%d %b %Y}"
            told.append(f"{words} runs {span} and does not reach the time of what happened.")
    return told
