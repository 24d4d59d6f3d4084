"""The process of the cameras, as it runs: against a real RTSP server, killed and begun again."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import av
import pytest

from bartizan.cameras.digests import sha256_of
from bartizan.cameras.minutes import minutes_of
from tests.cameras.streams import Served, clip, served, until

SET_UP = """
import json, sys
import django
django.setup()
from bartizan.cameras.actions.camera import add_camera
from bartizan.core.actions import decide
from bartizan.cameras.decisions import Recording
from bartizan.estate.models import Device, Site, Zone
site = Site.objects.create(code="KP", name="The Keep")
vault = Zone.objects.create(code="KP-0.01", name="Vault", site=site, level=4)
decide(None, Recording(segment_seconds=10, free_gigabytes=0.1))
for code, values in json.loads(sys.argv[1]).items():
    device = Device.objects.create(code=code, name="Vault camera", kind="camera", zone=vault)
    add_camera(device, values, None)
"""
SHOW = """
import json
import django
django.setup()
from pathlib import Path
from django.conf import settings
from bartizan.cameras.models import Camera, Segment
from bartizan.watch.journal import Reader
cameras = {c.code: [c.state, c.state_words] for c in Camera.objects.all()}
fields = ("path", "sha256", "bytes", "frames", "gap_before", "is_cut")
segments = list(Segment.objects.order_by("begun_at").values(*fields))
reader = Reader(Path(settings.DATA) / "journal")
records, _ = reader.read({}, 100_000)
events = [json.loads(each) for each in records]
print(json.dumps({"cameras": cameras, "segments": segments, "events": events}))
"""


class Office:
    """A data folder with cameras."""

    def __init__(self, folder: Path, cameras: dict[str, dict[str, Any]]) -> None:
        self.folder = folder
        self.env = os.environ | {"BARTIZAN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "bartizan.settings"}
        subprocess.run([*self.cli, "prepare"], check=True, env=self.env)
        subprocess.run([sys.executable, "-c", SET_UP, json.dumps(cameras)], check=True, env=self.env)

    @property
    def cli(self) -> list[str]:
        return [sys.executable, "-m", "bartizan.cli", "--data", str(self.folder)]

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        process = subprocess.Popen([*self.cli, "cameras"], env=self.env)
        try:
            yield process
        finally:
            process.terminate()
            process.wait()

    def show(self) -> dict[str, Any]:
        done = subprocess.run([sys.executable, "-c", SHOW], check=True, env=self.env, capture_output=True, text=True)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def state(self, code: str = "C01") -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads((self.folder / "run" / "cameras" / f"{code}.json").read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return found

    def kinds(self) -> list[str]:
        return [event["kind"] for event in self.show()["events"]]


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    clip(folder / "main.h264", size=(640, 360), seconds=20)
    clip(folder / "sub.h264", seconds=20)
    return folder


@pytest.fixture
def server(clips: Path) -> Iterator[Served]:
    with served({"main": (clips / "main.h264", 10), "sub": (clips / "sub.h264", 10)}) as running:
        yield running


@pytest.mark.peer
def test_a_camera_is_recorded_looked_at_and_survives_a_kill(server: Served, tmp_path: Path) -> None:
    urls = {"main_url": server.url("main"), "sub_url": server.url("sub")}
    office = Office(tmp_path / "data", {"C01": urls})
    with office.running():
        until(lambda: office.state().get("looked", 0) > 20)
        picture = office.folder / "run" / "cameras" / "C01.jpg"
        assert picture.read_bytes()[:2] == b"\xff\xd8"
        assert live_pictures(office.folder / "run" / "cameras" / "C01.sock") == (640, 360)
        until(lambda: office.show()["segments"])
        killed = family(process_of(office))
        for each in reversed(killed):
            os.kill(each, 9)
    (office.folder / "run" / "cameras" / "C01.json").unlink()  # what is told from now on is of the next run
    before = office.show()
    with office.running():
        until(lambda: any(each["is_cut"] for each in office.show()["segments"]))
        until(lambda: office.state().get("is_recording") and office.state().get("looked", 0) > 5)
    found = office.show()
    assert found["cameras"]["C01"] == ["ok", ""]
    assert len(found["segments"]) > len(before["segments"])
    for each in found["segments"]:
        file = office.folder / "cameras" / each["path"]
        assert sha256_of(file) == (each["sha256"], each["bytes"])
        with av.open(str(file)) as content:
            assert (
                sum(1 for packet in content.demux(video=0) if packet.size and not packet.is_corrupt) == each["frames"]
            )
    assert "camera.motion" in {event["kind"] for event in found["events"]}
    event = next(event for event in found["events"] if event["kind"] == "camera.motion")
    assert (event["device"], event["place"], event["source"]) == ("camera:C01", "zone:KP-0.01", "cameras")
    days = {each["path"].split("/")[1] for each in found["segments"]}
    rows = [m for day in days for m in minutes_of(office.folder / "cameras", "C01", date.fromisoformat(day))]
    assert any(minute.frames and minute.recorded_seconds for minute in rows)


@pytest.mark.peer
def test_a_camera_that_falls_silent_is_said_so_once_and_comes_back(server: Served, tmp_path: Path) -> None:
    office = Office(tmp_path / "data", {"C01": {"main_url": server.url("main"), "silent_after": 3}})
    with office.running():
        until(lambda: office.state().get("is_recording"))
        server.fall_silent()
        until(lambda: office.state().get("state") == "silent")
        until(lambda: office.show()["cameras"]["C01"][0] == "trouble")
        assert "check its c" in office.show()["cameras"]["C01"][1]
        server.go_on()
        until(lambda: office.show()["cameras"]["C01"][0] == "ok")
        until(lambda: "device.online" in office.kinds())
    found = office.show()
    kinds = [event["kind"] for event in found["events"]]
    assert (kinds.count("device.offline"), kinds.count("device.online")) == (1, 1)
    assert any("for 3 s" in each["gap_before"] or "No pictures" in each["gap_before"] for each in found["segments"])


def process_of(office: Office) -> int:
    """The one that writes the journal of the cameras."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            told = (entry / "cmdline").read_bytes().split(b"\0") if (entry / "cmdline").exists() else []
            if str(office.folder).encode() in told and b"cameras" in told:
                return int(entry.name)
    raise AssertionError("the process of the cameras does not run")


def family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in family(int(child)))]


def live_pictures(path: Path) -> tuple[int, int]:
    """What a decoder makes of the first packets from a camera's socket."""
    with socket.socket(socket.AF_UNIX) as reader:
        reader.settimeout(900)
        reader.connect(str(path))
        file = reader.makefile("rb")
        told = json.loads(file.readline())
        decoder: Any = av.CodecContext.create(told["codec"], "r")
        for number in range(30):
            length = int.from_bytes(file.read(4), "big")
            _, flags = int.from_bytes(file.read(8), "big"), file.read(1)[0]
            assert number or flags & 1, "it begins at a key picture"
            for frame in decoder.decode(av.Packet(file.read(length))):
                return int(frame.width), int(frame.height)
    raise AssertionError("no picture came")
