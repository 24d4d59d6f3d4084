"""The table that readers decide by follows the records, and is always whole."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from bartizan.doors.actions.visitors import set_pin
from bartizan.doors.models import AccessGroup, Clearance, Holiday, PortalRule, Schedule, ScheduleWindow, ZoneRule
from bartizan.doors.queries.table import current_table, table_of_records
from bartizan.doors.table_file import NAME, folder, read_table, write_table
from bartizan.engines.access import Presence, Request, Table, decide
from bartizan.estate import actions as estate_actions
from tests.world import World

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 17, 11, 0, tzinfo=UTC)  # a Tuesday, twelve on the Keep's clock


def decided(badge: str = "4417", portal: str = "KP-0-001", at: datetime = NOON, pin: str | None = None) -> str:
    """What a reader with today's table would say."""
    made = read_table()
    assert made is not None
    return decide(made, Presence(), Request(portal, "in", badge, pin), at).reason


def written() -> Table:
    write_table(timezone.now())
    made = read_table()
    assert made is not None
    return made


def test_somebody_in_a_group_by_department_is_let_in_and_a_stranger_is_not(here: World) -> None:
    written()
    assert decided() == "granted"
    assert decided("9999") == "unknown"


def test_a_badge_that_was_reported_lost_opens_nothing_from_then_on(here: World) -> None:
    written()
    estate_actions.report_lost(here.badge, here.alice, "left in a train")
    assert write_table(timezone.now())
    assert decided() == "lost"


def test_a_person_who_left_and_one_who_was_taken_out_of_the_group_stay_outside(here: World) -> None:
    here.carol.left_on = date(2026, 11, 1)
    here.carol.save()
    written()
    assert decided() == "left"
    here.carol.left_on = None
    here.carol.save()
    AccessGroup.objects.get().departments.clear()
    written()
    assert decided() == "no-grant"


def test_hours_hold_on_the_sites_clock_and_not_on_holidays(here: World) -> None:
    office = Schedule.objects.create(code="office", name="Office hours")
    ScheduleWindow.objects.create(schedule=office, begins=time(8), ends=time(18))
    AccessGroup.objects.update(schedule=office)
    written()
    assert decided(at=datetime(2026, 11, 17, 7, 30, tzinfo=UTC)) == "granted", "half past eight in Amsterdam"
    assert decided(at=datetime(2026, 11, 17, 17, 30, tzinfo=UTC)) == "hours"
    Holiday.objects.create(on=date(2026, 11, 17), name="Founders' day")
    written()
    assert decided() != "granted"


def test_a_doors_rule_and_a_pin_reach_the_reader(here: World) -> None:
    PortalRule.objects.create(portal=here.door, mode="card+pin")
    set_pin(here.carol, "4711", here.alice)
    made = written()
    assert "4711" not in folder().joinpath(NAME).read_text()
    assert made.portal["KP-0-001"].mode == "card+pin"
    assert decided(pin="4711") == "granted"
    assert decided(pin="1111") == "wrong-pin"


def test_levels_room_and_sites_are_in_the_table(here: World) -> None:
    ZoneRule.objects.create(zone=here.vault, most=2, least=2)
    Clearance.objects.create(person=here.carol, level=3)
    group = AccessGroup.objects.get()
    group.sites.set([here.site])
    group.up_to_level = 2
    group.save()
    made = written()
    assert (made.zone["KP-0.01"].most, made.zone["KP-0.01"].least) == (2, 2)
    assert made.person["K-3"].level == 3
    assert (made.group["legal"].sites, made.group["legal"].up_to_level) == (("KP",), 2)


def test_the_file_is_for_bartizan_alone_and_written_only_when_something_changed(here: World) -> None:
    assert write_table(timezone.now())
    file = folder() / NAME
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.stat().st_mtime_ns
    assert not write_table(timezone.now())
    assert file.stat().st_mtime_ns == before
    assert [each.name for each in folder().glob("*.new")] == []


@pytest.mark.parametrize("damage", [b"", b"{", b'{"version": 99}'])
def test_a_damaged_file_is_written_anew(here: World, damage: bytes) -> None:
    written()
    (folder() / NAME).write_bytes(damage)
    assert read_table() is None
    assert write_table(timezone.now())
    assert decided() == "granted"


@pytest.mark.parametrize(
    "change",
    [
        lambda _here: AccessGroup.objects.get().departments.clear(),
        lambda here: AccessGroup.objects.get().zones.remove(here.vault),
        lambda here: Clearance.objects.create(person=here.carol, level=4),
        lambda here: PortalRule.objects.create(portal=here.door, two_person=True),
        lambda here: ZoneRule.objects.create(zone=here.vault, most=1),
        lambda _here: Holiday.objects.create(on=date(2026, 12, 25), name="Christmas"),
        lambda here: estate_actions.report_lost(here.badge, here.alice, "lost"),
    ],
    ids=["department", "zone of a group", "level", "door", "zone", "holiday", "badge"],
)
def test_pages_never_count_with_a_table_from_before_a_change(here: World, change: Any) -> None:
    before = current_table(NOON)
    assert current_table(NOON) is before
    change(here)
    after = current_table(NOON)
    assert replace(after, made_at=NOON) == table_of_records(NOON)
    assert replace(after, made_at=NOON) != replace(before, made_at=NOON)


def test_a_badge_that_ended_long_ago_is_no_longer_listed(here: World) -> None:
    here.badge.issues.update(ended_at=timezone.now() - timedelta(days=500), end="returned")
    assert written().badges == ()
