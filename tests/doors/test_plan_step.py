"""The step “Lock the zone” of a response plan, as far as this house can do it."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from bartizan.cases.actions import open_case
from bartizan.cases.actions.plan_act import can_do, carry_out, choices
from bartizan.cases.models import Case
from bartizan.doors.actions.orders import BEGINS, ENDS
from bartizan.doors.models import Order
from bartizan.engines.plans import Act, Step
from bartizan.watch import acting
from bartizan.watch.models import Act as Asked
from bartizan.watch.models import Source
from tests import world
from tests.watch.test_acts import Lock
from tests.world import World

pytestmark = pytest.mark.django_db
STEP = Step(number=3, words="Lock the vault", owner="Security desk", act=Act("lock zone"))


class Readers(Lock):
    """Readers that Bartizan runs, as far as asking goes."""

    verbs = dict.fromkeys((*BEGINS.values(), *ENDS.values()), "")


@pytest.fixture
def case(here: World) -> Case:
    return open_case(world.alarm(), by=here.alice)


@pytest.fixture
def readers(here: World, monkeypatch: pytest.MonkeyPatch) -> Source:
    monkeypatch.setattr(acting, "installed", lambda: {"readers": Readers})
    return Source.objects.create(name="keep-doors", connector="readers", settings={"doors": ["KP-0-001"]})


def test_without_a_connector_that_locks_it_stays_by_hand(case: Case) -> None:
    assert not can_do(Act("lock zone"))


def test_a_confirmed_step_locks_the_zone_down_and_tells_its_doors(case: Case, here: World, readers: Source) -> None:
    assert can_do(Act("lock zone"))
    assert choices(case, Act("lock zone")) == ["KP-0.01"]
    words = carry_out(case, STEP, "KP-0.01", here.alice)
    assert "Vault is locked down for 60 min, 1 door told" in words
    assert (Order.objects.get().scope, Asked.objects.get().target) == ("zone:KP-0.01", "portal:KP-0-001")
    assert case.number in Order.objects.get().reason


def test_where_no_door_can_be_told_a_task_says_who_goes(case: Case, here: World, readers: Source) -> None:
    Source.objects.update(settings={"doors": []})
    words = carry_out(case, STEP, "KP-0.01", here.alice)
    assert "a task says who locks it by hand" in words
    assert case.tasks.filter(words__startswith="Lock Vault by hand").exists()


def test_it_needs_a_person_and_a_zone_that_there_is(case: Case, here: World, readers: Source) -> None:
    with pytest.raises(ValidationError, match="needs a person"):
        carry_out(case, STEP, "KP-0.01", None)
    with pytest.raises(ValidationError, match="not in the register"):
        carry_out(case, STEP, "nowhere", here.alice)
    assert not Order.objects.exists()
