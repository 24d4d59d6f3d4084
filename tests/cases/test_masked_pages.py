"""Nothing that a case with a shut gate leads to gives its people away: other rooms' pages, words about its alarms."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from asgiref.sync import async_to_sync
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bartizan.cases import actions
from bartizan.cases.actions import gate as gates
from bartizan.cases.models import Alias, Case
from bartizan.cases.pages.view import TABS
from bartizan.core import live
from bartizan.core.models import LiveMessage, User
from bartizan.core.roles import Role
from bartizan.notices.actions import tell
from bartizan.notices.models import Notice
from bartizan.watch import actions as watch
from bartizan.watch.lake import Lake
from bartizan.watch.models import Alarm
from tests import world
from tests.cases import breach
from tests.cases.breach import DOER
from tests.lakes import event
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]
STAYS = re.compile(r"/(sources|registers|rules|account|audit|settings)\b")
"""The office's ordinary tools: what they show does not depend on a case."""
AS_KEPT = re.compile(r"/cases/[\d-]+/evidence/(chain|stamp|head)|/files/\d+")
"""Files are kept as they came."""


@pytest.fixture
def here() -> World:
    made = world.build()
    breach.build(made)
    account = User.objects.create(username="dan", first_name="Dan", last_name="Drost", role=Role.DIRECTOR)
    TOTP.activate(account, world.TOTP_SECRET)
    return made


@pytest.fixture
def case(here: World, lake: Lake) -> Case:
    """Weighed, shut, and its people in every record that its tabs lead to: its alarm, its events, its places."""
    made = breach.opened(here, here.alice)
    breach.weighed(made)
    alarm = made.alarms.get()
    alarm.events.update(summary=f"Badge {breach.badge(DOER)} copied files at {breach.desk(DOER)}")
    who = {"actor": f"badge:{breach.badge(DOER)}", "person": breach.code(DOER), "host": breach.desk(DOER)}
    at = {"place": "portal:QP-OFFICE", "portal": "QP-OFFICE", "zone": "QZ-OF", "site": "KP", "raw": breach.login(DOER)}
    hit = event(made.first_at, summary=f"Badge {breach.badge(DOER)} opened the office", **who, **at)
    lake.append([hit, event(made.first_at + timedelta(seconds=2), summary=f"{breach.name(3)} left", **who, **at)])
    alarm.events.update(event=hit["id"])
    actions.add_note(made, f"{breach.name(DOER)} sits at {breach.desk(DOER)}.", here.alice)
    as_("alice").get(f"/cases/{made.number}")  # gives everybody of the verdict a number
    return made


def as_(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def read(username: str, url: str, status: int = 200, **how: str) -> str:
    answer = as_(username).get(url, headers=how)
    assert answer.status_code == status, url
    return html.unescape(answer.content.decode())


def unmasked(text: str, n: int = DOER) -> list[str]:
    return [word for word in breach.identifiers(n) if word.lower() in text.lower()]


def leads(page: str) -> set[str]:
    """Where the content of a page leads: links and pictures."""
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    found = re.findall(r'\s(?:href|src)="([^"]+)"', main)
    return {html.unescape(url) for url in found if url.startswith("/") and not url.startswith("/static/")}


def seen(client: Client, url: str) -> dict[str, str]:
    """What comes back for an address, whole and in each part that a script asks for."""
    parts = {"/": ("queue", "alarm", "plan", "beside"), "/timeline": ("selected", "stretch"), "/map": ("floors",)}
    found = {}
    for part in ("", *parts.get(urlsplit(url).path, ())):
        answer = client.get(url, headers={"X-Part": part} if part else {}, follow=True)
        assert answer.status_code == 200, (url, part, answer.status_code)
        text = (
            b"".join(answer).decode(errors="replace") if answer.streaming else answer.content.decode(errors="replace")
        )
        found[f"{url} {part}"] = html.unescape(text)
    return found


@pytest.mark.parametrize("username", ["dan", "alice"])
def test_no_link_on_any_tab_leads_to_the_name(case: Case, username: str) -> None:
    """One step from each tab, whole pages and parts, as somebody who reads cases and as somebody who works them."""
    client, walked = as_(username), {}
    for tab in TABS:
        url = f"/cases/{case.number}" if tab == "overview" else f"/cases/{case.number}/{tab}"
        walked |= dict.fromkeys(leads(client.get(url).content.decode()))
    asked = [url for url in walked if not STAYS.match(url) and not AS_KEPT.match(url)]
    paths = {urlsplit(url).path for url in asked}
    assert {"/", "/timeline", "/entity/zone/QZ-OF"} <= paths
    given = {at: found for url in asked for at, text in seen(client, url).items() if (found := unmasked(text))}
    assert given == {}


def test_the_walk_can_fail(case: Case) -> None:
    """What it looks for stands there as soon as the links do not go on for the case."""
    assert unmasked(read("dan", "/entity/zone/QZ-OF"))
    assert "Read for case" in read("dan", f"/entity/zone/QZ-OF?case={case.number}")
    assert unmasked(read("dan", f"/entity/zone/QZ-OF?case={case.number}")) == []


def test_links_of_a_page_that_is_read_for_a_case_go_on_for_it(case: Case) -> None:
    page = as_("dan").get(f"/entity/zone/QZ-OF?case={case.number}").content.decode()
    told = [url for url in leads(page) if url.startswith(("/timeline", "/entity", "/?", "/map"))]
    assert told
    assert [url for url in told if f"case={case.number}" not in url] == []
    assert f'href="?range=30d&amp;case={case.number}"' in page


def test_an_alarm_of_the_case_is_masked_on_now_whole_and_in_parts(case: Case) -> None:
    other = world.alarm("Door held open", level=3)
    alarm = case.alarms.get()
    for username in ("alice", "bob", "dan"):
        for part in ("queue", "alarm"):
            text = read(username, f"/?alarm={alarm.pk}", **{"X-Part": part})
            assert unmasked(text) == [], (username, part)
            assert "desk of P1" in text.replace("Desk", "desk"), (username, part)
        assert other.title in read(username, f"/?alarm={other.pk}", **{"X-Part": "queue"})
    page = read("dan", f"/?alarm={alarm.pk}").split('id="queue"')[1].split('id="plan"')[0]
    assert unmasked(page) == []


def test_the_alarm_in_focus_gives_the_verdict_s_people_their_numbers_before_the_case_was_opened(case: Case) -> None:
    Alias.objects.all().delete()
    page = read("bob", f"/?alarm={case.alarms.get().pk}").split('id="queue"')[1].split('id="plan"')[0]
    assert page.count("esk of P1") > 1
    assert Alias.objects.get(number=1).person == breach.code(DOER)


def test_on_a_page_that_is_read_for_one_case_alarms_of_another_keep_their_own_masks(case: Case, here: World) -> None:
    alarm = world.alarm("Desk opened", level=2, device=f"host:{breach.desk(DOER)}")
    Alarm.objects.filter(pk=alarm.pk).update(where=breach.desk(DOER))
    actions.open_case(Alarm.objects.get(pk=alarm.pk), by=here.alice)
    gates.look_behind(Alias.objects.get(case=case, person=breach.code(DOER)), "To brief nobody.", here.alice)
    queue = read("alice", f"/?case={case.number}", **{"X-Part": "queue"})
    assert f"{breach.desk(DOER)} (P1)" in queue, "of the case that it is read for"
    assert unmasked(queue.split("Desk opened</b>")[1].split("</tr>")[0]) == []


def test_what_led_to_the_alarm_leads_on_to_masked_events(case: Case) -> None:
    alarm = case.alarms.get()
    part = as_("dan").get(f"/?alarm={alarm.pk}", headers={"X-Part": "alarm"}).content.decode()
    events = [html.unescape(url) for url in re.findall(r'href="(/timeline[^"]*event=[^"]+)"', part)]
    assert events
    for url in events:
        for at, text in seen(as_("dan"), url).items():
            assert unmasked(text) == [], at
    assert any("User account of P1" in text for text in seen(as_("dan"), events[0]).values()), "the message as received"


def test_an_answer_to_a_deed_masks_the_alarm_too(case: Case) -> None:
    alarm = case.alarms.get()
    answer = as_("alice").post(f"/alarms/{alarm.pk}/acknowledge", headers={"X-Part": "alarm"})
    assert "acknowledged" in answer.content.decode()
    assert unmasked(html.unescape(answer.content.decode())) == []


def test_whoever_looked_behind_sees_the_name_beside_the_number_wherever_the_alarm_is(case: Case, here: World) -> None:
    alarm = case.alarms.get()
    gates.look_behind(Alias.objects.get(case=case, person=breach.code(DOER)), "To brief nobody.", here.alice)
    assert f"{breach.desk(DOER)} (P1)" in read("alice", f"/?alarm={alarm.pk}", **{"X-Part": "alarm"})
    assert unmasked(read("dan", f"/?alarm={alarm.pk}", **{"X-Part": "alarm"})) == []


def test_rows_about_the_alarm_are_masked_in_the_office_s_own_tools(case: Case) -> None:
    alarm = case.alarms.get()
    zone, words = read("dan", "/entity/zone/QZ-OF"), f'data-url="/?alarm={alarm.pk}"'
    row = zone.split(words)[1].split("</li>")[0]
    assert "desk of somebody" in row.replace("Desk", "desk"), "no number where the page itself is of somebody"
    assert unmasked(row) == []
    stretch = f"/timeline?from={(alarm.first_at - timedelta(hours=1)):%Y-%m-%dT%H:%MZ}&range="
    row = read("dan", stretch + f"&to={(alarm.last_at + timedelta(hours=1)):%Y-%m-%dT%H:%MZ}").split(words)[1]
    assert unmasked(row.split("</li>")[0]) == []


def test_an_address_that_names_somebody_is_not_answered_with_a_number(case: Case) -> None:
    for url in (
        f"/entity/person/{breach.code(DOER)}?",
        f"/entity/badge/{breach.badge(DOER)}?",
        f"/timeline?person={breach.code(DOER)}&",
        f"/timeline?reference=user:{breach.login(DOER)}&",
        f"/timeline?text={breach.login(DOER)}&",
    ):
        text = read("dan", f"{url}case={case.number}", 403)
        assert "Look behind a number" in text
        assert not re.search(r"\bP\d+\b", text.split("<main")[1])


def test_a_search_finds_the_alarm_and_the_case_without_completing_a_name(case: Case) -> None:
    for typed in (breach.desk(DOER)[:3], breach.badge(DOER)[:3], breach.name(DOER)[:4], "copied", "files"):
        for hit in re.findall(
            r"<li data-row.*?</li>", as_("dan").get("/search", {"q": typed}).content.decode(), re.DOTALL
        ):
            if "/?alarm=" in hit or "/cases/" in hit:
                assert unmasked(html.unescape(re.sub("<[^>]*>", "", hit))) == [], typed
        for thing in as_("dan").get("/find", {"q": typed}).json()["things"]:
            if thing["url"].startswith(("/?alarm=", "/cases/")):
                assert unmasked(json.dumps(thing)) == [], typed


def test_a_notice_that_was_told_before_the_alarm_joined_is_masked_when_it_is_read(case: Case) -> None:
    alarm = case.alarms.get()
    tell([User.objects.get(username="dan")], f"Files copied, {breach.desk(DOER)}", f"/?alarm={alarm.pk}", 3)
    assert unmasked(read("dan", "/notices")) == []
    newest = as_("dan").get("/notices/bell").json()["newest"]
    assert newest["words"] == "Files copied, desk of P1"


def test_a_notice_about_an_alarm_of_a_case_leaves_masked(case: Case, here: World) -> None:
    watch.assign(case.alarms.get(), here.bob, here.alice)
    told = Notice.objects.get(user=here.bob).words
    assert "gave you an alarm" in told
    assert "esk of P1" in told
    assert unmasked(told) == []


def sent(username: str, topic: str) -> list[str]:
    client = as_(username)
    sight = live.sight_of(SessionStore(client.session.session_key))
    assert sight is not None
    told = LiveMessage.objects.filter(topic=topic).values_list("pk", "topic", "body")
    return [json.dumps(shown[2]) for message in told if (shown := async_to_sync(sight.of)(message))]


def test_the_live_stream_tells_that_something_changed_and_no_words(case: Case, here: World) -> None:
    watch.acknowledge(case.alarms.get(), here.alice)
    actions.set_headline(case, f"Ask {breach.name(DOER)}", here.alice)
    for topic in ("alarm", "case"):
        told = sent("alice", topic)
        assert told, topic
        assert unmasked(" ".join(told)) == [], topic


def test_a_page_that_shows_no_alarm_of_a_case_costs_one_question_more(here: World) -> None:
    world.alarm(level=2)
    assert not Alarm.objects.get().cases.exists()
    with CaptureQueriesContext(connection) as asked:
        as_("alice").get("/", headers={"X-Part": "queue"})
    said = [one["sql"] for one in asked]
    assert sum(sql.startswith('SELECT "cases_case_alarms"."alarm_id"') for sql in said) == 1
    assert not any("cases_alias" in sql for sql in said), "nothing is asked about masks"
