"""From the records of a panel to what the engine knows of it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays as known
from django.db.models import prefetch_related_objects
from django.utils import timezone

from bartizan.engines import intrusion
from bartizan.panels.models import Panel


def plan_of(panel: Panel) -> intrusion.Plan:
    """Read whole: four queries, however many areas and detectors, and none again for what was read with the panel."""
    prefetch_related_objects([panel], "areas__groups", "areas__slots", "detectors")
    areas = list(panel.areas.all())
    codes = {area.pk: area.code for area in areas}
    return intrusion.Plan.of(
        areas=[
            intrusion.Area(
                a.code, a.name, a.exit_seconds, a.siren_seconds, a.needs_two, a.two_seconds, a.longest_bypass_hours
            )
            for a in areas
        ],
        detectors=_detectors(panel, codes),
        groups=[intrusion.Group(str(group.pk), group.needs, group.seconds) for a in areas for group in a.groups.all()],
        slots=_slots(panel, codes),
        timezone=panel.site.timezone,
        holidays=_days_off(panel),
        wrong_codes=panel.wrong_codes,
        lock_seconds=panel.lock_seconds,
    )


def _detectors(panel: Panel, codes: dict[int, str]) -> list[intrusion.Detector]:
    return [
        intrusion.Detector(
            number=d.number,
            area=codes.get(d.area_id, ""),
            name=d.name,
            sort=d.sort,
            modes=frozenset(d.modes),
            entry_seconds=d.entry_seconds,
            exit_seconds=d.exit_seconds,
            follows=d.follows,
            may_be_open=d.may_be_open,
            chime=d.chime,
            clears_after=d.clears_after,
            silent_after=d.silent_after,
            silent_alarm_after=d.silent_alarm_after,
            group=str(d.cross_id or ""),
        )
        for d in panel.detectors.all()
    ]


def _slots(panel: Panel, codes: dict[int, str]) -> dict[str, list[intrusion.Slot]]:
    found: dict[str, list[intrusion.Slot]] = {}
    for area in panel.areas.all():
        for slot in area.slots.all():
            if slot.is_enabled:
                made = intrusion.Slot(frozenset(slot.weekdays), slot.at, slot.mode, slot.on_holidays, slot.warn_minutes)
                found.setdefault(codes[area.pk], []).append(made)
    return found


def _days_off(panel: Panel) -> set[date]:
    today = timezone.now().date()
    own = {date.fromisoformat(day) for day in panel.holidays if _is_day(day)}
    return own | _public(panel.country.upper(), (today - timedelta(days=7)).year, (today + timedelta(days=30)).year)


def _is_day(text: object) -> bool:
    try:
        return bool(date.fromisoformat(str(text)))
    except ValueError:
        return False


@lru_cache(maxsize=64)
def _public(country: str, first: int, last: int) -> set[date]:
    if country not in known.list_supported_countries(include_aliases=False):
        return set()
    return set(known.country_holidays(country, years=range(first, last + 1), expand=False))
