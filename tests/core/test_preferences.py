"""What the office decides: it holds in every process, it is audited, and a secret is never shown again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django
from pydantic import BaseModel, Field, SecretStr

from bartizan.core import preferences
from bartizan.core.actions import decide
from bartizan.core.models import AuditEntry, Setting
from bartizan.core.preferences import Preference, get
from tests import world

pytestmark = pytest.mark.django_db


class Gate(BaseModel):
    code: SecretStr = Field(SecretStr(""), description="What opens it.")
    minutes: int = Field(5, ge=1, le=60, description="How long it stays open.")
    who: str = Field("Bob", description="Who minds it.")


@pytest.fixture(autouse=True)
def _declared(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(preferences, "_preferences", {**preferences._preferences})
    preferences.declare(Preference("gate", Gate, "Gate", "The gate."))
    yield
    preferences._held = {}, {}


def test_before_anybody_decided_the_defaults_hold() -> None:
    assert get(Gate).minutes == 5


def test_what_was_decided_holds_at_once_and_is_in_the_audit_without_its_secret() -> None:
    alice = world.officer("alice", "Alice", "Archer", "CSO")
    decide(alice, Gate(code=SecretStr("open sesame"), minutes=9))
    assert get(Gate).minutes == 9
    assert get(Gate).code.get_secret_value() == "open sesame"
    entry = AuditEntry.objects.get(verb="changed settings")
    assert entry.subject == "setting:gate"
    assert entry.detail == {"before": {"code": "", "minutes": 5}, "after": {"code": "•••", "minutes": 9}}
    assert "sesame" not in json.dumps(Setting.objects.get(name="gate").value)


def test_deciding_the_same_again_is_no_change() -> None:
    decide(None, Gate(minutes=9))
    decide(None, Gate(minutes=9))
    assert AuditEntry.objects.filter(verb="changed settings").count() == 1


def test_a_new_secret_is_told_as_a_change_and_not_shown() -> None:
    decide(None, Gate(code=SecretStr("one")))
    decide(None, Gate(code=SecretStr("two")))
    last = AuditEntry.objects.order_by("-pk").first()
    assert last is not None
    assert last.detail == {"before": {"code": "•••"}, "after": {"code": "•••"}}


def test_a_field_that_is_no_longer_known_or_allowed_falls_back_alone() -> None:
    Setting.objects.create(name="gate", value={"minutes": 600, "who": "Carol", "colour": "red"})
    preferences.forget()
    assert (get(Gate).minutes, get(Gate).who) == (5, "Carol")


def test_a_secret_sealed_under_another_key_falls_back_and_breaks_nothing() -> None:
    Setting.objects.create(name="gate", value={"code": {"sealed": "AAAA"}, "who": "Carol"})
    preferences.forget()
    assert get(Gate).code.get_secret_value() == ""
    assert get(Gate).who == "Carol"


def test_to_read_it_again_costs_no_question_to_the_records(django_assert_num_queries: object) -> None:
    get(Gate)
    with django_assert_num_queries(0):  # type: ignore[operator]
        for _ in range(100):
            get(Gate)


def test_a_reading_that_was_overtaken_does_not_bring_an_old_setting_back(monkeypatch: pytest.MonkeyPatch) -> None:
    decide(None, Gate(minutes=9))
    made, overtaken = preferences.restored, []

    def overtake(model: type[BaseModel], values: Any) -> BaseModel:
        found = made(model, values)
        if not overtaken:
            overtaken.append(True)
            decide(None, Gate(minutes=11))  # another thread's, while this one still makes what it had read
            assert get(Gate).minutes == 11
        return found

    monkeypatch.setattr(preferences, "restored", overtake)
    get(Gate)
    assert get(Gate).minutes == 11


def test_every_setting_needs_a_default_and_an_unknown_one_is_named() -> None:
    class Bad(BaseModel):
        code: str

    with pytest.raises(TypeError, match="needs a default for code"):
        preferences.declare(Preference("bad", Bad, "Bad", "Bad."))
    with pytest.raises(LookupError, match="Bad is not declared"):
        get(Bad)


OTHER = """
import django; django.setup()
from bartizan.core import actions
from bartizan.core.files.limits import Files
actions.decide(None, Files(largest_megabytes=77))
"""


def test_another_process_s_decision_is_seen_within_two_seconds(tmp_path: Path) -> None:
    """Two real processes on one data folder."""
    env = os.environ | {"BARTIZAN_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "bartizan.settings"}
    subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=env, check=True)
    waiting = """
import django; django.setup()
import time
from bartizan.core import preferences
from bartizan.core.files.limits import Files
print(preferences.get(Files).largest_megabytes, flush=True)
while preferences.get(Files).largest_megabytes != 77: time.sleep(0.05)
print("seen", flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", waiting], env=env, stdout=subprocess.PIPE, text=True) as one:
        assert one.stdout is not None
        assert one.stdout.readline().strip() == "512"
        subprocess.run([sys.executable, "-c", OTHER], env=env, check=True)
        decided = time.monotonic()
        assert one.stdout.readline().strip() == "seen"
        assert time.monotonic() - decided < 2
    assert tmp_path != django.DATA
