"""Which alarms open a case, and which join one: the room's answers to what it hears."""

from __future__ import annotations

from datetime import timedelta

from bartizan.cases import actions
from bartizan.cases.inquiry import AFTER, BEFORE
from bartizan.cases.models import Case, CaseEntity
from bartizan.core.events import answers
from bartizan.watch.happened import AlarmRaised, ClockMeasured
from bartizan.watch.models import Alarm

OPENS_FROM = 3
"""High and Critical alarms open a case by themselves; lower ones join one."""
SHARES = timedelta(hours=12)
"""How far apart alarms of one case may lie when they share a person, user account, badge, host or file."""
SHARES_PLACE = timedelta(hours=1)
"""The same when they share only the place, which many people pass."""
FLOOD, FLOOD_WINDOW = 10, timedelta(minutes=10)
"""From so many cases that the same rule opened at one site within the window on, what comes next joins the first of
them: ANSI/ISA-18.2 calls ten new alarms in ten minutes a flood, and a hundred rooms at once are one matter."""


@answers(AlarmRaised)
def open_or_join(heard: AlarmRaised) -> None:
    alarm = Alarm.objects.get(pk=heard.alarm)
    case = alarm.cases.exclude(state="closed").first()
    if case is not None and not heard.is_new:
        actions.touch(case, alarm)
        return
    case = case or case_to_join(alarm)
    if case is None and alarm.level < OPENS_FROM:
        return
    if case is None:
        case = actions.open_case(alarm)
    else:
        actions.join(case, alarm)
    actions.ask_for_a_look(case)


@answers(ClockMeasured)
def look_again(heard: ClockMeasured) -> None:
    """Who was elsewhere depends on clocks: open cases whose weeks it touches are worked out anew."""
    found = Case.objects.exclude(state="closed").filter(alarms__isnull=False)
    if heard.until is not None:
        found = found.filter(first_at__lt=heard.until + BEFORE)
    if heard.since is not None:
        found = found.filter(last_at__gt=heard.since - AFTER)
    for case in found.distinct():
        actions.ask_for_a_look(case)


def entities_of(alarm: Alarm) -> dict[str, str]:
    """What alarms may share, as reference to part: ``{"badge:4417": "actor", …}``."""
    parts = {
        alarm.actor: "actor",
        f"person:{alarm.person}" if alarm.person else "": "person",
        alarm.device: "device",
        alarm.asset: "asset",
        f"zone:{alarm.zone}" if alarm.zone else "": "place",
        f"portal:{alarm.portal}" if alarm.portal else "": "place",
    }
    parts.pop("", None)
    return parts


def case_to_join(alarm: Alarm) -> Case | None:
    """The open case that shares most with the alarm within its window; the latest of equals."""
    parts = entities_of(alarm)
    best: dict[int, int] = {}
    shared = CaseEntity.objects.filter(reference__in=parts).exclude(case__state="closed").select_related("case")
    for entity in shared:
        is_place = entity.part == "place"
        if _near(entity.case, alarm, SHARES_PLACE if is_place else SHARES):
            best[entity.case_id] = best.get(entity.case_id, 0) + (1 if is_place else 3)
    if not best:
        return _flooded(alarm)
    return Case.objects.get(pk=max(best, key=lambda pk: (best[pk], pk)))


def _flooded(alarm: Alarm) -> Case | None:
    lately = Case.objects.filter(
        site=alarm.site, opened_by=None, first_at__gte=alarm.first_at - FLOOD_WINDOW, first_at__lte=alarm.last_at
    ).exclude(state="closed")
    opened = lately.filter(alarms__rule=alarm.rule).distinct().order_by("pk")[:FLOOD]
    return opened[0] if len(opened) == FLOOD else None


def _near(case: Case, alarm: Alarm, window: timedelta) -> bool:
    return case.first_at - window <= alarm.last_at and alarm.first_at <= case.last_at + window
