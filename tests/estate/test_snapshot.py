"""What the engines are told of the estate, and when they are told anew."""

from __future__ import annotations

from typing import Any, Final

import pytest
from django.contrib.auth.models import AnonymousUser

from bartizan.core.actions import record
from bartizan.core.loading import load, load_together
from bartizan.core.models import User
from bartizan.estate import queries
from bartizan.estate.models import Person, Portal, UserAccount

pytestmark = pytest.mark.django_db


WORLD: Final[dict[str, list[dict[str, Any]]]] = {
    "sites": [{"code": "ML", "name": "Mill Lane", "timezone": "Europe/Amsterdam", "opens": "07:00", "closes": "19:00"}],
    "buildings": [{"code": "ML-A", "name": "Main building", "site": "ML"}],
    "floors": [{"code": "ML-2", "name": "floor 2", "level": 2, "building": "ML-A"}],
    "zones": [
        {
            "code": "ML-2.00",
            "name": "Corridor 2.00",
            "site": "ML",
            "floor": "ML-2",
            "outline": [8, 132, 624, 46],
        },
        {"code": "ML-2.14", "name": "Lab 2.14", "site": "ML", "floor": "ML-2", "level": 3},
    ],
    "portals": [
        {
            "code": "ML-2-014",
            "name": "Lab 2.14",
            "outer": "ML-2.00",
            "inner": "ML-2.14",
            "line": [227, 178, 245, 178],
        }
    ],
    "people": [{"code": "VI-0042", "name": "Marta Vos", "site": "ML"}],
    "badges": [{"number": "2081", "person": "VI-0042", "issued_at": "2024-01-01T00:00:00Z"}],
    "devices": [
        {
            "code": "ML-2-R14",
            "name": "Reader",
            "kind": "reader",
            "zone": "ML-2.00",
            "portal": "ML-2-014",
            "x": 236,
            "y": 172,
        }
    ],
    "hosts": [
        {
            "name": "ML-WS-214",
            "owner": "VI-0042",
            "zone": "ML-2.14",
            "addresses": ["10.20.2.14"],
            "x": 206,
            "y": 276,
        }
    ],
    "accounts": [{"name": "m.vos", "person": "VI-0042"}],
}


@pytest.fixture
def world() -> None:
    assert load_together(WORLD, None).problems == ()


@pytest.mark.usefixtures("world")
def test_the_engines_see_every_register() -> None:
    estate = queries.snapshot()
    assert estate.zones["ML-2.14"].building == "ML-A"
    assert estate.zones["ML-2.14"].floor == "floor 2"
    assert (estate.portals["ML-2-014"].outer, estate.portals["ML-2-014"].inner) == ("ML-2.00", "ML-2.14")
    assert estate.badges["2081"][0].person == "VI-0042"
    assert estate.hosts["ML-WS-214"].owner == "VI-0042"
    assert estate.accounts["m.vos"].person == "VI-0042"
    assert estate.devices["reader:ML-2-R14"].portal == "ML-2-014"
    assert estate.sites["ML"].opens is not None


@pytest.mark.usefixtures("world")
def test_the_revision_changes_with_the_records_and_not_with_readings() -> None:
    first = queries.revision()
    assert queries.revision() == first
    Portal.objects.update(state="open")
    Person.objects.update(phone="+31 40 555 1234", job="Designer")
    record(None, "looked around", "case:1")
    assert queries.revision() == first
    load("accounts", [{"name": "m.vos", "kind": "admin"}], None)
    second = queries.revision()
    assert second != first
    UserAccount.objects.create(name="svc-scan", kind="service")
    assert queries.revision() != second


@pytest.mark.usefixtures("world")
def test_references_are_called_by_their_names() -> None:
    alice = User.objects.create(username="alice", role="officer")
    names = queries.names_of(alice, ["zone:ML-2.14", "badge:2081", "user:m.vos", "ip:203.0.113.58", "zone:gone"])
    assert names == {
        "zone:ML-2.14": "Lab 2.14",
        "badge:2081": "Badge 2081, Marta Vos",
        "user:m.vos": "m.vos, Marta Vos",
        "ip:203.0.113.58": "203.0.113.58",
        "zone:gone": "gone",
    }
    assert queries.name_of(alice, "reader:ML-2-R14") == "Reader"


@pytest.mark.usefixtures("world")
def test_a_stranger_is_shown_nothing() -> None:
    stranger = AnonymousUser()
    for read in (queries.sites, queries.floors, queries.zones, queries.portals, queries.people, queries.badges):
        assert not read(stranger).exists()
    for read_more in (queries.devices, queries.hosts, queries.user_accounts, queries.departments):
        assert not read_more(stranger).exists()
    assert queries.name_of(stranger, "person:VI-0042") == "VI-0042"


@pytest.mark.usefixtures("world")
def test_a_floor_is_drawn_with_what_lies_on_it() -> None:
    alice = User.objects.create(username="alice", role="officer")
    floor = queries.floors(alice).get()
    plan = queries.plan_of(alice, floor)
    assert [z.code for z in plan.zones] == ["ML-2.00", "ML-2.14"]
    assert [p.code for p in plan.portals] == ["ML-2-014"]
    assert [d.code for d in plan.devices] == ["ML-2-R14"]
    assert [h.name for h in plan.hosts] == ["ML-WS-214"]
