"""The UDP side: a large buffer in the kernel, read in bursts, and an honest count of what the kernel had to drop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable
from typing import Final

_BURST: Final = 500
"""Datagrams read before others get their turn."""
_LARGEST: Final = 65_536
_SO_RCVBUFFORCE: Final = 33
_SO_MEMINFO: Final = 55
_DROPS: Final = 8
"""Index of the drop counter in the answer to SO_MEMINFO (linux/sock_diag.h); Linux 4.12 and newer."""


class Datagrams:
    """Reads a bound UDP socket into ``received(raw, address)`` bursts."""

    def __init__(self, received: Callable[[list[tuple[bytes, str]]], None]) -> None:
        self._received = received
        self._socket: socket.socket | None = None
        self._held = False

    def open(self, address: str, port: int, buffer_bytes: int) -> None:
        """Raises OSError when the address cannot be had."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_DGRAM)
        try:
            listener.setblocking(False)
            _enlarge(listener, buffer_bytes)
            listener.bind((address, port))
        except OSError:
            listener.close()
            raise
        self._socket = listener
        self.release()

    def hold(self) -> None:
        if self._socket and not self._held:
            self._held = True
            asyncio.get_running_loop().remove_reader(self._socket)

    def release(self) -> None:
        self._held = False
        if self._socket:
            asyncio.get_running_loop().add_reader(self._socket, self._read)

    def drain(self) -> None:
        """Take what the kernel still holds, before closing."""
        before = None
        while self._socket and before != 0:
            before = self._read()

    def close(self) -> None:
        if self._socket:
            self.hold()
            self._socket.close()
            self._socket = None

    def dropped(self) -> int:
        """Datagrams that the kernel dropped since the socket was opened; 0 where it does not say."""
        if not self._socket:
            return 0
        try:
            answer = self._socket.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, 4 * (_DROPS + 1))
        except OSError:
            return 0
        counters: tuple[int, ...] = struct.unpack(f"{len(answer) // 4}I", answer)
        return counters[_DROPS] if len(counters) > _DROPS else 0

    def _read(self) -> int:
        if not self._socket:
            return 0
        burst: list[tuple[bytes, str]] = []
        receive = self._socket.recvfrom
        with contextlib.suppress(BlockingIOError, InterruptedError):
            while len(burst) < _BURST:
                raw, address = receive(_LARGEST)
                burst.append((raw, address[0]))
        if burst:
            self._received(burst)
        return len(burst)


def _enlarge(listener: socket.socket, size: int) -> None:
    """As large as asked where we may go beyond the machine's limit, else as large as that limit."""
    try:
        listener.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, size)
    except OSError:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
