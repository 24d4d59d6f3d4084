"""The serial port as libosdp's channel; which addresses answered on it is listened to, so that a wrong key can be told
from a reader that is not there."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import termios
import tty
from typing import Any, Final

_SPEEDS: Final = {
    9600: termios.B9600,
    19200: termios.B19200,
    38400: termios.B38400,
    57600: termios.B57600,
    115200: termios.B115200,
    230400: termios.B230400,
}
_SOM, _REPLY = 0x53, 0x80


class SerialLine:
    """Never raises towards the library: what goes wrong is kept in ``lost`` for whoever drives the line."""

    def __init__(self, path: str, baud: int) -> None:
        """Raises OSError when the port cannot be opened."""
        self.id = 0
        self.lost: OSError | None = None
        self.heard: set[int] = set()
        """Addresses that answered since somebody last emptied it."""
        self._fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            _prepare(self._fd, baud)
        except OSError:
            os.close(self._fd)
            raise

    def read(self, max_bytes: int) -> bytes:
        try:
            came = os.read(self._fd, max_bytes)
        except BlockingIOError:
            return b""
        except OSError as error:
            self.lost = error
            return b""
        self._listen(came)
        return came

    def write(self, buf: bytes) -> int:
        try:
            return os.write(self._fd, buf)
        except BlockingIOError:
            return 0
        except OSError as error:
            self.lost = error
            return len(buf)

    def flush(self) -> None:
        with contextlib.suppress(OSError, termios.error):
            termios.tcflush(self._fd, termios.TCIFLUSH)

    def wait(self, seconds: float) -> None:
        """Until something comes, at most so long."""
        if self.lost is None:
            select.select([self._fd], [], [], seconds)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self._fd)

    def _listen(self, came: bytes) -> None:
        """A reply begins with SOM and the address with its highest bit set (OSDP 2.2, 5.9)."""
        begin = came.find(_SOM)
        while 0 <= begin < len(came) - 1:
            if came[begin + 1] & _REPLY:
                self.heard.add(came[begin + 1] & ~_REPLY)
            begin = came.find(_SOM, begin + 1)


def _prepare(fd: int, baud: int) -> None:
    """Raw, 8N1, at the line's speed."""
    try:
        tty.setraw(fd, termios.TCSANOW)
        attributes: list[Any] = termios.tcgetattr(fd)
        attributes[2] = (attributes[2] | termios.CLOCAL | termios.CREAD) & ~termios.CSTOPB
        attributes[4] = attributes[5] = _SPEEDS[baud]
        termios.tcsetattr(fd, termios.TCSANOW, attributes)
    except termios.error as error:
        raise OSError(errno.ENOTTY, f"it is no serial port that does {baud} baud") from error
