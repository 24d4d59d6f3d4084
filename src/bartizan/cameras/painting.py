"""A picture out of a recorded piece, and masks painted over a picture. Needs the extra ``cameras``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import av
import cv2
import numpy as np

from bartizan.cameras.masks import polygons
from bartizan.cameras.showing import Picture, jpeg
from bartizan.cameras.showing import masked as covered

_NEAR: Final = 0.02
"""Seconds by which a picture may come before the moment that is asked for."""
_REORDERED: Final = 8


def frame_at(path: Path, second: float, width: int) -> Picture | None:
    """The first frame at or after ``second`` of a piece, BGR, at most ``width`` wide; else the last one.

    Only from the key picture before it on is anything decoded: a minute of 1080p would take ten seconds.
    """
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            frame = _wanted(stream, _group_at(container, stream, second), second)
    except (OSError, av.FFmpegError, IndexError):
        return None
    if frame is None:
        return None
    scale = min(1.0, width / frame.width)
    wide, high = int(frame.width * scale) // 2 * 2, int(frame.height * scale) // 2 * 2
    made: Picture = frame.reformat(width=wide, height=high, format="bgr24").to_ndarray()
    return made


def _group_at(container: Any, stream: Any, second: float) -> list[Any]:
    """The packets from the last key picture before ``second`` on, to a few after it: they may be out of order."""
    group: list[Any] = []
    after = 0
    for packet in container.demux(stream):
        if packet.pts is None:
            continue
        at = float(packet.pts * packet.time_base)
        if packet.is_keyframe and at <= second + _NEAR:
            group = []
        group.append(packet)
        after += at >= second
        if after > _REORDERED:
            break
    return group


def _wanted(stream: Any, group: Sequence[Any], second: float) -> Any:
    last = None
    for packet in [*group, None]:
        for frame in stream.codec_context.decode(packet):
            last = frame
            if frame.time is not None and frame.time >= second - _NEAR:
                return frame
    return last


def painted(picture: Picture, masks: Sequence[Mapping[str, Any]]) -> bytes:
    """As JPEG, with the masks over it; nothing of what is behind can be told."""
    return jpeg(covered(picture, polygons(masks)), picture.shape[1])


def masked(made: bytes, masks: Sequence[Mapping[str, Any]]) -> bytes | None:
    """A JPEG with masks painted over it; nothing when it is none."""
    decoded = cv2.imdecode(np.frombuffer(made, np.uint8), cv2.IMREAD_COLOR)
    return None if decoded is None else painted(decoded.astype(np.uint8), masks)
