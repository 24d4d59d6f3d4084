"""What a claim says as evidence: which statement it becomes, what that weighs, and why others weigh nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bartizan.engines.context import Estate
from bartizan.engines.interviews.claims import Claim
from bartizan.engines.interviews.records import OUTSIDE
from bartizan.engines.observe import microseconds, split_reference
from bartizan.engines.pinpoint.inquiry import Statement
from bartizan.engines.pinpoint.who.acts import zone_of
from bartizan.engines.pinpoint.who.people import lent_nats, statement_nats


@dataclass(frozen=True, slots=True)
class Weight:
    """``nats`` is ln of a likelihood ratio for the person it is about as the doer."""

    nats: float
    words: str


def statement(claim: Claim, verdict: str, estate: Estate, *, is_checked: bool = False) -> Statement | None:
    """The statement that an inquiry weighs; nothing where a claim weighs nothing.

    ``verdict`` is that of the records. Where they contradict a claim, they are counted already and the claim is not;
    a denial says nothing by itself. ``is_checked``: by records that are not among the events.
    """
    if verdict == "contradicted" or claim.since is None or claim.until is None:
        return None
    if claim.kind == "lent" and claim.thing and claim.speaker:
        return Statement(claim.speaker, claim.speaker, claim.since, claim.until, lent=claim.thing)
    about = claim.about if claim.kind == "saw" else claim.speaker
    place = _place(claim, estate)
    if claim.kind not in ("was_at", "saw", "did") or not about or not place:
        return None
    return Statement(claim.speaker, about, claim.since, claim.until, place, is_checked=is_checked)


def _place(claim: Claim, estate: Estate) -> str:
    """A zone's reference: that of the machine's room, too. Outside counts as a place that is none of ours."""
    if claim.place == OUTSIDE:
        return next((f"zone:{zone.code}" for zone in estate.zones.values() if zone.is_outside), "")
    told = claim.thing if claim.kind == "did" else claim.place
    kind, name = split_reference(told)
    host = estate.hosts.get(name) if kind == "host" else None
    zone = host.zone if host else zone_of(told, estate)
    return f"zone:{zone}" if zone else ""


def weight(claim: Claim, verdict: str, estate: Estate, found: Mapping[str, Any], *, is_checked: bool = False) -> Weight:
    """``found`` is the case's verdict, whose likeliest place and time the claim is held against."""
    if verdict == "contradicted":
        return Weight(0.0, "none new: the records count already")
    if claim.kind in ("was_not_at", "did_not"):
        return Weight(0.0, "a denial says nothing by itself")
    said = statement(claim, verdict, estate, is_checked=is_checked)
    if said is None:
        return Weight(0.0, "says nothing of the deed")
    since, until = int(found.get("since") or 0), int(found.get("until") or 0)
    zone = next((str(one.get("zone") or "") for one in found.get("places") or ()), "")
    if not since or not zone:
        return Weight(0.0, "weighs once the deed’s place and time are known")
    if microseconds(said.since) > until or microseconds(said.until) < since:
        return Weight(0.0, "speaks of another time")
    nats = lent_nats() if said.lent else statement_nats(said, is_there=zone_of(said.place, estate) == zone)
    return Weight(nats, "")
