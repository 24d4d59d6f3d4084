"""An intruder on a real line each: the alarm over SIA DC-09, the door over OSDP, the camera over RTSP; one case shows
alarm, door, clip and place, and the clip is an exhibit whose digest is that of what was recorded."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from bartizan.connectors.dc09.answers import framed
from bartizan.connectors.osdp.played import KEY, Readers, readers
from bartizan.connectors.osdp.told import RED
from tests.cameras.streams import Served, served
from tests.system.test_product import Product, free_port, until

pytestmark = pytest.mark.peer
SECONDS = 40
SET_UP = """
import json, sys
import django
django.setup()
from bartizan.cameras.actions.camera import add_camera
from bartizan.cameras.decisions import Detecting, Recording
from bartizan.core import actions as core
from bartizan.core.actions import decide
from bartizan.doors.models import AccessGroup
from bartizan.estate.models import Badge, BadgeIssue, Building, Device, Floor, Person, Portal, Site, Zone
from bartizan.watch import actions
from django.utils import timezone
told = json.loads(sys.argv[1])
decide(None, Recording(segment_seconds=10, free_gigabytes=0.1))
decide(None, Detecting(**told["model"]))
site = Site.objects.create(code="KP", name="The Keep")
building = Building.objects.create(code="KP-A", name="Keep", site=site)
floor = Floor.objects.create(code="KP-0", name="Ground floor", building=building)
hall = Zone.objects.create(code="KP-0.00", name="Hall", site=site, floor=floor)
vault = Zone.objects.create(code="KP-0.01", name="Vault", site=site, floor=floor, level=4)
door = Portal.objects.create(code="KP-0-001", name="Vault", outer=hall, inner=vault)
Device.objects.create(code="KP-R1", name="Reader, vault", kind="reader", zone=hall, portal=door)
Device.objects.create(code="KP-PA", name="Panel", kind="panel", zone=hall)
Device.objects.create(code="KP-M1", name="Detector, vault", kind="detector", zone=vault)
eye = Device.objects.create(code="KP-C1", name="Vault camera", kind="camera", zone=vault)
bob = Person.objects.create(code="K-2", name="Bob", site=site)
BadgeIssue.objects.create(badge=Badge.objects.create(number="4417"), person=bob, issued_at=timezone.now())
group = AccessGroup.objects.create(code="staff", name="Staff", up_to_level=4)
group.people.set([bob]); group.sites.set([site])
add_camera(eye, {"main_url": told["camera"], "silent_after": 60}, None)
for name, (connector, settings) in told["sources"].items():
    actions.save_source(name, connector, settings, None)
"""
CASE = """
import json
import django
django.setup()
from bartizan.cases.models import Case
case = Case.objects.first()
alarms = sorted(case.alarms.values_list("rule", "title")) if case else []
from bartizan.cases.queries.clip import clips_of
from bartizan.core.models import User
clips = clips_of(User.objects.first(), case) if case else []
seen = [[c.camera.code, c.is_recorded, [s.kind for s in c.sightings]] for c in clips]
print(json.dumps({"headline": case.headline if case else "", "titles": [t for _, t in alarms], "clips": seen,
                  "steps": [s["sentence"] for s in case.pinpoint.get("steps", [])] if case else []}))
"""
KEEP = """
import json
import django
django.setup()
from bartizan.cases.actions.clip import keep_recording
from bartizan.cases.models import Case
from bartizan.cases.queries.clip import clips_of
from bartizan.cameras.models import ClipHold, Export
from bartizan.core.models import User
officer, case = User.objects.first(), Case.objects.first()
clip = clips_of(officer, case)[0]
exhibit = keep_recording(case, clip.camera, clip.since, clip.until, "what the vault's camera saw", officer)
export = Export.objects.get()
print(json.dumps({"exhibit": exhibit.number, "digest": exhibit.digest, "sha256": export.sha256, "of": export.exhibit,
                  "size": exhibit.size, "held": ClipHold.objects.count(), "place": exhibit.found_where}))
"""
LOCK = """
import django
django.setup()
from bartizan.core.models import User
from bartizan.doors.actions.orders import lock_down
from bartizan.doors.queries.scopes import scope_of
officer = User.objects.first()
lock_down(scope_of(officer, "zone:KP-0.01"), 5, [], 10, "Somebody is in the vault", officer)
"""


@pytest.fixture
def camera(shared: Path, tmp_path: Path) -> Iterator[Served]:
    clip = shared / "cctv" / "one-by-one-person-detection.mp4"
    if not clip.exists():
        pytest.skip(f"The clip {clip} is not here.")
    with served({"vault": (raw(clip, tmp_path / "vault.h264"), 10)}) as made:
        yield made


def raw(clip: Path, file: Path) -> Path:
    """The clip's first minute or so as a camera codes it: a key picture each second."""
    with av.open(str(clip)) as source, av.open(str(file), "w", format="h264") as out:
        video: Any = out.add_stream("libx264", rate=10)
        video.width, video.height, video.pix_fmt, video.gop_size = 640, 360, "yuv420p", 10
        video.options = {"preset": "ultrafast", "tune": "zerolatency", "x264-params": "sliced-threads=0:bframes=0"}
        for number, frame in enumerate(source.decode(video=0)):
            if number >= SECONDS * 10:
                break
            small = frame.reformat(640, 360, "yuv420p")
            small.pts, small.time_base = number, Fraction(1, 10)
            out.mux(video.encode(small))
        out.mux(video.encode(None))
    return file


@pytest.fixture
def house(tmp_path: Path, shared: Path, camera: Served) -> Iterator[tuple[Product, Readers, int]]:
    pytest.importorskip("osdp_sys")
    panel = free_port()
    with readers(1) as line:
        product = Product(tmp_path / "data")
        model = shared / "cctv" / "yolox_nano.onnx"
        told = {
            "camera": camera.url("vault"),
            "model": {"model": str(model), "sha256": sha256(model), "kind": "yolox"},
            "sources": {
                "panel": ("dc09", {"tcp_address": "127.0.0.1", "tcp_port": panel, "udp_port": 0,
                                   "names": {"0815": "panel:KP-PA", "0815/1/5": "detector:KP-M1"}}),
                "readers": ("osdp", {"serial_port": line.path, "keys": f"1={KEY.hex()}",
                                     "readers": ["1 in reader:KP-R1 portal:KP-0-001 relay=0 contact=0"]}),
            },
        }  # fmt: skip
        python(product, SET_UP, json.dumps(told))
        yield product, line, panel
        if product.process.poll() is None:
            product.process.terminate()
            product.process.wait(30)


def sha256(file: Path) -> str:
    import hashlib

    return hashlib.sha256(file.read_bytes()).hexdigest()


def python(product: Product, code: str, *told: str) -> str:
    env = {**os.environ, "BARTIZAN_DATA": str(product.data), "DJANGO_SETTINGS_MODULE": "bartizan.settings"}
    command = [sys.executable, "-c", code, *told]
    return subprocess.run(command, check=True, env=env, stdout=subprocess.PIPE, text=True).stdout


def is_ready(product: Product) -> bool:
    sources = dict(product.rows("select name, state from watch_source"))
    recorded = product.rows("select count(*) from cameras_segment")[0][0]
    knows_badges = (product.data / "run" / "access-table.json").exists()
    return knows_badges and sources.get("panel") == "ok" and sources.get("readers") == "ok" and recorded > 0


def trip(port: int) -> None:
    stamp = datetime.now(UTC).strftime("_%H:%M:%S,%m-%d-%Y").encode()
    with socket.create_connection(("127.0.0.1", port), 10) as panel:
        panel.sendall(framed(b'"SIA-DCS"0007L0#0815[#0815|Nri1/BA05]' + stamp))
        assert b"ACK" in panel.recv(4096)


def test_alarm_door_clip_and_place_come_together_in_one_case(house: tuple[Product, Readers, int]) -> None:
    product, line, panel = house
    until(lambda: is_ready(product), 600)
    until(lambda: product.rows("select count(*) from cameras_sighting where kind = 'person'")[0][0], 600)
    trip(panel)
    line.card(1, 4417)
    line.until_relay(1, (5, 50))
    line.inputs(1, 0)

    def complete() -> dict[str, Any] | None:
        found: dict[str, Any] = json.loads(python(product, CASE))
        is_seen = any(recorded for _, recorded, _ in found["clips"])
        return found if "Vault" in found["headline"] and is_seen else None

    case = until(complete, 600)
    assert "Intruder alarm" in case["titles"]
    assert case["clips"][0][0] == "KP-C1"
    assert product.rows("select count(*) from cases_case")[0][0] == 1, "one case, not one for each"
    kept = json.loads(python(product, KEEP))
    assert kept["digest"] == kept["sha256"]
    assert (kept["of"].endswith(kept["exhibit"]), kept["held"], kept["place"]) == (True, 1, "Vault")
    assert kept["size"] > 10_000
    locked_down(product, line)


def locked_down(product: Product, line: Readers) -> None:
    """By one deed of the officer: the reader was told and answered, and whose badge opened before is refused."""
    python(product, LOCK)
    asked = "select verb, target, state from watch_act"
    until(lambda: product.rows(asked) == [("lockdown", "portal:KP-0-001", "done")])
    opened = len(line.relay(1))
    line.card(1, 4417)
    until(lambda: line.lights(1)[-1:] == [(RED, True)])
    assert (5, 50) not in line.relay(1)[opened:]
