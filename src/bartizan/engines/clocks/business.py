"""Business days: week-ends and holidays are the ``holidays`` library's, by country and state."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays

from bartizan.engines.clocks.law import Calendar


@lru_cache(maxsize=512)
def _year(country: str, state: str, year: int) -> holidays.HolidayBase:
    """Of one year, whole before anybody reads it: the library's own filling on demand is not safe between threads."""
    return holidays.country_holidays(country, subdiv=state or None, years=year, expand=False, language="en_US")


def knows(country: str, state: str) -> str:
    """Empty when the library has this calendar; else what is wrong, in words."""
    supported = holidays.list_supported_countries(include_aliases=False)
    if not country:
        return "the two letters of a country are expected, such as DE or US"
    if country not in supported:
        return f"no holidays are known of the country “{country}”; write its two letters, such as DE or US"
    if state and state not in supported[country]:
        states = ", ".join(supported[country]) or "none"
        return f"no holidays are known of the state “{state}” of {country}; known are: {states}"
    return ""


def why_closed(day: date, calendar: Calendar) -> str:
    """Why ``day`` is no business day, in words; empty when it is one."""
    year = _year(calendar.country, calendar.state, day.year)
    if day in calendar.closed:
        return "closed by the rule"
    if name := year.get(day):
        return str(name)
    return "" if year.is_working_day(day) else "week-end"


def is_business_day(day: date, calendar: Calendar) -> bool:
    return not why_closed(day, calendar)


def next_business_day(day: date, calendar: Calendar) -> date:
    """``day``, or the first business day after it."""
    while not is_business_day(day, calendar):
        day += timedelta(days=1)
    return day
