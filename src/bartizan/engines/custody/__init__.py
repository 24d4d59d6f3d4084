"""Custody of evidence: a chain of links from hand to hand in which no change can hide.

Pure: links, exhibits and anchors in, faults out. What each must hold follows ISO/IEC 27037:2012, clause 6.1: a unique
identity for every item, who had access to it and when and where, who checked it in and out and why, and any change that
could not be avoided with who is responsible for it.
"""

from bartizan.engines.custody.book import Book, Head, Stamp, examine, seal_of_head, seal_of_stamp
from bartizan.engines.custody.follow import gaps, seal_breaks
from bartizan.engines.custody.link import FIRST, Link, Signature, canonical, link_digest, record_digest
from bartizan.engines.custody.stamp import Stamped, StampError, read_token, request_for
from bartizan.engines.custody.verify import Anchor, Exhibit, Fault, Now, verify

__all__ = [
    "FIRST",
    "Anchor",
    "Book",
    "Exhibit",
    "Fault",
    "Head",
    "Link",
    "Now",
    "Signature",
    "Stamp",
    "StampError",
    "Stamped",
    "canonical",
    "examine",
    "gaps",
    "link_digest",
    "read_token",
    "record_digest",
    "request_for",
    "seal_breaks",
    "seal_of_head",
    "seal_of_stamp",
    "verify",
]
