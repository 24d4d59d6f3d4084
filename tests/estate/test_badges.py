"""Badges change hands: issued, replaced, lost, returned, revoked; one holder at a time, and a line in the audit."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.transaction import atomic
from django.test import Client

from bartizan.core.loading import load
from bartizan.core.models import AuditEntry, User
from bartizan.core.roles import Role
from bartizan.estate.actions import issue_badge, replace_badge, report_lost, revoke_badge, take_back
from bartizan.estate.models import Badge, BadgeIssue, Department, Person
from bartizan.estate.queries import snapshot
from tests import world
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> World:
    made = world.build()
    Person.objects.create(code="K-4", name="Dan Dean")
    return made


def last() -> AuditEntry:
    return AuditEntry.objects.order_by("-pk")[0]


def test_a_badge_that_was_returned_can_be_issued_to_somebody_else(here: World) -> None:
    take_back(here.badge, here.alice, "new office")
    assert (last().verb, last().detail["before"], last().detail["reason"]) == (
        "returned",
        {"held by": "Carol Cole"},
        "new office",
    )
    issue_badge(here.badge, here.alice, "K-4", "first day")
    now = here.badge.issues.get(ended_at=None)
    assert (now.person.name, now.reason) == ("Dan Dean", "first day")
    assert (last().verb, last().subject) == ("issued", "badge:4417")


def test_a_badge_that_was_replaced_opens_nothing_and_its_holder_has_the_new_one(here: World) -> None:
    replace_badge(here.badge, here.alice, "2210", "worn out")
    old, new = snapshot().badges["4417"], snapshot().badges["2210"]
    assert (old[0].end, old[0].ended_at is not None) == ("replaced", True)
    assert (new[0].person, new[0].ended_at) == ("K-3", None)
    assert BadgeIssue.objects.get(badge=here.badge).reason == "worn out"


@pytest.mark.parametrize(("deed", "end"), [(report_lost, "lost"), (revoke_badge, "revoked"), (take_back, "returned")])
def test_each_end_says_why(here: World, deed: object, end: str) -> None:
    deed(here.badge, here.alice, "because")  # type: ignore[operator]
    issue = BadgeIssue.objects.get()
    assert (issue.end, issue.reason, issue.ended_at is not None) == (end, "because", True)


def test_what_cannot_be_is_refused_in_words_and_changes_nothing(here: World) -> None:
    Person.objects.create(code="K-5", name="Liv Left", left_on=date(2025, 1, 1))
    free = Badge.objects.create(number="5000")
    other = Badge.objects.create(number="5001")
    BadgeIssue.objects.create(badge=other, person=here.carol, issued_at=datetime(2026, 1, 1, tzinfo=UTC))
    before = AuditEntry.objects.count()
    for said, words in (("K-99", "No person is called K-99"), ("K-5", "Liv Left left on"), ("Liv Left", "left on")):
        with pytest.raises(ValidationError, match=words):
            issue_badge(free, here.alice, said, "x")
    with pytest.raises(ValidationError, match="Carol Cole holds this badge; take it back first"):
        issue_badge(here.badge, here.alice, "K-4", "x")
    for said, words in (
        ("worn out", "is no number of a badge"),
        ("4417", "this badge itself"),
        ("5001", "Carol Cole holds badge 5001"),
    ):
        with pytest.raises(ValidationError, match=words):
            replace_badge(here.badge, here.alice, said, "x")
    with pytest.raises(ValidationError, match="Nobody holds badge 5000"):
        revoke_badge(free, here.alice, "x")
    assert AuditEntry.objects.count() == before
    assert BadgeIssue.objects.filter(ended_at=None).count() == 2


def test_the_records_themselves_refuse_a_second_holder(here: World) -> None:
    dan = Person.objects.get(code="K-4")
    with pytest.raises(IntegrityError), atomic():
        BadgeIssue.objects.create(badge=here.badge, person=dan, issued_at=datetime(2026, 2, 1, tzinfo=UTC))


def test_the_form_says_in_words_that_somebody_holds_it(client: Client, here: World) -> None:
    client.force_login(here.alice)
    dan = Person.objects.get(code="K-4")
    filled = {"badge": here.badge.pk, "person": dan.pk, "issued_at": "2026-02-01T08:00", "end": "", "reason": ""}
    answer = client.post("/registers/badge-issues/new", filled)
    assert answer.status_code == 422
    assert "Somebody holds this badge already" in answer.content.decode()


def test_a_list_with_a_second_holder_is_refused_unless_it_ends_the_first(here: World) -> None:
    since = "2026-02-01T08:00:00Z"
    wrong = load("badges", [{"number": "4417", "person": "K-4", "issued_at": since}], None).problems
    assert "holds a badge that somebody else holds too" in str(wrong[0])
    ends = {"number": "4417", "person": "K-3", "ended_at": "2026-01-31T08:00:00Z", "end": "returned"}
    assert load("badges", [{"number": "4417", "person": "K-4", "issued_at": since}, ends], None).problems == ()
    assert BadgeIssue.objects.get(ended_at=None).person.code == "K-4"


def test_a_badge_is_revoked_from_its_register_with_a_reason(client: Client, here: World) -> None:
    client.force_login(here.alice)
    page = client.get(f"/registers/badges/{here.badge.pk}").content.decode()
    assert "Report lost" in page
    assert ">Issue…<" not in page  # it is held
    client.post(f"/registers/badges/{here.badge.pk}/do/revoke", {"reason": "left in anger"})
    assert BadgeIssue.objects.get().end == "revoked"


def dana() -> User:
    """A director of the Legal department alone."""
    made = world.officer("dana", "Dana", "Dale", "Director", Role.DIRECTOR)
    made.departments = ["LEG"]
    made.save()
    return made


def test_whoever_once_held_a_badge_opens_it_to_nobody_of_theirs(here: World) -> None:
    research = Department.objects.create(code="RES", name="Research")
    rita = Person.objects.create(code="R-1", name="Rita Reed", department=research)
    take_back(here.badge, here.alice, "moved")
    issue_badge(here.badge, here.alice, "R-1", "first day")
    other = Badge.objects.create(number="4418")
    director = dana()
    issue_badge(other, director, "K-3", "first day")
    elsewhere = "Somebody outside your part of the organisation holds this badge"
    for deed in (revoke_badge, report_lost, take_back):
        with pytest.raises(ValidationError, match=elsewhere):
            deed(here.badge, director, "x")
    with pytest.raises(ValidationError, match=elsewhere):
        issue_badge(here.badge, director, "K-3", "x")
    with pytest.raises(ValidationError, match=elsewhere):
        replace_badge(here.badge, director, "9999", "x")
    with pytest.raises(ValidationError, match=elsewhere):
        replace_badge(other, director, "4417", "x")
    assert BadgeIssue.objects.get(badge=here.badge, ended_at=None).person == rita


def test_a_director_adds_a_badge_and_gives_it_to_one_of_theirs(client: Client, here: World) -> None:
    client.force_login(dana())
    assert client.post("/registers/badges/new", {"number": "9001"}).status_code == 302
    badge = Badge.objects.get(number="9001")
    sent = {"asked": "Carol Cole (K-3)", "reason": "first day"}
    assert client.post(f"/registers/badges/{badge.pk}/do/issue", sent).status_code == 302
    assert badge.issues.get().person == here.carol


def test_a_badge_that_somebody_held_is_not_removed_with_its_history(client: Client, here: World) -> None:
    client.force_login(here.alice)
    answer = client.post(f"/registers/badges/{here.badge.pk}/remove", {"reason": "tidy"})
    assert (answer.status_code, "1 badge issue still refers to it" in answer.content.decode()) == (422, True)
    assert BadgeIssue.objects.count() == 1


def test_what_is_changed_in_a_badge_s_history_is_in_the_badge_s_audit(client: Client, here: World) -> None:
    client.force_login(here.alice)
    issue = BadgeIssue.objects.get()
    filled = {"badge": here.badge.pk, "person": here.carol.pk, "issued_at": "2026-02-01T08:00:00", "reason": "moved"}
    assert client.post(f"/registers/badge-issues/{issue.pk}/edit", filled | {"end": ""}).status_code == 302
    page = client.get(f"/registers/badges/{here.badge.pk}?tab=audit").content.decode()
    assert "moved" in page
