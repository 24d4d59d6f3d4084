"""Everything that a case keeps of its custody, and the whole examination of it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bartizan.engines.custody.link import Link
from bartizan.engines.custody.stamp import StampError, read_token
from bartizan.engines.custody.verify import Anchor, Exhibit, Fault, verify


@dataclass(frozen=True, slots=True)
class Head:
    """How many links and time stamps the case has and its last digest, sealed under the installation's key."""

    number: int
    digest: str
    stamps: int
    is_practice: bool
    seal: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """An RFC 3161 time stamp of the chain as it was with ``number`` links."""

    number: int
    digest: str
    """Of that link."""
    at: datetime
    """The time in the token."""
    token: bytes
    """The authority's whole answer, DER."""
    trusted: str
    """The certificates, PEM, that were trusted when it came: it can be verified when the setting has changed."""
    seal: str


@dataclass(frozen=True, slots=True)
class Book:
    case: str
    links: Sequence[Link]
    exhibits: Sequence[Exhibit]
    head: Head | None
    """None: it is not there."""
    stamps: Sequence[Stamp] = ()
    noted: Sequence[Anchor] = ()
    """What else knows the chain: the audit, a printed label, a packet that left the house."""


def seal_of_head(key: bytes, case: str, number: int, digest: str, stamps: int, *, is_practice: bool) -> str:
    """HMAC-SHA256 (RFC 2104): cutting off the end, or taking away a time stamp, needs the key."""
    kind = "practice" if is_practice else "custody"
    return _mac(key, f"{kind} head {case} {number} {digest} {stamps}")


def seal_of_stamp(key: bytes, case: str, stamp: Stamp) -> str:
    """Over all that is kept of a time stamp: some bytes of a token, such as its status text, nobody else signs."""
    parts = (hashlib.sha256(stamp.token).hexdigest(), hashlib.sha256(stamp.trusted.encode()).hexdigest())
    return _mac(key, f"custody stamp {case} {stamp.number} {stamp.digest} {stamp.at.timestamp():.6f} {' '.join(parts)}")


def _mac(key: bytes, words: str) -> str:
    return hmac.new(key, words.encode(), "sha256").hexdigest()


def examine(book: Book, key: bytes) -> list[Fault]:
    """Every fault of a case's custody: head, time stamps, chain, descriptions, contents. ``key``: 32 bytes."""
    if book.head is None:
        return _without_head(book)
    head = book.head
    sealed = seal_of_head(key, book.case, head.number, head.digest, head.stamps, is_practice=head.is_practice)
    faults: list[Fault] = []
    if not hmac.compare_digest(sealed, head.seal):
        faults.append(Fault("chain", "The record of how long the chain is was edited."))
    if len(book.stamps) != head.stamps:
        words = f"There are {len(book.stamps)} time stamps and should be {head.stamps}: one was removed or put in."
        faults.append(Fault("stamp", words))
    faults += _stamps(book, key)
    anchors = [Anchor(head.number, head.digest, "the sealed head"), *book.noted]
    anchors += [Anchor(s.number, s.digest, f"the time stamp of {s.at:%d %b %Y %H:%M} UTC") for s in book.stamps]
    wrong = [link for link in book.links if link.case != book.case][:1]
    faults += [Fault("chain", f"Link {link.number} belongs to case {link.case}.", link.number) for link in wrong]
    return faults + verify(book.links, book.exhibits, anchors)


def _without_head(book: Book) -> list[Fault]:
    if not (book.links or book.exhibits or book.noted):
        return []
    return [
        Fault("chain", "The record of how long the chain is has been removed."),
        *verify(book.links, book.exhibits, list(book.noted)),
    ]


def _stamps(book: Book, key: bytes) -> Iterator[Fault]:
    for stamp in book.stamps:
        if not hmac.compare_digest(seal_of_stamp(key, book.case, stamp), stamp.seal):
            yield Fault("stamp", f"The time stamp at link {stamp.number} was edited.", stamp.number)
        try:
            stamped = read_token(stamp.token, book.case, stamp.number, stamp.digest, stamp.trusted)
        except StampError as error:
            yield Fault("stamp", f"The time stamp at link {stamp.number} does not hold: {error}", stamp.number)
            continue
        if stamped.at != stamp.at:
            words = f"The time stamp at link {stamp.number} says {stamped.at:%d %b %Y %H:%M:%S} UTC, not what is shown."
            yield Fault("stamp", words, stamp.number)
