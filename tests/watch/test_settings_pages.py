"""Rules, health, audit and settings as an officer reads them, and what can be changed there."""

from __future__ import annotations

import fcntl
import html
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from bartizan.watch import rulebook
from bartizan.watch.lake import Lake
from bartizan.watch.models import LegalHold, Retention, RuleSwitch, Trouble
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


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A rule book of one good rule and one bad file."""
    folder = tmp_path / "book" / "tests"
    folder.mkdir(parents=True)
    (folder / "forced.yml").write_text(
        "title: Vault forced\nid: 11111111-2222-4333-8444-555555555555\nlevel: critical\nauthor: The Keep\n"
        "description: Somebody forced the vault.\ntags: [attack.t1078]\nfalsepositives: [A drill]\n"
        "logsource: {product: bartizan, category: door}\ndetection: {s: {kind: door.forced}, condition: s}\n"
    )
    (folder / "bad.yml").write_text("title: Broken\nlogsource: {product: bartizan}\ndetection: nonsense\n")
    monkeypatch.setattr(rulebook, "OURS", folder.parent)
    return folder


RULE = "11111111-2222-4333-8444-555555555555"


def test_rules_are_listed_with_what_is_wrong_in_the_other_files(console: Client, pack: Path) -> None:
    text = page(console, "/rules")
    assert "Vault forced" in text
    assert "Rule files with problems" in text
    assert str(pack / "bad.yml") in text


def test_a_rule_shows_its_text_its_doubts_and_who_wrote_it(console: Client, pack: Path) -> None:
    text = page(console, f"/rules?rule={RULE}")
    for words in ("Somebody forced the vault.", "A drill", "The Keep", "kind: door.forced", "t1078"):
        assert words in text


def test_a_rule_is_only_switched_off_with_a_reason(console: Client, pack: Path) -> None:
    answer = console.post("/rules/switch", {"rule": RULE, "on": "0", "reason": " "})
    assert answer.status_code == 422
    assert "Say why the rule is switched off." in answer.content.decode()
    assert not RuleSwitch.objects.exists()
    console.post("/rules/switch", {"rule": RULE, "on": "0", "reason": "Building works until Friday"})
    assert "Off: Building works until Friday" in page(console, f"/rules?rule={RULE}")
    assert "Vault forced" in page(console, "/rules?show=off")


def test_closing_or_switching_a_rule_keeps_what_the_list_was_narrowed_to(console: Client, pack: Path) -> None:
    narrowed = "q=vault&show=found"
    text = page(console, f"/rules?rule={RULE}&{narrowed}")
    assert f'href="/rules?{narrowed}" data-key="Escape"' in text
    assert f'action="/rules/switch?{narrowed}"' in text
    answer = console.post(f"/rules/switch?{narrowed}", {"rule": RULE, "on": "0", "reason": "Building works"})
    assert answer["Location"] == f"/rules?{narrowed}&rule={RULE}"
    refused = console.post(f"/rules/switch?{narrowed}", {"rule": RULE, "on": "0", "reason": ""})
    assert 'value="vault" placeholder="Search rules"' in refused.content.decode()


def test_a_rule_that_does_not_exist_cannot_be_switched(console: Client, pack: Path) -> None:
    assert console.post("/rules/switch", {"rule": "nonsense", "on": "0", "reason": "x"}).status_code == 404


def test_alarms_of_thirty_days_are_counted_at_their_rule(console: Client, pack: Path) -> None:
    world.alarm("Other")
    assert "0 in 30 days" in page(console, f"/rules?rule={RULE}")


def test_health_says_that_nothing_is_wrong_or_what(console: Client) -> None:
    assert "Nothing is wrong." in page(console, "/settings/health")
    Trouble.objects.create(part="lake", words="The disk is full. Free some space.", count=12)
    text = page(console, "/settings/health")
    assert "The disk is full. Free some space." in text
    assert "×12" in text


def test_processes_are_those_of_a_parent_that_lives(console: Client) -> None:
    assert "The processes are not known." in page(console, "/settings/health")
    child = {"state": "running", "pid": 4711, "since": datetime.now(UTC).isoformat(), "restarts": 3, "last_exit": -9}
    run = Path(settings.DATA) / "run"
    run.mkdir(exist_ok=True)
    (run / "status.json").write_text(json.dumps({"parent": os.getpid(), "children": {"watch": child}}))
    try:
        with (run / "lock").open("w") as lock:
            assert "The processes are not known." in page(console, "/settings/health"), "its number is another's now"
            fcntl.flock(lock, fcntl.LOCK_EX)
            text = page(console, "/settings/health")
    finally:
        (run / "status.json").unlink()
        (run / "lock").unlink()
    assert "4711" in text
    assert "last ended with -9" in text


def test_retention_is_set_and_removed(console: Client) -> None:
    console.post("/settings/health/retention", {"kind": "network.", "days": "90"})
    assert Retention.objects.get().days == 90
    console.post("/settings/health/retention", {"kind": "network."})
    assert not Retention.objects.exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "weather.", "days": "9"}, "No kind of event begins with “weather.”"),
        ({"kind": "door.", "days": "0"}, "at least one day"),
        ({"kind": "door.", "days": "ten"}, "“ten” is not a number of days"),
    ],
)
def test_a_wrong_retention_gets_words(console: Client, given: dict[str, str], words: str) -> None:
    answer = console.post("/settings/health/retention", given)
    assert answer.status_code == 422
    assert words in html.unescape(answer.content.decode())


def test_a_hold_is_placed_with_its_matter_and_ended(console: Client) -> None:
    assert console.post("/settings/health/hold", {"reason": ""}).status_code == 422
    console.post(
        "/settings/health/hold", {"reason": "Case 2026-041", "filter": "site", "value": "KP", "since": "2026-11-01"}
    )
    hold = LegalHold.objects.get()
    assert (hold.filters, hold.since) == ({"site": "KP"}, datetime(2026, 10, 31, 23, tzinfo=UTC))
    assert "from 1 Nov 2026" in page(console, "/settings/health"), "on the site's clock"
    for number in ("9" * 30, "²", ""):
        assert (
            "Choose a hold from the list"
            in console.post("/settings/health/end-hold", {"hold": number}).content.decode()
        )
    console.post("/settings/health/end-hold", {"hold": str(hold.pk)})
    hold.refresh_from_db()
    assert hold.ended_at


def test_a_hold_of_one_day_holds_to_the_end_of_that_day_on_the_site_s_clock(console: Client) -> None:
    console.post("/settings/health/hold", {"reason": "Matter", "since": "2026-11-01", "until": "2026-11-01"})
    hold = LegalHold.objects.get()
    assert (hold.since, hold.until) == (
        datetime(2026, 10, 31, 23, tzinfo=UTC),
        datetime(2026, 11, 1, 23, tzinfo=UTC),
    )
    assert "from 1 Nov 2026 to 1 Nov 2026" in page(console, "/settings/health")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"filter": "site", "value": "MOON"}, "There is no site “MOON”, and no event tells of it"),
        ({"filter": "zone", "value": "vault"}, "There is no zone “vault”"),
        ({"filter": "source", "value": "dors"}, "There is no source “dors”"),
        ({"filter": "person", "value": "K-99"}, "There is no person “K-99”"),
        ({"filter": "actor", "value": "badge:9"}, "There is no actor “badge:9”"),
        ({"filter": "kind", "value": "dor"}, "No kind of event begins with “dor”"),
        ({"since": "0001-01-01"}, "name a year from 1970 to 9998"),
        ({"until": "9999-12-31"}, "name a year from 1970 to 9998"),
        ({"since": "2026-11-02", "until": "2026-11-01"}, "must end after it begins"),
    ],
)
def test_a_hold_that_would_hold_nothing_gets_words(console: Client, given: dict[str, str], words: str) -> None:
    answer = console.post("/settings/health/hold", {"reason": "Matter", **given})
    assert answer.status_code == 422
    assert words in html.unescape(answer.content.decode())
    assert not LegalHold.objects.exists()


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("zone", "KP-0.01", "KP-0.01"),
        ("person", "K-3", "K-3"),
        ("actor", "badge:4417", "badge:4417"),
        ("kind", "door.forced", "door.forced"),
        ("kind", "door.", "door.*"),
        ("source", "an old one", "an old one"),
    ],
)
def test_a_hold_is_limited_to_what_registers_or_events_know(
    console: Client, lake: Lake, name: str, value: str, kept: str
) -> None:
    lake.append([event(datetime.now(UTC), source="an old one")])
    console.post("/settings/health/hold", {"reason": "Matter", "filter": name, "value": value})
    assert LegalHold.objects.get().filters == {name: kept}


def test_retention_of_all_kinds_is_said_once(console: Client) -> None:
    assert "all other kinds" in page(console, "/settings/health")
    Retention.objects.create(kind="", days=90)
    text = page(console, "/settings/health")
    assert "everything else" in text
    assert "all other kinds" not in text


def test_settings_lead_to_sources_rules_and_health(console: Client) -> None:
    text = page(console, "/settings")
    assert all(f'href="{url}"' in text for url in ("/sources", "/rules", "/settings/health", "/registers"))
