"""A lock-down, a release, and their end: in the table before any door is told, in the audit, and told to people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from bartizan.core.models import AuditEntry, User
from bartizan.core.roles import Role
from bartizan.doors.actions import orders
from bartizan.doors.actions.orders import BEGINS, ENDS
from bartizan.doors.models import Clearance, Order, PortalRule
from bartizan.doors.queries import running
from bartizan.doors.queries.lockdown import Effect, effect_of
from bartizan.doors.queries.scopes import Scope, scope_of
from bartizan.doors.table_file import read_table
from bartizan.engines.access import Presence, Request, decide, standing
from bartizan.estate import models as estate
from bartizan.notices.models import Notice
from bartizan.watch import acting
from bartizan.watch.lake import Lake
from bartizan.watch.models import Act, Source
from tests import world
from tests.lakes import event
from tests.watch.test_acts import Lock
from tests.world import World

pytestmark = pytest.mark.django_db
WHY = "Unknown person in the vault"


class Readers(Lock):
    """Readers that Bartizan runs, as far as asking goes."""

    verbs = dict.fromkeys((*BEGINS.values(), *ENDS.values()), "")


@pytest.fixture
def readers(here: World, monkeypatch: pytest.MonkeyPatch) -> Source:
    monkeypatch.setattr(acting, "installed", lambda: {"readers": Readers})
    return Source.objects.create(name="keep-doors", connector="readers", settings={"doors": ["KP-0-001"]})


def scope(here: World, reference: str = "zone:KP-0.01") -> Scope:
    found = scope_of(here.alice, reference)
    assert found is not None
    return found


def decided(badge: str = "4417", direction: Any = "in") -> str:
    table = read_table()
    assert table is not None
    return decide(table, Presence(), Request("KP-0-001", direction, badge), timezone.now()).reason


def stands() -> str:
    """How the vault's door stands before anybody shows a badge."""
    table = read_table()
    assert table is not None
    return standing(table, Presence(), "KP-0-001", timezone.now()).reason


def locked(here: World, by: User | None = None, **more: Any) -> Order:
    given = {"level": 4, "keeps": [], "minutes": 60, "reason": WHY} | more
    return orders.lock_down(scope(here), by=by or here.alice, **given)


def test_from_the_moment_of_a_lock_down_readers_refuse_whoever_is_below_its_level(here: World) -> None:
    locked(here)
    assert decided() == "lockdown"
    Clearance.objects.create(person=here.carol, level=4)
    order = Order.objects.get()
    orders.end(order, here.alice)
    orders.end(order, here.bob)
    locked(here)
    assert decided() == "granted", "level 4 still comes in"


def test_nobody_is_shut_in(here: World) -> None:
    locked(here, level=5)
    assert decided(direction="out") in ("leaving", "granted")


def test_who_is_named_keeps_the_way_in(here: World) -> None:
    locked(here, keeps=["person:K-3"])
    assert decided() == "granted"


def test_each_door_that_can_be_told_is_told_once_after_the_table_is_written(
    here: World, readers: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    ask = orders.ask_act

    def asked(*given: Any, **more: Any) -> Act:
        seen.append(decided())  # what a reader would say at this moment
        return ask(*given, **more)

    monkeypatch.setattr(orders, "ask_act", asked)
    order = locked(here)
    act = Act.objects.get()
    assert (act.source, act.verb, act.target, act.about) == (
        "keep-doors",
        "lockdown",
        "portal:KP-0-001",
        f"order:{order.pk}",
    )
    assert act.facts["id"] == str(order.pk)
    assert (act.facts["level"], act.reason) == (4, WHY)
    assert seen == ["lockdown"]


def test_a_lock_down_ends_when_two_different_people_say_so(here: World, readers: Source) -> None:
    order = locked(here)
    assert orders.end(order, here.bob).ended_at is None
    with pytest.raises(ValidationError, match="one more person has to agree"):
        orders.end(order, here.bob)
    assert decided() == "lockdown"
    ended = orders.end(order, here.alice)
    assert ended.ended_at is not None
    assert decided() == "granted"
    assert Act.objects.order_by("pk").last().verb == "end lockdown"  # type: ignore[union-attr]
    line = AuditEntry.objects.filter(verb="ended the lock-down of").get()
    assert (line.by, line.detail["together_with"]) == (here.alice, "bob")
    with pytest.raises(ValidationError, match="ended already"):
        orders.end(order, here.alice)


def test_it_ends_by_itself_at_its_time_without_anybody(here: World) -> None:
    order = locked(here, minutes=15)
    Order.objects.filter(pk=order.pk).update(until=timezone.now())
    assert orders.end_by_time(timezone.now()) == 1
    assert orders.end_by_time(timezone.now()) == 0
    assert not running(here.alice, timezone.now()).exists()
    assert AuditEntry.objects.filter(verb="ended the lock-down of", by=None).exists()


def test_an_emergency_release_is_stronger_than_a_lock_down_and_ends_by_one(here: World) -> None:
    locked(here)
    order = orders.release(scope(here, "site:KP"), 30, "Fire brigade comes", here.bob)
    assert stands() == "free"
    orders.end(order, here.bob)
    assert stands() == "lockdown"


def test_a_door_that_stands_open_is_shut_by_a_lock_down(here: World) -> None:
    orders.stand_open(scope(here, "portal:KP-0-001"), 30, "A delivery", here.bob)
    assert stands() == "unlocked"
    locked(here)
    assert stands() == "lockdown"


def test_the_order_is_audited_with_its_reason_and_told_to_those_who_work_doors(here: World) -> None:
    locked(here)
    line = AuditEntry.objects.get(verb="locked down")
    assert (line.by, line.subject, line.detail["reason"], line.detail["minutes"]) == (
        here.alice, "zone:KP-0.01", WHY, 60,
    )  # fmt: skip
    assert {n.user for n in Notice.objects.filter(about__startswith="order:")} == {here.alice, here.bob}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reason": " "}, "Write the reason"),
        ({"minutes": 0}, "when it ends"),
        ({"minutes": 3000}, "when it ends"),
        ({"level": 9}, "Choose the level"),
    ],
)
def test_an_order_without_reason_or_end_is_refused(here: World, change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        locked(here, **change)
    assert not Order.objects.exists()


def test_the_same_is_not_ordered_twice(here: World) -> None:
    locked(here)
    with pytest.raises(ValidationError, match="already"):
        locked(here)


def test_an_auditor_orders_nothing(here: World) -> None:
    auditor = world.officer("eve", "Eve", "Ess", "Auditor", Role.AUDITOR)
    with pytest.raises(ValidationError, match="Your role"):
        locked(here, by=auditor)


def test_somebody_of_another_site_neither_sees_nor_orders_it(here: World) -> None:
    estate.Site.objects.create(code="EG", name="Eastgate")
    locked(here)
    dan = world.officer("dan", "Dan", "Dale", "Guard", Role.SPECIALIST)
    dan.sites = ["EG"]
    assert not running(dan, timezone.now()).exists()
    assert scope_of(dan, "zone:KP-0.01") is None
    assert scope_of(dan, "") is None, "every site is more than his"


# -- the numbers beforehand


def effect(here: World, level: int = 4, reference: str = "zone:KP-0.01") -> Effect:
    return effect_of(here.alice, scope(here, reference), level, [], timezone.now())


def test_a_door_that_nobody_here_can_lock_is_not_counted_as_locking(here: World) -> None:
    told = effect(here)
    assert told.locks == ()
    assert [(door.code, door.why) for door in told.cannot] == [
        ("KP-0-001", "no connector here can lock it; send a guard")
    ]


@pytest.mark.parametrize(("state", "locks"), [("locked", 1), ("open", 1), ("forced", 0), ("held", 0)])
def test_a_forced_door_cannot_lock_and_says_so(here: World, readers: Source, state: str, locks: int) -> None:
    estate.Portal.objects.filter(code="KP-0-001").update(state=state)
    told = effect(here)
    assert (len(told.locks), len(told.cannot)) == (locks, 1 - locks)


def test_people_inside_are_counted_and_those_who_still_come_in_are_named(
    here: World, readers: Source, lake: Lake
) -> None:
    lake.append([event(timezone.now() - timedelta(minutes=5))])
    assert effect(here).inside == 1
    assert effect(here).keeps == ()
    Clearance.objects.create(person=here.carol, level=4)
    assert effect(here).keeps == ("Carol Cole",)
    assert effect(here, level=5).keeps == ()


def test_a_zone_without_a_way_out_is_named_before_anything_is_locked(here: World, readers: Source) -> None:
    assert effect(here).shut_in == ()
    PortalRule.objects.create(portal=here.door, is_escape=False)
    assert effect(here).shut_in == ("Vault",)


@pytest.mark.parametrize(
    ("reference", "doors"),
    [("site:KP", 2), ("", 2), ("floor:KP-0", 2), ("zone:KP-0.01", 1), ("portal:KP-0-001", 1)],
)
def test_each_kind_of_place_can_be_locked_down(here: World, reference: str, doors: int) -> None:
    told = effect(here, reference=reference)
    assert len(told.locks) + len(told.cannot) == doors
    orders.lock_down(scope(here, reference), 4, [], 60, WHY, here.alice)
    assert decided() == "lockdown"


def test_notices_leave_for_those_inside_who_have_an_account(here: World, lake: Lake) -> None:
    guest = world.officer("carol", "Carol", "Cole", "Counsel", Role.EMPLOYEE)
    User.objects.filter(pk=guest.pk).update(person="K-3")
    lake.append([event(timezone.now() - timedelta(minutes=5))])
    locked(here)
    assert guest in {n.user for n in Notice.objects.filter(about__startswith="order:")}


def test_readers_of_our_own_understand_what_orders_ask() -> None:
    osdp = pytest.importorskip("bartizan.connectors.osdp", reason="The connector for OSDP is not here.")
    assert {*BEGINS.values(), *ENDS.values()} <= set(osdp.Osdp.verbs)
