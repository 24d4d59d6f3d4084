"""PINs: kept as a slow digest; one more in the last digit opens as well and calls for help without a sign."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from typing import Final, Literal

_PIN: Final = re.compile(r"[0-9]{4,8}")
_COST: Final = 2048
"""scrypt N (RFC 7914) with r = 8: about 4 ms. A PIN of four digits has ten thousand values: no cost hides them from
whoever holds the table, so the table's file is kept from others; the cost only keeps the same PIN of two people from
being seen."""

Answer = Literal["right", "duress", "wrong", "none"]


class PinError(ValueError):
    """It cannot be a PIN; in words."""


def hash_pin(pin: str, salt: bytes | None = None) -> str:
    """``scrypt$N$salt$digest``. Raises PinError for anything but four to eight digits."""
    if not _PIN.fullmatch(pin):
        raise PinError("A PIN has four to eight digits.")
    salt = os.urandom(12) if salt is None else salt
    return f"scrypt${_COST}${salt.hex()}${_digest(pin, salt, _COST).hex()}"


def duress_of(pin: str) -> str:
    """What its holder types when forced to: the last digit one higher, 9 becomes 0."""
    return pin[:-1] + str((int(pin[-1]) + 1) % 10)


def answer_of(kept: str, typed: str | None) -> Answer:
    """What ``typed`` is to the PIN that is ``kept``. ``none``: nothing was typed, or no PIN is kept."""
    if not kept or typed is None:
        return "none"
    if not _PIN.fullmatch(typed):
        return "wrong"
    if _is(kept, typed):
        return "right"
    before = typed[:-1] + str((int(typed[-1]) - 1) % 10)
    return "duress" if _is(kept, before) else "wrong"


def _is(kept: str, pin: str) -> bool:
    kind, cost, salt, digest = kept.split("$")
    if kind != "scrypt":
        raise PinError(f"A PIN is kept as {kind}, which this version cannot check; set it anew.")
    return hmac.compare_digest(_digest(pin, bytes.fromhex(salt), int(cost)).hex(), digest)


def _digest(pin: str, salt: bytes, cost: int) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=cost, r=8, p=1, dklen=24)
