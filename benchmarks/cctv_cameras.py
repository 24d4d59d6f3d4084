"""How many cameras one core serves: the real ``cameras`` process against a real RTSP server, for minutes on end.

Sixty cameras send 1080p at 25 pictures a second to be recorded and 640×360 at 5 to be looked at; then eighteen send
1080p at 5 for both. What counts is the processors' time of the process and its workers (the server's is not counted),
from when all cameras are up: cameras ÷ (seconds of processor ÷ seconds). Beside it, how late the latest look was.

    python -m benchmarks.cctv_cameras [--minutes 10] [--cameras 60] [--fullhd 18] [--json]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from benchmarks.intake import free_port
from benchmarks.report import Figure, report

ROOT = Path(__file__).parents[1]
SERVER = ROOT / "tests" / "cameras" / "rtsp_server.py"
CLIP = Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi")
SETTLES = 25.0
"""Seconds in which sixty cameras are opened and learn their scene; they are not counted."""
TICKS = os.sysconf("SC_CLK_TCK")


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


@contextlib.contextmanager
def served(mounts: dict[str, tuple[Path, int]]) -> Iterator[int]:
    port = free_port(socket.SOCK_STREAM)
    told = [f"/{name}={file}@{rate}" for name, (file, rate) in mounts.items()]
    process = subprocess.Popen(["/usr/bin/python3", str(SERVER), str(port), *told], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        if process.stdout.readline().strip() != "ready":
            raise SystemExit("The RTSP server did not start: install gir1.2-gst-rtsp-server-1.0 and its plugins.")
        yield port
    finally:
        process.kill()
        process.wait()


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
    if len(states) < cameras or any(state.get("looked", 0) == 0 for state in states):
        raise SystemExit(f"Only {sum(state.get('looked', 0) > 0 for state in states)} of {cameras} cameras came up.")
    before, began = processor_seconds(pid), time.monotonic()
    time.sleep(minutes * 60)
    used, passed = processor_seconds(pid) - before, time.monotonic() - began
    states = _states(folder)
    segments, size = subprocess.run(
        [sys.executable, "-c", COUNT], check=True, env=env, capture_output=True, text=True
    ).stdout.split()
    return Run(
        cameras=cameras,
        minutes=round(passed / 60, 2),
        cores=round(used / passed, 3),
        per_core=round(cameras * passed / used, 1),
        looked=sum(state["looked"] for state in states),
        dropped=sum(state["dropped"] for state in states),
        latest_look_seconds=max(state["worst_delay"] for state in states),
        recorded_megabytes=round(int(size) / 1e6, 1),
        segments=int(segments),
    )


def _states(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(file.read_text()) for file in (folder / "run" / "cameras").glob("*.json")]


def processor_seconds(pid: int) -> float:
    """Of a process and all its children, since they began."""
    total = 0.0
    for each in _family(pid):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            total += (int(fields[11]) + int(fields[12])) / TICKS
    return total


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in _family(int(child)))]


def substream(cameras: int, minutes: float, folder: Path) -> Run:
    main = coded(folder / "main.h264", 1920, 1080, 25, 2_000_000, 300)
    sub = coded(folder / "sub.h264", 640, 360, 5, 400_000, 795)
    with served({"main": (main, 25), "sub": (sub, 5)}) as port:
        base = f"rtsp://127.0.0.1:{port}"
        return run(cameras, minutes, {"main_url": f"{base}/main", "sub_url": f"{base}/sub"})


def fullhd(cameras: int, minutes: float, folder: Path) -> Run:
    main = coded(folder / "hd.h264", 1920, 1080, 5, 2_000_000, 500)
    with served({"main": (main, 5)}) as port:
        return run(cameras, minutes, {"main_url": f"rtsp://127.0.0.1:{port}/main"})


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
