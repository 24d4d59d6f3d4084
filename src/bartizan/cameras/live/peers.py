"""Peer connections of this web process, on an event loop of their own so that pages are not slowed down by pictures."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import TimeoutError as LateError
from pathlib import Path
from typing import Final

from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription

from bartizan.cameras.live.feed import Feed, NoFeedError
from bartizan.cameras.live.track import PassThrough

log = logging.getLogger(__name__)
LIFE: Final = 600.0
"""Seconds; then the page connects again, and whether its user may see the camera is asked again."""
LOOKS: Final = 10.0
"""Seconds between two looks whether the viewer may still see it."""
MOST: Final = 64
"""Connections at one time in one process."""
ANSWER: Final = 8.0

_lock = threading.Lock()
_loops: list[asyncio.AbstractEventLoop] = []
_peers: set[RTCPeerConnection] = set()


def answer(socket: Path, offer: str, may_still: Callable[[], bool]) -> str:
    """The answer (SDP) to a browser's offer, for the camera at ``socket``; ``may_still`` is asked while it is watched.
    Raises NoFeedError in words for the viewer."""
    future = asyncio.run_coroutine_threadsafe(_answer(socket, offer, may_still), _loop())
    try:
        return future.result(ANSWER)
    except LateError:
        future.cancel()
        raise NoFeedError("The live picture did not start in time.") from None


def _loop() -> asyncio.AbstractEventLoop:
    with _lock:
        if not _loops:
            loop = asyncio.new_event_loop()
            threading.Thread(target=loop.run_forever, name="live", daemon=True).start()
            _loops.append(loop)
        return _loops[0]


async def _answer(socket: Path, offer: str, may_still: Callable[[], bool]) -> str:
    if len(_peers) >= MOST:
        raise NoFeedError(f"{MOST} live pictures are open already. Close some of them.")
    feed = await Feed.connect(socket)
    if feed.stream.codec != "h264":
        feed.close()
        raise NoFeedError(f"Browsers show no {feed.stream.codec} live; this camera is shown as single pictures.")
    peer, track = RTCPeerConnection(RTCConfiguration(iceServers=[])), PassThrough(feed)
    _peers.add(peer)
    try:
        return await _agreed(peer, track, offer, may_still)
    except BaseException:
        await _end(peer, track)
        raise


async def _agreed(peer: RTCPeerConnection, track: PassThrough, offer: str, may_still: Callable[[], bool]) -> str:
    if "H264/90000" not in offer:
        raise NoFeedError("This browser takes no H.264 live; the camera is shown as single pictures.")
    codecs = RTCRtpSender.getCapabilities("video").codecs
    try:
        sender = peer.addTransceiver(track, direction="sendonly")
        sender.setCodecPreferences([one for one in codecs if one.mimeType == "video/H264"])
        await peer.setRemoteDescription(RTCSessionDescription(sdp=_reachable(offer), type="offer"))
        await peer.setLocalDescription(await peer.createAnswer())
    except (ValueError, AttributeError, KeyError, IndexError, AssertionError) as error:
        log.info("A browser's offer of a live picture was not understood: %s", error)
        raise NoFeedError("This browser's offer was not understood; the camera is shown as single pictures.") from error
    watching = asyncio.ensure_future(_watch(peer, track, may_still))
    peer.on("connectionstatechange", lambda: _cancel_when_over(peer, watching))
    return str(peer.localDescription.sdp)


def _reachable(offer: str) -> str:
    """Without the made-up names behind which browsers hide their addresses: to look for them takes seconds, and the
    browser comes to us anyway."""
    lines = offer.splitlines(keepends=True)
    return "".join(line for line in lines if not (line.startswith("a=candidate:") and ".local " in line))


def _cancel_when_over(peer: RTCPeerConnection, watching: asyncio.Future[None]) -> None:
    if peer.connectionState in ("failed", "closed"):
        watching.cancel()


async def _watch(peer: RTCPeerConnection, track: PassThrough, may_still: Callable[[], bool]) -> None:
    """Until the viewer goes, or has not come by the first look; the camera ends, or the viewer may no longer see it."""
    ends = time.monotonic() + LIFE
    try:
        while time.monotonic() < ends and track.readyState == "live":
            await asyncio.sleep(LOOKS)
            if not await asyncio.to_thread(may_still):
                break
            if peer.connectionState != "connected":
                break
    finally:
        await asyncio.shield(_end(peer, track))


async def _end(peer: RTCPeerConnection, track: PassThrough) -> None:
    _peers.discard(peer)
    track.stop()
    await peer.close()


def running() -> int:
    """How many live pictures this process sends."""
    return len(_peers)
