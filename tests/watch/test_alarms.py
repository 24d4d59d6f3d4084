"""What happens to an alarm between being raised and being closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from bartizan.core.actions import first_officer
from bartizan.core.models import AuditEntry, LiveMessage, User
from bartizan.watch import actions
from bartizan.watch.models import Alarm, AlarmEvent

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 16, 21, 4, tzinfo=UTC)


def found(
    trigger: str = "e1", *, group: str = "forced|ML-2-002", level: int = 4, at: datetime = NIGHT
) -> actions.Raised:
    return actions.Raised(
        rule="forced",
        title="Door forced",
        level=level,
        group=group,
        at=at,
        triggers=[trigger],
        evidence=[actions.Evidence(trigger, at, "door.forced", "Door ML-2-002 forced")],
        where="Server room 2.02, Mill Lane",
        subject={"zone": "ML-2.02", "portal": "ML-2-002", "site": "ML"},
    )


@pytest.fixture
def alice() -> User:
    return first_officer("alice", "Alice Adler")


@pytest.fixture
def bob(alice: User) -> User:
    return User.objects.create(username="bob", first_name="Bob", role="officer")


def test_the_same_finding_judged_twice_raises_one_alarm() -> None:
    assert len(actions.raise_alarms([found()])) == 1
    assert actions.raise_alarms([found()]) == []
    alarm = Alarm.objects.get()
    assert (alarm.count, alarm.state, alarm.where) == (1, "raised", "Server room 2.02, Mill Lane")


def test_repeats_are_counted_with_their_first_and_last_time() -> None:
    later = NIGHT + timedelta(minutes=3)
    earlier = NIGHT - timedelta(minutes=1)
    actions.raise_alarms([found("e1"), found("e2", at=later), found("e3", at=earlier)])
    alarm = Alarm.objects.get()
    assert (alarm.count, alarm.first_at, alarm.last_at) == (3, earlier, later)
    assert AlarmEvent.objects.count() == 3


def test_another_door_is_another_alarm_and_a_closed_one_is_not_joined(alice: User) -> None:
    actions.raise_alarms([found("e1"), found("e2", group="forced|ML-2-014")])
    first = Alarm.objects.get(group="forced|ML-2-002")
    actions.close(first, "false: a cleaner", alice)
    actions.raise_alarms([found("e3")])
    assert Alarm.objects.count() == 3


def test_a_repeat_of_a_shelved_alarm_is_counted_and_stays_shelved(alice: User) -> None:
    actions.raise_alarms([found()])
    alarm = Alarm.objects.get()
    actions.shelve(alarm, timezone.now() + timedelta(hours=1), "door is being mended", alice)
    actions.raise_alarms([found("e2")])
    alarm.refresh_from_db()
    assert (alarm.state, alarm.count) == ("shelved", 2)


def test_shelving_needs_a_reason_and_an_end_that_lies_ahead(alice: User) -> None:
    actions.raise_alarms([found()])
    alarm = Alarm.objects.get()
    with pytest.raises(ValidationError, match="why"):
        actions.shelve(alarm, timezone.now() + timedelta(hours=1), " ", alice)
    with pytest.raises(ValidationError, match="ahead"):
        actions.shelve(alarm, timezone.now(), "mended", alice)
    alarm.refresh_from_db()
    assert alarm.state == "raised"


def test_an_alarm_comes_back_when_its_shelf_time_has_ended(alice: User) -> None:
    actions.raise_alarms([found()])
    alarm = Alarm.objects.get()
    actions.shelve(alarm, timezone.now() + timedelta(hours=1), "door is being mended", alice)
    assert actions.unshelve_due(timezone.now()) == 0
    assert actions.unshelve_due(timezone.now() + timedelta(hours=2)) == 1
    alarm.refresh_from_db()
    assert alarm.state == "raised"


def test_an_alarm_that_nobody_takes_goes_to_the_next_person_and_on(alice: User, bob: User) -> None:
    actions.raise_alarms([found()])
    alarm = Alarm.objects.get()
    now = timezone.now()
    assert actions.escalate_due(now) == 0
    holders = []
    for minutes in (6, 12, 18):
        assert actions.escalate_due(now + timedelta(minutes=minutes)) == 1
        alarm.refresh_from_db()
        holders.append(alarm.holder)
    assert holders == [alice, bob, alice]
    assert AuditEntry.objects.filter(verb="escalated").count() == 3


def test_an_acknowledged_alarm_does_not_escalate(alice: User, bob: User) -> None:
    actions.raise_alarms([found()])
    alarm = Alarm.objects.get()
    actions.acknowledge(alarm, bob)
    assert actions.escalate_due(timezone.now() + timedelta(days=1)) == 0
    alarm.refresh_from_db()
    assert (alarm.state, alarm.holder) == ("acknowledged", bob)


def test_a_closed_alarm_must_be_reopened_first(alice: User) -> None:
    actions.raise_alarms([found()])
    alarm = Alarm.objects.get()
    actions.close(alarm, "tested", alice)
    with pytest.raises(ValidationError, match="reopen"):
        actions.acknowledge(alarm, alice)
    actions.reopen(alarm, alice)
    actions.acknowledge(alarm, alice)
    assert [e.verb for e in AuditEntry.objects.filter(subject=f"alarm:{alarm.pk}").order_by("pk")] == [
        "closed",
        "reopened",
        "acknowledged",
    ]


def test_open_pages_hear_of_an_alarm_and_of_its_changes(alice: User) -> None:
    actions.raise_alarms([found()])
    actions.acknowledge(Alarm.objects.get(), alice)
    heard = [m.body for m in LiveMessage.objects.filter(topic="alarm")]
    assert [(b["new"], b["state"]) for b in heard] == [(True, "raised"), (False, "acknowledged")]
