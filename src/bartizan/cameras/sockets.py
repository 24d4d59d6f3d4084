"""The coded pictures of a worker's cameras for whoever connects: one unix socket a camera.

A reader gets one JSON line, then packets (4 bytes length, 8 bytes microseconds since 1970, 1 byte flags, Annex B),
beginning at the last key picture.
"""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import os
import selectors
import socket
import struct
import threading
from collections import deque
from pathlib import Path
from typing import Final

from bartizan.connectors.rtsp.stream import Stream, Taken

log = logging.getLogger(__name__)
_HEAD: Final = struct.Struct(">IQB")
_MOST_HELD: Final = 16 * 1024 * 1024
"""Of one group of pictures; a camera that sends no key picture for long is not held in memory whole."""
_MOST_WAITING: Final = _MOST_HELD + 8 * 1024 * 1024
"""For one reader: who comes gets the whole group at once."""


class Channel:
    """A camera's own stream: what it is, and its pictures since the last key picture."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.readers: set[_Reader] = set()
        self._about = b""
        self._group: deque[Taken] = deque()
        self._bytes = 0

    def opened(self, stream: Stream) -> None:
        about = {
            "codec": stream.codec, "width": stream.width, "height": stream.height,
            "extradata": base64.b64encode(stream.extradata).decode(),
        }  # fmt: skip
        with self.lock:
            changed, self._about = self._about, json.dumps(about).encode() + b"\n"
            self._group.clear()
            self._bytes = 0
            if changed and changed != self._about:  # a reader's decoder was told of another picture
                for reader in self.readers:
                    reader.is_gone = True

    def take(self, taken: Taken) -> None:
        """Called for every packet; costs next to nothing while nobody reads."""
        with self.lock:
            if taken.is_key:
                self._group.clear()
                self._bytes = 0
            self._bytes += taken.packet.size
            if self._group or taken.is_key:
                self._group.append(taken)
            if self._bytes > _MOST_HELD:  # with a hole in it nobody could show it
                self._group.clear()
            if self.readers:
                self._hand_on(taken)

    def _hand_on(self, taken: Taken) -> None:
        frame = _framed(taken)
        for reader in self.readers:
            reader.is_begun = reader.is_begun or taken.is_key
            if reader.is_begun:
                reader.put(frame)

    def join(self, reader: _Reader) -> None:
        """While the stream was never open the reader is let go: it tries again later."""
        with self.lock:
            if not self._about:
                reader.is_gone = True
                return
            reader.put(self._about)
            for taken in self._group:
                reader.put(_framed(taken))
            reader.is_begun = bool(self._group)
            self.readers.add(reader)

    def leave(self, reader: _Reader) -> None:
        with self.lock:
            self.readers.discard(reader)


def _framed(taken: Taken) -> bytes:
    content = bytes(taken.packet)
    return _HEAD.pack(len(content), int(taken.at * 1_000_000), int(taken.is_key)) + content


class _Reader:
    """One connection. ``put`` is called from the camera's thread, the rest from the sockets' own."""

    def __init__(self, connection: socket.socket, channel: Channel, wake: int) -> None:
        self.connection, self.channel, self._wake = connection, channel, wake
        self.is_gone = False
        self.is_begun = False
        """A key picture was sent: from then on every other one is of use."""
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._lock = threading.Lock()

    def put(self, content: bytes) -> None:
        with self._lock:
            self._waiting.append(content)
            self._bytes += len(content)
            if self._bytes > _MOST_WAITING:
                self.is_gone = True
        _nudge(self._wake)

    def send(self) -> bool:
        """As much as goes; whether something is left."""
        while True:
            with self._lock:
                if not self._waiting:
                    return False
                content = self._waiting[0]
            try:
                sent = self.connection.send(content)
            except BlockingIOError:
                return True
            except OSError:
                self.is_gone = True
                return False
            with self._lock:
                self._bytes -= sent
                if sent == len(content):
                    self._waiting.popleft()
                else:
                    self._waiting[0] = content[sent:]

    def close(self) -> None:
        self.channel.leave(self)
        self.connection.close()


def _nudge(pipe: int) -> None:
    with contextlib.suppress(BlockingIOError):  # a full pipe wakes as well
        os.write(pipe, b"\0")


class Sockets:
    """One thread serves them all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._selector = selectors.DefaultSelector()
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._woken, False)
        os.set_blocking(self._wake, False)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._readers: set[_Reader] = set()
        self._listening: dict[str, socket.socket] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="sockets", daemon=True)
        self._thread.start()

    def offer(self, code: str, channel: Channel) -> None:
        """Listen for a camera."""
        path = self.folder / f"{code}.sock"
        path.unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listening.bind(str(path))
        path.chmod(0o600)
        listening.listen(64)
        listening.setblocking(False)
        with self._lock:
            self._listening[code] = listening
            self._selector.register(listening, selectors.EVENT_READ, channel)
        _nudge(self._wake)

    def withdraw(self, code: str) -> None:
        with self._lock:
            listening = self._listening.pop(code, None)
            if listening is not None:
                channel = self._selector.unregister(listening).data
                listening.close()
                (self.folder / f"{code}.sock").unlink(missing_ok=True)
                for reader in list(self._readers):
                    if reader.channel is channel:  # nothing will come for it any more: it connects again
                        reader.is_gone = True
        _nudge(self._wake)

    def close(self) -> None:
        self._stopping.set()
        _nudge(self._wake)
        self._thread.join()
        for code in list(self._listening):
            self.withdraw(code)
        for reader in list(self._readers):
            self._drop(reader)

    def _serve(self) -> None:
        while not self._stopping.is_set():
            for key, _ in self._selector.select(5.0):
                self._answer(key)
            for reader in list(self._readers):
                self._care(reader)

    def _answer(self, key: selectors.SelectorKey) -> None:
        if key.fd == self._woken:
            with contextlib.suppress(BlockingIOError):
                os.read(self._woken, 65_536)
        elif isinstance(key.data, _Reader):
            self._hear(key.data)
        else:
            self._accept(key)

    def _accept(self, key: selectors.SelectorKey) -> None:
        assert isinstance(key.fileobj, socket.socket)
        try:
            connection, _ = key.fileobj.accept()
        except OSError:  # withdrawn meanwhile, or the other side is gone already
            return
        connection.setblocking(False)
        reader = _Reader(connection, key.data, self._wake)
        reader.channel.join(reader)
        with self._lock:
            self._selector.register(connection, selectors.EVENT_READ, reader)
        self._readers.add(reader)

    def _hear(self, reader: _Reader) -> None:
        try:
            said = reader.connection.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            said = b""
        if not said:
            reader.is_gone = True

    def _care(self, reader: _Reader) -> None:
        if not reader.is_gone:
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if reader.send() else 0)
            if self._selector.get_key(reader.connection).events != events:
                self._selector.modify(reader.connection, events, reader)
        if reader.is_gone:
            self._drop(reader)

    def _drop(self, reader: _Reader) -> None:
        self._readers.discard(reader)
        with self._lock:
            self._selector.unregister(reader.connection)
        reader.close()
