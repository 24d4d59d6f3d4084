"""How late the live picture is, glass to glass, and what a wall of nine cameras costs the machine that serves it.

A camera whose picture is a clock (cctv_live_source, over real RTSP) goes through the ``cameras`` process and the web
server into the page in a real Chromium; the page's own picture is read back as pixels, and its time taken from the time
at which the browser shows it. All on this machine, so there is one clock.

    python -m benchmarks.cctv_live [--seconds 20] [--json]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks.browser import Browser, Page
from benchmarks.cctv_cameras import processor_seconds
from tests.served import Console, free_port, serving

CAMERAS: Final = 9
SOURCE: Final = Path(__file__).parent / "cctv_live_source.py"
RUNS: Final = "import django; django.setup(); from bartizan.cameras.process import run; run()"
READS: Final = """
new Promise((done) => {
  const video = document.querySelector("[data-opened] [data-video]"), canvas = document.createElement("canvas");
  const square = Math.floor(video.videoWidth / 26), wide = square * 22, found = [];
  let unread = 0;
  canvas.width = wide; canvas.height = square * 4;
  const context = canvas.getContext("2d", { willReadFrequently: true }), ends = performance.now() + SECONDS * 1000;
  const bit = (data, column, row) => {
    const at = ((row * square + (square >> 1)) * wide + column * square + (square >> 1)) * 4;
    return data[at + 1] > 128 ? 1 : 0;
  };
  const look = () => {
    context.drawImage(video, 0, 0, wide, square * 4, 0, 0, wide, square * 4);
    const now = Date.now(), { data } = context.getImageData(0, 0, wide, square * 4);
    let ms = 0, isWhole = true;
    for (let n = 0; n < 44; n++) {
      const column = n % 22, row = Math.floor(n / 22), value = bit(data, column, row);
      isWhole = isWhole && value !== bit(data, column, row + 2);
      ms += value * 2 ** n;
    }
    if (isWhole) found.push(now - ms); else unread += 1;
    if (performance.now() < ends) video.requestVideoFrameCallback(look); else done({ found, unread });
  };
  video.requestVideoFrameCallback(look);
})
"""
SET_UP: Final = """
from tests import world
from bartizan.cameras.actions.camera import add_camera
from bartizan.core.models import User
from bartizan.estate.models import Device, Zone
alice, zone = User.objects.get(username="alice"), Zone.objects.get(code="KP-0.00")
for n in range(1, {cameras} + 1):
    told = dict(name=f"Camera {{n}}", kind="camera", zone=zone)
    device, _ = Device.objects.get_or_create(code=f"C{{n:02d}}", defaults=told)
    add_camera(device, dict(main_url="rtsp://127.0.0.1:{port}/main", sub_url="rtsp://127.0.0.1:{port}/sub"), alice)
"""


def figures(seconds: float = 20.0) -> dict[str, Any]:
    """The two keys of the table, and what they are made of."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bartizan-live-")))
        port = stack.enter_context(_clock())
        console = stack.enter_context(serving(folder / "data"))
        cameras = stack.enter_context(_cameras(console, port))
        return _measured(console, cameras, seconds, folder / "browser")


@contextlib.contextmanager
def _clock() -> Iterator[int]:
    port = free_port()
    with subprocess.Popen(["/usr/bin/python3", str(SOURCE), str(port)], stdout=subprocess.PIPE) as source:
        assert source.stdout is not None
        if source.stdout.readline().strip() != b"ready":
            raise SystemExit("The camera's side needs gir1.2-gst-rtsp-server-1.0 and gstreamer1.0-plugins-ugly.")
        try:
            yield port
        finally:
            source.terminate()


@contextlib.contextmanager
def _cameras(console: Console, port: int) -> Iterator[int]:
    """The ``cameras`` process on the same data; its process id."""
    console.python(SET_UP.format(cameras=CAMERAS, port=port))
    env = os.environ | {"BARTIZAN_DATA": str(console.data), "DJANGO_SETTINGS_MODULE": "bartizan.settings"}
    with subprocess.Popen([sys.executable, "-c", RUNS], env=env) as process:
        try:
            _wait_for_pictures(console.data / "run" / "cameras")
            yield process.pid
        finally:
            process.terminate()


def _wait_for_pictures(folder: Path) -> None:
    end = time.monotonic() + 60
    while len(list(folder.glob("*.jpg"))) < CAMERAS:
        if time.monotonic() > end:
            raise SystemExit(f"Only {len(list(folder.glob('*.jpg')))} of {CAMERAS} cameras sent a picture in a minute.")
        time.sleep(0.2)


def _measured(console: Console, cameras: int, seconds: float, profile: Path) -> dict[str, Any]:
    before = _cores({"cameras": cameras}, seconds)
    with Browser(profile) as browser:
        page = browser.page()
        began = time.monotonic()
        _open(page, console)
        first = time.monotonic() - began
        told = page.ask(READS.replace("SECONDS", str(seconds)))
        during = _cores({"cameras": cameras, "web": console.server.pid}, seconds)
        page.close()
    late = sorted(told["found"])
    if not late:
        raise SystemExit("No picture of the clock could be read in the browser.")
    return {
        "live_view_milliseconds": round(statistics.median(late), 1),
        "live_view_milliseconds_p95": late[int(len(late) * 0.95)],
        "live_view_pictures": len(late),
        "live_view_unread": told["unread"],
        "live_view_first_picture_seconds": round(first, 2),
        "nine_tiles_cores": round(during["web"] + max(0.0, during["cameras"] - before["cameras"]), 3),
        "nine_tiles_web_cores": round(during["web"], 3),
        "nine_cameras_cores_unwatched": round(before["cameras"], 3),
        "nine_cameras_cores_watched": round(during["cameras"], 3),
    }


def _open(page: Page, console: Console) -> None:
    cookie = console.session("alice")
    page.call("Network.setCookie", **cookie)
    page.open(f"{console.url}/cameras?camera=C01&tiles=12")
    page.wait("document.querySelector('[data-opened]').dataset.shown === 'stream'")


def _cores(processes: dict[str, int], seconds: float) -> dict[str, float]:
    """Processor time a second of each process and its children, over ``seconds``."""
    before = {name: processor_seconds(pid) for name, pid in processes.items()}
    began = time.monotonic()
    time.sleep(seconds)
    passed = time.monotonic() - began
    return {name: (processor_seconds(pid) - before[name]) / passed for name, pid in processes.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--json", action="store_true", help="figures alone, as one line")
    told = parser.parse_args()
    found = figures(told.seconds)
    if not told.json:
        for name, value in found.items():
            print(f"{name:40} {value}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
