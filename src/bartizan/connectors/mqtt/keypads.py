"""A code that was typed at a keypad goes to Bartizan's own panels by a socket of this machine, and nowhere else.

What is kept of the message says that a code was given, never which. A datagram is taken at once or not at all, so that
a keypad's message never waits for a panel.
"""

from __future__ import annotations

import socket
from contextlib import closing
from pathlib import Path
from typing import Final

import orjson

SOCKET: Final = "keypads.sock"
"""Beside the folder in which connectors keep how far they read."""


class Keypads:
    """``folder``: the data folder's ``run``; without one nobody listens."""

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / SOCKET if folder else None

    def typed(self, device: str, action: str, code: str) -> bool:
        """Whether a panel has heard it. Whether the code was right, the panel says."""
        if self._path is None:
            return False
        told = orjson.dumps({"device": device, "action": action, "code": code})
        with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)) as out:
            try:
                out.sendto(told, str(self._path))
            except OSError:  # nobody is there, or too much came at once
                return False
        return True
