"""One recorded file: fragmented MP4 (ISO/IEC 14496-12, 8.8) written a group of pictures at a time.

The description comes first and each group is whole by itself, so a file whose end is missing plays up to there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import av.error

from bartizan.cameras.digests import sha256_of
from bartizan.connectors.rtsp.stream import Stream, Taken

_FRAGMENTS: Final = {"movflags": "frag_keyframe+empty_moov+default_base_moof", "flush_packets": "1"}
"""Each group of pictures is handed to the system as soon as it is whole: a killed process loses the last one alone."""
_TAGS: Final = {"h264": "avc1", "hevc": "hvc1"}
_FINEST: Final = Fraction(1, 90_000)


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was closed."""

    code: str
    path: str
    """Below the folder of recordings."""
    begun_at: datetime
    ended_at: datetime
    bytes: int
    sha256: str
    codec: str
    width: int
    height: int
    frames: int
    gap_before: str = ""
    is_cut: bool = False


class Segment:
    """An open file. The first packet must be a key picture."""

    def __init__(self, media: Path, code: str, stream: Stream, first: Taken, gap_before: str) -> None:
        begun = datetime.fromtimestamp(first.at, UTC)
        self.path = f"{code}/{begun:%Y-%m-%d}/{begun:%H%M%S}-{begun.microsecond // 1000:03d}.mp4"
        self.file = media / self.path
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.code, self.stream, self.gap_before = code, stream, gap_before
        self.begun = self.ended = first.at
        self.frames = 0
        self._usual = 1 / stream.rate if stream.rate else 0.04
        self._zero, self._last = first.packet.dts, -1
        self._out = av.open(str(self.file), "w", format="mp4", options=_FRAGMENTS)
        self._video = self._out.add_stream_from_template(stream.video)
        self._video.codec_context.codec_tag = _TAGS[stream.codec]
        self._base = Fraction(stream.video.time_base or _FINEST)

    def take(self, taken: Taken) -> None:
        """Write one picture; its stamps in the file count from the first one's."""
        packet = taken.packet
        kept = packet.pts, packet.dts, packet.stream
        dts = self._decoded_at(packet, taken)
        shown_later = (packet.pts - packet.dts) if packet.pts is not None and packet.dts is not None else 0
        packet.time_base, packet.stream = self._base, self._video
        packet.dts, packet.pts = dts, dts + max(0, shown_later)
        self._out.mux(packet)
        packet.pts, packet.dts, packet.stream = kept
        self.frames += 1
        self.ended = max(self.ended, taken.at)

    def _decoded_at(self, packet: Any, taken: Taken) -> int:
        """Stamps that are missing, stand still or run back would end the file: then our clock counts."""
        stamp = -1 if packet.dts is None or self._zero is None else packet.dts - self._zero
        if stamp <= self._last:
            stamp = max(self._last + 1, round(Fraction(taken.at - self.begun).limit_denominator(1000) / self._base))
        self._last = stamp
        return stamp

    def close(self) -> Written:
        """On the disk, with its digest."""
        self._out.close()
        digest, size = sha256_of(self.file, flush=True)
        usual = (self.ended - self.begun) / (self.frames - 1) if self.frames > 1 else self._usual
        return Written(
            self.code, self.path, datetime.fromtimestamp(self.begun, UTC),
            datetime.fromtimestamp(self.ended + usual, UTC), size, digest, self.stream.codec, self.stream.width,
            self.stream.height, self.frames, self.gap_before,
        )  # fmt: skip


def measured(media: Path, path: str, begun_at: datetime) -> Written | None:
    """What a file that nobody closed holds, up to where it ends; nothing when not one picture of it can be read."""
    file = media / path
    try:
        with av.open(str(file)) as found:
            video = found.streams.video[0]
            context = video.codec_context
            whole: list[Any] = [p for p in found.demux(video) if p.size and p.pts is not None and not p.is_corrupt]
            stamps = [float(p.pts * p.time_base) for p in whole]
            described = context.name, int(context.width), int(context.height)
    except (av.error.FFmpegError, IndexError):
        return None
    if not stamps:
        return None
    digest, size = sha256_of(file)
    usual = (max(stamps) - min(stamps)) / max(1, len(stamps) - 1)
    ended = begun_at + timedelta(seconds=max(stamps) + usual)
    code = path.split("/", 1)[0]
    return Written(code, path, begun_at, ended, size, digest, *described, len(stamps), is_cut=True)
