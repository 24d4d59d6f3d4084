"""Card numbers out of raw bits, as readers send them: Wiegand 26, 34 and 37 bits.

26 bits, H10301: even parity over bits 2–13, 8 bits facility, 16 bits number, odd parity over bits 14–25.
34 bits, H10306: the same with 16 bits facility and 16 bits number. 37 bits: H10304 with 16 bits facility and 19 bits
number, H10302 with 35 bits number and no facility; both have even parity over the first 18 bits after the leading one
and odd parity over the last 18 before the trailing one, so that the middle bit counts in both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


class CardError(ValueError):
    """What came is no card that can be read; in words."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Bits of facility and number between the two parity bits, and how many bits each parity is over."""

    facility: int
    number: int
    over: int


@dataclass(frozen=True, slots=True)
class Card:
    """A card that was read. Without a facility its format has none; ``raw`` is all bits in hexadecimal."""

    number: int
    facility: int | None
    bits: int
    raw: str


LAYOUTS: Final[Mapping[str, Layout]] = {
    "H10301": Layout(8, 16, 12),
    "H10306": Layout(16, 16, 16),
    "H10304": Layout(16, 19, 18),
    "H10302": Layout(0, 35, 18),
}
_BY_BITS: Final = {26: "H10301", 34: "H10306", 37: "H10304"}


def decode(data: bytes, bits: int, layout: str = "") -> Card:
    """``bits`` bits from the left of ``data``, as OSDP's osdp_RAW carries them (IEC 60839-11-5). A number of bits that
    is none of 26, 34 and 37 gives the bits themselves as the number. Raises CardError for wrong parity and for fewer
    bytes than bits."""
    if not 0 < bits <= len(data) * 8:
        raise CardError(f"{bits} bits are said and {len(data)} bytes came.")
    value = int.from_bytes(data, "big") >> (len(data) * 8 - bits)
    raw = f"{value:0{(bits + 3) // 4}x}"
    name = layout if layout and _length(LAYOUTS[layout]) == bits else _BY_BITS.get(bits)
    if name is None:
        return Card(value, None, bits, raw)
    shape = LAYOUTS[name]
    _check_parity(value, bits, shape)
    number = value >> 1 & (1 << shape.number) - 1
    facility = value >> 1 + shape.number & (1 << shape.facility) - 1 if shape.facility else None
    return Card(number, facility, bits, raw)


def encode(number: int, facility: int = 0, layout: str = "H10301") -> tuple[bytes, int]:
    """The bits of a card, and how many; the inverse of :func:`decode`. Raises CardError for numbers too large."""
    shape = LAYOUTS[layout]
    if not 0 <= number < 1 << shape.number or not 0 <= facility < 1 << shape.facility:
        raise CardError(f"{facility}:{number} does not fit into {layout}.")
    bits = _length(shape)
    middle = (facility << shape.number | number) << 1
    even = _first(middle, bits, shape).bit_count() % 2
    odd = (_last(middle, shape).bit_count() + 1) % 2
    value = even << bits - 1 | middle | odd
    size = (bits + 7) // 8
    return (value << size * 8 - bits).to_bytes(size, "big"), bits


def _length(shape: Layout) -> int:
    return shape.facility + shape.number + 2


def _first(value: int, bits: int, shape: Layout) -> int:
    return value >> bits - 1 - shape.over & (1 << shape.over) - 1


def _last(value: int, shape: Layout) -> int:
    return value >> 1 & (1 << shape.over) - 1


def _check_parity(value: int, bits: int, shape: Layout) -> None:
    even = (_first(value, bits, shape).bit_count() + (value >> bits - 1)) % 2
    odd = (_last(value, shape).bit_count() + value % 2) % 2
    if even != 0 or odd != 1:
        raise CardError(f"A card of {bits} bits came with wrong parity: read again, or another format.")
