"""How cameras are shared among workers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bartizan.cameras import crew
from bartizan.cameras.crew import Crew
from bartizan.cameras.messages import Assign, Model, Setup


@pytest.mark.parametrize(("cameras", "workers", "share"), [(1, 1, 1.0), (16, 2, 1.0), (20, 3, 2 / 3), (60, 8, 0.25)])
def test_a_worker_has_few_cameras_and_its_share_of_the_detectors_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cameras: int, workers: int, share: float
) -> None:
    told: list[Assign] = []

    def tell(_crew: Crew, _worker: Any, assign: Assign) -> None:
        told.append(assign)

    monkeypatch.setattr(crew.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(Crew, "_tell", tell)
    Crew(tmp_path).assign([Setup(f"C{n:02d}", "rtsp://unused") for n in range(cameras)], Model(), 0)
    assert len(told) == workers
    assert sum(len(each.setups) for each in told) == cameras
    assert all(each.share == pytest.approx(share) for each in told)
