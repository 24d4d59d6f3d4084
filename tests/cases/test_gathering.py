"""Which alarms open a case and which join one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from bartizan.cases import actions as cases
from bartizan.cases.models import Case
from bartizan.core.actions import first_officer
from bartizan.core.models import AuditEntry
from bartizan.watch import actions
from bartizan.watch.models import Alarm

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 16, 21, 4, tzinfo=UTC)


def raise_alarm(rule: str, level: int, *, minutes: float = 0, **subject: str) -> Alarm:
    at = NIGHT + timedelta(minutes=minutes)
    one = actions.Raised(
        rule=rule,
        title=rule.capitalize(),
        level=level,
        group=f"{rule}|{subject}",
        at=at,
        triggers=[f"{rule}-{minutes}-{subject}"],
        evidence=[actions.Evidence(f"{rule}-{minutes}-{subject}", at)],
        where="Lab 2.14, Mill Lane",
        subject=subject,
    )
    return actions.raise_alarms([one])[0]


def test_a_high_alarm_opens_a_case_and_a_low_one_does_not() -> None:
    raise_alarm("battery low", 1, zone="EG-0.1")
    assert not Case.objects.exists()
    raise_alarm("door forced", 4, zone="ML-2.02")
    assert Case.objects.get().headline == "Door forced: Lab 2.14, Mill Lane"


def test_alarms_that_share_a_badge_an_hour_apart_are_one_case() -> None:
    raise_alarm("leaver", 3, actor="badge:4417", zone="EG-0.1")
    raise_alarm("root login", 2, minutes=60, actor="badge:4417", zone="ML-2.02")
    case = Case.objects.get()
    assert case.alarms.count() == 2
    assert (case.level, case.last_at) == (3, NIGHT + timedelta(minutes=60))


def test_alarms_that_share_only_a_place_join_within_the_hour_and_not_the_next_day() -> None:
    raise_alarm("camera covered", 3, zone="ML-2.14")
    raise_alarm("login, owner elsewhere", 3, minutes=10, zone="ML-2.14", device="host:ML-WS-214")
    assert Case.objects.count() == 1
    raise_alarm("door forced", 4, minutes=24 * 60, zone="ML-2.14")
    assert Case.objects.count() == 2


def test_alarms_that_share_nothing_are_two_cases() -> None:
    raise_alarm("door forced", 4, zone="ML-2.02")
    raise_alarm("leaver", 3, actor="badge:4417", zone="EG-0.1")
    assert Case.objects.count() == 2


def test_a_repeat_joins_the_case_of_its_alarm_again_without_a_second_line_in_the_audit() -> None:
    raise_alarm("spraying", 3, actor="ip:203.0.113.58")
    raise_alarm("spraying", 3, minutes=2, actor="ip:203.0.113.58")
    case = Case.objects.get()
    assert case.alarms.get().count == 2
    assert AuditEntry.objects.filter(subject=f"case:{case.number}").count() == 1


def test_case_numbers_run_on_past_999(monkeypatch: pytest.MonkeyPatch) -> None:
    first = cases.open_case(headline="By hand", by=first_officer())
    Case.objects.filter(pk=first.pk).update(number=f"{first.opened_at.year}-999")
    assert cases.open_case(headline="Another", by=None).number.endswith("-1000")


def test_a_case_is_not_opened_about_nothing_nor_closed_without_a_reason() -> None:
    alice = first_officer()
    with pytest.raises(ValidationError, match="about"):
        cases.open_case(by=alice)
    case = cases.open_case(headline="Laptop missing, Finance", by=alice)
    with pytest.raises(ValidationError, match="why"):
        cases.set_state(case, "closed", "", alice)
    cases.set_state(case, "closed", "found under the desk", alice)
    assert Case.objects.get().closed_because == "found under the desk"


def test_a_headline_that_a_person_wrote_is_not_written_over() -> None:
    raise_alarm("door forced", 4, zone="ML-2.02")
    case = Case.objects.get()
    cases.set_pinpoint(case, {"headline": "Server room opened without a badge", "digest": "1"})
    assert case.headline == "Server room opened without a badge"
    cases.set_headline(case, "Break-in at the server room", first_officer())
    cases.set_pinpoint(case, {"headline": "Something else", "digest": "2"})
    assert Case.objects.get().headline == "Break-in at the server room"
