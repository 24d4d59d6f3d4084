"""A newcomer's register: the code of docs/registers.md in a temporary app, and a walk through all that comes of it."""

from __future__ import annotations

import csv
import importlib
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.test import Client, override_settings

from bartizan.core import registers
from bartizan.core.models import AuditEntry, SavedView
from bartizan.core.registers import Register
from bartizan.core.roles import Role
from bartizan.core.search import fresh
from bartizan.core.tokens.actions import make_token
from bartizan.estate.models import Person
from tests import world
from tests.world import World

PAGE = Path(__file__).parents[2] / "docs" / "registers.md"
pytestmark = pytest.mark.django_db


def code_of(name: str) -> str:
    """The block of the docs page that comes after the name of its file."""
    found = re.search(rf"`{re.escape(name)}`:\n\n```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found, f"docs/registers.md has no code of {name}"
    return found[1]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Iterator[Register]:
    """The app as the page says to make it, with its table."""
    from django.conf import settings
    from django.db import connection

    folder = tmp_path_factory.mktemp("newcomer")
    (folder / "keys").mkdir()
    for name in ("models", "registers"):
        (folder / "keys" / f"{name}.py").write_text(code_of(f"keys/{name}.py"))
    (folder / "keys" / "__init__.py").touch()
    sys.path.insert(0, str(folder))
    with override_settings(INSTALLED_APPS=[*settings.INSTALLED_APPS, "keys"]), django_db_blocker.unblock():
        apps.clear_cache()  # other models were asked for their relations before this one was there
        importlib.import_module("keys.registers")
        call_command("migrate", run_syncdb=True, verbosity=0)
        fresh.follow()
        register = registers.named("keys")
        assert register is not None
        yield register
        registers.forget(register)
        fresh.follow()
        with connection.schema_editor() as editor:
            editor.delete_model(register.model)
    apps.clear_cache()
    sys.path.remove(str(folder))


@pytest.fixture
def here() -> World:
    return world.build()


@pytest.fixture
def console(client: Client, here: World) -> Client:
    client.force_login(here.alice)
    return client


@pytest.fixture
def key(keys: Register, here: World) -> Any:
    return registers.manager_of(keys.model).create(code="K-17", name="Vault, spare", zone=here.vault, holder=here.carol)


def part(console: Client, address: str, sent: dict[str, Any] | None = None) -> Any:
    """What the script of the page asks for: only the part that changes."""
    if sent is not None:
        return console.post(address, sent, headers={"X-Part": "side"})
    return console.get(address, headers={"X-Part": "side"})


def test_the_declaration_of_the_docs_is_short(keys: Register) -> None:
    assert registers.declaration_lines(keys) <= 10


def test_it_stands_on_the_index_and_its_empty_list_says_what_it_is_for(console: Client, keys: Register) -> None:
    assert "Keys of cut metal" in console.get("/registers").content.decode()
    assert "There is no key yet." in console.get("/registers/keys").content.decode()


def test_titles_choices_and_chips_come_from_the_model(console: Client, key: Any) -> None:
    page = console.get("/registers/keys").content.decode()
    assert "Key number" in page
    assert 'href="/entity/zone/KP-0.01"' in page
    assert "<b>master key</b>" in page


def test_it_is_searched_filtered_and_sorted(console: Client, key: Any, here: World) -> None:
    registers.manager_of(type(key)).create(code="K-2", name="Corridor", zone=here.corridor, is_master=True)
    assert listed(console, "q=spare") == ["K-17"]
    assert listed(console, "is_master=yes") == ["K-2"]
    assert listed(console, "sort=-code") == ["K-2", "K-17"]
    assert listed(console, "sort=zone__name") == ["K-2", "K-17"]
    assert listed(console, f"site={here.site.pk}&handed_out_on=some") == []


def listed(console: Client, query: str) -> list[str]:
    page = console.get(f"/registers/keys?{query}").content.decode()
    return re.findall(r"data-open[^>]*>(K-\d+)</a>", page)


def test_a_view_of_it_is_kept(console: Client, key: Any) -> None:
    console.post("/registers/keys/views", {"name": "Masters", "query": "is_master=yes&page=3"})
    assert SavedView.objects.get().query == "is_master=yes"
    assert "Masters" in console.get("/registers/keys").content.decode()


def test_a_new_one_is_made_and_its_number_stays_as_it_is(console: Client, keys: Register, here: World) -> None:
    filled = {"code": "K-1", "name": "Front", "zone": here.corridor.pk}
    assert console.post("/registers/keys/new", filled).status_code == 302
    made = registers.manager_of(keys.model).get(code="K-1")
    assert console.post(f"/registers/keys/{made.pk}/edit", filled | {"code": "K-9", "name": "Gate"}).status_code == 302
    made.refresh_from_db()
    assert (made.code, made.name) == ("K-1", "Gate")
    assert [e.verb for e in AuditEntry.objects.filter(subject="key:K-1").order_by("pk")] == ["made", "changed"]


def test_a_cell_of_it_is_changed_in_place(console: Client, key: Any) -> None:
    address = f"/registers/keys/{key.pk}/field/name"
    assert 'value="Vault, spare"' in part(console, address).content.decode()
    said = part(console, address, {"name": "Vault, first"}).content.decode()
    assert "Vault, first" in said
    assert "Undo" in said


def test_many_of_them_are_changed_at_once(console: Client, key: Any) -> None:
    address = f"/registers/keys/bulk?pick={key.pk}&do=edit&field=is_master"
    sent = {"field": "is_master", "is_master": "on"}
    assert "1 of 1 get another master key" in part(console, address, sent).content.decode()
    part(console, address, sent | {"step": "apply"})
    key.refresh_from_db()
    assert key.is_master


def test_it_is_removed_with_a_reason_and_brought_back(console: Client, key: Any) -> None:
    said = part(console, f"/registers/keys/{key.pk}/remove", {"reason": "lost"}).content.decode()
    assert not registers.manager_of(type(key)).exists()
    undo = re.search(r'action="(/registers/keys/undo/\d+)"', said)
    assert undo
    assert console.post(undo[1]).status_code == 302
    assert registers.manager_of(type(key)).get().name == "Vault, spare"


def test_what_it_refers_to_cannot_go_and_the_page_says_why(console: Client, key: Any, here: World) -> None:
    answer = part(console, f"/registers/people/{here.carol.pk}/remove", {"reason": "left"})
    assert answer.status_code == 422
    assert re.search(r"Carol Cole cannot be removed: .*1 key", answer.content.decode())
    assert Person.objects.filter(pk=here.carol.pk).exists()


def test_its_tabs_show_files_people_and_audit(console: Client, key: Any) -> None:
    tabs = {name: part(console, f"/registers/keys/{key.pk}?tab={name}").content.decode() for name in TABS}
    assert "Carol Cole" in tabs["people"]
    assert 'name="subject" value="key:K-17"' in tabs["files"]
    assert ("looked at" in tabs["audit"], "changed" in tabs["audit"]) == (True, False)
    assert "No event" in tabs["timeline"] or "event lake" in tabs["timeline"]


TABS = ("details", "timeline", "files", "people", "audit")


def test_a_file_is_added_to_it(console: Client, key: Any) -> None:
    sent = {"subject": "key:K-17", "file": io.BytesIO(b"a picture of a key"), "back": f"/registers/keys/{key.pk}"}
    assert console.post("/files/add", sent).status_code == 302
    assert "SHA-256" in part(console, f"/registers/keys/{key.pk}?tab=files").content.decode()


def test_it_is_exported(console: Client, key: Any) -> None:
    answer = console.get("/registers/keys.csv")
    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")  # type: ignore[arg-type]
    assert "K-17" in next(iter(list(csv.reader(io.StringIO(text)))[1:]))


def test_it_goes_out_as_a_spreadsheet_and_offers_to_be_imported(console: Client, key: Any) -> None:
    sheet = console.get("/registers/keys.xlsx")
    content = b"".join(sheet.streaming_content) if sheet.streaming else sheet.content  # type: ignore[arg-type]
    assert content.startswith(b"PK")
    assert console.get("/registers/keys/import").status_code == 200


def test_a_program_reads_and_changes_it_with_a_token(client: Client, here: World, key: Any) -> None:
    _, secret = make_token(here.alice, "nightly", ("registers:write",), "30")
    told = {"Authorization": f"Bearer {secret}"}
    assert "Vault, spare" in client.get("/api/registers/keys", headers=told).content.decode()
    answer = client.patch("/api/registers/keys/K-17", {"is_master": True}, "application/json", headers=told)
    assert answer.status_code == 200, answer.content
    key.refresh_from_db()
    assert key.is_master


def test_the_palette_and_search_find_it(console: Client, key: Any) -> None:
    assert "Vault, spare" in console.get("/find?q=K-17").content.decode()


@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_and_changes_what_it_may(client: Client, key: Any, role: Role) -> None:
    client.force_login(world.officer("dora", "Dora", "Dunn", "", role))
    sees, changes = role != Role.EMPLOYEE, role in (Role.OFFICER, Role.DIRECTOR)
    assert client.get("/registers/keys").status_code == (200 if sees else 403)
    assert ("/registers/keys" in client.get("/registers").content.decode()) is sees
    page = client.get(f"/registers/keys/{key.pk}")
    assert page.status_code == (200 if sees else 403)
    assert ("Edit" in page.content.decode()) is changes
    for address in ("new", f"{key.pk}/edit", f"bulk?pick={key.pk}", f"{key.pk}/field/name"):
        assert (client.get(f"/registers/keys/{address}").status_code < 400) is changes, address
    assert (client.post(f"/registers/keys/{key.pk}/remove", {"reason": "x"}).status_code < 400) is changes


def test_a_director_of_another_site_sees_none_of_it(client: Client, key: Any) -> None:
    dora = world.officer("dora", "Dora", "Dunn", "", Role.DIRECTOR)
    dora.sites = ["ELSEWHERE"]
    dora.save()
    client.force_login(dora)
    assert "K-17" not in client.get("/registers/keys").content.decode()
    for address in ("", "/edit", "/field/name"):
        assert client.get(f"/registers/keys/{key.pk}{address}").status_code == 404
