"""What the demo plays as devices is read by other people's programs: FFmpeg the cameras, libosdp's panel the reader."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import numpy as np
import orjson
import pytest

from bartizan.connectors.osdp import Osdp
from bartizan.connectors.osdp.played import KEY
from bartizan.connectors.osdp.settings import OsdpSettings
from bartizan.demo.outlets import READER, READER_PORTAL, READERS
from bartizan.demo.stage import Stage, raised
from bartizan.demo.stage.cast import Cast
from bartizan.demo.stage.rtsp import MOST_BYTES, fragments, units_of
from bartizan.demo.stage.scene import HEIGHT, WIDTH, Scene
from bartizan.engines.access import Badge, Group, Person, Portal, Site, Table, Zone, to_plain
from bartizan.engines.observe import Observation


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def cast() -> Iterator[Cast]:
    with Cast({"lobby": Scene("a", "lobby"), "racks": Scene("b", "racks")}, free_port()) as made:
        yield made


def pictures(cast: Cast, name: str, count: int) -> list[np.ndarray[Any, Any]]:
    address = f"rtsp://127.0.0.1:{cast.port}/{name}"
    found: list[np.ndarray[Any, Any]] = []
    with av.open(address, options={"rtsp_transport": "tcp"}, timeout=20) as stream:
        for frame in stream.decode(video=0):
            found.append(frame.to_ndarray(format="gray"))
            if len(found) == count:
                return found
    raise AssertionError("the stream ended")


def test_a_camera_is_read_over_rtsp_and_two_read_it_at_once(cast: Cast) -> None:
    both: list[int] = []
    readers = [threading.Thread(target=lambda: both.append(len(pictures(cast, "lobby", 4)))) for _ in range(2)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert both == [4, 4]


def test_somebody_who_enters_is_seen_and_a_covered_lens_is_dark(cast: Cast) -> None:
    (still,) = pictures(cast, "racks", 1)
    assert still.shape == (HEIGHT, WIDTH)
    cast.enter("racks")
    moving = pictures(cast, "racks", 20)[-1]
    assert (np.abs(moving.astype(int) - still) > 40).mean() > 0.004, "a person is drawn"
    cast.cover("racks", 60)
    assert pictures(cast, "racks", 4)[-1].mean() < 30


def test_a_camera_that_is_not_there_is_answered_so(cast: Cast) -> None:
    with pytest.raises(av.error.HTTPNotFoundError):
        pictures(cast, "cellar", 1)


def test_a_large_unit_is_cut_and_put_together_again_as_rfc_6184_says() -> None:
    unit = bytes([0x65]) + bytes(range(256)) * 20
    parts = list(fragments(unit))
    assert all(len(part) <= MOST_BYTES for part in parts)
    assert parts[0][1] & 0x80, "the first says that it begins"
    assert parts[-1][1] & 0x40, "the last that it ends"
    head = bytes([parts[0][0] & 0xE0 | parts[0][1] & 0x1F])
    assert head + b"".join(part[2:] for part in parts) == unit
    assert list(fragments(b"\x67abc")) == [b"\x67abc"]


def test_units_are_what_stands_between_start_codes() -> None:
    assert units_of(b"\0\0\0\1\x67a\0\0\1\x68b\0\0\0\1\x65c") == [b"\x67a", b"\x68b", b"\x65c"]


def test_a_taken_port_leaves_the_demo_without_pictures_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with raised(taken.getsockname()[1], tmp_path / "line") as stage:
            stage.enter("ML-2-C07")
    assert "have no picture" in caplog.text


def table(folder: Path) -> Path:
    made = Table(
        datetime.now(UTC),
        sites=(Site("EG", "Eastgate"),),
        zones=(Zone("EG-0.00", "Corridor", "EG"), Zone("EG-0.12", "Goods hall", "EG", 2)),
        portals=(Portal("EG-0-012", "Goods hall", "EG-0.00", "EG-0.12"),),
        groups=(Group("staff", "Staff", sites=("EG",), up_to_level=2),),
        people=(Person("VI-1", "Rui Carvalho", groups=("staff",)),),
        badges=(Badge("4417", "VI-1"),),
    )
    path = folder / "access-table.json"
    path.write_bytes(orjson.dumps(to_plain(made)))
    return path


def test_a_card_at_the_demos_reader_opens_the_door_over_a_real_line(tmp_path: Path) -> None:
    with raised(free_port(), tmp_path / "line") as stage:
        settings = OsdpSettings.model_validate(
            {
                "serial_port": str(tmp_path / "line"),
                "readers": [f"1 in {READER} {READER_PORTAL} relay=0 contact=0 exit=1"],
                "keys": f"1={KEY.hex()}",
                "table": str(table(tmp_path)),
                "state_folder": str(tmp_path),
            }
        )
        kinds = asyncio.run(_seen(Osdp(READERS, settings), stage))
    assert kinds == ["door.granted", "door.opened", "door.closed"]


async def _seen(connector: Osdp, stage: Stage) -> list[str]:
    """What is reported of a card, the door's opening and its closing, each shown once the one before has come."""
    stop, steps = asyncio.Event(), iter(("door.granted", "door.opened", "door.closed"))
    found: list[str] = []
    events = connector.observations(stop)
    async for batch in events:
        for seen in batch:
            await _next(seen, steps, stage, found, stop)
        if stop.is_set():
            break
    return found


async def _next(seen: Observation, steps: Iterator[str], stage: Stage, found: list[str], stop: asyncio.Event) -> None:
    if seen.kind.startswith("door."):
        found.append(seen.kind)
    elif seen.kind != "device.online":
        return
    step = next(steps, "")
    if step:
        stage.read({"source": READERS, "kind": step, "actor": "badge:4417", "place": READER_PORTAL})
    else:
        stop.set()
