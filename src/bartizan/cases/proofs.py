"""Reading evidence again to its last byte, and what that proves."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bartizan.cases.models import Case, CustodyCheck, Exhibit
from bartizan.cases.queries.exhibit import book_of, open_break
from bartizan.core import vault
from bartizan.core.audit import audit_key
from bartizan.core.chain import AuditBrokenError
from bartizan.engines.custody import Fault, Link, examine, gaps

PIECE = 1 << 20
_NUMBER: Final = re.compile(r"E-\d{2,}")


@dataclass(frozen=True, slots=True)
class Proof:
    links: int
    faults: Sequence[Fault]
    contents: Mapping[str, str]
    """By exhibit: ``whole``, ``changed``, ``missing`` or ``not reached``."""
    chain: Sequence[Link]
    stamps: int
    looks: Sequence[str]
    """What a whole chain shows: seals that differ and were not put on anew, times when nobody had it."""


def prove(case: Case, *, reads_contents: bool = True) -> Proof:
    """Chain, time stamps and, unless told otherwise, every content in the vault and every image that can be reached."""
    rows = Exhibit.objects.filter(custody__case=case).select_related("file").order_by("pk")
    found, contents = _read(list(rows)) if reads_contents else ({}, {})
    book = book_of(case, found)
    try:
        faults = examine(book, audit_key())
    except AuditBrokenError as error:
        faults = [Fault("chain", str(error))]
    return Proof(len(book.links), faults, contents, book.links, len(book.stamps), _looks(book.links))


def is_number(words: str) -> bool:
    """Whether words are meant as the number of an exhibit, such as E-04."""
    return _NUMBER.fullmatch(words) is not None


def exhibits_proved(case: Case) -> dict[str, str]:
    """By number what is wrong with each exhibit's custody, in words; empty for one that verifies.

    Its chain and seals count as they are now, its content as it was read last.
    """
    proof = prove(case, reads_contents=False)
    check = CustodyCheck.objects.filter(custody__case=case).exclude(ended_at=None).order_by("-ended_at").first()
    told = [(fault.exhibit, fault.words) for fault in proof.faults]
    told += [(str(fault["exhibit"]), str(fault["words"])) for fault in (check.faults if check else ())]
    found = {}
    for number in Exhibit.objects.filter(custody__case=case).order_by("pk").values_list("number", flat=True):
        seal = open_break([link for link in proof.chain if link.exhibit == number])
        own = [words for exhibit, words in told if exhibit in ("", number)] + ([seal.words] if seal else [])
        found[number] = own[0] if own else ""
    return found


def _looks(links: Sequence[Link]) -> list[str]:
    found: list[str] = []
    for number in dict.fromkeys(link.exhibit for link in links):
        own = [link for link in links if link.exhibit == number]
        wrong = open_break(own)
        found += [*([wrong.words] if wrong else []), *(gap.words for gap in gaps(own))]
    return found


def _read(rows: Sequence[Exhibit]) -> tuple[dict[str, str], dict[str, str]]:
    """By exhibit the SHA-256 that its content has, and what that means. An image whose disk is not there proves and
    disproves nothing."""
    found, contents = {}, {}
    for row in rows:
        if not row.is_digital:
            continue
        digest = _of_image(row.path) if row.form == "image" else _of_vault(row.digest)
        if digest is not None:
            found[row.number] = digest
        contents[row.number] = _meaning(digest, row.digest)
    return found, contents


def _meaning(digest: str | None, wanted: str) -> str:
    if digest is None:
        return "not reached"
    return "whole" if digest == wanted else "changed" if digest else "missing"


def _of_vault(digest: str) -> str:
    """What the content has; empty when the vault cannot give it whole."""
    told = hashlib.sha256()
    try:
        for chunk in vault.read(digest):
            told.update(chunk)
    except (vault.VaultError, ValueError):
        return ""
    return told.hexdigest()


def _of_image(path: str) -> str | None:
    """Nothing when neither it nor its folder is there: its disk is away. Empty when the folder is, and it not."""
    place, told = Path(path), hashlib.sha256()
    if not place.parent.is_dir():
        return None
    try:
        with place.open("rb") as file:
            while piece := file.read(PIECE):
                told.update(piece)
    except FileNotFoundError:
        return ""
    except OSError:
        return None
    return told.hexdigest()
