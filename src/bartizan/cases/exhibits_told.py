"""The exhibits of a case as a packet tells them: what each is, where it is, and every hand that it went through."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from bartizan.cases.models import Case, Exhibit
from bartizan.cases.queries.exhibit import book_of
from bartizan.core.files.kinds import clean_name
from bartizan.engines.custody import Link, Signature, canonical
from bartizan.engines.packets import Hand, Thing
from bartizan.engines.pinpoint.who.masks import Masks

WAYS: Final = {"session": "signed in", "password": "by password", "paper": "on paper"}


def things(case: Case, masks: Masks, *, with_contents: bool) -> tuple[Thing, ...]:
    """In their order. ``with_contents``: their files lie in the packet, so that each says where."""
    links: dict[str, list[Link]] = defaultdict(list)
    for link in book_of(case).links:
        links[link.exhibit].append(link)
    rows = Exhibit.objects.filter(custody__case=case).select_related("file").order_by("pk")
    return tuple(_thing(row, links[row.number], masks, with_contents=with_contents) for row in rows)


def _thing(row: Exhibit, links: list[Link], masks: Masks, *, with_contents: bool) -> Thing:
    last = links[-1].digest if links else ""
    has_file = with_contents and row.file is not None and row.form in ("file", "events")
    return Thing(
        number=row.number,
        form=row.form,
        name=masks.text(row.name),
        what=masks.text(row.what or row.source),
        where=masks.text(row.place),
        digest=row.digest if row.is_digital else last,
        size=row.size or 0,
        seal=row.seal,
        found=masks.text(row.found_where),
        found_at=row.found_at,
        hands=tuple(_hand(link, masks) for link in links if link.deed != "looked at"),
        file=path_of(row) if has_file else "",
        media_type=row.file.media_type if row.file else "",
    )


def path_of(row: Exhibit) -> str:
    """Where the content of an exhibit lies in a packet; its own name may name somebody, so it is the number's."""
    ending = clean_name(row.file.name).rpartition(".")[2] if row.file and "." in row.file.name else "bin"
    return f"exhibits/{row.number}.{ending[:10]}"


def _hand(link: Link, masks: Masks) -> Hand:
    seal = link.seal_left
    if link.seal_state:
        then = f", then {link.seal_left}" if link.seal_left and link.seal_left != link.seal_found else ""
        seal = f"{link.seal_found} {link.seal_state}{then}"
    return Hand(
        number=link.number,
        at=link.at,
        deed=link.deed,
        giver=masks.text(link.giver),
        taker=masks.text(link.taker),
        place=masks.text(link.place),
        why=masks.text(link.why),
        how=masks.text(link.how),
        seal=seal,
        signed=tuple(_signed(one, masks) for one in link.signatures),
        changes=masks.text(link.changes),
        digest=link.digest,
    )


def _signed(one: Signature, masks: Masks) -> str:
    way = ", ".join(filter(None, (WAYS.get(one.way, one.way), one.reference, one.shown)))
    return f"{one.part}: {masks.text(one.name)}, {way}"


def chain_of(case: Case) -> bytes:
    """A line each: the link's SHA-256, a blank, and the bytes that it is the SHA-256 of."""
    return b"".join(link.digest.encode() + b" " + canonical(link) + b"\n" for link in book_of(case).links)
