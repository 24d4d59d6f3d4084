"""What the cameras' part is worth: movement, people, cameras a core and the live view, each in a run of its own.

``python -m benchmarks.cctv [--json] [--only motion|people|cameras|live] [--minutes 10]``

``python -m benchmarks.cctv --clip FILE --boxes OUT.csv [--fps N]`` writes the boxes of movement and of people on any
clip, or on a folder of pictures in the order of their names: one row a box, frames from 1, pixels of the clip.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2

from benchmarks.report import Figure, report

PARTS = ("motion", "people", "cameras", "live")
Part = tuple[dict[str, Figure], dict[str, Any]]


def _motion(told: argparse.Namespace) -> Part:
    from benchmarks import cctv_motion

    return cctv_motion.figures(told.seed)


def _people(told: argparse.Namespace) -> Part:
    from benchmarks import cctv_people

    return cctv_people.figures()


def _cameras(told: argparse.Namespace) -> Part:
    from benchmarks import cctv_cameras

    return cctv_cameras.figures(told.minutes)


def _live(told: argparse.Namespace) -> Part:
    from benchmarks import cctv_live

    found = cctv_live.figures()
    targets = {"live_view_milliseconds": ("ms", "<= 500"), "nine_tiles_cores": ("cores", "<= 0.5")}
    return {key: Figure(found.pop(key), *targets[key]) for key in targets}, {"live": found}


RUNS: dict[str, Callable[[argparse.Namespace], Part]] = {
    "motion": _motion,
    "people": _people,
    "cameras": _cameras,
    "live": _live,
}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--json", action="store_true", help="the last line alone")
    asked.add_argument("--only", choices=PARTS, action="append", help="this part; may be given several times")
    asked.add_argument("--minutes", type=float, default=10.0, help="how long the cameras run")
    asked.add_argument("--seed", type=int, default=20261129, help="of the scenes and lights that are made up")
    asked.add_argument("--clip", type=Path, help="a video, or a folder of pictures")
    asked.add_argument("--boxes", type=Path, help="where the clip's boxes are written")
    asked.add_argument("--fps", type=float, help="pictures a second; the clip's own, or 10 for a folder")
    told = asked.parse_args()
    cv2.setNumThreads(1)
    if bool(told.clip) != bool(told.boxes):
        asked.error("--clip and --boxes belong together")
    if told.clip:
        from benchmarks import cctv_clip

        cctv_clip.write(told.clip, told.boxes, told.fps)
        return
    _run(told)


def _run(told: argparse.Namespace) -> None:
    values: dict[str, Figure] = {}
    more: dict[str, Any] = {}
    for name in told.only or PARTS:
        found, facts = RUNS[name](told)
        values |= found
        more |= facts
    report("cctv", values, **more)


if __name__ == "__main__":
    main()
