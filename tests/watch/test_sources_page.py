"""Sources as an officer sets them up: a form from the connector's settings, a token shown once, lights in words."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from pydantic import BaseModel, Field

from bartizan.connectors import installed
from bartizan.core import preferences
from bartizan.core.actions import digest_of
from bartizan.core.models import AuditEntry
from bartizan.core.setting_form import TYPE_AGAIN, fields_of, problems_of
from bartizan.watch.lake import Lake
from bartizan.watch.line import configured
from bartizan.watch.models import Source
from tests import world
from tests.lakes import event
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]


@pytest.fixture
def here() -> World:
    return world.build()


@pytest.fixture
def console(client: Client, here: World) -> Client:
    client.force_login(here.alice)
    return client


def page(console: Client, url: str, status: int = 200) -> str:
    answer = console.get(url)
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


def test_without_a_source_the_page_says_why_nothing_arrives(console: Client) -> None:
    assert "No source is configured." in page(console, "/sources")


def test_the_form_asks_what_the_connector_declares(console: Client) -> None:
    text = page(console, "/sources/add/syslog")
    assert 'name="set-udp_port"' in text
    assert "UDP port; 0 turns UDP off." in text


def test_a_source_is_added_and_audited(console: Client) -> None:
    answer = console.post("/sources/add/syslog", {"name": "firewall", "set-udp_port": "40514", "set-tcp_port": "0"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sources/firewall")
    assert Source.objects.get(name="firewall").settings["udp_port"] == 40514
    assert AuditEntry.objects.filter(subject="source:firewall", verb="added").exists()
    assert "firewall" in page(console, "/sources")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": "Big House!"}, "A name has lower-case letters"),
        ({"name": "taken"}, "There is a source called taken already"),
        ({"name": "fine", "set-udp_port": "70000"}, "less than or equal to 65535"),
        ({"name": "fine", "set-udp_port": "many"}, "valid integer"),
    ],
)
def test_a_wrong_setting_is_said_at_its_field_and_nothing_is_added(
    console: Client, given: dict[str, str], words: str
) -> None:
    Source.objects.create(name="taken", connector="http")
    answer = console.post("/sources/add/syslog", given)
    assert answer.status_code == 422
    assert words in html.unescape(answer.content.decode())
    assert Source.objects.count() == 1


def test_a_sender_over_http_gets_its_token_once(console: Client) -> None:
    answer = console.post("/sources/add/http", {"name": "badges"})
    found = re.search(r'id="token">([^<]+)<', answer.content.decode())
    assert found
    assert Source.objects.get(name="badges").token_digest == digest_of(found[1])
    assert f"Authorization: Bearer {found[1]}" in html.unescape(answer.content.decode())
    assert found[1] not in page(console, "/sources/badges")


def test_a_new_token_stops_the_old_one(console: Client) -> None:
    console.post("/sources/add/http", {"name": "badges"})
    before = Source.objects.get().token_digest
    console.post("/sources/badges/do/token")
    assert Source.objects.get().token_digest not in ("", before)


def test_a_source_is_switched_off_and_on(console: Client) -> None:
    Source.objects.create(name="doors", connector="http", state="ok")
    console.post("/sources/doors/do/switch", {"on": "0"})
    assert not Source.objects.get().is_enabled
    assert "Switch on" in page(console, "/sources/doors")
    console.post("/sources/doors/do/switch", {"on": "1"})
    assert Source.objects.get().is_enabled


def test_removing_asks_for_the_name(console: Client) -> None:
    Source.objects.create(name="doors", connector="http")
    answer = console.post("/sources/doors/do/remove", {"typed": "door"})
    assert answer.status_code == 422
    assert Source.objects.exists()
    console.post("/sources/doors/do/remove", {"typed": "doors"})
    assert not Source.objects.exists()


def test_counters_clock_and_silence_are_in_words(console: Client) -> None:
    heard = datetime.now(UTC) - timedelta(hours=3)
    Source.objects.create(
        name="doors", connector="http", received=81223, unknown=7, late=2, skew_seconds=94.2, last_event_at=heard,
        state="trouble", state_words="Nothing came since 09:14; check that it still sends.",
    )  # fmt: skip
    text = page(console, "/sources/doors")
    for words in ("81\u202f223", "94.2 s ahead", "Nothing came since 09:14", "Nothing came for 3 h 00"):
        assert words in text
    assert "1 in trouble" in page(console, "/sources")


def test_messages_that_nobody_understood_are_shown_as_received(console: Client, lake: Lake) -> None:
    Source.objects.create(name="doors", connector="http")
    lake.append([event(datetime.now(UTC), "unknown", raw="%% gibberish <b> %%")])
    text = console.get("/sources/doors").content.decode()
    assert "%% gibberish &lt;b&gt; %%" in text


class Sample(BaseModel):
    password: str = Field("", description="Password.")
    folder: Path | None = Field(None, description="Where.")
    topics: list[str] = Field([], description="Topics.")
    names: dict[str, str] = Field({}, description="Names.")
    port: int = Field(ge=1, le=65535, description="Port.")


def test_each_kind_of_setting_gets_its_kind_of_field() -> None:
    fields = {
        f.name: f for f in fields_of(Sample, {"password": "geheim", "names": {"a": "b"}, "topics": ["x", "y"]}, {})
    }
    assert {name: field.kind for name, field in fields.items()} == {
        "port": "number", "password": "secret", "folder": "text", "topics": "list", "names": "pairs",
    }  # fmt: skip
    assert (fields["password"].value, fields["names"].value, fields["topics"].value) == ("", "a = b", "x\ny")
    assert next(iter(fields)) == "port"
    assert problems_of(Sample, {}) == {"port": "This must be given."}


def test_a_secret_that_is_left_empty_stays_as_it_was(console: Client) -> None:
    console.post(
        "/sources/add/mqtt", {"name": "broker", "set-username": "u", "set-password": "geheim", "set-port": "1883"}
    )
    console.post("/sources/broker/do/save", {"set-username": "v", "set-password": "", "set-port": "1884"})
    settings = preferences.opened(Source.objects.get(name="broker").settings)
    assert (settings["username"], settings["port"]) == ("v", 1884)
    assert settings["password"] == "geheim"
    assert "geheim" not in page(console, "/sources/broker")


def test_a_secret_is_kept_sealed_and_the_connector_gets_it_in_clear(console: Client) -> None:
    given = {"name": "broker", "set-username": "u", "set-password": "geheim", "set-port": "1883"}
    console.post("/sources/add/mqtt", given)
    source = Source.objects.get(name="broker")
    assert "geheim" not in json.dumps(source.settings)
    assert "geheim" not in json.dumps([entry.detail for entry in AuditEntry.objects.all()])
    before = configured()
    [one] = before
    assert installed()["mqtt"].Settings.model_validate_json(one.settings).password.get_secret_value() == "geheim"
    console.post("/sources/broker/do/save", {"set-username": "u", "set-password": "", "set-port": "1883"})
    assert configured() == before, "sealed anew it is the same: the connector goes on"


def test_secrets_that_were_kept_in_clear_are_sealed_when_bartizan_is_brought_up_to_date() -> None:
    Source.objects.create(name="broker", connector="mqtt", settings={"password": "geheim", "port": 1883})
    import_module("bartizan.watch.migrations.0002_sealed_secrets").seal(apps, connection.schema_editor())
    settings = Source.objects.get().settings
    assert "geheim" not in json.dumps(settings)
    assert preferences.opened(settings) == {"password": "geheim", "port": 1883}


def test_a_secret_in_a_form_that_was_refused_is_asked_for_again(console: Client) -> None:
    wrong = {"set-username": "u", "set-password": "geheim", "set-port": "70000"}
    text = html.unescape(console.post("/sources/add/mqtt", {"name": "broker", **wrong}).content.decode())
    assert TYPE_AGAIN in text
    assert "kept as it is" not in text
    console.post("/sources/add/mqtt", {"name": "broker", **wrong, "set-port": "1883"})
    assert "kept as it is" in page(console, "/sources/broker")
    text = html.unescape(console.post("/sources/broker/do/save", wrong).content.decode())
    assert TYPE_AGAIN in text
    assert "kept as it is" not in text
