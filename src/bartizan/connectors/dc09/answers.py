"""What a receiver answers (DC-09, 5.5.2): ACK, NAK with the right time, DUH."""

from __future__ import annotations

from datetime import datetime

from siadc09.account import Account
from siadc09.message import AckMessage, NakMessage
from siadc09.util import crc


def framed(body: bytes) -> bytes:
    return b"\n%04X0%03X" % (crc(body), len(body)) + body + b"\r"


def is_whole(frame: bytes) -> bool:
    """Whether sum and length are those that were sent (DC-09, 5.4): what came is then what was sent."""
    return framed(frame[9:-1]) == frame[:9].upper() + frame[9:]


def ack(frame: bytes, key: bytes | None, now: datetime) -> bytes:
    """The sender's own sequence, receiver, prefix and account come back as they were written: a panel compares them."""
    if key is None:
        return framed(b'"ACK"' + _head(frame) + b"[]")
    sealed = AckMessage(Account(key=key), timestamp=now, encrypted=True).pack_body_encrypted()
    return framed(b'"*ACK"' + _head(frame) + b"[" + sealed)


def nak(now: datetime) -> bytes:
    """Asks for the message again and tells the right time."""
    return bytes(NakMessage(timestamp=now).encode())


def duh(frame: bytes) -> bytes:
    """Received, and nothing can be done with it: sending it again makes no difference."""
    return framed(b'"DUH"' + _head(frame) + b"[]")


def account_of(frame: bytes) -> str:
    """The account as its panel writes it, such as 0815; empty where the frame has none."""
    _, _, rest = frame.partition(b"#")
    return rest.partition(b"[")[0].decode("ascii", "replace").upper()


def _head(frame: bytes) -> bytes:
    """From behind the token to the bracket: sequence, receiver, prefix, account."""
    return frame[9:].partition(b'"')[2].partition(b'"')[2].partition(b"[")[0]
