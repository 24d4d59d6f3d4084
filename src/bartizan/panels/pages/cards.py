"""Areas as cards: what each one is, in words, whoever arms it. Trouble first, then armed, then ready."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.urls import reverse

from bartizan.engines.observe import split_reference
from bartizan.panels.queries import NOT_KNOWN, AreaView, DetectorView, ReasonView
from bartizan.panels.reported import ReportedArea, ReportedPanel
from bartizan.watch.shown import at_of, sentence

ICONS: Final = {"contact": "door", "motion": "motion", "glass": "warn", "shock": "warn"}
ALARM, DELAY, NOT_READY, TEST, ARMED, READY, UNKNOWN = range(7)
"""The order of cards."""
NAMED: Final = 4
"""So many detectors stand on a card; the others are counted."""
_STATES: Final = {
    ALARM: ("bell", "Alarm", "critical"),
    DELAY: ("clock", "Entry delay", "medium"),
    NOT_READY: ("unlock", "Disarmed", ""),
    TEST: ("walk", "Walk test", ""),
    ARMED: ("lock", "Armed", ""),
    READY: ("unlock", "Disarmed", ""),
    UNKNOWN: ("panel", "Not known", ""),
}
_COUNTED: Final = {
    ALARM: "in alarm", DELAY: "in delay", TEST: "in test", ARMED: "armed", NOT_READY: "disarmed", READY: "disarmed",
    UNKNOWN: "not known",
}  # fmt: skip
_QUIET: Final = {READY: "Ready to arm", UNKNOWN: "Cannot be read: see Health of the panels"}


@dataclass(frozen=True, slots=True)
class Why:
    """What set it off, or stops it from being armed."""

    icon: str
    name: str
    words: str
    since: datetime | None = None
    bypass: str = ""
    """The address of the form that bypasses it; empty where none is allowed."""


@dataclass(frozen=True, slots=True)
class Card:
    key: str
    name: str
    panel: str
    site: str
    rank: int
    mode: str = ""
    lead: str = ""
    """The part of the sentence that is strong."""
    rest: str = ""
    since: datetime | None = None
    by: str = ""
    whys: Sequence[Why] = ()
    more: int = 0
    """Whys that are not listed."""
    foot: str = ""
    arms_at: datetime | None = None
    set_off: datetime | None = None
    """Since when an alarm stands."""
    links: Sequence[tuple[str, str]] = field(default_factory=tuple)
    """(Words, address) at the right of the last line."""

    @property
    def icon(self) -> str:
        return _STATES[self.rank][0]

    @property
    def level(self) -> str:
        return _STATES[self.rank][2]

    @property
    def state(self) -> str:
        words = _STATES[self.rank][1]
        return f"{words} {self.mode}" if self.rank == ARMED and self.mode else words


def in_order(cards: Iterable[Card]) -> list[Card]:
    return sorted(cards, key=lambda card: (card.rank, card.panel, card.name))


def counted(cards: Iterable[Card]) -> str:
    """``1 in alarm, 3 armed, 6 disarmed``."""
    numbers = Counter(_COUNTED[card.rank] for card in cards)
    return ", ".join(f"{numbers[words]} {words}" for words in dict.fromkeys(_COUNTED.values()) if numbers[words])


def own_card(view: AreaView, *, may_work: bool) -> Card:
    rank = _rank(view)
    whys = _whys(view, rank, may_work=may_work)
    lead, rest = _lead(view, rank)
    return Card(
        key=f"area-{view.area.pk}",
        name=view.area.name,
        panel=view.panel.code,
        site=view.panel.site.code,
        rank=rank,
        mode=view.mode,
        lead=lead,
        rest=rest,
        since=view.since if rank in (ARMED, READY) else None,
        by=view.by if rank in (ARMED, READY) else "",
        whys=whys[:NAMED],
        more=len(whys) - NAMED,
        foot=_foot(view, rank),
        arms_at=view.arms_at if rank in (NOT_READY, READY) else None,
        links=_links(view, rank) if may_work else (),
        set_off=min((one.at for one in view.causes if one.at), default=None) if rank == ALARM else None,
    )


def _rank(view: AreaView) -> int:
    if view.condition == NOT_KNOWN:
        return UNKNOWN
    if view.condition == "triggered":
        return ALARM
    if view.condition == "pending":
        return DELAY
    if view.test is not None:
        return TEST
    if view.condition in ("armed", "arming"):
        return ARMED
    return NOT_READY if view.stops else READY


def _lead(view: AreaView, rank: int) -> tuple[str, str]:
    if rank == ALARM:
        return "Set off", ", ".join(_named(one) for one in view.causes[:1]) or "by what is not known"
    if rank == DELAY:
        return "Entry delay", ", ".join(f"{_named(one)} opened" for one in view.causes[:1])
    if rank == NOT_READY:
        number = len(view.stops)
        return "Not ready to arm", f"{number} thing{'s' * (number != 1)} stop{'s' * (number == 1)} it"
    if rank == TEST and view.test:
        seen = len(view.test.seen)
        return f"{seen} of {seen + len(view.test.missing)} detectors seen", ""
    if rank == ARMED:
        leaving = "Exit delay" if view.condition == "arming" else ""
        return leaving, _bypassed(view) or _waiting(view)
    return _QUIET[rank], _bypassed(view)


def _bypassed(view: AreaView) -> str:
    number = len(view.bypasses)
    return f"{number} bypass{'es' * (number != 1)}" if number else ""


def _waiting(view: AreaView) -> str:
    number = len(view.waiting)
    return f"{number} open since before, not counted until shut" if number else ""


def _named(one: DetectorView) -> str:
    return f"{one.detector.number} {one.detector.name}"


def _whys(view: AreaView, rank: int, *, may_work: bool) -> list[Why]:
    if rank in (ALARM, DELAY):
        return [_why_set_off(one) for one in view.causes]
    if rank in (NOT_READY, READY):
        return [_why_not(one, may_work=may_work) for one in (*view.stops, *view.warns)]
    return [_why_set_off(one, "open since before it was armed") for one in view.waiting] if rank == ARMED else []


def _why_set_off(one: DetectorView, words: str = "") -> Why:
    icon = ICONS.get(one.detector.sort, "bell")
    return Why(icon, _named(one), words or ("active" if one.is_active else "at rest again"), one.since)


def _why_not(one: ReasonView, *, may_work: bool) -> Why:
    address = f"{reverse('panels')}?do=bypass&detector={one.detector.pk}" if one.may_bypass and may_work else ""
    return Why(
        ICONS.get(one.detector.sort, "warn"),
        f"{one.detector.number} {one.detector.name}",
        one.words,
        one.since,
        address,
    )


def _foot(view: AreaView, rank: int) -> str:
    if view.asked is not None:
        return f"{view.asked.by} asked to {view.asked.deed}: a second person must agree"
    if rank == TEST and view.test:
        return f"{view.test.by}, no siren"
    if view.area.needs_two and rank in (ALARM, DELAY, ARMED):
        return "Disarm takes two people"
    return ""


def _links(view: AreaView, rank: int) -> list[tuple[str, str]]:
    page, area = reverse("panels"), view.area.pk
    if rank in (ALARM, DELAY, ARMED):
        return [("Disarm", f"{page}?do=disarm&area={area}")]
    if rank in (TEST, UNKNOWN):
        return []
    move = [("Move", f"{page}?do=move&area={area}")] if view.arms_at else []
    return [*move, ("Arm", f"{page}?do=arm&area={area}")]


def reported_card(panel: ReportedPanel, area: ReportedArea, names: Mapping[str, str]) -> Card:
    rank = ALARM if area.is_trouble else {"armed": ARMED, "disarmed": READY}.get(area.state, UNKNOWN)
    whys = [_why_reported(event, names) for event in area.alarms.values()]
    bypassed = f"{len(area.bypassed)} bypass{'es' * (len(area.bypassed) != 1)}" if area.bypassed else ""
    return Card(
        key=f"{panel.source}-{panel.account}-{area.number}",
        name=area.words,
        panel=names.get(panel.reference, split_reference(panel.reference)[1]),
        site=panel.site,
        rank=rank,
        lead="Set off" if area.is_trouble else "",
        rest=bypassed,
        since=area.since if not area.is_trouble else None,
        by=names.get(area.by, split_reference(area.by)[1]) if area.by else "",
        whys=whys[:NAMED],
        more=len(whys) - NAMED,
        foot="Armed and disarmed at its own keypad",
        set_off=min((at_of(event) for event in area.alarms.values()), default=None),
    )


def _why_reported(event: Mapping[str, Any], names: Mapping[str, str]) -> Why:
    data = event.get("data") or {}
    device = str(event.get("device") or "")
    number = f"Zone {data['zone']}" if data.get("zone") else ""
    name = names.get(device, "") if not device.startswith("panel:") else ""
    return Why(
        "motion",
        ", ".join(filter(None, (number, name))) or "Panel",
        str(data.get("words") or sentence(event)),
        at_of(event),
    )
