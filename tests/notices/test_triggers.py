"""What happens in the rooms above, and who is told of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from bartizan.cases import actions as cases
from bartizan.connectors import Health
from bartizan.core.models import User
from bartizan.core.roles import Role
from bartizan.notices import actions
from bartizan.notices.models import Duty, Notice
from bartizan.notices.queries import answerers
from bartizan.watch import actions as watch
from bartizan.watch.actions import sources
from bartizan.watch.models import Alarm
from tests import world
from tests.notices.leaving import words_of

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def here() -> world.World:
    return world.build()


def account(name: str, role: Role = Role.SPECIALIST, sites: list[str] | None = None) -> User:
    made = world.officer(name, name.capitalize(), "Test", "", role)
    made.sites = sites or []
    made.save()
    return made


def on_call(user: User, place: int = 1, least: int = 0) -> Duty:
    now = timezone.now()
    return actions.add_duty(user, user, now - HOUR, now + HOUR, place=place, least=least)


def told(trigger: str) -> set[str]:
    return set(Notice.objects.filter(trigger=trigger, user__isnull=False).values_list("user__username", flat=True))


def test_whoever_is_on_call_hears_of_an_alarm_and_the_next_only_when_it_is_escalated(here: world.World) -> None:
    first, second = account("first"), account("second")
    on_call(second, place=2)
    on_call(first, place=1)
    alarm = world.alarm()
    assert told("alarm-raised") == {"first"}
    assert "Door forced, Vault, The Keep" in words_of(first)
    now = timezone.now()
    for _ in range(2):
        now += timedelta(hours=2)
        watch.escalate_due(now)
    alarm.refresh_from_db()
    assert told("alarm-escalated") == {"first", "second"}
    assert alarm.holder == second


def test_nobody_hears_of_an_alarm_that_lies_outside_the_reach(here: world.World) -> None:
    elsewhere = account("elsewhere", sites=["XX"])
    here_too = account("local", sites=["KP"])
    for user in (elsewhere, here_too):
        on_call(user)
    world.alarm()
    assert told("alarm-raised") == {"local"}


def test_when_nobody_is_on_call_everybody_hears_who_may_work_it_and_sees_it(here: world.World) -> None:
    account("guard", sites=["KP"])
    account("elsewhere", sites=["XX"])
    account("auditor", Role.AUDITOR)
    account("employee", Role.EMPLOYEE)
    world.alarm()
    assert told("alarm-raised") == {"alice", "bob", "guard"}


def test_who_is_on_call_for_critical_alarms_alone_hears_of_no_other(here: world.World) -> None:
    one, other = account("one"), account("other")
    on_call(one, least=4)
    on_call(other)
    world.alarm("Door held open", level=3)
    assert told("alarm-raised") == {"other"}
    world.alarm("Door forced", level=4)
    assert told("alarm-raised") == {"one", "other"}


def test_a_repeat_of_an_alarm_and_a_low_one_tell_nobody(here: world.World) -> None:
    world.alarm()
    before = Notice.objects.filter(trigger="alarm-raised").count()
    world.alarm()
    world.alarm("Badge denied", level=1)
    assert Alarm.objects.count() == 2
    assert Notice.objects.filter(trigger="alarm-raised").count() == before


def test_an_alarm_that_is_given_to_bob_is_told_to_bob(here: world.World) -> None:
    watch.assign(world.alarm(), here.bob, here.alice)
    assert told("alarm-assigned") == {"bob"}
    assert words_of(here.bob)[-1] == "Alice Archer gave you an alarm: Door forced, Vault, The Keep"


def test_the_lead_of_a_case_hears_of_it_unless_he_took_it_himself(here: world.World) -> None:
    case = cases.open_case(headline="A missing laptop", by=here.alice)
    cases.set_lead(case, here.alice, here.alice)
    assert told("case-lead") == set()
    cases.set_lead(case, here.bob, here.alice)
    cases.set_lead(case, here.bob, here.alice)
    assert told("case-lead") == {"bob"}
    assert Notice.objects.filter(trigger="case-lead").count() == 1


def test_a_case_that_a_rule_opens_is_told_to_who_is_on_call(here: world.World) -> None:
    on_call(here.bob)
    world.alarm()
    assert told("case-opened") == {"bob"}


def test_a_source_in_trouble_is_told_once_an_hour(here: world.World) -> None:
    account("guard")
    sources.save_source("doors", "journald", {}, None)
    for _ in range(3):
        sources.light({"doors": Health("trouble", "Connection refused.")})
        sources.light({"doors": Health("ok", "")})
    assert told("source-trouble") == {"alice", "bob"}
    assert Notice.objects.filter(trigger="source-trouble", user=here.alice).count() == 1


def test_a_backup_that_failed_is_told_to_the_officers(here: world.World) -> None:
    account("director", Role.DIRECTOR)
    sources.note_trouble("backups", "The backup of 03:00 failed: no space left.")
    sources.note_trouble("lake", "The lake cannot be written.")
    assert told("backup-failed") == {"alice", "bob"}
    assert told("trouble") == {"alice", "bob", "director"}


def test_two_thousand_alarms_are_answered_for_in_a_few_queries(
    here: world.World, django_assert_max_num_queries: object
) -> None:
    now = timezone.now()
    Alarm.objects.bulk_create(
        Alarm(rule="r", title="T", level=3, group=str(n), site="KP", first_at=now, last_at=now) for n in range(2000)
    )
    for n in range(5):
        account(f"guard{n}", sites=["KP"])
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        assert len(answerers(Alarm.objects.all(), now, "work alarms")) == 2000


@pytest.mark.parametrize(
    ("starts", "ends", "place", "least"),
    [(0, 0, 1, 0), (1, 0, 1, 0), (0, 9000, 1, 0), (0, 1, 0, 0), (0, 1, 10, 0), (0, 1, 1, 7)],
)
def test_a_duty_that_makes_no_sense_is_refused(
    here: world.World, starts: int, ends: int, place: int, least: int
) -> None:
    now = timezone.now()
    with pytest.raises(ValidationError):
        actions.add_duty(here.alice, here.bob, now + starts * HOUR, now + ends * HOUR, place=place, least=least)
    assert not Duty.objects.exists()
