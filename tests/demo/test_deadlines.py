"""The legal clock of the demo runs, and goes with its case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from bartizan.cases.models import Case, Clock, LawAnswers
from bartizan.cases.queries import laws_in_force
from bartizan.demo import removal, seeding
from bartizan.engines.clocks import applies, share_used
from tests.world import own_folder

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 17, 14, 20, tzinfo=UTC)


def test_a_clock_runs_on_the_missing_laptop_and_goes_with_the_demo(tmp_path: Path, settings: Settings) -> None:
    own_folder(settings, tmp_path)
    seeding.seed(days=1, now=NOW)
    clock = Clock.objects.get()
    assert clock.case == Case.objects.get(headline__startswith="A laptop is missing")
    assert clock.is_running
    assert clock.due_at == NOW + timedelta(hours=32)
    assert 0.5 < share_used(clock.trigger_at, clock.due_at, NOW) < 0.75
    assert clock.set_by == clock.case.lead
    assert applies(laws_in_force()[clock.rule], LawAnswers.objects.get().answers).applies is True
    removal.remove()
    assert not Clock.objects.exists()
    assert not LawAnswers.objects.exists()
