"""How large a picture is, read from its header: PNG (ISO/IEC 15948) and JPEG (ITU-T T.81)."""

from __future__ import annotations

import struct
from typing import BinaryIO, Final

PNG: Final = b"\x89PNG\r\n\x1a\n"
JPEG: Final = b"\xff\xd8\xff"
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a JPEG frame, whose header holds the size."""
_ALONE: Final = frozenset((0x01, *range(0xD0, 0xD9)))
"""Markers without a length."""


def picture_size(file: BinaryIO) -> tuple[int, int] | None:
    """Width and height in pixels; nothing for what is neither a PNG nor a JPEG, whatever its name says."""
    file.seek(0)
    head = file.read(24)
    if head.startswith(PNG) and head[12:16] == b"IHDR":
        width, height = struct.unpack(">II", head[16:24])
        return (width, height) if width and height else None
    return _jpeg_size(file) if head.startswith(JPEG) else None


def _jpeg_size(file: BinaryIO) -> tuple[int, int] | None:
    file.seek(2)
    while True:
        mark = file.read(2)
        if len(mark) < 2 or mark[0] != 0xFF:
            return None
        if mark[1] == 0xFF:  # padding
            file.seek(-1, 1)
            continue
        if mark[1] in _ALONE:
            continue
        length = file.read(2)
        if len(length) < 2:
            return None
        if mark[1] in _FRAMES:
            frame = file.read(5)
            if len(frame) < 5:
                return None
            height, width = struct.unpack(">HH", frame[1:5])
            return (width, height) if width and height else None
        file.seek(struct.unpack(">H", length)[0] - 2, 1)
