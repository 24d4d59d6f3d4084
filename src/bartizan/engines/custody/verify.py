"""Whether a case's chain of custody is as it was written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bartizan.engines.custody.link import FIRST, Link, link_digest

TAKEN_IN = "taken in"


@dataclass(frozen=True, slots=True)
class Now:
    """How an exhibit stands, as its row says; each of it must be what its last link says."""

    holder: str
    holder_ref: str
    place: str
    seal: str
    steps: int


@dataclass(frozen=True, slots=True)
class Exhibit:
    """An exhibit as its row stands now."""

    number: str
    record: str
    """``record_digest`` of the description as it stands now."""
    content: str
    """SHA-256 that the row gives; empty for a thing."""
    now: Now
    found: str | None = None
    """SHA-256 of the content as it was read just now; empty: it is not there; None: nobody read it."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """What somebody else noted of the chain: its ``number``-th link had this digest."""

    number: int
    digest: str
    origin: str
    """Who noted it, as the sentence about a fault says it: ``the audit of 17 Nov 2026 20:12 UTC``."""


@dataclass(frozen=True, slots=True)
class Fault:
    kind: str
    """``chain``, ``content`` or ``stamp``."""
    words: str
    number: int = 0
    """Of the link; none: it is about the whole or about an exhibit."""
    exhibit: str = ""


def verify(links: Sequence[Link], exhibits: Sequence[Exhibit], anchors: Sequence[Anchor]) -> list[Fault]:
    """Every edit, deletion, insertion, change of order and cut that links, exhibits and anchors show.

    ``links``: all of one case in the order in which they are kept. ``anchors``: at least the sealed head, by which a
    chain whose end was cut off, or that was computed anew as a whole, is found. Nothing found: an empty list.
    """
    return [*_chain(links), *_exhibits(links, exhibits), *_anchored(links, anchors)]


def _chain(links: Sequence[Link]) -> Iterator[Fault]:
    last, wanted, case = FIRST, 1, links[0].case if links else ""
    steps: dict[str, int] = defaultdict(int)
    for link in links:
        if link.number != wanted:
            yield Fault("chain", _out_of_turn(wanted, link.number), link.number, link.exhibit)
        if link_digest(link) != link.digest:
            yield Fault("chain", f"Link {link.number} was edited: {_told(link)}.", link.number, link.exhibit)
        if link.previous != last:
            words = f"Link {link.number} does not follow the one before it: one was removed, put in or moved."
            yield Fault("chain", words, link.number, link.exhibit)
        steps[link.exhibit] += 1
        if link.case != case or link.step != steps[link.exhibit]:
            yield Fault(
                "chain", f"Link {link.number} is not step {link.step} of its exhibit.", link.number, link.exhibit
            )
        last, wanted = link.digest, link.number + 1


def _out_of_turn(wanted: int, found: int) -> str:
    if found < wanted:
        return f"Link {found} stands where link {wanted} belongs."
    return f"Link {wanted} is missing." if found == wanted + 1 else f"Links {wanted} to {found - 1} are missing."


def _told(link: Link) -> str:
    return f"it says that {link.exhibit} was {link.deed} on {link.at:%d %b %Y %H:%M} {link.at:%Z}".rstrip()


def _exhibits(links: Sequence[Link], exhibits: Sequence[Exhibit]) -> Iterator[Fault]:
    own: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        own[link.exhibit].append(link)
    for number in sorted(own.keys() - {each.number for each in exhibits}):
        yield Fault("chain", f"{number} has links and no record: its record was removed.", exhibit=number)
    if len({each.number for each in exhibits}) != len(exhibits):
        yield Fault("chain", "Two exhibits have the same number: one was put in.")
    for exhibit in exhibits:
        yield from _exhibit(exhibit, own[exhibit.number])


def _exhibit(exhibit: Exhibit, links: Sequence[Link]) -> Iterator[Fault]:
    number = exhibit.number
    if not links or links[0].deed != TAKEN_IN:
        yield Fault(
            "chain", f"{number} was never taken in: its record was put in, or its first link removed.", 0, number
        )
        return
    if any(link.record != exhibit.record for link in links):
        yield Fault("chain", f"The description of {number} is not the one that was taken in.", exhibit=number)
    if any(link.content != exhibit.content for link in links):
        yield Fault("content", f"The SHA-256 on record of {number} is not the one that was taken in.", exhibit=number)
    last = links[-1]
    if exhibit.now != Now(last.taker, last.taker_ref, last.place, last.seal_left, last.step):
        words = (
            f"The record of {number} says otherwise than its last link who holds it, where it is or which seal it has."
        )
        yield Fault("chain", words, last.number, number)
    if exhibit.found is not None and exhibit.found != links[0].content:
        words = f"has changed: its SHA-256 is {exhibit.found}" if exhibit.found else "is not there or cannot be read"
        yield Fault("content", f"The content of {number} {words}; it was {links[0].content} when taken in.", 0, number)


def _anchored(links: Sequence[Link], anchors: Sequence[Anchor]) -> Iterator[Fault]:
    for anchor in anchors:
        if anchor.number > len(links):
            words = f"The chain has {len(links)} links, and {anchor.origin} knows {anchor.number}: its end was cut off."
            yield Fault("chain", words, anchor.number)
        elif anchor.number and links[anchor.number - 1].digest != anchor.digest:
            words = f"Link {anchor.number} is not the one that {anchor.origin} knows: the chain was written anew."
            yield Fault("chain", words, anchor.number, links[anchor.number - 1].exhibit)
    if anchors and max(anchor.number for anchor in anchors) < len(links):
        most = max(anchor.number for anchor in anchors)
        yield Fault("chain", f"Nobody knows of the links after {most}: they were put in.", most + 1)
