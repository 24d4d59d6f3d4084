"""A small RTSP server, as a camera has one: H.264 inside the connection (RFC 2326, 10.12; RFC 6184), on loopback.

It is the sending side of the demo alone: no UDP, no passwords. A reader that is too slow loses packets, not the others.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import struct
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

log = logging.getLogger(__name__)
CLOCK: Final = 90_000
"""Ticks a second of H.264 in RTP (RFC 6184, 8.2.1)."""
PAYLOAD: Final = 96
MOST_BYTES: Final = 1400
WAITING: Final = 400
"""Packets that wait for one reader before it loses some."""
SPS, PPS, IDR, FU_A = 7, 8, 5, 28


@dataclass(eq=False)
class Stream:
    """One camera's pictures, handed in as the units of its encoder and sent to whoever reads."""

    name: str
    parameters: tuple[bytes, bytes] = (b"", b"")
    """Sequence and picture parameter set, once the first picture was encoded."""
    readers: set[asyncio.Queue[bytes]] = field(default_factory=set)
    sequence: int = field(default_factory=lambda: secrets.randbelow(1 << 16))
    source: int = field(default_factory=lambda: secrets.randbits(32))

    def send(self, units: Sequence[bytes], seconds: float) -> None:
        """The units of one picture, shown at ``seconds`` of the stream's clock."""
        found = {unit[0] & 31: unit for unit in units}
        if SPS in found and PPS in found:
            self.parameters = found[SPS], found[PPS]
        stamp = int(seconds * CLOCK) & 0xFFFFFFFF
        parts = [part for unit in units for part in fragments(unit)]
        for number, part in enumerate(parts):
            head = struct.pack(
                "!BBHII", 0x80, PAYLOAD | (128 if number == len(parts) - 1 else 0), self.sequence, stamp, self.source
            )
            self.sequence = (self.sequence + 1) & 0xFFFF
            packet = head + part
            for reader in self.readers:
                with contextlib.suppress(asyncio.QueueFull):
                    reader.put_nowait(b"$\0" + struct.pack("!H", len(packet)) + packet)

    @property
    def description(self) -> str:
        """Session description (RFC 4566) with the parameter sets (RFC 6184, 8.2.1)."""
        profile = self.parameters[0][1:4].hex()
        sets = ",".join(b64encode(one).decode() for one in self.parameters)
        lines = (
            "v=0", "o=- 0 0 IN IP4 127.0.0.1", f"s={self.name}", "t=0 0", "a=control:*",
            f"m=video 0 RTP/AVP {PAYLOAD}", "c=IN IP4 0.0.0.0", f"a=rtpmap:{PAYLOAD} H264/{CLOCK}",
            f"a=fmtp:{PAYLOAD} packetization-mode=1;profile-level-id={profile};sprop-parameter-sets={sets}",
            "a=control:track1", "",
        )  # fmt: skip
        return "\r\n".join(lines)


def fragments(unit: bytes) -> Iterator[bytes]:
    """One unit as payloads: whole, or as FU-A fragments (RFC 6184, 5.8)."""
    if len(unit) <= MOST_BYTES:
        yield unit
        return
    indicator, kind, body = unit[0] & 0xE0 | FU_A, unit[0] & 31, unit[1:]
    for at in range(0, len(body), MOST_BYTES - 2):
        is_first, is_last = at == 0, at + MOST_BYTES - 2 >= len(body)
        yield bytes((indicator, kind | is_first << 7 | is_last << 6)) + body[at : at + MOST_BYTES - 2]


def units_of(annex_b: bytes) -> list[bytes]:
    """The units of an encoder's packet: what stands between start codes (H.264, Annex B)."""
    parts = annex_b.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")
    return [part for part in parts if part]


class Server:
    """Answers ``rtsp://127.0.0.1:PORT/NAME`` for each stream."""

    def __init__(self, streams: Mapping[str, Stream]) -> None:
        self.streams = streams

    async def serve(self, port: int) -> asyncio.Server:
        return await asyncio.start_server(self._talk, "127.0.0.1", port)

    async def _talk(self, asks: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        reader: asyncio.Queue[bytes] = asyncio.Queue(WAITING)
        stream, sender = None, None
        try:
            while request := await _request(asks):
                method, url, fields = request
                stream = self.streams.get(urlsplit(url).path.strip("/").removesuffix("/track1")) or stream
                answers.write(_answer(method, url, fields, stream))
                if method == "PLAY" and stream is not None and sender is None:
                    stream.readers.add(reader)
                    sender = asyncio.create_task(_send(reader, answers))
                if method == "TEARDOWN":
                    break
                await answers.drain()
        except (ConnectionError, asyncio.IncompleteReadError, ValueError):
            log.debug("A reader of the demo's cameras went away.")
        finally:
            if stream is not None:
                stream.readers.discard(reader)
            if sender is not None:
                sender.cancel()
            answers.close()


async def _send(reader: asyncio.Queue[bytes], answers: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while True:
            answers.write(await reader.get())
            await answers.drain()


async def _request(asks: asyncio.StreamReader) -> tuple[str, str, dict[str, str]] | None:
    """Method, address and fields; what comes inside the connection (receiver reports) is left out."""
    while True:
        first = await asks.read(1)
        if not first:
            return None
        if first != b"$":
            break
        _, length = struct.unpack("!BH", await asks.readexactly(3))
        await asks.readexactly(length)
    head = (first + await asks.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, url, _ = head[0].split(" ", 2)
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    await asks.readexactly(int(fields.get("content-length", "0")))
    return method, url, fields


def _answer(method: str, url: str, fields: Mapping[str, str], stream: Stream | None) -> bytes:
    status, more, body = "200 OK", [], ""
    if method == "OPTIONS":
        more = ["Public: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN"]
    elif stream is None or not stream.parameters[0]:
        status = "404 Not Found"
    elif method == "DESCRIBE":
        body = stream.description
        more = ["Content-Type: application/sdp", f"Content-Base: {url}/"]
    elif method == "SETUP" and "interleaved" not in fields.get("transport", ""):
        status = "461 Unsupported Transport"
    elif method == "SETUP":
        more = ["Transport: RTP/AVP/TCP;unicast;interleaved=0-1"]
    elif method not in ("PLAY", "GET_PARAMETER", "TEARDOWN"):
        status = "501 Not Implemented"
    lines = [f"RTSP/1.0 {status}", f"CSeq: {fields.get('cseq', '0')}", "Session: veldmark;timeout=60", *more]
    return ("\r\n".join([*lines, f"Content-Length: {len(body)}", "", body])).encode()
