"""Where one message ends and the next begins on a stream (RFC 6587): counted octets or a line feed.

Which of the two is decided per connection, by its first bytes: ``<length> <PRI>…`` is counted, anything else is lines.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

_COUNT: Final = re.compile(rb"[\n\r\0]*([1-9]\d{0,8}) ")
_COUNTED_START: Final = re.compile(rb"[1-9]\d{0,8} <")
_PERHAPS_COUNTED: Final = re.compile(rb"[\n\r\0]*(?:[1-9]\d{0,8} ?)?")


class Frame(NamedTuple):
    """One message off the stream, and what must be said about it."""

    raw: bytes
    note: dict[str, Any] | None = None
    whole: bool = True
    """False when the connection ended within the message: it must not be taken for what it says."""


class Framing:
    """The state of one connection. A message longer than ``limit`` is cut, and the connection goes on."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._counted: bool | None = None
        self._rest = b""
        """What has arrived of the unfinished message, up to the limit."""
        self._dropped = 0
        """Bytes of the unfinished message beyond the limit, of which only the number is remembered."""
        self._expected = 0
        """Length of the counted message that is arriving; 0 while a count comes next."""

    def feed(self, chunk: bytes) -> list[Frame]:
        """The messages that ``chunk`` completes."""
        if self._counted is None:
            chunk, self._rest = self._rest + chunk, b""
            self._counted = _detected(chunk)
        if self._counted is None:
            self._rest = chunk
            return []
        return self._feed_counted(chunk) if self._counted else self._feed_lines(chunk)

    def finish(self, *, orderly: bool) -> Frame | None:
        """What was left when the connection ended. A last line without its line feed is a message when the sender
        closed in good order; what broke off, or is shorter than its count, is kept but not believed.
        """
        raw, length, self._rest = self._rest, len(self._rest) + self._dropped, b""
        if not raw:
            return None
        if orderly and not self._counted:
            return _frame(raw, length, self._limit)
        note = (
            {"partial_bytes": length, "expected_bytes": self._expected} if self._expected else {"partial_bytes": length}
        )
        return Frame(raw, note, whole=False)

    def _feed_lines(self, chunk: bytes) -> list[Frame]:
        first, *others = chunk.split(b"\n")
        joined = self._rest + first
        if not others:
            self._keep(joined)
            return []
        frames = [_frame(joined, len(joined) + self._dropped, self._limit)]
        self._dropped = 0
        self._keep(others.pop())
        frames += [_frame(line, len(line), self._limit) for line in others]
        return [frame for frame in frames if frame.raw]

    def _feed_counted(self, chunk: bytes) -> list[Frame]:
        buffer, place = self._rest + chunk, 0
        frames: list[Frame] = []
        while place < len(buffer):
            if not self._expected:
                count = _COUNT.match(buffer, place)
                if not count:
                    return frames + self._uncounted(buffer[place:])
                place, self._expected = count.end(), int(count[1])
            end = place + self._expected - self._dropped
            if end > len(buffer):
                break
            frames.append(_frame(buffer[place:end], self._expected, self._limit))
            place, self._expected, self._dropped = end, 0, 0
        self._keep(buffer[place:])
        return frames

    def _uncounted(self, rest: bytes) -> list[Frame]:
        """No count where one should be: the start of one, or a sender that went on in lines."""
        if _PERHAPS_COUNTED.fullmatch(rest):
            self._rest = rest
            return []
        self._counted, self._rest = False, b""
        return self._feed_lines(rest)

    def _keep(self, unfinished: bytes) -> None:
        self._rest = unfinished[: self._limit]
        self._dropped += len(unfinished) - len(self._rest)


def _detected(start: bytes) -> bool | None:
    """Whether these first bytes are counted; nothing while there are too few to say."""
    if _COUNTED_START.match(start):
        return True
    return None if _PERHAPS_COUNTED.fullmatch(start) else False


def _frame(raw: bytes, length: int, limit: int) -> Frame:
    if length > limit:
        return Frame(raw[:limit], {"cut_from_bytes": length})
    return Frame(raw.rstrip(b"\r\n\0"))
