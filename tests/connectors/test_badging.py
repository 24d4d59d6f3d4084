"""Badge events in Microsoft's form, as scripts of badge systems send them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bartizan.connectors.http import observations_from_json
from bartizan.connectors.imports import built_in, rows
from bartizan.engines.observe import Observation

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVENT = {
    "UserId": "m.vos@example.com",
    "AssetId": "ML-2-014",
    "AssetName": "Lab 2.14",
    "EventTime": "2026-03-01T08:15:00.123456+01:00",
    "AccessStatus": "Success",
}


def read(*events: dict[str, Any]) -> tuple[list[Observation], list[Any]]:
    return observations_from_json("badges", json.dumps(events).encode(), "application/json", NOW)


def test_an_array_of_badging_events_becomes_doors_granted_and_refused() -> None:
    (granted, refused), problems = read(EVENT, {**EVENT, "AccessStatus": "Failed"})
    assert problems == []
    assert (granted.kind, granted.actor, granted.place, granted.outcome) == (
        "door.granted",
        "user:m.vos@example.com",
        "portal:ML-2-014",
        "success",
    )
    assert granted.at == datetime(2026, 3, 1, 7, 15, 0, 123456, tzinfo=UTC)
    assert granted.data["AssetName"] == "Lab 2.14"
    assert (refused.kind, refused.outcome) == ("door.denied", "failure")


def test_an_event_that_is_sent_again_has_the_same_identity() -> None:
    (first, again, later), _ = read(EVENT, EVENT, {**EVENT, "EventTime": "2026-03-01T08:16:00+01:00"})
    assert first.key == again.key != later.key


@pytest.mark.parametrize("wrong", [{"AccessStatus": "Maybe"}, {"EventTime": "yesterday"}])
def test_what_is_not_understood_is_kept_and_said(wrong: dict[str, str]) -> None:
    (seen,), problems = read({**EVENT, **wrong})
    assert seen.kind == "unknown"
    assert "m.vos@example.com" in seen.raw
    assert len(problems) == 1


def test_a_file_with_one_event_a_line_needs_no_mapping(tmp_path: Path) -> None:
    file = tmp_path / "badges.jsonl"
    file.write_text("\n".join(json.dumps(event) for event in (EVENT, {**EVENT, "AccessStatus": "Failed"})))
    kinds = [row.kind for row in rows(built_in(file, "badges"), file) if isinstance(row, Observation)]
    assert kinds == ["door.granted", "door.denied"]
