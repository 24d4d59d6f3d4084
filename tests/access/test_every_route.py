"""Every route as every role, and as a stranger: each answers what it declares, and none declares nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from bartizan.cases.actions import open_case
from bartizan.core.access import may_any, rule_of
from bartizan.core.models import User
from bartizan.core.registers import registers
from bartizan.core.roles import PERMISSIONS, Role
from tests import world
from tests.web.test_routes import SAMPLES

OPEN = {
    "sign-in",
    "sign-out",
    "welcome/<str:token>",
    "account/switched-off",
    "account/second-step",
    "account/passkey/sign-in",
    "healthz",
    "live",
    "report",
    "report/back",
    "safe/<str:token>",
}
"""Where nobody has signed in yet; and ``live``, which asks by itself and answers 401."""
POSTS = {"cases": "work cases", "settings/roles": "manage accounts"}
"""Pages that anybody of a role sees and that only some may send something to."""

pytestmark = pytest.mark.django_db


def routes(patterns: Any = None, before: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    """Each route's pattern and view. What lies under api/ asks for a token of its own."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        pattern = before + str(each.pattern)
        if pattern.startswith("api/"):
            continue
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, pattern)
        elif isinstance(each, URLPattern):
            yield pattern, each.callback


def address_of(pattern: str, samples: dict[str, str]) -> str:
    address = pattern.replace(r"(?P<number>\d{4}-\d{3,8})", samples["number"]).replace(r"(?P<deed>[a-z]+)", "note")
    address = re.sub(r"\(\?P<\w+>(\w+)[^)]*\)", r"\1", address)
    address = re.sub(r"<(?:(\w+):)?(\w+)>", lambda f: samples.get(f[2]) or samples.get(f[1] or "str", "x"), address)
    return "/" + address.replace("^", "").replace("$", "")


@pytest.fixture
def samples() -> dict[str, str]:
    """What stands in the routes' places: things that are there."""
    here = world.build()
    alarm = world.alarm()
    case = open_case(alarm, by=here.alice)
    return SAMPLES | {"key": "1", "number": case.number, "kind": "zone", "name": "doors", "code": here.floor.code}


def test_no_view_is_without_a_declared_permission() -> None:
    undeclared = {pattern for pattern, view in routes() if not hasattr(view, "permissions")}
    assert undeclared - OPEN == set()
    assert {name for _, view in routes() for name in getattr(view, "permissions", ())} <= set(PERMISSIONS)


def test_every_permission_is_asked_for_somewhere() -> None:
    asked = {name for _, view in routes() for name in getattr(view, "permissions", ())}
    asked |= {
        name for register in registers() for name in (rule_of(register.model).see, rule_of(register.model).change)
    }
    asked |= {"see history", "see alarms"}  # a tab of what is open anyway; asked for by Now itself
    assert set(PERMISSIONS) - asked == set()


@pytest.mark.parametrize("role", list(Role))
def test_each_route_answers_each_role_what_it_declares(samples: dict[str, str], role: Role) -> None:
    user = world.officer(f"x-{role}", "Xenia", "Xu", "", role)
    client = Client()
    client.force_login(user)
    wrong = []
    for pattern, view in routes():
        if pattern in OPEN:
            continue
        for method in ("get", "post"):
            answer = getattr(client, method)(address_of(pattern, samples))
            if answer.status_code == 302 and answer["Location"].startswith("/sign-in"):  # a deed ended the session
                client.force_login(user)
                answer = getattr(client, method)(address_of(pattern, samples))
            wanted = view.permissions  # type: ignore[attr-defined]
            allowed = may_any(user, wanted)
            if method == "post" and pattern in POSTS:
                allowed = may_any(user, [POSTS[pattern]])
            if not _fits(answer.status_code, allowed=allowed, is_declared=bool(wanted)):
                wrong.append(f"{method} /{pattern} ({', '.join(wanted)}): {answer.status_code}")
    assert wrong == []


def _fits(status: int, *, allowed: bool, is_declared: bool) -> bool:
    if not allowed:
        return status in (403, 405)
    if not is_declared:  # open to everybody signed in; what it then shows, or does, depends on the record's rule
        return status in (200, 201, 204, 302, 303, 400, 403, 404, 405, 409, 410, 422)
    return status in (200, 201, 204, 302, 303, 400, 404, 405, 409, 422, 503)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_led_to_the_sign_in_page_everywhere(samples: dict[str, str], method: str) -> None:
    client = Client()
    for pattern, _ in routes():
        if pattern in OPEN:
            continue
        answer = getattr(client, method)(address_of(pattern, samples))
        assert answer.status_code in (302, 405), f"{method} {pattern}: {answer.status_code}"
        if answer.status_code == 302:
            assert answer["Location"].startswith("/sign-in"), f"{method} {pattern} leads to {answer['Location']}"


def test_every_model_that_a_page_shows_has_a_rule() -> None:
    from django.apps import apps

    shown = {register.model for register in registers()}
    for room in ("estate", "watch", "panels", "doors", "cameras", "cases", "notices"):
        shown |= set(apps.get_app_config(room).get_models())
    assert {model.__name__ for model in shown if not _has_rule(model)} == set()


def _has_rule(model: Any) -> bool:
    try:
        rule_of(model)
    except LookupError:
        return False
    return True


def test_templates_ask_for_permissions_that_there_are() -> None:
    source = Path(__file__).parents[2] / "src" / "bartizan"
    asked = {name for page in source.rglob("*.html") for name in re.findall(r"\bmay\.(\w+)", page.read_text())}
    assert {name.replace("_", " ") for name in asked} <= set(PERMISSIONS)
    assert "work_alarms" in asked


def test_not_allowed_is_said_in_words(samples: dict[str, str], client: Client) -> None:
    client.force_login(world.officer("ed", "Ed", "Eve", "", Role.EXECUTIVE))
    answer = client.post("/alarms/1/close", {"reason": "so"})
    assert answer.status_code == 403
    assert "acknowledge, assign, shelve and close alarms" in answer.content.decode()


def test_an_employee_begins_on_the_own_record_and_finds_nothing_else_in_the_menu(client: Client) -> None:
    here = world.build()
    carol = world.officer("carol", "Carol", "Cole", "", Role.EMPLOYEE)
    User.objects.filter(pk=carol.pk).update(person=here.carol.code)
    client.force_login(User.objects.get(pk=carol.pk))
    assert client.get("/")["Location"] == "/me"
    page = client.get("/me").content.decode()
    for words in ("Carol Cole", "Badge 4417", "c.cole", "KP-WS-1"):
        assert words in page
    for place in ("/timeline", "/map", "/cases", "/sources", "/audit", "/registers"):
        assert f'href="{place}"' not in page
        assert client.get(place).status_code in (200, 403)
    assert client.get("/counts").json() == {} or set(client.get("/counts").json()) <= {"notices"}


def test_a_role_without_alarms_begins_on_the_first_page_that_it_may_open(client: Client) -> None:
    from bartizan.core import actions, preferences
    from bartizan.core.access import roles_with

    here = world.build()
    given = {name: roles_with(name) for name in PERMISSIONS}
    given["see alarms"] -= {Role.EXECUTIVE}
    actions.decide_roles(here.alice, given)
    preferences.forget()
    client.force_login(world.officer("ed", "Ed", "Eve", "", Role.EXECUTIVE))
    assert client.get("/")["Location"] in ("/cases", "/map")
    assert "alarm" not in client.get("/map").content.decode().split('aria-label="Main"')[1].split("</nav>")[0].lower()
