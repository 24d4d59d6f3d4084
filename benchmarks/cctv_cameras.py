"""How many cameras one core serves: the real ``cameras`` process against a real RTSP server, for minutes on end.
They look for motion alone: no detector is set up.

Sixty cameras send 1080p at 25 pictures a second to be recorded and 640×360 at 5 to be looked at; then eighteen send
1080p at 5 for both. What counts is the processors' time of the process and its workers (the server's is not counted),
from when all cameras are up: cameras ÷ (seconds of processor ÷ seconds). Beside it, how late the latest look was.
A run in which a worker died, or a camera was looked at less often or dropped pictures, gives no figure.

    python -m benchmarks.cctv_cameras [--minutes 10] [--cameras 60] [--fullhd 18] [--json]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from benchmarks.report import Figure, report
from tests.cameras.streams import served

CLIP = Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi")
SETTLES = 25.0
"""Seconds in which sixty cameras are opened and learn their scene; they are not counted."""
RATE = 5.0
"""Pictures a second that a camera is looked at."""
TOLD_EVERY = 10.0
"""Seconds within which a camera's state is written while nobody looks at it."""
TICKS = os.sysconf("SC_CLK_TCK")
State = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """What one run showed."""

    cameras: int
    minutes: float
    cores: float
    per_core: float
    looked: int
    dropped: int
    latest_look_seconds: float
    recorded_megabytes: float
    segments: int


def coded(into: Path, width: int, height: int, rate: int, bits: int, pictures: int) -> Path:
    """The clip as a camera would send it: H.264, a key picture every two seconds."""
    import av

    with av.open(str(CLIP)) as source, av.open(str(into), "w", format="h264") as out:
        video: Any = out.add_stream("libx264", rate=rate)
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        video.bit_rate, video.gop_size = bits, 2 * rate
        video.options = {"preset": "veryfast", "tune": "zerolatency", "x264-params": "sliced-threads=0:bframes=0"}
        for number, frame in enumerate(source.decode(video=0)):
            if number == pictures:
                break
            picture = frame.reformat(width, height, "yuv420p")
            picture.pts, picture.time_base, picture.pict_type = number, Fraction(1, rate), 0
            out.mux(video.encode(picture))
        out.mux(video.encode(None))
    return into


ADD = """
import json, os, sys
import django
django.setup()
from bartizan.cameras.actions.camera import add_camera
from bartizan.estate.models import Device
for n in range(int(sys.argv[1])):
    device = Device.objects.create(code=f"C{n:03d}", name=f"Camera {n}", kind="camera")
    add_camera(device, json.loads(sys.argv[2]), None)
"""
COUNT = """
import django
django.setup()
from django.db.models import Count, Sum
from bartizan.cameras.models import Segment
found = Segment.objects.aggregate(n=Count("pk"), size=Sum("bytes"))
print(found["n"], found["size"] or 0)
"""


def run(cameras: int, minutes: float, urls: dict[str, str]) -> Run:
    """In a data folder of its own."""
    with tempfile.TemporaryDirectory(prefix="bartizan-cctv-") as folder:
        env = os.environ | {"BARTIZAN_DATA": folder, "DJANGO_SETTINGS_MODULE": "bartizan.settings"}
        cli = [sys.executable, "-m", "bartizan.cli", "--data", folder]
        subprocess.run([*cli, "prepare"], check=True, env=env)
        subprocess.run([sys.executable, "-c", ADD, str(cameras), json.dumps(urls)], check=True, env=env)
        process = subprocess.Popen([*cli, "cameras"], env=env)
        try:
            return _measured(process.pid, Path(folder), cameras, minutes, env)
        finally:
            process.terminate()
            process.wait()


def _measured(pid: int, folder: Path, cameras: int, minutes: float, env: dict[str, str]) -> Run:
    time.sleep(SETTLES)
    states = _states(folder)
    up = sum(state.get("looked", 0) > 0 for state in states.values())
    if up < cameras:
        raise SystemExit(f"Only {up} of {cameras} cameras came up.")
    family, before, began = _family(pid), processor_seconds(pid), time.monotonic()
    time.sleep(minutes * 60)
    used, passed = processor_seconds(pid) - before, time.monotonic() - began
    earlier, states = states, _states(folder)
    if trouble := amiss(earlier, states, passed) or ("" if _family(pid) == family else "A worker died, or began anew."):
        raise SystemExit(f"Nothing was measured. {trouble}")
    segments, size = subprocess.run(
        [sys.executable, "-c", COUNT], check=True, env=env, capture_output=True, text=True
    ).stdout.split()
    return Run(
        cameras=cameras,
        minutes=round(passed / 60, 2),
        cores=round(used / passed, 3),
        per_core=round(cameras * passed / used, 1),
        looked=sum(state["looked"] for state in states.values()),
        dropped=sum(state["dropped"] for state in states.values()),
        latest_look_seconds=max(state["worst_delay"] for state in states.values()),
        recorded_megabytes=round(int(size) / 1e6, 1),
        segments=int(segments),
    )


def _states(folder: Path) -> dict[str, State]:
    return {file.stem: json.loads(file.read_text()) for file in (folder / "run" / "cameras").glob("*.json")}


def amiss(earlier: Mapping[str, State], states: Mapping[str, State], passed: float) -> str:
    """In words, which cameras were not served as they should be for ``passed`` seconds; empty when all were."""
    least = 0.9 * RATE * max(0.0, passed - 2 * TOLD_EVERY)
    nothing: State = {"looked": 0, "dropped": 0}
    found = []
    for code, before in sorted(earlier.items()):
        after = states.get(code, nothing)
        looked, dropped = after["looked"] - before["looked"], after["dropped"] - before["dropped"]
        if looked <= 0 or looked < least or dropped > 0:
            found.append(f"{code} was looked at {looked} times and dropped {dropped} pictures.")
    return " ".join(found)


def processor_seconds(pid: int) -> float:
    """Of a process and all its children, since they began."""
    total = 0.0
    for each in _family(pid):
        with contextlib.suppress(OSError):
            total += sum(int(field) for field in _stat(each)[11:13]) / TICKS
    return total


def _family(pid: int) -> set[int]:
    """The process and all that it started, whichever of its threads did."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parents[int(folder.name)] = int(_stat(int(folder.name))[1])
    family, found = {pid}, {pid}
    while found := {number for number, parent in parents.items() if parent in found}:
        family |= found
    return family


def _stat(pid: int) -> list[str]:
    """proc(5), stat, from the third field on: state, parent, …"""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def substream(cameras: int, minutes: float, folder: Path) -> Run:
    main = coded(folder / "main.h264", 1920, 1080, 25, 2_000_000, 300)
    sub = coded(folder / "sub.h264", 640, 360, 5, 400_000, 795)
    with served({"main": (main, 25), "sub": (sub, 5)}) as server:
        return run(cameras, minutes, {"main_url": server.url("main"), "sub_url": server.url("sub")})


def fullhd(cameras: int, minutes: float, folder: Path) -> Run:
    main = coded(folder / "hd.h264", 1920, 1080, 5, 2_000_000, 500)
    with served({"main": (main, 5)}) as server:
        return run(cameras, minutes, {"main_url": server.url("main")})


def figures(
    minutes: float = 10.0, cameras: int = 60, hd_cameras: int = 18, only: str = ""
) -> tuple[dict[str, Figure], dict[str, Any]]:
    """For ``benchmarks.cctv``: the two figures, and what each run showed."""
    found: dict[str, Figure] = {}
    more: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="bartizan-clips-") as folder:
        if only != "fullhd":
            small = substream(cameras, minutes, Path(folder))
            found["substream_cameras_per_core"] = Figure(small.per_core, "cameras", ">= 60")
            more["substream"] = asdict(small)
        if only != "substream":
            large = fullhd(hd_cameras, minutes, Path(folder))
            found["fullhd_cameras_per_core"] = Figure(large.per_core, "cameras", ">= 18")
            more["fullhd"] = asdict(large)
    return found, more


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=10.0)
    asked.add_argument("--cameras", type=int, default=60)
    asked.add_argument("--fullhd", type=int, default=18)
    asked.add_argument("--only", choices=("substream", "fullhd"), default="")
    asked.add_argument("--json", action="store_true")
    told = asked.parse_args()
    values, more = figures(told.minutes, told.cameras, told.fullhd, told.only)
    report("cctv_cameras", values, **more)


if __name__ == "__main__":
    main()
