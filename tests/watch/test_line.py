"""The judge's process, when a store does not answer for a moment."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from django.db import OperationalError

from bartizan.engines.observe import Observation
from bartizan.watch import actions, line, tasks
from bartizan.watch.actions import sources
from bartizan.watch.intake import Intake
from bartizan.watch.journal import Writer
from bartizan.watch.lake import Lake, LakeError
from bartizan.watch.models import Alarm, Trouble


class UntilWell:
    """Stops the judge when the trouble that it had is over, or never came in a minute."""

    def __init__(self) -> None:
        self.end = time.monotonic() + 60

    def is_set(self) -> bool:
        is_over = Trouble.objects.filter(part="stores").exclude(ended_at=None).exists()
        return is_over or time.monotonic() > self.end

    def wait(self, seconds: float) -> bool:
        time.sleep(seconds)
        return self.is_set()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("store", "deed", "error"),
    [(actions, "raise_alarms", OperationalError), (Lake, "append", LakeError)],
    ids=["records", "lake"],
)
def test_an_alarm_is_raised_once_though_a_store_failed_at_that_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: Any, deed: str, error: type[Exception]
) -> None:
    done, tries = getattr(store, deed), []

    def fails_once(*arguments: Any) -> Any:
        tries.append(deed)
        if len(tries) == 1:
            raise error("It is away.")
        return done(*arguments)

    monkeypatch.setattr(store, deed, fails_once)
    with Writer(tmp_path / "journal", "watch") as writer:
        Intake(writer).accept([Observation(datetime.now(UTC), "doors", "door.forced", place="portal:ML-2-002")])
    line.judge_until(tmp_path, cast("threading.Event", UntilWell()))
    assert Alarm.objects.get().count == 1
    assert Trouble.objects.get(part="stores").words.startswith("It is away.")
    with Lake(tmp_path / "lake") as lake:
        assert lake.ask("SELECT count(*) AS n FROM lake.event").to_pylist() == [{"n": 1}]


@pytest.mark.django_db
def test_a_job_that_fails_while_the_records_are_away_ends_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> None:
        raise OperationalError("They are away.")

    monkeypatch.setattr(sources, "note_trouble", away)
    tasks.do(tasks.Job("silence", "* * * * *", away), datetime.now(UTC))
    monkeypatch.undo()
    tasks.do(tasks.Job("silence", "* * * * *", away), datetime.now(UTC))
    assert Trouble.objects.get().words.startswith("Silence failed: They are away.")
