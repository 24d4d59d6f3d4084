"""Now: the queue, the alarm in focus, what is done with it, the floor, and what is silent."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bartizan.core.models import AuditEntry
from bartizan.estate.models import Device, Floor, Portal, Zone
from bartizan.watch import actions
from bartizan.watch.models import Alarm, Source
from bartizan.watch.pages.alarm_focus import shelf_ends
from bartizan.watch.pages.map import AT_ONCE
from tests import world
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> World:
    return world.build()


@pytest.fixture
def console(client: Client, here: World) -> Client:
    client.force_login(here.alice)
    return client


def part(console: Client, name: str, query: str = "") -> str:
    return console.get(f"/{query}", headers={"X-Part": name}).content.decode()


def queue(console: Client, query: str = "") -> list[str]:
    return re.findall(r"<b>([^<]+)</b>", part(console, "queue", query))


def test_the_worst_alarm_stands_first_and_is_in_focus(console: Client) -> None:
    world.alarm("Battery low", level=1)
    world.alarm("Door forced", level=4)
    assert queue(console) == ["Door forced", "Battery low"]
    assert "<h2" in (focus := part(console, "alarm"))
    assert "Door forced" in focus
    assert "Send the nearest patrol." in focus


def test_a_row_names_its_alarm_and_the_events_behind_it(console: Client) -> None:
    alarm = world.alarm()
    shown = part(console, "queue")
    assert f'data-alarm-id="{alarm.pk}"' in shown
    assert f'data-event-ids="{alarm.events.get().event}"' in shown


def do(console: Client, alarm: Alarm, deed: str, status: int = 200, **filled: str) -> str:
    """What the page answers to a deed on ``alarm``, which is then as it was left."""
    answer = console.post(f"/alarms/{alarm.pk}/{deed}", filled, headers={"X-Part": "alarm"})
    assert answer.status_code == status
    alarm.refresh_from_db()
    return answer.content.decode()


def undo_in(answer: str) -> str:
    return re.findall(r'name="undo" value="([^"]+)"', answer)[0]


def test_acknowledging_takes_the_alarm_and_can_be_undone(console: Client, here: World) -> None:
    alarm = world.alarm()
    answer = do(console, alarm, "acknowledge")
    assert (alarm.state, alarm.holder) == ("acknowledged", here.alice)
    assert "you hold it" in answer
    assert "data-undo" in answer
    do(console, alarm, "undo", undo=undo_in(answer))
    assert (alarm.state, alarm.holder) == ("raised", None)


def test_undoing_gives_the_alarm_back_with_its_holder_its_clock_and_its_shelf(console: Client, here: World) -> None:
    given, shelved = world.alarm("Given"), world.alarm("Shelved")
    actions.assign(given, here.bob, here.alice)
    actions.shelve(shelved, timezone.now() + timedelta(hours=8), "Painters", here.bob)
    for alarm, deed, filled in (
        (given, "acknowledge", {}),
        (shelved, "acknowledge", {}),
        (given, "close", {"verdict": "false", "cause": "cleaner"}),
        (given, "shelve", {"reason": "Movers", "until": (timezone.now() + timedelta(hours=1)).isoformat()}),
    ):
        alarm.refresh_from_db()
        before = actions.standing(alarm)
        answer = do(console, alarm, deed, **filled)
        assert actions.standing(alarm) != before
        do(console, alarm, "undo", undo=undo_in(answer))
        assert actions.standing(alarm) == before
    assert AuditEntry.objects.filter(verb="undid", subject=f"alarm:{given.pk}").count() == 3


def test_what_changed_since_or_is_over_a_minute_old_is_not_undone(
    console: Client, here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarm = world.alarm()
    undo = undo_in(do(console, alarm, "acknowledge"))
    actions.assign(alarm, here.bob, here.alice)
    assert "It was changed since" in do(console, alarm, "undo", 422, undo=undo)
    assert alarm.holder == here.bob
    undo = undo_in(do(console, alarm, "acknowledge"))
    for forged in ("", undo[:-1], undo_in(do(console, world.alarm("Another"), "acknowledge"))):
        assert "cannot be undone" in do(console, alarm, "undo", 422, undo=forged)
    later = time.time() + 61
    monkeypatch.setattr(time, "time", lambda: later)
    assert "minute in which it could be undone is over" in do(console, alarm, "undo", 422, undo=undo)
    assert alarm.holder == here.alice


def test_without_script_an_action_leads_back_to_the_alarm(console: Client) -> None:
    alarm = world.alarm()
    assert console.post(f"/alarms/{alarm.pk}/acknowledge")["Location"] == f"/?alarm={alarm.pk}"


def test_an_alarm_is_given_to_somebody_else(console: Client, here: World) -> None:
    alarm = world.alarm(level=3)
    console.post(f"/alarms/{alarm.pk}/assign", {"to": here.bob.pk})
    alarm.refresh_from_db()
    assert alarm.holder == here.bob
    assert "for B. Bell" in part(console, "queue")


def test_giving_an_alarm_to_nobody_is_refused_in_words(console: Client) -> None:
    alarm = world.alarm()
    answer = console.post(f"/alarms/{alarm.pk}/assign", {"to": "999"}, headers={"X-Part": "alarm"})
    assert answer.status_code == 422
    assert "Choose to whom it goes." in answer.content.decode()


def test_shelving_needs_a_reason_and_an_end_that_lies_ahead(console: Client) -> None:
    alarm = world.alarm()
    later, before = (
        (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
        (datetime.now(UTC) - timedelta(hours=1)).isoformat(),
    )
    for filled, words in (
        ({"reason": "", "until": later}, "Say why it is shelved."),
        ({"reason": "Painters", "until": before}, "Choose an end that lies ahead."),
        ({"reason": "Painters", "until": "soon"}, "nothing is shelved without one"),
        ({"reason": "Painters", "until": "9999-12-31T23:59:59-12:00"}, "nothing is shelved without one"),
        ({"reason": "Painters", "until": "9999-12-31T23:59:59+00:00"}, "Choose an end within a year."),
        ({"reason": "Painters", "until": "2999-01-01T00:00:00"}, "Choose an end from the list."),
    ):
        answer = console.post(f"/alarms/{alarm.pk}/shelve", filled, headers={"X-Part": "alarm"})
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert console.post(f"/alarms/{alarm.pk}/shelve", {"reason": "Painters", "until": later}).status_code == 302
    assert "Shelved · 1" in part(console, "queue")


def test_what_was_typed_is_kept_when_shelving_is_refused(console: Client) -> None:
    alarm = world.alarm()
    answer = console.post(
        f"/alarms/{alarm.pk}/shelve", {"reason": "Painters", "until": ""}, headers={"X-Part": "alarm"}
    )
    assert 'value="Painters"' in answer.content.decode()


def test_closing_needs_an_answer_and_takes_the_alarm_out_of_the_queue(console: Client) -> None:
    alarm = world.alarm()
    do(console, alarm, "close", 422, reason="Tested")
    console.post(f"/alarms/{alarm.pk}/close", {"verdict": "tested", "reason": "Door was tested"})
    assert queue(console) == []
    assert "Tested: Door was tested" in part(console, "alarm", f"?alarm={alarm.pk}")


def test_an_alarm_that_is_not_there_is_not_found(console: Client) -> None:
    assert console.post("/alarms/999999/acknowledge").status_code == 404
    assert console.get("/?alarm=999999").status_code == 200
    assert console.get("/?alarm=abc&do=dance&show=everything&floor=moon").status_code == 200


def test_mine_and_unheld_narrow_the_queue(console: Client, here: World) -> None:
    mine, theirs, free = (world.alarm(title) for title in ("Mine", "Theirs", "Free"))
    actions.acknowledge(mine, here.alice)
    actions.acknowledge(theirs, here.bob)
    assert queue(console, "?show=mine") == ["Mine"]
    assert queue(console, "?show=unheld") == ["Free"]
    assert set(queue(console)) == {"Mine", "Theirs", "Free"}
    assert free.state == "raised"


def test_an_escalation_that_is_near_is_counted_down_in_the_row(console: Client) -> None:
    alarm = world.alarm()
    Alarm.objects.filter(pk=alarm.pk).update(escalates_at=timezone.now() + timedelta(seconds=52))
    assert re.search(r"Escalates <time[^>]*data-until[^>]*>0:5\d</time>", part(console, "queue"))


def test_the_plan_opens_at_the_floor_of_the_alarm_and_marks_its_zone(console: Client) -> None:
    world.alarm(zone="")  # known by its door alone
    shown = part(console, "plan")
    assert "The Keep, floor 0" in shown
    assert "z-critical" in shown
    assert "1 alarm" in shown


@pytest.mark.parametrize(
    ("state", "drawn"),
    [
        ("locked", 'class="leaf"'),
        ("closed", 'class="leaf-open"'),
        ("open", 'class="swing"'),
        ("forced", "leaf-critical"),
        ("held", "leaf-medium"),
        ("unknown", "leaf-unknown"),
    ],
)
def test_a_door_is_drawn_as_it_stands(console: Client, state: str, drawn: str) -> None:
    Portal.objects.update(state=state)
    assert drawn in part(console, "plan").split("<footer>")[0]


def test_a_detector_that_saw_motion_is_ringed_for_a_short_while(console: Client) -> None:
    Device.objects.filter(kind="detector").update(state="motion", state_at=timezone.now())
    assert 'class="ring"' in part(console, "plan").split("<footer>")[0]
    Device.objects.filter(kind="detector").update(state_at=timezone.now() - timedelta(hours=1))
    assert 'class="ring"' not in part(console, "plan").split("<footer>")[0]


def test_a_source_that_stopped_and_a_camera_without_picture_are_named_with_their_age(console: Client) -> None:
    Source.objects.create(
        name="fw-eastgate", connector="syslog", state="ok", last_event_at=timezone.now() - timedelta(minutes=30)
    )
    Device.objects.filter(kind="camera").update(state="offline", state_at=timezone.now() - timedelta(minutes=45))
    beside = part(console, "beside")
    assert "fw-eastgate" in beside
    assert "30 min" in beside
    assert "Vault camera" in beside
    assert "2 of 2" in beside


def test_a_source_that_still_speaks_is_not_silent(console: Client) -> None:
    Source.objects.create(name="doors", connector="mqtt", state="ok", last_event_at=timezone.now())
    assert "Every source that has spoken still does." in part(console, "beside")


def test_with_nothing_loaded_the_page_says_what_to_do_first(client: Client) -> None:
    client.force_login(world.officer("eve", "Eve", "East", "CSO"))
    page = client.get("/").content.decode()
    assert "No source reports yet." in page
    assert "Add a source" in page
    assert "No floor is drawn yet." in page


def test_the_map_draws_every_floor_and_narrows_to_a_site(console: Client) -> None:
    assert "The Keep, floor 0" in console.get("/map").content.decode()
    assert "The Keep, floor 0" in console.get("/map?site=KP").content.decode()
    assert "The Keep, floor 0" not in console.get("/map?site=NOWHERE").content.decode().split("<main")[1]


def test_many_floors_cost_the_map_no_more_queries_than_a_few(console: Client, here: World) -> None:
    add_floors(here, 1, AT_ONCE + 1)
    console.get("/map")  # what a process reads once is read
    with CaptureQueriesContext(connection) as few:
        console.get("/map")
    add_floors(here, AT_ONCE + 2, AT_ONCE + 10)
    with CaptureQueriesContext(connection) as many:
        console.get("/map")
    assert number_of(many) == number_of(few)


def number_of(queries: CaptureQueriesContext) -> int:
    """Without what a process reads anew by the clock, whichever page is asked for."""
    by_the_clock = ("core_setting", "estate_organisation")
    return sum(not any(table in query["sql"] for table in by_the_clock) for query in queries)


def test_a_floor_out_of_view_says_what_is_on_it_and_is_drawn_when_asked_for(console: Client, here: World) -> None:
    add_floors(here, 1, AT_ONCE)
    world.alarm("Door forced", level=4, zone=f"KP-{AT_ONCE}.01", portal="")
    Device.objects.filter(code=f"C{AT_ONCE}").update(state="offline")
    later = Floor.objects.get(code=f"KP-{AT_ONCE}")
    for query, is_drawn in (("", False), (f"?drawn={later.code}", True), (f"?floor={later.code}", True)):
        panel = console.get(f"/map{query}").content.decode().split(f'id="floor-{later.pk}"')[1].split("</section>")[0]
        assert "1 alarm, 1 silent" in panel
        assert ("z-critical" in panel, "data-later" in panel) == (is_drawn, not is_drawn)
    part = console.get(f"/map?floor={later.code}", headers={"X-Part": f"floor-{later.pk}"}).content.decode()
    assert "z-critical" in part
    assert "<section" not in part


def add_floors(here: World, first: int, last: int) -> None:
    """Floors above the first one, each with a room and a camera."""
    for number in range(first, last + 1):
        floor = Floor.objects.create(
            code=f"KP-{number}", name=f"Floor {number}", level=number, building=here.floor.building
        )
        room = Zone.objects.create(
            code=f"KP-{number}.01", name="Room", site=here.site, floor=floor, outline=[8, 8, 120, 124]
        )
        Device.objects.create(code=f"C{number}", name="Camera", kind="camera", zone=room, x=20, y=20)


def test_a_shelf_ends_on_the_clock_of_the_site() -> None:
    now = datetime(2026, 11, 17, 8, 42, tzinfo=UTC)
    ends = {words: end for end, words in shelf_ends(now, "Europe/Amsterdam")}
    assert ends["until tomorrow 08:00"] == "2026-11-18T08:00:00+01:00"
    assert ends["until Monday 23 Nov, 08:00"] == "2026-11-23T08:00:00+01:00"


def test_an_alarm_without_a_place_leaves_the_floor_of_the_worst_one_in_view(console: Client) -> None:
    world.alarm("Password spraying", level=2, zone="", portal="", site="")
    world.alarm("Door forced", level=4)
    focused = Alarm.objects.get(title="Password spraying")
    assert "z-critical" in part(console, "plan", f"?alarm={focused.pk}")
