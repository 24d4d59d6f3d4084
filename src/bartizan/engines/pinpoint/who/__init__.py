"""Where, how, who or nobody: hypotheses weighed against evidence, with the gate before any name."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

import orjson

from bartizan.engines.pinpoint.inquiry import Inquiry
from bartizan.engines.pinpoint.who import told
from bartizan.engines.pinpoint.who.collect import collect
from bartizan.engines.pinpoint.who.gate import gate
from bartizan.engines.pinpoint.who.headline import contradictions, headline, not_known
from bartizan.engines.pinpoint.who.masks import masked
from bartizan.engines.pinpoint.who.matrix import columns, items
from bartizan.engines.pinpoint.who.solve import Weighed, hypotheses, weigh
from bartizan.engines.pinpoint.who.verdict import VERSION, Verdict

_KEPT: Final = 400
"""Hypotheses of which the places are summed and the columns picked; what is left weighs less than a thousandth."""


def pinpoint(inquiry: Inquiry) -> Verdict:
    """Where the breach happened, how, and who did it or that nobody can be named.

    Times in the answer are µs since 1970 UTC, weights are natural logarithms of likelihood ratios against "not
    involved", probabilities lie in [0, 1]. The order of events makes no difference; the same inquiry gives the same
    bytes. Raises ValueError for an inquiry without effects, people or events. Method: docs/pinpoint.md;
    competing hypotheses after Heuer (1999), space-time prism after Hägerstrand (1970), words after the ENFSI guideline
    (2015).
    """
    if not inquiry.effects:
        raise ValueError("An inquiry needs at least one effect: what is known to have happened, and when.")
    if not inquiry.estate.people:
        raise ValueError("An inquiry needs the staff list: without it nobody can be cleared.")
    return verdict(inquiry, weigh(inquiry))


def verdict(inquiry: Inquiry, weighed: Weighed) -> Verdict:
    """What the weights of ``inquiry`` come to."""
    found = hypotheses(weighed, _KEPT)
    people = told.people(weighed)
    shown, heads = columns(found)
    routes, places = told.ways(weighed), told.places(weighed, inquiry.estate, found)
    decided = gate(weighed, people, found)
    window = [weighed.acts[n] for n in found[0].acts] if found[0].acts else []
    return Verdict(
        version=VERSION,
        digest=_digest(inquiry, weighed.log.digest()),
        headline=headline(inquiry.estate, weighed, places, routes, found[0], decided),
        places=places,
        routes=routes,
        doers=told.doers(weighed),
        people=people,
        gate=decided,
        columns=heads,
        items=items(weighed, shown),
        alibis=told.alibis(weighed, [person.person for person in people[:5]], found),
        contradictions=contradictions(weighed, found),
        collect=collect(weighed, inquiry, people, found),
        since=min((act.time - act.error for act in window), default=weighed.effects[0].since),
        until=max((act.time + act.error for act in window), default=weighed.effects[-1].until),
        looked_at=len(weighed.log),
        not_known=not_known(inquiry, weighed),
    )


def _digest(inquiry: Inquiry, events: bytes) -> str:
    """SHA-256 over the engine's version and everything that went in, in a fixed order."""
    rest = (inquiry.effects, inquiry.estate, inquiry.gaps, sorted(inquiry.clocks.items()), inquiry.statements)
    plain = orjson.dumps(rest, option=orjson.OPT_SORT_KEYS, default=str)
    parts = (str(VERSION).encode(), events, plain, str(inquiry.clock_error).encode())
    return sha256(b"\0".join(sha256(part).digest() for part in parts)).hexdigest()


__all__ = ["Verdict", "masked", "pinpoint", "verdict"]
