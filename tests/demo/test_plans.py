"""The demo shows a plan that was followed, two drills and what two cases taught, and leaves nothing of it behind."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from bartizan.cases.models import Case, Lesson, Proposal, Run
from bartizan.cases.queries.plan import plan_times, state_of
from bartizan.core.models import User
from bartizan.demo import plans, removal, seeding
from tests.world import own_folder

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 17, 14, 20, tzinfo=UTC)


def test_the_demos_plan_went_through_its_steps_and_goes_with_the_demo(tmp_path: Path, settings: Settings) -> None:
    own_folder(settings, tmp_path)
    seeding.seed(days=1, now=NOW)
    run = Run.objects.get(case=Case.objects.get(alarms__rule=plans.CASE_OF))
    drill, planned = Run.objects.filter(case=None).order_by("pk")
    for one in (run, drill):
        found = state_of(one, NOW)
        assert found.is_through
        assert found.done_at == one.ended_at
    assert (planned.started_at, planned.learnt_in) == (None, Case.objects.get(alarms__rule=plans.AFTER))
    real, none = plan_times(User.objects.get(username="nora"), NOW)["forced-door"]
    assert (real.runs, real.first, none.runs) == (1, 84, 0)
    assert Lesson.objects.count() == 2
    removal.remove()
    assert not Run.objects.exists()
    assert not Proposal.objects.exists()
