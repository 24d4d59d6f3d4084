"""A visitor's badge: for a while, with a host who answers, and a record that ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from bartizan.core.models import AuditEntry
from bartizan.core.roles import Role
from bartizan.doors.actions.visitors import Visit, forget_visits, give_badge, set_pin, take_back
from bartizan.doors.models import Clearance, Visitor
from bartizan.doors.queries import visitors_here
from bartizan.doors.table_file import read_table
from bartizan.engines.access import Passage, Presence, Request, decide
from tests import world
from tests.world import World

pytestmark = pytest.mark.django_db


def visit(**change: Any) -> Visit:
    now = timezone.now()
    usual = Visit(
        "Dora Dale", "Locks & Co", "Carol Cole (K-3)", "KP", "V12", "Repair of the lift", "legitimate interest",
        now - timedelta(minutes=1), now + timedelta(hours=2), ("legal",),
    )  # fmt: skip
    return replace(usual, **change)


def decided(*, host_in: bool) -> str:
    table, presence, now = read_table(), Presence(), timezone.now()
    assert table is not None
    if host_in:
        presence.note(Passage(now, "in", "KP-0-000", "KP-0.00", "KP-OUT", "person:K-3", "4417"))
    return decide(table, presence, Request("KP-0-001", "in", "V12"), now).reason


def test_the_badge_opens_what_its_groups_may_enter_while_the_host_is_in(here: World) -> None:
    given = give_badge(visit(), here.bob)
    assert given.number.startswith("V20")
    assert decided(host_in=False) == "host-away"
    assert decided(host_in=True) == "granted"
    assert list(visitors_here(here.alice, timezone.now())) == [given]


def test_taken_back_it_opens_nothing_and_may_be_given_again(here: World) -> None:
    given = give_badge(visit(), here.bob)
    take_back(given, here.alice)
    assert decided(host_in=True) == "ended"
    with pytest.raises(ValidationError, match="already"):
        take_back(given, here.alice)
    give_badge(visit(name="Ed Eks"), here.bob)
    assert decided(host_in=True) == "granted"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": " "}, "who comes"),
        ({"purpose": ""}, "what for"),
        ({"badge": " "}, "number of the badge"),
        ({"badge": "4417"}, "belongs to somebody of the house"),
        ({"host": "Nobody Known"}, "No person is called"),
        ({"site": "XX"}, "Choose a site"),
        ({"until": timezone.now() - timedelta(hours=1)}, "ends before it begins"),
        ({"until": timezone.now() + timedelta(days=40)}, "14 days at most"),
        ({"keep_days": 99999}, "Keep the record"),
        ({"legal_basis": "because"}, "because"),
    ],
)
def test_what_is_not_right_is_refused_in_words_with_nothing_kept(
    here: World, change: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        give_badge(visit(**change), here.bob)
    assert not Visitor.objects.exists()


def test_one_badge_is_one_visitors_at_a_time(here: World) -> None:
    give_badge(visit(), here.bob)
    with pytest.raises(ValidationError, match="take it back first"):
        give_badge(visit(name="Ed Eks"), here.bob)
    later = timezone.now() + timedelta(days=1)
    give_badge(visit(name="Ed Eks", since=later, until=later + timedelta(hours=1)), here.bob)


def test_a_host_is_somebody_who_works_here(here: World) -> None:
    here.carol.left_on = timezone.now().date() - timedelta(days=2)
    here.carol.save()
    with pytest.raises(ValidationError, match="somebody who works here"):
        give_badge(visit(), here.bob)


def test_an_auditor_gives_no_badge(here: World) -> None:
    with pytest.raises(ValidationError, match="Your role"):
        give_badge(visit(), world.officer("eve", "Eve", "Ess", "Auditor", Role.AUDITOR))


def test_who_came_is_forgotten_when_the_record_ends_and_that_somebody_came_is_not(here: World) -> None:
    give_badge(visit(keep_days=3), here.bob)
    last = Visitor.objects.get().keep_until
    assert forget_visits(last) == 0
    assert forget_visits(last + timedelta(days=1)) == 1
    assert forget_visits(last + timedelta(days=2)) == 0
    kept = Visitor.objects.get()
    assert (kept.name, kept.organisation, kept.host, kept.badge) == ("", "", here.carol, "V12")
    assert AuditEntry.objects.filter(verb="ended what is kept of").count() == 1
    assert "Dora" not in str(list(AuditEntry.objects.values_list("detail", flat=True))), "nor does the audit keep it"


def test_a_pin_is_kept_as_a_digest_and_can_be_taken_away(here: World) -> None:
    set_pin(here.carol, "4711", here.alice)
    held = Clearance.objects.get()
    assert held.pin_hash
    assert "4711" not in held.pin_hash
    assert "4711" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))
    with pytest.raises(ValidationError, match="four to eight digits"):
        set_pin(here.carol, "12", here.alice)
    set_pin(here.carol, "", here.alice)
    held.refresh_from_db()
    assert (held.pin_hash, held.pin_set_at) == ("", None)
