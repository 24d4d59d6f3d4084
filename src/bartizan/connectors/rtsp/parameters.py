"""Parameter sets in a raw stream (H.264: ITU-T H.264, 7.4.1; H.265: ITU-T H.265, 7.4.2): what a decoder needs first."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

_START: Final = re.compile(rb"\x00\x00\x01")
_SETS: Final = {"h264": frozenset({7, 8}), "hevc": frozenset({32, 33, 34})}
_LOOKED_AT: Final = 1024
"""Parameter sets stand at the beginning of a key picture."""


def parameter_sets(content: bytes, codec: str) -> bytes:
    """Those at the beginning of an Annex B access unit, each behind a start code; empty where there are none.

    ``codec``: ``h264`` or ``hevc``. Only the first kilobyte is looked at.
    """
    head = content[:_LOOKED_AT]
    ends = [found.start() for found in _START.finditer(head)] + [len(head)]
    found = []
    for begin, end in pairwise(ends):
        unit = head[begin + 3 : end].rstrip(b"\0")
        if unit and _kind(unit[0], codec) in _SETS[codec]:
            found.append(b"\0\0\0\1" + unit)
    return b"".join(found)


def _kind(header: int, codec: str) -> int:
    return header & 31 if codec == "h264" else header >> 1 & 63
