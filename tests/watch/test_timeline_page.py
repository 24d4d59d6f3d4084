"""The timeline as an officer uses it: a stretch, chips, rows, one event in full; all of it in the address."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from bartizan.cases import actions as cases
from bartizan.watch import queries
from bartizan.watch.lake import Lake, LakeBusy
from tests import world
from tests.lakes import event
from tests.world import World

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 16, 20, 6, 10, tzinfo=UTC)  # 21:06:10 on the Keep's clock
VIEW = "/timeline?range=2.5h&to=2026-11-16T21:30:00Z"


@pytest.fixture
def here() -> World:
    return world.build()


@pytest.fixture
def console(client: Client, here: World) -> Client:
    client.force_login(here.alice)
    return client


def page(console: Client, url: str, status: int = 200) -> str:
    answer = console.get(url)
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


def rows(text: str) -> list[str]:
    return re.findall(r'<tr data-row data-event-id="([^"]+)"', text)


def test_a_lake_without_events_says_what_is_missing_and_offers_one_button(console: Client, lake: Lake) -> None:
    text = page(console, "/timeline")
    assert "No event has arrived yet." in text
    assert 'href="/sources">Add a source' in text


def test_notable_events_are_rows_and_all_events_are_one_click_away(console: Client, lake: Lake) -> None:
    forced = event(NIGHT, "door.forced", level=4)
    lake.append([forced, event(NIGHT + timedelta(minutes=1))])
    text = page(console, VIEW)
    assert rows(text) == [forced["id"]]
    assert "Notable, 1" in text
    assert len(rows(page(console, f"{VIEW}&rows=all"))) == 2


def test_rows_are_on_the_sites_clock_with_utc_beside(console: Client, lake: Lake) -> None:
    lake.append([event(NIGHT)])
    text = page(console, f"{VIEW}&rows=all")
    assert ">21:06:10</time>" in text
    assert "Mon 16 Nov 2026 20:06:10 UTC" in text
    assert "Time, CET" in text


def test_a_stretch_with_nothing_notable_says_so(console: Client, lake: Lake) -> None:
    lake.append([event(NIGHT), event(NIGHT)])
    text = page(console, VIEW)
    assert "Nothing notable from 20:00 to 22:30." in text
    assert "any of the 2 events" in text


def test_an_empty_stretch_leads_to_the_last_event_before_it(console: Client, lake: Lake) -> None:
    lake.append([event(NIGHT - timedelta(days=3))])
    text = page(console, VIEW)
    assert "Nothing happened from 20:00 to 22:30." in text
    assert ">Go to it</a>" in text


@pytest.mark.parametrize(
    ("chip", "count"),
    [
        ("site=KP", 3),
        ("zone=KP-0.01", 2),
        ("floor=KP-0", 3),
        ("floor=KP-9", 0),
        ("domain=door", 2),
        ("kind=login.failure", 1),
        ("person=K-3", 2),
        ("actor=user:c.cole", 1),
        ("device=host:KP-WS-1", 1),
        ("source=doors", 2),
        ("text=CAFE", 1),
        ("reference=zone:KP-0.01", 2),
        ("site=KP&domain=login", 1),
        ("site=XX", 0),
    ],
)
def test_a_chip_narrows_rows_bands_and_histogram(console: Client, lake: Lake, chip: str, count: int) -> None:
    login = {
        "actor": "user:c.cole",
        "person": "",
        "portal": "",
        "place": "",
        "zone": "KP-0.00",
        "device": "host:KP-WS-1",
    }
    lake.append(
        [
            event(NIGHT),
            event(NIGHT, raw="behind the Cafe"),
            event(NIGHT, "login.failure", source="hosts", host="KP-WS-1", **login),
        ]
    )
    text = page(console, f"{VIEW}&rows=all&{chip}")
    assert len(rows(text)) == count
    total = re.search(r'id="total">(\d+) ', text)
    assert total
    assert int(total[1]) == count


def test_a_chip_is_shown_by_name_and_can_be_taken_off(console: Client, lake: Lake) -> None:
    text = page(console, f"{VIEW}&zone=KP-0.01")
    assert re.search(
        r'href="([^"]+)"[^>]*><span class="visually-hidden">Remove the filter </span><b>zone</b>[^/]*>Vault<', text
    )


def test_a_case_as_a_chip_shows_what_its_alarms_are_about(console: Client, lake: Lake, here: World) -> None:
    alarm = world.alarm(actor="badge:4417")
    number = cases.open_case(alarm, by=here.alice).number
    away = {"actor": "badge:1", "zone": "KP-0.00", "portal": "", "place": "", "person": ""}
    lake.append([event(NIGHT), event(NIGHT, **away)])
    assert len(rows(page(console, f"{VIEW}&rows=all&case={number}"))) == 1
    assert len(rows(page(console, f"{VIEW}&rows=all&case=2020-001"))) == 0


def test_a_selected_event_tells_everything_about_it(console: Client, lake: Lake, here: World) -> None:
    login = event(
        NIGHT,
        "login.unlock",
        summary="c.cole unlocked KP-WS-1",
        actor="user:c.cole",
        outcome="success",
        device="host:KP-WS-1",
        host="KP-WS-1",
        level=3,
        owner="K-3",
        owner_elsewhere="site",
        out_of_hours=True,
    )
    lake.append([event(NIGHT - timedelta(minutes=1)), login, event(NIGHT + timedelta(minutes=2), "door.exit")])
    text = page(console, f"{VIEW}&event={login['id']}")
    for words in (
        "c.cole unlocked KP-WS-1.",
        "Mon 16 Nov 2026 21:06:10.000 CET",
        "20:06:10 UTC, received 1.0 s later",
        "Owner is in another",
        "raw message of login.unlock",
        "Just before and after",
        "21:05:10",
    ):
        assert words in text
    assert re.search(r"sha256 [0-9a-f]{4}…[0-9a-f]{4}", text)
    assert 'class="cur-t"' in text
    assert ">21:06:10</text>" in text


def test_the_events_rule_and_case_are_named(console: Client, lake: Lake, here: World) -> None:
    alarm = world.alarm()
    case = cases.open_case(alarm, by=here.alice)
    found = alarm.events.get()
    lake.append([event(found.at, "door.forced", id=found.event, level=4)])
    text = page(console, f"/timeline?event={found.event}")
    assert f"/rules?rule={alarm.rule}" in text
    assert f"/cases/{case.number}" in text


def test_an_event_that_is_gone_is_said_to_be_gone(console: Client, lake: Lake) -> None:
    assert "This event is not in the lake." in page(console, f"{VIEW}&event=00000000-0000-7000-8000-000000000001")
    assert "This event is not in the lake." in page(console, f"{VIEW}&event=nonsense")


def test_pages_of_rows_miss_nothing_and_repeat_nothing(console: Client, lake: Lake) -> None:
    lake.append([event(NIGHT + timedelta(seconds=n // 3)) for n in range(130)])
    url, seen, first = f"{VIEW}&rows=all", [], ""
    for _ in range(3):
        text = page(console, url)
        seen += rows(text)
        first = first or rows(text)[0]
        following = re.findall(r'href="([^"]*page=after[^"]*)" data-stretch', text)
        url = following[0] if following else ""
    assert (len(seen), len(set(seen)), url) == (130, 130, "")
    back = re.findall(r'href="([^"]*page=before[^"]*)" data-stretch', text)
    back = re.findall(r'href="([^"]*page=before[^"]*)" data-stretch', page(console, back[0]))
    assert rows(page(console, back[0]))[0] == first


def test_the_newest_row_stands_first_while_the_view_is_live(console: Client, lake: Lake) -> None:
    now = datetime.now(UTC)
    older, newer = event(now - timedelta(minutes=2)), event(now - timedelta(minutes=1))
    lake.append([older, newer])
    text = page(console, "/timeline?rows=all")
    assert rows(text) == [newer["id"], older["id"]]
    assert 'data-live-stretch="all"' in text


def test_a_view_of_the_past_is_not_live(console: Client, lake: Lake) -> None:
    assert 'data-live-stretch=""' in page(console, VIEW)


def test_jumping_puts_the_cursor_in_the_middle_and_keeps_the_chips(console: Client, lake: Lake) -> None:
    answer = console.get("/timeline?range=1h&zone=KP-0.01&jump=16 Nov 2026 21:06")
    assert answer.status_code == 302
    url = answer.headers["Location"]
    assert "to=2026-11-16T20%3A36%3A00Z" in url
    assert "at=2026-11-16T20%3A06%3A00Z" in url
    assert "zone=KP-0.01" in url


def test_rows_begin_around_the_time_that_was_jumped_to(console: Client, lake: Lake) -> None:
    lake.append([event(NIGHT + timedelta(seconds=n)) for n in range(-100, 100)])
    shown = re.findall(r'datetime="([^"]+)" title', page(console, f"{VIEW}&rows=all&at=2026-11-16T20:06:10Z"))
    assert shown[0] < "2026-11-16T20:06:10" <= shown[25]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("jump=soon", "“soon” is not understood as a time."),
        ("jump=", "No time was given."),
        ("jump=0001-01-01", "No event can be of that time."),
        ("jump=9999-12-31T23:59", "No event can be of that time."),
        ("reference=%00", "asks for a sign that no event holds"),
        ("range=year", "There is no range “year”"),
        ("to=yesterday", "“yesterday” in the address is not a time"),
        ("from=2026-11-16T21:00Z&to=2026-11-16T20:00Z", "ends before it begins"),
        ("page=9", "names a page of rows that does not exist"),
    ],
)
def test_bad_input_gets_words_and_a_page_that_works(console: Client, lake: Lake, query: str, words: str) -> None:
    text = page(console, f"/timeline?{query}", status=422)
    assert words in text
    assert 'id="bands"' in text


@pytest.mark.parametrize(
    "query", ["to=0001-01-01T00:00:00Z", "to=1970-01-01T00:00:00Z", "from=1970-01-01T00:00Z", "event=%00"]
)
def test_times_at_the_edge_of_the_calendar_break_nothing(console: Client, lake: Lake, query: str) -> None:
    assert console.get(f"/timeline?{query}").status_code in (200, 422)


def test_what_a_source_sent_is_never_run_as_a_page(console: Client, lake: Lake) -> None:
    bad = event(NIGHT, raw="<script>alert(1)</script>", summary="<b>bold</b>", level=2, actor='user:"><img src=x>')
    lake.append([bad])
    text = console.get(f"{VIEW}&event={bad['id']}").content.decode()
    assert "<script>alert" not in text
    assert "<b>bold</b>" not in text
    assert "<img src=x>" not in text


def test_a_lake_that_is_busy_is_said_in_words_with_a_way_on(
    console: Client, here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy() -> Lake:
        raise LakeBusy("The event lake's catalog is locked by another process.")

    monkeypatch.setattr(queries, "lake", busy)
    text = page(console, "/timeline", status=503)
    assert "The events cannot be read at the moment." in text
    assert "Try again" in text


def test_a_stranger_is_sent_to_sign_in(client: Client, here: World) -> None:
    assert client.get("/timeline").headers["Location"].startswith("/sign-in")


def test_parts_of_the_page_come_alone(console: Client, lake: Lake) -> None:
    one = event(NIGHT)
    lake.append([one])
    side = console.get(f"{VIEW}&event={one['id']}", headers={"X-Part": "selected"}).content.decode()
    stretch = console.get(f"{VIEW}&rows=all", headers={"X-Part": "stretch"}).content.decode()
    assert "<html" not in side + stretch
    assert "As received" in side
    assert 'id="hist"' in stretch
    assert "style=" not in side + stretch


def test_names_for_live_rows_are_those_of_the_records(console: Client, here: World) -> None:
    names = console.get("/timeline/names?ref=zone:KP-0.01&ref=badge:4417&ref=user:nobody").json()
    assert names == {"zone:KP-0.01": "Vault, The Keep", "badge:4417": "Badge 4417, Carol Cole", "user:nobody": "nobody"}
