"""What a filled form or an imported row gets wrong beyond its single fields is said in words."""

from __future__ import annotations

from typing import Any

import pytest

from bartizan.core.loading import load
from bartizan.estate.models import Building, Floor, IntellectualProperty, Site
from tests import world
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> World:
    made = world.build()
    other = Site.objects.create(code="TW", name="The Tower")
    Floor.objects.create(
        code="TW-0", name="Cellar", building=Building.objects.create(code="TW-A", name="T", site=other)
    )
    IntellectualProperty.objects.create(code="IP-1", name="Recipe", kind="formula")
    return made


ZONE = {"code": "Z", "name": "Z", "site": "KP", "floor": "KP-0"}
DOOR = {"code": "D", "name": "D", "outer": "KP-0.00", "inner": "KP-0.01"}


@pytest.mark.parametrize(
    ("register", "row", "words"),
    [
        ("organisation", {"name": "Keep & Co", "currency": "TAL"}, "No such currency"),
        ("sites", {"code": "S", "name": "S", "timezone": "Mars/Olympus"}, "No such time zone"),
        ("sites", {"code": "S", "name": "S", "opens": "08:00"}, "a beginning and an end"),
        ("sites", {"code": "S", "name": "S", "latitude": 95, "longitude": 5}, "between -90 and 90"),
        ("floors", {"code": "F", "name": "F", "building": "KP-A", "width": 3}, "50 to 10,000 units"),
        ("zones", ZONE | {"floor": "TW-0"}, "belongs to The Tower, not to The Keep"),
        ("zones", ZONE | {"outline": "600, 10, 100, 50"}, "leaves its floor, which is 640 wide"),
        ("zones", ZONE | {"floor": "", "outline": "8, 8, 10, 10"}, "lies on a floor"),
        ("zones", ZONE | {"level": 7}, "1 (public) to 4"),
        ("doors", DOOR | {"inner": "KP-0.00"}, "these are the same"),
        ("doors", DOOR | {"line": "600, 10, 700, 10"}, "The door leaves its floor"),
        ("doors", DOOR | {"seconds": 9000}, "More than an hour"),
        ("people", {"code": "P", "name": "P", "joined_on": "2026-02-01", "left_on": "2026-01-01"}, "Left before"),
        ("people", {"code": "P", "name": "P", "hours_from": "08:00"}, "Hours need a beginning and an end"),
        ("hosts", {"name": "H", "addresses": "10.0.0.300"}, "“10.0.0.300” is no IP address"),
        ("hosts", {"name": "H", "x": 10, "y": 10}, "A place on the plan lies on a floor"),
        ("hosts", {"name": "H", "zone": "KP-0.00", "x": 10}, "needs both x and y"),
        (
            "devices",
            {"code": "X", "name": "X", "kind": "camera", "zone": "KP-0.01", "x": 999, "y": 9},
            "outside the plan",
        ),
        ("user-accounts", {"name": "svc", "kind": "service", "person": "K-3"}, "nobody's"),
        ("property", {"code": "X", "name": "X", "value": -5}, "not below nothing"),
        ("property", {"code": "X", "name": "X", "acquired_on": "2026-02-01", "gone_on": "2026-01-01"}, "Gone before"),
        ("property", {"code": "X", "name": "X", "zone": "KP-0.01", "site": "TW"}, "Vault is at The Keep"),
        ("intellectual-property", {"code": "X", "name": "X", "kind": "patent"}, "Somebody answers for it"),
        ("copies", {"number": "X", "asset": "IP-1", "form": "file"}, "Say where the copy is"),
        (
            "copies",
            {"number": "X", "asset": "IP-1", "form": "paper", "host": "KP-WS-1"},
            "Paper does not lie on a host",
        ),
    ],
)
def test_what_cannot_be_is_said_in_words(here: World, register: str, row: dict[str, Any], words: str) -> None:
    problems = load(register, [row], None).problems
    assert any(words in str(problem) for problem in problems), [str(problem) for problem in problems]


def test_what_is_right_passes(here: World) -> None:
    asset = {"code": "IP-2", "name": "Moat", "kind": "design", "owner": "K-3", "readers": ["K-3"]}
    assert load("intellectual-property", [asset], None).problems == ()
    assert (
        load("copies", [{"number": "IP-2/1", "asset": "IP-2", "host": "KP-WS-1", "form": "file"}], None).problems == ()
    )
    assert load("property", [{"code": "L-1", "name": "Laptop", "value": "1850.50"}], None).problems == ()
    assert load("zones", [ZONE | {"outline": "320, 8, 100, 100", "department": "LEG"}], None).problems == ()
    assert [person.code for person in IntellectualProperty.objects.get(code="IP-2").readers.all()] == ["K-3"]
