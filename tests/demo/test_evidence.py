"""The demo's evidence is whole, is called practice, and goes with the demo."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from bartizan.cases.models import Custody, Exhibit, Handover
from bartizan.cases.proofs import prove
from bartizan.core.models import File
from bartizan.demo import removal, seeding
from tests.world import own_folder

pytestmark = pytest.mark.django_db


def test_three_exhibits_with_a_short_chain_come_and_go(tmp_path: Path, settings: Settings) -> None:
    own_folder(settings, tmp_path)
    seeding.seed(days=5, now=datetime(2026, 11, 17, 14, 20, tzinfo=UTC))
    custody = Custody.objects.get(case__alarms__rule="veldmark-laptop")
    proof = prove(custody.case)
    assert (custody.is_practice, proof.links, list(proof.faults), list(proof.looks)) == (True, 6, [], [])
    assert proof.contents == {"E-02": "whole", "E-03": "whole"}
    laptop = Exhibit.objects.get(number="E-01", custody__case__alarms__rule="veldmark-laptop")
    assert (laptop.seal, laptop.is_outside) == ("S-33190", True)
    removal.remove()
    assert not any(model.objects.exists() for model in (Custody, Exhibit, Handover))
    assert not File.objects.filter(subject__startswith="exhibit:", removed_at=None).exists()
