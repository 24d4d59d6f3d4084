"""What engines.pinpoint worked out, in words. The stored result is JSON: read with care."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any

from bartizan.cases.models import Case
from bartizan.engines.observe import moment
from bartizan.web.words import figure_words

WHO = "Not identifiable from this evidence"
# From a case with fewer steps than this a person reads all of them; a longer one folds its quiet steps.
SHORT = 12


@dataclass(frozen=True, slots=True)
class Step:
    """One line of what led to it."""

    number: int
    """As on the map: steps at one place in a row share it."""
    clock: str
    at: datetime
    until: datetime
    words: str
    why: str
    count: int
    event: str
    """The first of its events."""
    is_certain: bool
    is_effect: bool
    place: tuple[str, str, str]
    """Codes of host, portal and zone, empty where there is none."""
    domain: str
    kind: str


@dataclass(frozen=True, slots=True)
class Findings:
    """Where, how, since when and who."""

    is_there: bool
    where: str = ""
    where_more: str = ""
    probability: float = 0.0
    sureness: str = ""
    how: str = ""
    entry: str = ""
    window: str = ""
    looked: str = ""
    who: str = WHO
    who_more: str = ""
    zone: str = ""
    host: str = ""
    others: Sequence[tuple[str, float]] = ()
    steps: Sequence[Step] = field(default=())

    @property
    def percent(self) -> int:
        return round(self.probability * 100)

    @property
    def figure(self) -> str:
        """``0.97``; what is nearly certain is not rounded to certainty."""
        return f"{min(self.probability, 0.99):.2f}" if self.probability >= 0.01 else "< 0.01"


def findings(case: Case, zone: tzinfo) -> Findings:
    """The case's latest result; an empty one while nothing has been worked out."""
    told: Mapping[str, Any] = case.pinpoint or {}
    if not told.get("digest"):
        return Findings(is_there=False)
    place: Mapping[str, Any] = told.get("place") or {}
    where, _, more = str(place.get("words") or "Not known").partition(", ")
    return Findings(
        is_there=True,
        where=where,
        where_more=more,
        probability=float(place.get("probability") or 0.0),
        sureness=str(place.get("sureness") or ""),
        how=str(told.get("how") or "Not yet clear"),
        entry=str((told.get("entry") or {}).get("words") or ""),
        window=str(told.get("window") or ""),
        looked=_looked(told),
        who_more=str(told.get("who") or ""),
        zone=str(place.get("zone") or ""),
        host=str(place.get("host") or ""),
        others=[(str(p["words"]), float(p["probability"])) for p in (told.get("places") or ())[1:4]],
        steps=_steps(told.get("steps") or (), zone),
    )


def _looked(told: Mapping[str, Any]) -> str:
    """How far back it looked: the absence of earlier signs is worth only as much."""
    back = timedelta(seconds=float(told.get("looked_back_seconds") or 0))
    seen = int(told.get("looked_at") or 0)
    if not seen:
        return ""
    far = f"{back.days} d" if back.days > 1 else f"{max(1, round(back.total_seconds() / 3600))} h"
    return f"looked at {figure_words(seen)} events, {far} back"


def _steps(told: Sequence[Mapping[str, Any]], zone: tzinfo) -> list[Step]:
    steps: list[Step] = []
    number, last = 0, ("", "", "")
    is_long = bool(told) and _day(told[0], zone) != _day(told[-1], zone)
    for one in told:
        place = (str(one.get("host") or ""), str(one.get("portal") or ""), str(one.get("zone") or ""))
        if place != last or number == 0:
            number, last = number + 1, place
        at = moment(int(one["time"]))
        local = at.astimezone(zone)
        steps.append(
            Step(
                number=number,
                clock=f"{local:%a %H:%M}" if is_long else f"{local:%H:%M:%S}",
                at=at,
                until=moment(int(one.get("until") or one["time"])),
                words=str(one.get("sentence") or one.get("kind") or ""),
                why=str(one.get("why") or ""),
                count=int(one.get("count") or 1),
                event=str((one.get("events") or [""])[0]),
                is_certain=bool(one.get("is_certain", True)),
                is_effect=bool(one.get("is_effect")),
                place=place,
                domain=str(one.get("domain") or "host"),
                kind=str(one.get("kind") or ""),
            )
        )
    return steps


def _day(step: Mapping[str, Any], zone: tzinfo) -> Any:
    return moment(int(step["time"])).astimezone(zone).date()
