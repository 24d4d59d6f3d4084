"""The nuisance board: answered alarms of the last days, the detectors behind most false ones, and what would help."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q

from bartizan.core.access import visible_to
from bartizan.engines.nuisance.board import Answered, Standing, nuisances
from bartizan.engines.nuisance.causes import CAUSES, FALSE, NOT_KNOWN, REAL
from bartizan.engines.nuisance.remedies import WITHIN, Remedy, remedies
from bartizan.engines.nuisance.replay import Sign
from bartizan.engines.observe import split_reference
from bartizan.estate import queries as estate
from bartizan.estate.models import Device, Portal
from bartizan.watch import lake, queries
from bartizan.watch.lake.filters import Condition, condition_of
from bartizan.watch.lake.queries import page
from bartizan.watch.models import AlarmAnswer, DetectorProposal
from bartizan.watch.shown import at_of
from bartizan.web.templatetags.bz import as_zone

DAYS: Final = 30
SHOWN: Final = 10
SIGNS: Final = [
    "alarm.motion", "alarm.opened", "camera.motion", "camera.person", "door.opened", "door.forced", "door.granted",
]  # fmt: skip
"""What counts as another detector that agrees."""
SENSES: Final = ("detector", "sensor", "camera", "reader", "portal", "panel")
"""What an alarm of the house itself comes from; logins and hosts have no detector that could be turned."""
MOST_SIGNS: Final = 10_000
CAUSES_NAMED: Final = 2
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Spot:
    """A detector as the estate knows it, and with which others it stands."""

    code: str
    name: str = ""
    where: str = "not in the register of devices"
    site: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Nuisance:
    """A row of the board."""

    standing: Standing
    spot: Spot
    causes: str
    remedies: list[Remedy]
    proposals: list[DetectorProposal]

    @property
    def best(self) -> Remedy:
        return self.remedies[0]

    @property
    def others(self) -> list[Remedy]:
        return self.remedies[1:]

    @property
    def open(self) -> DetectorProposal | None:
        """The proposal that stands; they come with the open ones first."""
        return self.proposals[0] if self.proposals and self.proposals[0].state == "open" else None

    @property
    def percent(self) -> float:
        return round(100 * self.standing.share, 1)

    @property
    def sureness(self) -> str:
        """What the share surely is: few answers say little."""
        low, high = self.standing.interval
        return f"{100 * low:.0f} to {100 * high:.0f} % with 95 % sureness"


@dataclass(frozen=True, slots=True)
class NuisanceBoard:
    rows: list[Nuisance]
    more: int
    false: int
    answered: int
    """False or real."""
    not_known: int
    days: int
    trouble: str = ""
    """Why nothing was played again."""

    @property
    def percent(self) -> int:
        return round(100 * self.false / self.answered) if self.answered else 0


def board(user: Any, now: datetime, days: int = DAYS) -> NuisanceBoard:
    """For whoever sees the alarms; only of those within reach."""
    answered = _answered(user, now - timedelta(days=days))
    worst = nuisances(answered)
    verdicts = [one.verdict for one in answered]
    rows, trouble = _rows(user, worst[:SHOWN])
    return NuisanceBoard(
        rows=rows,
        more=len(worst) - len(rows),
        false=verdicts.count(FALSE),
        answered=verdicts.count(FALSE) + verdicts.count(REAL),
        not_known=verdicts.count(NOT_KNOWN),
        days=days,
        trouble=trouble,
    )


def _answered(user: Any, since: datetime) -> list[Answered]:
    """On the clock of each alarm's site, because patterns follow people's hours."""
    clocks = dict(estate.sites(user).values_list("code", "timezone"))
    rows = visible_to(user, AlarmAnswer.objects.filter(taken_back_at=None, happened_at__gte=since))
    senses = Q()
    for kind in SENSES:
        senses |= Q(detector__startswith=f"{kind}:")
    told = rows.filter(senses).values_list("detector", "verdict", "cause", "happened_at", "alarm__site")
    return [
        Answered(detector, verdict, cause, at.astimezone(as_zone(clocks.get(site, "UTC"))))
        for detector, verdict, cause, at, site in told
    ]


def _rows(user: Any, worst: Sequence[Standing]) -> tuple[list[Nuisance], str]:
    if not worst:
        return [], ""
    spots = _spots(user, [one.detector for one in worst])
    together = _together(user, spots.values())
    try:
        signs, trouble = _signs(user, worst, spots), ""
    except lake.LakeError:
        signs, trouble = {}, "Events cannot be read now, so that nothing was played again."
    proposals = _proposals(user, spots)
    rows = []
    for standing in worst:
        spot = spots[standing.detector]
        others = 0 if trouble else len(together.get(spot.zone, set()) - {standing.detector})
        found = remedies(standing, signs.get(spot.zone, []), others=others)
        rows.append(Nuisance(standing, spot, _named(standing), found, proposals.get(standing.detector, [])))
    return rows, trouble


def _named(standing: Standing) -> str:
    return ", ".join(CAUSES[cause].words for cause, _ in standing.causes[:CAUSES_NAMED])


def _proposals(user: Any, detectors: Iterable[str]) -> dict[str, list[DetectorProposal]]:
    """The newest first, those that stand open before the settled ones."""
    made = DetectorProposal.objects.filter(detector__in=list(detectors)).select_related("by", "settled_by")
    found: dict[str, list[DetectorProposal]] = defaultdict(list)
    for one in sorted(visible_to(user, made), key=lambda each: (each.state != "open", -each.pk)):
        found[one.detector].append(one)
    return found


def _spots(user: Any, references: Iterable[str]) -> dict[str, Spot]:
    """By reference, for devices and for doors."""
    wanted = {reference: split_reference(reference) for reference in references}
    names = {name for _, name in wanted.values()}
    devices = {(one.kind, one.code): one for one in estate.devices(user).filter(code__in=names)}
    doors = {one.code: one for one in estate.portals(user).filter(code__in=names)}
    found = {}
    for reference, (kind, name) in wanted.items():
        if kind == "portal":
            found[reference] = _of_door(name, doors.get(name))
        else:
            found[reference] = _of_device(name, devices.get((kind, name)))
    return found


def _of_device(code: str, device: Device | None) -> Spot:
    if device is None:
        return Spot(code)
    zone = device.zone or (device.portal.inner if device.portal else None)
    if zone is None:
        return Spot(code, device.name, "place not known")
    return Spot(code, device.name, f"{zone.name}, {zone.site.name}", zone.site.code, zone.code)


def _of_door(code: str, door: Portal | None) -> Spot:
    if door is None:
        return Spot(code)
    return Spot(code, door.name, f"{door.inner.name}, {door.inner.site.name}", door.inner.site.code, door.inner.code)


def _together(user: Any, spots: Iterable[Spot]) -> dict[str, set[str]]:
    """The references of what stands in the same zone, by zone: detectors, cameras, and the doors into it."""
    zones = {spot.zone for spot in spots if spot.zone}
    found: dict[str, set[str]] = defaultdict(set)
    devices = estate.devices(user).filter(zone__code__in=zones, kind__in=("detector", "camera", "sensor"))
    for kind, code, zone in devices.values_list("kind", "code", "zone__code"):
        found[zone].add(f"{kind}:{code}")
    for code, zone in estate.portals(user).filter(inner__code__in=zones).values_list("code", "inner__code"):
        found[zone].add(f"portal:{code}")
    return found


def _signs(user: Any, worst: Sequence[Standing], spots: Mapping[str, Spot]) -> dict[str, list[Sign]]:
    """What was reported in the same zone about each answered alarm, by zone. One question for all of them."""
    conditions: list[Condition] = []
    for standing in worst:
        zone = spots[standing.detector].zone
        for one in (*standing.false, *standing.real) if zone else ():
            around = lake.Window(one.at - WITHIN, one.at + WITHIN + _MICROSECOND)
            conditions.append(condition_of(around, {"zone": zone, "kind": SIGNS}))
    if not conditions:
        return {}
    found: dict[str, list[Sign]] = defaultdict(list)
    for event in page(queries.lake_of(user), conditions, MOST_SIGNS, descends=True, is_short=True):
        found[str(event["zone"])].append(Sign(_seen_by(event), at_of(event)))
    return found


def _seen_by(event: Mapping[str, Any]) -> str:
    """A door's events count as the door's, whichever reader told of them."""
    if str(event["kind"]).startswith("door.") and event.get("portal"):
        return f"portal:{event['portal']}"
    return str(event.get("device") or event.get("place") or "")
