"""Observations over HTTP: what a sender is told, and that it is true."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from bartizan.watch import actions, api
from bartizan.watch.journal import JournalFull, Reader
from tests.world import own_folder

pytestmark = pytest.mark.django_db
DOOR = {"at": "2026-11-16T21:04:52+01:00", "kind": "door.granted", "actor": "badge:4417", "place": "portal:ML-2-014"}


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Iterator[Path]:
    own_folder(settings, tmp_path)
    api.intake.cache_clear()
    yield tmp_path / "journal"
    api.intake.cache_clear()


@pytest.fixture
def token() -> str:
    return actions.new_token(actions.save_source("gate-controller", "http", {}, None), None)


def post(body: bytes | str, token: str, **headers: str) -> Any:
    sent = {"authorization": f"Bearer {token}", **headers}
    return Client(headers=sent).post("/api/observations", body, content_type="application/json")


def kept(folder: Path) -> list[dict[str, Any]]:
    records, _ = Reader(folder).read({}, 1000)
    return [json.loads(r) for r in records]


def test_an_observation_that_was_answered_201_is_on_disk(folder: Path, token: str) -> None:
    answer = post(json.dumps(DOOR), token)
    assert answer.status_code == 201
    (event,) = kept(folder)
    assert answer.json()["ids"] == [event["id"]]
    assert (event["source"], event["actor"]) == ("gate-controller", "badge:4417")


def test_many_lines_packed_with_gzip_are_taken_at_once(folder: Path, token: str) -> None:
    lines = "\n".join(json.dumps(DOOR | {"id": str(n)}) for n in range(50))
    answer = post(gzip.compress(lines.encode()), token, content_encoding="gzip")
    assert answer.json()["received"] == 50
    assert len(kept(folder)) == 50


def test_an_ocsf_login_becomes_a_login(folder: Path, token: str) -> None:
    event = {
        "class_uid": 3002, "activity_id": 1, "status_id": 2, "time": 1763323570412,
        "user": {"name": "m.vos"}, "device": {"hostname": "ML-WS-214"},
    }  # fmt: skip
    assert post(json.dumps(event), token).status_code == 201
    (stored,) = kept(folder)
    assert (stored["kind"], stored["actor"], stored["device"]) == ("login.failure", "user:m.vos", "host:ML-WS-214")


def test_a_stranger_and_a_switched_off_source_are_refused(folder: Path, token: str) -> None:
    assert post(json.dumps(DOOR), "guess").status_code == 401
    assert Client().post("/api/observations", "{}", content_type="application/json").status_code == 401
    from bartizan.core.actions import first_officer
    from bartizan.watch.models import Source

    actions.switch_source(Source.objects.get(), on=False, by=first_officer())
    assert post(json.dumps(DOOR), token).status_code == 401
    assert not folder.exists()


def test_a_new_token_stops_the_old_one(folder: Path, token: str) -> None:
    from bartizan.watch.models import Source

    fresh = actions.new_token(Source.objects.get(), None)
    assert post(json.dumps(DOOR), token).status_code == 401
    assert post(json.dumps(DOOR), fresh).status_code == 201


def test_what_is_no_json_is_refused_whole_with_its_line(folder: Path, token: str) -> None:
    answer = post(json.dumps(DOOR) + "\n{broken\n", token)
    assert answer.status_code == 422
    assert "Line 2" in answer.json()["detail"]
    assert not folder.exists() or kept(folder) == []


def test_json_that_is_not_understood_is_kept_and_said(folder: Path, token: str) -> None:
    answer = post('{"temperature": 21}', token)
    assert answer.status_code == 201
    assert answer.json()["notes"]
    assert kept(folder)[0]["kind"] == "unknown"


def test_a_broken_or_bursting_gzip_is_refused(folder: Path, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert post(b"not gzip", token, content_encoding="gzip").status_code == 400
    monkeypatch.setattr(api, "BODY_LIMIT", 1000)
    assert post(gzip.compress(b" " * 100_000), token, content_encoding="gzip").status_code == 413


def test_a_full_disk_is_said_and_not_acknowledged(folder: Path, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> list[str]:
        raise JournalFull("No space is left for the journal; free some.")

    monkeypatch.setattr(api.intake(), "accept", full)
    answer = post(json.dumps(DOOR), token)
    assert answer.status_code == 507
    assert "No space" in answer.json()["detail"]
