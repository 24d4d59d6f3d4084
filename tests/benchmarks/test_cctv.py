"""The cameras' benchmark: boxes for any clip, and figures that mean what they say."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from bartizan.engines.vision.planes import Box
from benchmarks import cctv_cameras, cctv_clip, cctv_light, cctv_motion
from benchmarks.report import Figure, report


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Forty pictures of a dark shape that crosses a floor, and no detector."""
    monkeypatch.setenv("BARTIZAN_DETECTOR", str(tmp_path / "none.onnx"))
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    random = np.random.default_rng(3)
    floor = cv2.GaussianBlur(random.normal(120, 60, (180, 320, 3)), (0, 0), 3)
    for number in range(40):
        picture = floor.copy()
        cv2.rectangle(picture, (number * 6, 60), (number * 6 + 15, 120), (20, 20, 20), -1)
        cv2.imwrite(str(pictures / f"{number:04}.png"), picture)
    return pictures


def test_a_folder_of_pictures_becomes_boxes_with_frames_from_one(folder: Path, tmp_path: Path) -> None:
    cctv_clip.write(folder, tmp_path / "boxes.csv", None)
    with (tmp_path / "boxes.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["kind"] for row in rows} == {"motion"}
    last = [row for row in rows if row["frame"] == "40"]
    assert any(
        Box(*(float(row[key]) for key in ("left", "top")), float(row["left"]) + float(row["width"]), 180).overlap(
            Box(234, 60, 249, 120)
        )
        for row in last
    )


def test_a_clip_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="is not there"):
        cctv_clip.write(tmp_path / "none.mp4", tmp_path / "boxes.csv", None)


def test_a_person_half_of_whom_is_covered_counts_and_a_box_that_touches_nobody_is_empty() -> None:
    truth = {0: [Box(0, 0, 10, 20), Box(50, 0, 60, 20)]}
    found = [[Box(0, 0, 10, 10), Box(100, 100, 120, 120)]]
    assert cctv_motion.held_against(truth, found, 0, 1) == (0.5, 0.5)


def test_a_visit_without_movement_is_missed() -> None:
    fires: list[list[Box]] = [[] for _ in range(1394)]
    fires[100] = [Box(0, 0, 1, 1)]
    fires[30] = [Box(0, 0, 1, 1)]
    firing, strict, missed = cctv_motion.visited(fires)
    assert missed == 5
    assert firing > 0
    assert strict > 0


def test_a_method_that_flags_everything_is_flooded_and_one_that_flags_nothing_is_not() -> None:
    clip = next(iter(cctv_light.scenes(1, np.random.default_rng(1))))

    def when_it_changes(frames: object) -> list[list[Box]]:
        means = [float(frame.mean()) for frame in frames]  # type: ignore[attr-defined]
        return [[Box(0, 0, 640, 360)] if abs(mean - means[0]) > 5 else [] for mean in means]

    assert cctv_motion.flooded(lambda frames: [[] for _ in frames], [clip], 1)[0] == 0
    assert cctv_motion.flooded(when_it_changes, [clip], 1)[0] > 0.2


def state(looked: int, dropped: int = 0) -> dict[str, int]:
    return {"looked": looked, "dropped": dropped}


def test_cameras_that_stop_or_drop_pictures_do_not_make_a_core_look_better() -> None:
    before = {"C1": state(100), "C2": state(100)}
    assert cctv_cameras.amiss(before, {"C1": state(700), "C2": state(690)}, 120) == ""
    for worse in (state(100), state(20), state(300), state(700, dropped=3)):
        assert cctv_cameras.amiss(before, {"C1": state(700), "C2": worse}, 120).startswith("C2 was looked at")
    assert cctv_cameras.amiss(before, {"C1": state(700)}, 120).startswith("C2 was looked at")


def test_what_could_not_be_measured_is_a_dash_in_the_table(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["cctv"])
    report("cctv", {"person_f1": Figure(None, "F1", ">= 0.90")})
    assert "– F1" in capsys.readouterr().out
