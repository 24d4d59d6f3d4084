"""Registers of who may enter where and when. Whoever sets doors up from nothing needs a group, and no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bartizan.core.access import visible_to
from bartizan.core.registers import Column, Register, Section, add
from bartizan.core.values import Line
from bartizan.doors import models
from bartizan.estate.models import Person

MOST = 40


def windows(user: Any, schedule: models.Schedule) -> Iterable[Line]:
    return [Line(None, "clock", str(one), "") for one in visible_to(user, schedule.windows.all())]


def hours(schedule: models.Schedule) -> str:
    return "; ".join(str(one) for one in schedule.windows.all()) or "no hours: never"


def where(group: models.AccessGroup) -> str:
    """Where it lets in, in words."""
    parts = [site.name for site in group.sites.all()] if group.up_to_level else []
    parts = [f"{', '.join(parts)} up to level {group.up_to_level}"] if parts else []
    parts += [*(zone.name for zone in group.zones.all()), *(portal.name for portal in group.portals.all())]
    return ", ".join(parts[:6]) + (f" and {len(parts) - 6} more" if len(parts) > 6 else "") or "nowhere yet"


def who(group: models.AccessGroup) -> str:
    named, parts = len(group.people.all()), [each.name for each in group.departments.all()]
    people = [f"{named} {'person' if named == 1 else 'people'} by name"] if named else []
    return ", ".join([*parts, *people]) or "nobody yet"


def members(user: Any, group: models.AccessGroup) -> Iterable[Line]:
    """Those of it by name or by department."""
    found = Person.objects.filter(access_groups=group) | Person.objects.filter(department__access_groups=group)
    rows = visible_to(user, found.distinct().order_by("name"))
    return [Line(None, "team", one.name, f"person:{one.code}") for one in rows[:MOST]]


def window_problems(data: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    if not any(data.get(day) for day in models.ScheduleWindow.DAYS):
        yield "monday", "Choose at least one day."


def group_problems(data: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    since, until = data.get("since"), data.get("until")
    if since and until and until <= since:
        yield "until", "It ends before it begins."
    if data.get("sites") and not data.get("up_to_level"):
        yield "up_to_level", "Say up to which level the zones of these sites are open to the group."


def rule_problems(data: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    if data.get("passback") == "timed" and not data.get("passback_minutes"):
        yield "passback_minutes", "Say for how many minutes nobody may enter again."
    if not 1 <= (data.get("unlock_seconds") or 0) <= 600:
        yield "unlock_seconds", "Between 1 and 600 seconds."
    if data.get("two_person") and not 3 <= (data.get("two_person_seconds") or 0) <= 300:
        yield "two_person_seconds", "Between 3 and 300 seconds for the second badge."


def zone_problems(data: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    if data.get("most") is not None and data["most"] < (data.get("least") or 0):
        yield "most", "That is fewer than must be in it."


add(
    Register(
        model=models.AccessGroup,
        icon="people",
        columns=(
            *("name", "code"),
            Column("Who", "people", who, lambda g: [*g.people.all(), *g.departments.all()], sort=""),
            Column("Enters", "zones", where, lambda g: [*g.sites.all(), *g.zones.all(), *g.portals.all()], sort=""),
            *("schedule", "until"),
        ),
        prefetch=("people", "departments", "zones", "portals", "sites"),
        reference=lambda g: f"access-group:{g.code}",
        about=where,
        sections=(Section("Who is in it", members, "Nobody yet."),),
        problems=group_problems,
        holds="Some people, where they may enter, and when. Who is in no group enters nowhere.",
    )
)

add(
    Register(
        model=models.Schedule,
        icon="clock",
        columns=("name", "code", Column("Hours", "windows", hours, sort=""), "on_holidays"),
        prefetch=("windows",),
        reference=lambda s: f"schedule:{s.code}",
        about=hours,
        sections=(Section("Hours", windows, "No hours yet: it never holds.", adds="hours", by="schedule"),),
        holds="Hours of the week in which a group may enter, or a door stands open, on the clock of the door's site.",
    )
)

add(
    Register(
        model=models.ScheduleWindow,
        icon="clock",
        columns=("schedule", Column("Days", "monday", lambda w: w.days_words, sort=""), "begins", "ends"),
        search=("schedule__name",),
        filters=("schedule",),
        order=("schedule__name", "begins"),
        is_child=True,
        problems=window_problems,
        holds="The hours of a schedule: some days, from when to when.",
    )
)

add(
    Register(
        model=models.Holiday,
        icon="clock",
        columns=("name", "on", "site"),
        filters=("site",),
        order=("-on",),
        holds="Days on which schedules do not hold unless they say so: what stands open on weekdays stays locked.",
    )
)

add(
    Register(
        model=models.PortalRule,
        icon="door",
        columns=("portal", "mode", "two_person", "passback", "is_escape", "open_schedule", "unlock_seconds"),
        more=("passback_minutes", "two_person_seconds", "open_after_first", "portal__inner__site"),
        search=("portal__code", "portal__name"),
        filters=("mode", "passback", "portal__inner__site"),
        order=("portal__code",),
        problems=rule_problems,
        holds="What a door asks for beyond a badge: a PIN, a second person, leaving before entering again.",
    )
)

add(
    Register(
        model=models.ZoneRule,
        icon="pin",
        columns=("zone", "most", "least", "zone__site"),
        search=("zone__code", "zone__name"),
        filters=("zone__site",),
        order=("zone__code",),
        problems=zone_problems,
        holds="How many people a zone holds at most, and whether somebody may be alone in it.",
    )
)

add(
    Register(
        model=models.Clearance,
        icon="badge",
        columns=("person", "level", Column("PIN since", "pin_set_at", none="no PIN"), "person__department"),
        search=("person__name", "person__code"),
        filters=("level", "person__department"),
        order=("person__name",),
        labels={"level": "Level"},
        holds="A person's level, which a lock-down compares (nothing here: level 1), and since when there is a PIN.",
    )
)
