"""Schedules on a site's own clock: weekdays, windows past midnight, holidays."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bartizan.engines.access.table import Group, Schedule, Site, Window

_DAY = timedelta(days=1)


def local(site: Site | None, now: datetime) -> datetime:
    """``now`` on the site's clock; UTC where the site or its time zone is not known."""
    return now.astimezone(_zone(site.timezone if site else "UTC"))


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def is_open(schedule: Schedule, site: Site | None, now: datetime) -> bool:
    """Whether ``now`` lies in one of its windows. A window past midnight belongs to the day on which it begins, and so
    does its holiday."""
    here = local(site, now)
    today, yesterday, at = here.date(), here.date() - _DAY, here.time()
    return any(
        (_holds(schedule, window, site, today) and _is_in(window, at))
        or (_holds(schedule, window, site, yesterday) and _is_after_midnight(window, at))
        for window in schedule.windows
    )


def is_holiday(site: Site | None, now: datetime) -> bool:
    return site is not None and local(site, now).date() in site.holidays


def is_valid(group: Group, now: datetime) -> bool:
    """``since`` belongs to it, ``until`` does not."""
    return (group.since is None or group.since <= now) and (group.until is None or now < group.until)


def _holds(schedule: Schedule, window: Window, site: Site | None, day: date) -> bool:
    is_free = site is not None and day in site.holidays and not schedule.on_holidays
    return day.weekday() in window.days and not is_free


def _is_in(window: Window, at: time) -> bool:
    if window.begins < window.ends:
        return window.begins <= at < window.ends
    return at >= window.begins


def _is_after_midnight(window: Window, at: time) -> bool:
    return window.ends <= window.begins and at < window.ends
