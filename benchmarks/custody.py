"""How many random tampers with a case's evidence are found: any field, link, exhibit, content, head or time stamp.

python -m benchmarks.custody --json

Half of the edits are made by somebody who knows the format and computes every later digest anew; who has not the key.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bartizan.engines import custody
from bartizan.engines.custody import Book, Exhibit, Head, Link, Now, Signature, Stamp
from benchmarks.report import Figure, report
from tests.authority import Authority

KEY = bytes(range(32))
CASE = "2026-041"
BEGAN = datetime(2026, 11, 16, 22, 10, tzinfo=UTC)
DEEDS = ("sealed", "seal read", "handed over", "returned", "looked at")
PEOPLE = ("Aisha Bakker", "Saskia Amrani", "Jonas Lund", "R. Mulder, police laboratory")


@dataclass(frozen=True, slots=True)
class Kept:
    """A case's book and the contents in its vault."""

    book: Book
    contents: dict[str, bytes]


def tampers_found(tries: int = 1000, seed: int = 20261128) -> tuple[int, int]:
    """Of ``tries`` random tampers, how many were found, and how many were made; each on a whole chain."""
    rng = Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(Path(folder))
        books = [kept(rng, authority if n % 4 else None) for n in range(12)]
    assert all(not faults(each) for each in books), "a chain that nobody touched is called whole"
    found = 0
    for number in range(tries):
        before = rng.choice(books)
        after = TAMPERS[number % len(TAMPERS)](before, rng)
        while after == before:  # such as two that were exchanged and are alike
            after = TAMPERS[number % len(TAMPERS)](before, rng)
        found += bool(faults(after))
    return found, tries


def faults(one: Kept) -> list[custody.Fault]:
    """What an examination says, with every content read."""
    read = {number: hashlib.sha256(content).hexdigest() for number, content in one.contents.items()}
    exhibits = [replace(each, found=read.get(each.number, "")) if each.content else each for each in one.book.exhibits]
    return custody.examine(replace(one.book, exhibits=exhibits), KEY)


# -- a case's custody


def kept(rng: Random, authority: Authority | None) -> Kept:
    """A whole one with two to six exhibits; with a time stamp where there is an ``authority``."""
    count = rng.randint(2, 6)
    numbers = [f"E-{n:02d}" for n in range(1, count + 1)]
    contents = {number: rng.randbytes(rng.randint(40, 400)) for number in numbers if rng.random() < 0.7}
    records = {number: custody.record_digest({"number": number, "name": f"Thing {number}"}) for number in numbers}
    links: list[Link] = []
    turns = [*numbers, *(rng.choice(numbers) for _ in range(rng.randint(6, 30)))]
    for number in turns:
        content = hashlib.sha256(contents[number]).hexdigest() if number in contents else ""
        links.append(_link(links, number, content, records[number], rng))
    last = {number: [link for link in links if link.exhibit == number][-1] for number in numbers}
    exhibits = [Exhibit(n, records[n], last[n].content, _now(last[n])) for n in numbers]
    stamps = [_stamp(authority, links[-1])] if authority else []
    seal = custody.seal_of_head(KEY, CASE, len(links), links[-1].digest, len(stamps), is_practice=False)
    return Kept(
        Book(CASE, links, exhibits, Head(len(links), links[-1].digest, len(stamps), False, seal), stamps), contents
    )


def _now(link: Link) -> Now:
    return Now(link.taker, link.taker_ref, link.place, link.seal_left, link.step)


def _link(before: list[Link], number: str, content: str, record: str, rng: Random) -> Link:
    own = [link for link in before if link.exhibit == number]
    giver = own[-1].taker if own else "the finder"
    at = BEGAN + timedelta(minutes=7 * len(before), seconds=rng.randint(0, 59))
    taker = rng.choice(PEOPLE)
    seal = f"S-{20870 + rng.randint(0, 9)}"
    signed = (
        Signature("gives", giver, "", "paper", f"R-{rng.randint(100, 999)}", "warrant card 4711", at),
        Signature("takes", taker, f"officer:{taker[:1].lower()}", "password", "", "", at + timedelta(seconds=20)),
    )
    link = Link(
        CASE, len(before) + 1, number, len(own) + 1, rng.choice(DEEDS) if own else "taken in", at,
        at + timedelta(minutes=1), giver, "", taker, f"officer:{taker[:1].lower()}", f"shelf {rng.randint(1, 9)}",
        "to keep it safe", "by hand", "whole", seal, seal, "none", "nobody", content, record, signed,
        before[-1].digest if before else custody.FIRST, "",
    )  # fmt: skip
    return replace(link, digest=custody.link_digest(link))


def _stamp(authority: Authority, link: Link) -> Stamp:
    token = authority.answer(custody.request_for(CASE, link.number, link.digest))
    roots = authority.root.read_text()
    at = custody.read_token(token, CASE, link.number, link.digest, roots).at
    made = Stamp(link.number, link.digest, at, token, roots, "")
    return replace(made, seal=custody.seal_of_stamp(KEY, CASE, made))


# -- what somebody may do to it

Tamper = Callable[[Kept, Random], Kept]
TEXTS = (
    "exhibit", "deed", "giver", "giver_ref", "taker", "taker_ref", "place", "why", "how", "seal_state", "seal_found",
    "seal_left", "changes", "changes_by", "content", "record", "previous", "digest", "case",
)  # fmt: skip


def _with(one: Kept, **parts: Any) -> Kept:
    return replace(one, book=replace(one.book, **parts))


def _edited(link: Link, rng: Random) -> Link:
    """One field, a signature's included, as somebody would rather have it."""
    what = rng.choice((*TEXTS, "number", "step", "at", "written_at", "signature", "signature"))
    if what in ("number", "step"):
        return replace(link, **{what: getattr(link, what) + rng.choice((-1, 1, 7))})
    if what in ("at", "written_at"):
        return replace(link, **{what: getattr(link, what) + timedelta(microseconds=rng.choice((-1, 1, 60_000_000)))})
    if what == "signature":
        return replace(link, signatures=_signed(link.signatures, rng))
    return replace(link, **{what: _other(getattr(link, what), rng)})


def _signed(signatures: tuple[Signature, ...], rng: Random) -> tuple[Signature, ...]:
    at = rng.randrange(len(signatures))
    if rng.random() < 0.3:
        return signatures[:at] + signatures[at + 1 :]
    name = rng.choice(("part", "name", "who", "way", "reference", "shown"))
    changed = replace(signatures[at], **{name: _other(getattr(signatures[at], name), rng)})
    return (*signatures[:at], changed, *signatures[at + 1 :])


def _other(text: str, rng: Random) -> str:
    if not text:
        return "x"
    at = rng.randrange(len(text))
    return text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]


def _anew(links: list[Link]) -> list[Link]:
    """Numbers, steps and digests as they must be, computed by somebody who knows how."""
    made: list[Link] = []
    steps: dict[str, int] = {}
    for link in links:
        steps[link.exhibit] = steps.get(link.exhibit, 0) + 1
        before = made[-1].digest if made else custody.FIRST
        right = replace(link, number=len(made) + 1, step=steps[link.exhibit], previous=before)
        made.append(replace(right, digest=custody.link_digest(right)))
    return made


def _links(change: Callable[[list[Link], Random], list[Link]]) -> Tamper:
    def tamper(one: Kept, rng: Random) -> Kept:
        links = change(list(one.book.links), rng)
        return _with(one, links=_anew(links) if rng.random() < 0.5 else links)

    return tamper


def _edit(links: list[Link], rng: Random) -> list[Link]:
    at = rng.randrange(len(links))
    return [*links[:at], _edited(links[at], rng), *links[at + 1 :]]


def _delete(links: list[Link], rng: Random) -> list[Link]:
    at = rng.randrange(len(links))
    return links[:at] + links[at + 1 :]


def _insert(links: list[Link], rng: Random) -> list[Link]:
    at = rng.randrange(len(links) + 1)
    return [*links[:at], _edited(rng.choice(links), rng), *links[at:]]


def _swap(links: list[Link], rng: Random) -> list[Link]:
    one, other = rng.sample(range(len(links)), 2)
    links[one], links[other] = links[other], links[one]
    return links


def _truncate(links: list[Link], rng: Random) -> list[Link]:
    return links[: rng.randrange(len(links))]


def _truncate_and_set_back(one: Kept, rng: Random) -> Kept:
    """The end is cut off, and the head and the exhibits' rows are made to fit."""
    links = _truncate(list(one.book.links), rng)
    last = {link.exhibit: link for link in links}
    exhibits = [replace(e, now=_now(last[e.number])) for e in one.book.exhibits if e.number in last]
    assert one.book.head
    head = replace(one.book.head, number=len(links), digest=links[-1].digest if links else custody.FIRST)
    return _with(one, links=links, exhibits=exhibits, head=head)


def _content(one: Kept, rng: Random) -> Kept:
    """A bit of a content is turned, or all of it goes."""
    if not one.contents:
        return _row(one, rng)
    number = rng.choice(sorted(one.contents))
    content = bytearray(one.contents[number])
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    left = {n: c for n, c in one.contents.items() if n != number}
    return replace(one, contents=left if rng.random() < 0.1 else left | {number: bytes(content)})


def _row(one: Kept, rng: Random) -> Kept:
    """An exhibit's own row is changed, put in or taken away."""
    exhibits = list(one.book.exhibits)
    at = rng.randrange(len(exhibits))
    row, what = exhibits[at], rng.choice(("number", "record", "content", "holder", "place", "seal", "gone", "new"))
    if what == "gone":
        return _with(one, exhibits=exhibits[:at] + exhibits[at + 1 :])
    if what == "new":
        return _with(one, exhibits=[*exhibits, replace(row, number=f"E-{len(exhibits) + 1:02d}")])
    if what in ("holder", "place", "seal"):
        changed = replace(row, now=replace(row.now, **{what: _other(getattr(row.now, what), rng)}))
    else:
        changed = replace(row, **{what: _other(getattr(row, what), rng)})
    return _with(one, exhibits=[*exhibits[:at], changed, *exhibits[at + 1 :]])


def _stamped(one: Kept, rng: Random) -> Kept:
    """A time stamp is changed in any of its parts, or goes; where there is none, one is put in."""
    if not one.book.stamps:
        assert one.book.head
        return _with(one, head=replace(one.book.head, stamps=1 + rng.randrange(3)))
    stamp, what = (
        one.book.stamps[0],
        rng.choice(("token", "token", "token", "at", "number", "digest", "trusted", "gone")),
    )
    if what == "gone":
        return _with(one, stamps=[])
    token = bytearray(stamp.token)
    token[rng.randrange(len(token))] ^= 1 << rng.randrange(8)
    at, digest, trusted = stamp.at - timedelta(hours=1), _other(stamp.digest, rng), _other(stamp.trusted, rng)
    told = {"token": bytes(token), "at": at, "number": stamp.number - 1, "digest": digest, "trusted": trusted}
    return _with(one, stamps=[replace(stamp, **{what: told[what]})])  # type: ignore[arg-type]  # each of its own type


def _head(one: Kept, rng: Random) -> Kept:
    head = one.book.head
    assert head
    what = rng.choice(("number", "digest", "stamps", "is_practice", "seal", "gone"))
    if what == "gone":
        return _with(one, head=None)
    told = {
        "number": head.number + 1, "stamps": head.stamps + 1, "is_practice": not head.is_practice,
        "digest": _other(head.digest, rng), "seal": _other(head.seal, rng),
    }  # fmt: skip
    return _with(one, head=replace(head, **{what: told[what]}))  # type: ignore[arg-type]  # each of its own type


TAMPERS: tuple[Tamper, ...] = (
    _links(_edit),
    _links(_edit),
    _links(_delete),
    _links(_insert),
    _links(_swap),
    _links(_truncate),
    _truncate_and_set_back,
    _content,
    _row,
    _stamped,
    _head,
)


def main() -> None:
    began = time.monotonic()
    found, made = tampers_found()
    seconds = time.monotonic() - began
    figures = {
        "custody_tampers_found": Figure(found, f"of {made}", f"= {made}"),
        "custody_tampers_seconds": Figure(seconds, "s"),
    }
    report("custody", figures)


if __name__ == "__main__":
    main()
