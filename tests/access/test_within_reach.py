"""What lies outside an account's sites and departments is nowhere: not in a list, a search, a stream or an export."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone

from bartizan.cases.actions import open_case
from bartizan.core import live
from bartizan.core.access import covers, visible_to
from bartizan.core.models import User
from bartizan.core.queries import officers
from bartizan.core.registers import registers
from bartizan.core.roles import Role
from bartizan.estate import models as estate
from bartizan.watch import actions as watch
from bartizan.watch import lake as events_of
from bartizan.watch import queries
from bartizan.watch.lake import Lake, Window
from bartizan.watch.models import Alarm
from tests import world
from tests.lakes import event

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True)
class Far:
    """A second site with a department of its own, and what happened there."""

    here: world.World
    dora: estate.Person
    alarm: Alarm
    near: Alarm
    case: Any


@pytest.fixture
def far(lake: Lake) -> Far:
    here = world.build()
    site = estate.Site.objects.create(code="FP", name="Far Point", timezone="Europe/Amsterdam")
    department = estate.Department.objects.create(code="ENG", name="Engineering")
    building = estate.Building.objects.create(code="FP-A", name="Far Hall", site=site)
    floor = estate.Floor.objects.create(code="FP-0", name="Far Floor", building=building)
    zone = estate.Zone.objects.create(
        code="FP-0.01", name="Foundry", site=site, floor=floor, level=3, outline=[8, 8, 90, 90], department=department
    )
    estate.Portal.objects.create(code="FP-0-001", name="Foundry door", outer=zone, inner=zone, line=[8, 8, 20, 8])
    dora = estate.Person.objects.create(code="F-1", name="Dora Diaz", department=department, site=site)
    badge = estate.Badge.objects.create(number="7001")
    estate.BadgeIssue.objects.create(badge=badge, person=dora, issued_at=datetime(2026, 1, 5, tzinfo=UTC))
    estate.Host.objects.create(name="FOUNDRY-1", owner=dora, zone=zone)
    estate.UserAccount.objects.create(name="d.diaz", person=dora)
    estate.Device.objects.create(code="FORGE-CAMERA-9", name="Foundry camera", kind="camera", zone=zone, x=20, y=20)
    estate.Property.objects.create(code="LATHE-9", name="Foundry lathe", site=site, department=department, holder=dora)
    subject = {"zone": "FP-0.01", "site": "FP", "portal": "FP-0-001", "person": "F-1"}
    alarm = world.alarm("Furnace opened", **subject)
    Alarm.objects.filter(pk=alarm.pk).update(where="Foundry, Far Point", summary="Dora Diaz opened the furnace")
    near = world.alarm("Door forced", person="K-3")
    now = timezone.now()
    lake.append(
        [
            event(now - timedelta(minutes=9), summary="Badge 7001: Dora Diaz in the Foundry", actor="badge:7001",
                  level=3, raw="raw of Foundry", place="portal:FP-0-001", **subject),
            event(now - timedelta(minutes=8), summary="Badge 4417 at the vault", level=3),
        ]
    )  # fmt: skip
    return Far(here, dora, alarm, near, open_case(alarm, by=here.alice))


def director(**reach: list[str]) -> User:
    user = world.officer("dirk", "Dirk", "Dunn", "Director", Role.DIRECTOR)
    User.objects.filter(pk=user.pk).update(**reach)
    return User.objects.get(pk=user.pk)


BY_SITE = {"sites": ["KP"]}
BY_DEPARTMENT = {"departments": ["LEG"]}
WORDS = ("Dora", "Diaz", "d.diaz", "Foundry", "FOUNDRY", "Furnace", "furnace", "LATHE", "FP-0-001", "FORGE-CAMERA")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
"""Random letters, in which any short name may stand."""


def addresses(far: Far) -> Iterator[str]:
    yield from ("/", f"/?alarm={far.alarm.pk}", "/map", "/map?site=FP", "/more", "/counts", "/settings", "/me")
    yield from ("/cases", "/cases?show=all", "/cases?q=furnace&show=all", f"/cases/{far.case.number}")
    yield from (f"/cases/{far.case.number}/{tab}" for tab in ("timeline", "alarms", "people", "audit"))
    yield from ("/timeline?rows=all", "/timeline?rows=all&range=day&site=FP", "/timeline?rows=all&zone=FP-0.01")
    yield from ("/timeline/names?ref=person:F-1&ref=zone:FP-0.01", "/rules", "/sources")
    yield from ("/find?q=a", "/find?q=Dor", "/find?q=Fou", "/find?q=Furn", "/find?q=LATHE", "/search?q=Dora")
    yield from (f"/entity/{name}" for name in ("person/F-1", "zone/FP-0.01", "badge/7001", "host/foundry", "site/KP"))
    yield "/registers"
    for register in registers():
        yield f"/registers/{register.name}"
        yield f"/registers/{register.name}?q=o"
        yield f"/registers/{register.name}.csv"
        yield f"/registers/{register.name}/new"
        for row in register.model._default_manager.all()[:8]:
            yield f"/registers/{register.name}/{row.pk}"
            yield f"/registers/{register.name}/{row.pk}?tab=people"


@pytest.mark.parametrize("reach", [BY_SITE, BY_DEPARTMENT], ids=["by site", "by department"])
def test_a_restricted_director_sees_nothing_from_elsewhere_on_any_page(far: Far, client: Client, reach: Any) -> None:
    client.force_login(director(**reach))
    shown = []
    for address in addresses(far):
        answer = client.get(address)
        if answer.status_code not in (200, 422):
            continue
        text = b"".join(answer) if answer.streaming else answer.content
        asked = address.partition("q=")[2].partition("&")[0]  # a search form repeats what was typed
        told = TOKEN.sub("", text.decode())
        found = [word for word in WORDS if word in told and word != asked]
        if found:
            shown.append((address, found))
    assert shown == []


def test_an_unrestricted_director_sees_all_of_it(far: Far, client: Client) -> None:
    client.force_login(director())
    assert "Dora Diaz" in client.get("/timeline?rows=all").content.decode()
    assert "Furnace opened" in client.get("/").content.decode()
    people = client.get("/registers/people.csv")
    assert "Dora Diaz" in (b"".join(people) if people.streaming else people.content).decode()


@pytest.mark.parametrize("reach", [BY_SITE, BY_DEPARTMENT], ids=["by site", "by department"])
def test_every_question_to_the_lake_keeps_to_the_reach(far: Far, lake: Lake, reach: Any) -> None:
    user, now = director(**reach), timezone.now()
    part, window = queries.lake_of(user), Window(now - timedelta(hours=1), now)
    own = events_of.events(part, window)
    assert [found["person"] for found in own] == ["K-3"]
    foreign = next(e for e in events_of.events(lake, window) if e["person"] == "F-1")
    assert events_of.event(part, foreign["id"]) is None
    assert events_of.event(lake, foreign["id"]) is not None
    assert events_of.entity(part, "person:F-1", window) == []
    assert events_of.around(part, foreign, 60) == []
    assert sum(sum(bar["counts"].values()) for bar in events_of.histogram(part, window, 600)) == 1
    assert sum(cell["events"] for band in events_of.bands(part, window, 10).values() for cell in band) == 1
    assert events_of.counts_by(part, "person", window) == [("K-3", 1)]
    assert events_of.rates(part, [("door.granted", "badge:7001")], now - timedelta(hours=1)) == {
        ("door.granted", "badge:7001"): 0
    }
    long = Window(now - timedelta(days=30), now)
    assert [found["person"] for found in events_of.events(part, long)] == ["K-3"]


def test_a_code_with_a_quote_in_it_breaks_no_question(far: Far) -> None:
    user = director(sites=["K'P", "KP"])
    now = timezone.now()
    assert len(events_of.events(queries.lake_of(user), Window(now - timedelta(hours=1), now))) == 1


def test_without_the_permission_to_see_events_there_are_none(far: Far) -> None:
    head = world.officer("hal", "Hal", "Head", "", Role.HEAD)
    now = timezone.now()
    assert events_of.events(queries.lake_of(head), Window(now - timedelta(hours=1), now)) == []


def session_of(user: User) -> SessionStore:
    client = Client()
    client.force_login(user)
    return SessionStore(client.session.session_key)


def hears(user: User, topic: str, body: dict[str, Any]) -> dict[str, Any] | None:
    sight = live.sight_of(session_of(user))
    told = async_to_sync(sight.of)((1, topic, body)) if sight else None
    return told[2] if told else None


@pytest.mark.parametrize("reach", [BY_SITE, BY_DEPARTMENT], ids=["by site", "by department"])
def test_the_live_stream_tells_only_what_the_user_may_see(far: Far, reach: Any) -> None:
    user = director(**reach)
    elsewhere = {"site": "FP", "person": "F-1", "zone": "FP-0.01"}
    near = {"site": "KP", "person": "K-3", "zone": "KP-0.01"}
    assert hears(user, "alarm", {"id": 1, "title": "Furnace", **elsewhere}) is None
    assert hears(user, "alarm", {"id": 2, "title": "Door", **near}) is not None
    assert hears(user, "alarm", {"id": 3, "holder_id": user.pk, **elsewhere}) is not None
    assert hears(user, "events", {"n": 5, "rows": [elsewhere, near]}) == {"n": 1, "rows": [near]}
    assert hears(user, "events", {"n": 5, "rows": [elsewhere]}) is None
    assert hears(user, "case", {"number": far.case.number}) is None
    assert hears(user, "device", {"code": "FORGE-CAMERA-9"}) is None
    if "sites" in reach:
        assert hears(user, "door", {"code": "FP-0-001"}) is None
    assert hears(user, "door", {"code": "KP-0-001"}) is not None
    assert hears(user, "something new", {}) is None, "nothing is told by oversight"


def test_the_live_stream_tells_a_role_what_its_permissions_show(far: Far) -> None:
    head, employee = (world.officer(role, "X", "Y", "", role) for role in (Role.HEAD, Role.EMPLOYEE))
    assert hears(head, "case", {"number": far.case.number}) is None
    assert hears(head, "alarm", {"id": 1}) is not None
    assert hears(employee, "alarm", {"id": 1}) is None
    assert hears(employee, "events", {"n": 1, "rows": []}) is None
    session = session_of(head)
    assert live.sight_of(session) is not None
    User.objects.filter(pk=head.pk).update(is_active=False)
    assert live.sight_of(session) is None, "a closed account's stream ends"
    User.objects.filter(pk=head.pk).update(is_active=True)
    session.delete()
    assert live.sight_of(session) is None, "a session that was ended hears nothing any more"


def test_what_the_alarm_message_carries_is_enough_to_tell_whose_it_is(far: Far) -> None:
    from bartizan.core.models import LiveMessage

    body = LiveMessage.objects.filter(topic="alarm").order_by("pk").first().body  # type: ignore[union-attr]
    assert (body["site"], body["person"], body["zone"]) == ("FP", "F-1", "FP-0.01")


def test_alarms_escalate_only_to_whoever_may_work_them_and_sees_them(far: Far) -> None:
    for name, role, reach in (
        ("ann", Role.AUDITOR, {}),
        ("eve", Role.EXECUTIVE, {}),
        ("kim", Role.SPECIALIST, {"sites": ["KP"]}),
        ("fay", Role.SPECIALIST, {"sites": ["FP"]}),
    ):
        User.objects.filter(pk=world.officer(name, name, "X", "", role).pk).update(**reach)
    went = set()
    for _ in range(8):
        Alarm.objects.filter(pk=far.alarm.pk).update(escalates_at=timezone.now() - timedelta(seconds=1))
        watch.escalate_due(timezone.now())
        went.add(Alarm.objects.get(pk=far.alarm.pk).holder.username)  # type: ignore[union-attr]
    assert went == {"alice", "bob", "fay"}


def test_an_alarm_is_given_only_to_whoever_may_work_it_and_sees_it(far: Far, client: Client) -> None:
    kim, eve = (world.officer(n, n, "X", "", r) for n, r in (("kim", Role.SPECIALIST), ("eve", Role.EXECUTIVE)))
    User.objects.filter(pk=kim.pk).update(sites=["KP"])
    assert eve not in officers(far.here.alice)
    assert not covers(User.objects.get(pk=kim.pk), far.alarm)
    client.force_login(far.here.alice)
    for to in (kim, eve):
        answer = client.post(f"/alarms/{far.alarm.pk}/assign", {"to": to.pk})
        assert answer.status_code == 422
    assert client.post(f"/alarms/{far.near.pk}/assign", {"to": kim.pk}).status_code == 302


def test_an_officer_s_reach_is_always_whole(far: Far) -> None:
    User.objects.filter(pk=far.here.alice.pk).update(sites=["KP"])
    assert visible_to(User.objects.get(pk=far.here.alice.pk), Alarm.objects.all()).count() == 2
