"""Doors as an officer uses the page: who passed, who is inside, and what a lock-down would do."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from bartizan.core.models import AuditEntry, User
from bartizan.core.roles import Role
from bartizan.doors.models import Order, Visitor, ZoneRule
from bartizan.doors.queries import inside
from bartizan.estate import models as estate
from bartizan.watch.lake import Lake
from bartizan.watch.models import Act
from tests import world
from tests.lakes import event
from tests.world import World

pytestmark = pytest.mark.django_db
WHY = "Unknown person in the vault"


@pytest.fixture
def console(client: Client, here: World) -> Client:
    client.force_login(here.alice)
    return client


def page(console: Client, url: str = "/doors", status: int = 200) -> str:
    answer = console.get(url)
    assert answer.status_code == status
    return words(answer.content.decode())


def words(text: str) -> str:
    """What somebody reads, tags aside."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def ago(minutes: float) -> datetime:
    return timezone.now() - timedelta(minutes=minutes)


# -- the log


def test_the_log_says_who_passed_which_door_and_how(console: Client, lake: Lake) -> None:
    lake.append([event(ago(3)), event(ago(2), "door.denied", data={"reason": "wrong-pin"})])
    text = page(console)
    assert "Badge 4417, Legal" in text
    assert "KP-0-001" in text
    assert "Vault door" in text
    assert "Granted, badge" in text
    assert "Refused, wrong PIN" in text


def test_nobody_known_is_text_and_only_an_alarm_has_a_severity(console: Client, lake: Lake) -> None:
    lake.append([event(ago(2), "door.forced", actor="", person="", level=4), event(ago(1))])
    answer = console.get("/doors", headers={"X-Part": "log"}).content.decode()
    assert "Nobody known" in words(answer)
    assert answer.count('class="sev ') == 1
    assert "forced, no badge" in words(answer)


def test_the_filters_show_the_refused_and_the_visitors_alone(console: Client, here: World, lake: Lake) -> None:
    now = timezone.now()
    Visitor.objects.create(
        number="V2026-0001", name="Dora Dale", host=here.carol, site=here.site, badge="V12", since=ago(60),
        until=now + timedelta(hours=1), purpose="Lift", keep_until=now.date(), given_by=here.alice,
    )  # fmt: skip
    lake.append(
        [event(ago(3)), event(ago(2), "door.denied"), event(ago(1), actor="badge:V12", person="")],
    )
    refused = page(console, "/doors?show=refused")
    assert "Refused, 1" in refused
    assert "Granted, badge" not in refused
    visitors = page(console, "/doors?show=visitors")
    assert "Visitor V2026-0001, for Legal" in visitors
    assert "Badge 4417" not in visitors
    assert "Dora" not in visitors


def test_names_of_others_are_shown_once_asked_for_and_that_is_recorded(console: Client, lake: Lake) -> None:
    lake.append([event(ago(3))])
    assert "Carol Cole" not in page(console)
    console.post("/doors/names/names", {"site": "KP"})
    assert "Carol Cole" in page(console)
    line = AuditEntry.objects.get(verb="showed names at doors")
    assert (line.by_name, line.subject) == ("alice", "site:KP")
    console.post("/doors/names/hide")
    assert "Carol Cole" not in page(console)


def test_colleagues_of_ones_own_department_are_shown_by_name(console: Client, here: World, lake: Lake) -> None:
    estate.Person.objects.create(code="K-9", name="Alice Archer", department=here.carol.department)
    User.objects.filter(pk=here.alice.pk).update(person="K-9")
    lake.append([event(ago(3))])
    assert "Carol Cole" in page(console)


def test_who_may_not_see_people_sees_badges_only_and_cannot_ask_for_names(client: Client, here: World) -> None:
    client.force_login(world.officer("xia", "Xia", "Xu", "Board", Role.EXECUTIVE))
    text = page(client)
    assert "Your role does not see events" in text
    assert client.post("/doors/names/names").status_code == 403
    assert client.get("/doors/inside").status_code == 403
    assert client.post("/doors/do/lock", {"scope": "zone:KP-0.01", "reason": WHY}).status_code == 403
    assert not Order.objects.exists()


def test_another_sites_doors_are_neither_listed_nor_counted(client: Client, here: World, lake: Lake) -> None:
    estate.Site.objects.create(code="EG", name="Eastgate")
    dan = world.officer("dan", "Dan", "Dale", "Guard", Role.SPECIALIST)
    dan.sites = ["EG"]
    dan.save()
    client.force_login(dan)
    lake.append([event(ago(3))])
    text = page(client)
    assert "KP-0-001" not in text
    assert "The Keep" not in text
    assert "No door has reported within a week." in text


# -- inside now


def test_who_came_in_and_did_not_leave_is_inside_and_the_room_is_said(console: Client, here: World, lake: Lake) -> None:
    ZoneRule.objects.create(zone=here.vault, most=4)
    lake.append([event(ago(5), data={"direction": "in"})])
    text = page(console)
    assert "Inside now 1" in text
    assert "of 4" in text
    assert "Carol" not in text


def test_leaving_by_badge_counts_down(console: Client, lake: Lake) -> None:
    front = {"portal": "KP-0-000", "place": "portal:KP-0-000", "zone": "KP-0.00"}
    lake.append([event(ago(9), data={"direction": "in"}, **front), event(ago(5), data={"direction": "out"}, **front)])
    assert "Inside now 0" in page(console)


def test_a_way_out_without_a_badge_makes_the_number_uncertain(console: Client, lake: Lake) -> None:
    front = {"portal": "KP-0-000", "place": "portal:KP-0-000", "zone": "KP-0.00"}
    lake.append([event(ago(9), data={"direction": "in"}, **front)])
    assert "±" not in page(console)[page(console).index("Inside now") :].split("Lock down")[0]
    lake.append([event(ago(5), "door.exit", actor="", person="", **front)])
    assert "Inside now 1 ± 1" in later(console)


def later(console: Client) -> str:
    """The page a few seconds on, when what was read before is no longer trusted."""
    inside.forget()
    return page(console)


# -- lock-down


def test_nothing_is_offered_before_a_place_is_chosen(console: Client) -> None:
    text = page(console)
    assert "Choose a place" in text
    assert "Lock 0" not in text


def test_the_numbers_stand_before_the_button_and_the_order_stands_above_the_log(console: Client) -> None:
    before = page(console, "/doors?scope=zone:KP-0.01")
    assert "1 door cannot lock: KP-0-001 Vault door, no connector here can lock it; send a guard" in before
    assert "Declare it; no door locks by itself" in before
    answer = console.post(
        "/doors/do/lock", {"scope": "zone:KP-0.01", "level": "4", "minutes": "60", "reason": WHY, "site": "KP"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/doors?site=KP")
    text = page(console)
    assert "Lock-down: Vault" in text
    assert WHY in text
    assert "No door here can be told; readers that Bartizan runs obey their table." in text


def test_without_a_reason_nothing_is_ordered_and_what_was_typed_stays(console: Client) -> None:
    answer = console.post("/doors/do/lock", {"scope": "zone:KP-0.01", "level": "4", "minutes": "60", "reason": "x"})
    assert answer.status_code == 422
    assert "Write the reason" in words(answer.content.decode())
    assert 'value="x"' in answer.content.decode()
    assert not Order.objects.exists()


def test_two_people_end_it_each_on_their_own_page(console: Client, here: World) -> None:
    console.post("/doors/do/lock", {"scope": "zone:KP-0.01", "level": "4", "minutes": "60", "reason": WHY})
    order = str(Order.objects.get().pk)
    console.post("/doors/do/end", {"order": order})
    assert "You asked to end it. One more person has to agree." in page(console)
    other = Client()
    other.force_login(here.bob)
    assert "Agree with A. Archer: end it" in page(other)
    other.post("/doors/do/end", {"order": order})
    assert "Lock-down: Vault" not in page(other)


def test_what_each_door_answered_stands_with_the_order(console: Client, here: World) -> None:
    console.post("/doors/do/lock", {"scope": "zone:KP-0.01", "level": "4", "minutes": "60", "reason": WHY})
    order = Order.objects.get()
    for target, state, said in (
        ("portal:KP-0-001", "done", "Locked."),
        ("portal:KP-0-000", "failed", "Reader offline."),
    ):
        Act.objects.create(
            source="x", verb="lockdown", target=target, site="KP", reason=WHY, about=order.reference, state=state,
            words=said, expires_at=timezone.now() + timedelta(seconds=9), ended_at=timezone.now(),
        )  # fmt: skip
    text = page(console)
    assert "1 of 2 doors answered that it is done" in text
    assert "KP-0-000: Reader offline." in text


@pytest.mark.parametrize("deed", ["release", "open"])
def test_doors_can_be_freed_instead(console: Client, deed: str) -> None:
    console.post(f"/doors/do/{deed}", {"scope": "site:KP", "minutes": "30", "reason": "Fire brigade"})
    assert Order.objects.get().verb == {"release": "release", "open": "unlock"}[deed]
    assert "End it" in page(console)


@pytest.mark.parametrize("scope", ["", "site:XX", "zone:nowhere", "planet:earth", "all:x"])
def test_a_place_that_there_is_not_is_refused_in_words(console: Client, scope: str) -> None:
    answer = console.post("/doors/do/lock", {"scope": scope, "level": "4", "minutes": "60", "reason": WHY})
    assert answer.status_code == 422
    assert "Choose a site" in words(answer.content.decode())


# -- visitors, papers, setup


def test_a_visitors_badge_is_given_on_a_form_and_taken_back_on_the_list(console: Client, here: World) -> None:
    form = {
        "name": "Dora Dale", "host": "K-3", "badge": "V12", "site": "KP", "purpose": "Lift",
        "legal_basis": "legitimate interest", "since": "2026-11-17T09:00", "until": "2126-11-17T17:00",
        "groups": "legal", "needs_host": "1", "keep_days": "30",
    }  # fmt: skip
    refused = console.post("/doors/visitors/new", form)
    assert refused.status_code == 422
    assert "14 days at most" in words(refused.content.decode())
    assert "Dora Dale" in refused.content.decode()
    now = timezone.now()
    form |= {"since": f"{now:%Y-%m-%dT%H:%M}", "until": f"{now + timedelta(hours=9):%Y-%m-%dT%H:%M}"}
    assert console.post("/doors/visitors/new", form).status_code == 302
    made = Visitor.objects.get()
    assert made.since.astimezone(UTC) < now + timedelta(minutes=1), "as typed on the site's clock"
    assert "Dora Dale" in page(console, "/doors/visitors")
    console.post(f"/doors/visitors/{made.number}/back")
    made.refresh_from_db()
    assert made.ended_at is not None


def test_who_is_inside_is_by_name_for_those_who_may_and_looking_is_recorded(console: Client, lake: Lake) -> None:
    lake.append([event(ago(5), data={"direction": "in"})])
    assert "Carol Cole" in page(console, "/doors/inside?site=KP")
    paper = console.get("/doors/inside.pdf")
    assert (paper.status_code, paper["Content-Type"], paper.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert AuditEntry.objects.filter(verb__in=["looked at who is inside", "printed who is inside"]).count() == 2


def test_with_nothing_loaded_the_page_says_what_to_do(client: Client, lake: Lake) -> None:
    client.force_login(world.officer("alice", "Alice", "Archer", "CSO"))
    assert "No door is in the register." in page(client)
    assert "none yet" in page(client, "/doors/setup")
    assert "Nobody from outside is in the house." in page(client, "/doors/visitors")
    assert "No site is in the register" in page(client, "/doors/inside")


def test_a_pin_is_set_under_setup_when_typed_twice_alike(console: Client) -> None:
    wrong = console.post("/doors/setup/pin", {"person": "K-3", "pin": "4711", "again": "4712"})
    assert "not the same" in words(wrong.content.decode())
    assert console.post("/doors/setup/pin", {"person": "K-3", "pin": "4711", "again": "4711"}).status_code == 302
    assert "1 set" in page(console, "/doors/setup")
