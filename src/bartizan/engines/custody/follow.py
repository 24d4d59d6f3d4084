"""What a chain that is whole may still show: a seal that differs, a time when nobody is known to have held it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from bartizan.engines.custody.link import Link
from bartizan.engines.custody.verify import Fault


def seal_breaks(links: Iterable[Link]) -> list[Fault]:
    """Of one exhibit, in order: each seal found must be the one that was left, and whole."""
    found, left = [], ""
    for link in links:
        if left and link.seal_state and link.seal_found != left:
            read = link.seal_found or "none"
            words = f"{link.exhibit}: the seal read at step {link.step} is {read}, the record says {left}."
            found.append(Fault("seal", words, link.number, link.exhibit))
        elif link.seal_state == "broken":
            words = f"{link.exhibit}: the seal {link.seal_found} was broken at step {link.step}."
            found.append(Fault("seal", words, link.number, link.exhibit))
        left = link.seal_left
    return found


def gaps(links: Sequence[Link]) -> list[Fault]:
    """Of one exhibit, in order: whoever gives it must be who took it, and no step lies before the one before it."""
    found = []
    for before, link in pairwise(links):
        if (link.giver_ref or link.giver) != (before.taker_ref or before.taker):
            words = f"{link.exhibit}: at step {link.step} {link.giver} gave what {before.taker} had."
            found.append(Fault("gap", words, link.number, link.exhibit))
        if link.at < before.at:
            words = f"{link.exhibit}: step {link.step} lies before step {before.step}."
            found.append(Fault("gap", words, link.number, link.exhibit))
    return found
