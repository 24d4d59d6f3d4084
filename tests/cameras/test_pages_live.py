"""Live pictures: as they come, masked for those who may not look behind, and the camera's own stream to a real peer."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
import time
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from django.test import Client

from bartizan.cameras.live import feed, peers
from bartizan.cameras.pages import live
from bartizan.cameras.pages.live import socket_of
from tests.cameras import footage
from tests.cameras.wall_world import MASK, Cameras

SOMEBODY = (60, 110)
"""Column and row of the bright box in the footage."""


def bright_at(jpeg: bytes, x: int = SOMEBODY[0], y: int = SOMEBODY[1]) -> int:
    decoded = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert decoded is not None
    return int(np.median(decoded[y - 4 : y + 4, x - 4 : x + 4]))


def test_the_latest_picture_is_that_of_the_camera(console: Client) -> None:
    answer = console.get("/cameras/C01/picture")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "no-store"
    assert bright_at(answer.content) > 200


def test_a_sealed_mask_is_painted_over_for_a_guard_and_not_for_who_may_export(
    console: Client, guarded: Client, cameras: Cameras
) -> None:
    cameras.vault.masks = [MASK | {"for": "sealed"}]
    cameras.vault.save()
    assert bright_at(console.get("/cameras/C01/picture").content) > 200
    assert bright_at(guarded.get("/cameras/C01/picture").content) < 140


def test_a_mask_hides_from_the_moment_on_in_which_it_is_drawn(console: Client, cameras: Cameras) -> None:
    cameras.vault.masks = [MASK]
    cameras.vault.save()
    assert bright_at(console.get("/cameras/C01/picture").content) < 140, "the file is older than the mask"


def test_a_picture_of_the_recording_is_masked_for_everybody_too(console: Client, cameras: Cameras) -> None:
    address = f"/cameras/C01/picture?at={cameras.begun.isoformat().replace('+', '%2B')}"
    assert bright_at(console.get(address).content) > 200
    cameras.vault.masks = [MASK]
    cameras.vault.save()
    assert bright_at(console.get(address).content) < 140


def test_a_wall_is_told_states_and_only_pictures_that_it_does_not_have(console: Client) -> None:
    footage.show(
        "C02", 5, state="person", tracks=[{"id": 7, "label": "person", "score": 0.9, "box": [0.1, 0.1, 0.2, 0.5]}]
    )
    told = console.get("/cameras/now", {"c": ["C01", "C02"]}).json()
    assert told["C02"]["word"] == "Person"
    assert told["C02"]["tracks"][0]["id"] == 7
    kind, _, content = told["C01"]["picture"].partition(",")
    assert kind == "data:image/jpeg;base64"
    assert bright_at(base64.b64decode(content)) > 200
    again = console.get("/cameras/now", {"c": [f"C01@{told['C01']['at']}", "C02"]}).json()
    assert "picture" not in again["C01"]
    assert "picture" in again["C02"]


def test_of_a_camera_that_is_not_open_to_somebody_the_wall_is_told_nothing(guarded: Client, cameras: Cameras) -> None:
    cameras.vault.groups = ["director"]
    cameras.vault.save()
    assert set(guarded.get("/cameras/now", {"c": ["C01", "C02", "nobody"]}).json()) == {"C02"}


async def _whole(parts: AsyncIterator[bytes]) -> bytes:
    return b"".join([part async for part in parts])


def test_motion_jpeg_brings_the_picture_until_its_time_is_over(
    cameras: Cameras, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOTION_JPEG_LIFE", 1.0)
    monkeypatch.setattr(live, "_masks_now", lambda *_: [])  # asked in a thread that does not see the test's records
    parts = asyncio.run(_whole(live._parts(cameras.vault, cameras.here.alice)))
    head, _, rest = parts.partition(b"\r\n\r\n")
    assert head.startswith(b"--bartizan\r\nContent-Type: image/jpeg")
    assert bright_at(rest) > 200


def test_motion_jpeg_ends_for_who_may_see_the_camera_no_longer(
    cameras: Cameras, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert live._masks_now(cameras.guard, "C01") == []
    cameras.guard.is_active = False
    cameras.guard.save()
    assert live._masks_now(cameras.guard, "C01") is None
    monkeypatch.setattr(live, "_masks_now", lambda *_: None)
    assert b"image/jpeg" not in asyncio.run(_whole(live._parts(cameras.vault, cameras.guard)))


def offer(client: Client, sdp: str, code: str = "C01") -> Any:
    return client.post(f"/cameras/{code}/offer", json.dumps({"sdp": sdp}), content_type="application/json")


def watched(client: Client, pictures: int = 3) -> list[int]:
    """The brightness of the first pictures that a WebRTC peer decodes, away from the bright box. The peer runs on its
    own loop, the question is asked here, where the test's records are seen."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def there(work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(60)

    peer = there(_offering())
    try:
        answer = offer(client, peer.localDescription.sdp)
        assert answer.status_code == 200, answer.content
        frames = there(_seen(peer, answer.json()["sdp"], pictures))
    finally:
        there(peer.close())
        loop.call_soon_threadsafe(loop.stop)
    return [int(np.median(frame.to_ndarray(format="gray")[20:50, 200:300])) for frame in frames]


async def _offering() -> RTCPeerConnection:
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    peer.addTransceiver("video", direction="recvonly")
    await peer.setLocalDescription(await peer.createOffer())
    return peer


async def _seen(peer: RTCPeerConnection, answer: str, pictures: int) -> list[Any]:
    await peer.setRemoteDescription(RTCSessionDescription(sdp=answer, type="answer"))
    track = peer.getReceivers()[0].track
    return [await track.recv() for _ in range(pictures)]


def test_a_peer_sees_the_camera_s_own_pictures_live(console: Client) -> None:
    with footage.sending(socket_of("C01")):
        seen = watched(console)
    assert len(seen) == 3
    assert all(abs(value - (footage.luma_of(0) - 16) * 255 / 219) < 70 for value in seen)


def test_a_masked_camera_hands_its_stream_to_nobody_who_may_not_look_behind(
    console: Client, guarded: Client, cameras: Cameras
) -> None:
    cameras.vault.masks = [MASK | {"for": "sealed"}]
    cameras.vault.save()
    refused = offer(guarded, "v=0")
    assert refused.status_code == 409
    assert "masked for you" in refused.json()["detail"]
    assert offer(console, "v=0 H264/90000").status_code == 503, "an officer may look behind; here nothing is sent"


def test_a_camera_that_sends_nothing_is_said_so(console: Client) -> None:
    refused = offer(console, "v=0")
    assert refused.status_code == 503
    assert "sends no picture just now" in refused.json()["detail"]


def test_a_browser_without_h264_is_told_that_it_sees_single_pictures(console: Client) -> None:
    with footage.sending(socket_of("C01")):
        refused = offer(console, "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\n")
    assert refused.status_code == 503
    assert "single pictures" in refused.json()["detail"]


@pytest.mark.parametrize("body", ["", "[]", '{"sdp": 7}', "no json"])
def test_what_is_no_offer_is_refused(console: Client, body: str) -> None:
    assert console.post("/cameras/C01/offer", body, content_type="application/json").status_code == 400


def test_an_offer_that_is_nonsense_ends_in_words_and_leaves_nothing_open(console: Client) -> None:
    with footage.sending(socket_of("C01")):
        refused = offer(console, "H264/90000 nonsense")
    assert refused.status_code == 503
    assert peers.running() == 0


def test_a_browser_that_asks_and_never_comes_holds_nothing_open(
    console: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "LOOKS", 0.3)
    monkeypatch.setattr(live, "_masks_now", lambda *_: [])  # asked in a thread that does not see the test's records
    asks = asyncio.run(_offering())
    with footage.sending(socket_of("C01")):
        assert offer(console, asks.localDescription.sdp).status_code == 200
        assert peers.running() == 1
        end = time.monotonic() + 20
        while peers.running() and time.monotonic() < end:
            time.sleep(0.1)
    assert peers.running() == 0


@pytest.mark.parametrize("said", [b"no json\n", b""])
def test_a_camera_that_tells_nothing_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    monkeypatch.setattr(feed, "PATIENCE", 0.3)

    async def told() -> bytes:
        left: asyncio.Queue[bytes] = asyncio.Queue()

        async def tell(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(said)
            left.put_nowait(await reader.read())
            writer.close()

        async with await asyncio.start_unix_server(tell, str(tmp_path / "C01.sock")):
            with pytest.raises(feed.NoFeedError):
                await feed.Feed.connect(tmp_path / "C01.sock")
            return await asyncio.wait_for(left.get(), 5)

    assert asyncio.run(told()) == b""
