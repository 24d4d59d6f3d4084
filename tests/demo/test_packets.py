"""The demo's packets are what was packed, name nobody whom they should not, and go with the demo."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from bartizan.cases.fact_sheet import fact_sheet
from bartizan.cases.models import Case, FactEntry, Packet
from bartizan.cases.packet_check import check
from bartizan.core import vault
from bartizan.core.models import File
from bartizan.demo import removal, seeding
from bartizan.demo.packets import LAPTOP
from tests.world import own_folder

pytestmark = pytest.mark.django_db


def test_a_packet_for_the_police_and_a_page_for_executives_come_and_go(tmp_path: Path, settings: Settings) -> None:
    own_folder(settings, tmp_path)
    seeding.seed(days=1, now=datetime(2026, 11, 17, 14, 20, tzinfo=UTC))
    assert set(Packet.objects.values_list("kind", "pages")) == {("police", 3), ("executives", 1)}
    for packet in Packet.objects.select_related("file"):
        assert packet.file is not None
        (tmp_path / "packet.zip").write_bytes(b"".join(vault.read(packet.file.digest)))
        found = check(tmp_path / "packet.zip", knows=True)
        assert not found.wrong
        assert "The manifest is the one that the office has on record." in found.told
    assert (
        fact_sheet(Case.objects.get(alarms__rule=LAPTOP)).of("records_affected").words
        == "One payroll list of 212 lines"
    )
    removal.remove()
    assert not Packet.objects.exists()
    assert not FactEntry.objects.exists()
    assert not File.objects.filter(subject__startswith="packet:", removed_at=None).exists()
