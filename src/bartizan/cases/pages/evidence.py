"""The evidence of a case: what there is, where it is, who had it, and what proves that nothing was changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bartizan.cases.custody import Evidence
from bartizan.cases.label import Label, label_of
from bartizan.cases.models import Case, Custody, CustodyCheck, Exhibit
from bartizan.cases.proofs import Proof, prove
from bartizan.cases.queries.exhibit import Stamping, exhibits, is_ended, open_break, stamping
from bartizan.core import preferences
from bartizan.core.models import User
from bartizan.engines.custody import Fault, Link, gaps

GROUPS: Final = {"thing": "Things", "file": "Files", "events": "Events", "image": "Disk images"}
ICONS: Final = {"thing": "box", "file": "file", "events": "time", "image": "host"}
WAYS: Final = {"session": "signed in", "password": "by password", "paper": "on paper"}


@dataclass(frozen=True, slots=True)
class Row:
    """One exhibit in the list."""

    exhibit: Exhibit
    icon: str
    seal: str
    verdict: str
    """``whole``, ``look`` (a seal differs), ``wrong`` (it was changed) or ``unread``."""
    words: str
    is_focus: bool = False


@dataclass(frozen=True, slots=True)
class One:
    """One of the five proofs."""

    name: str
    words: str
    state: str
    """``yes``, ``no``, ``open`` (not yet) or ``none`` (nothing to prove)."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The exhibit that is open beside the list."""

    exhibit: Exhibit
    icon: str
    steps: Sequence[Link]
    views: Sequence[Link]
    viewers: int
    proofs: Sequence[One]
    label: Label
    is_ended: bool
    broken: Fault | None
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Read:
    """Everything that the list and the proofs are made from, read once."""

    case: Case
    custody: Custody | None
    proof: Proof
    check: CustodyCheck | None
    asked: CustodyCheck | None
    stamping: Stamping | None
    rows: Sequence[Exhibit]
    links: Mapping[str, list[Link]] = field(default_factory=dict)


def content(user: User, case: Case, _known: object = None, _zone: object = None) -> dict[str, Any]:
    """The tab as it opens: the first exhibit is shown beside the list."""
    return page(user, case, "")


def page(user: User, case: Case, number: str) -> dict[str, Any]:
    """The tab with one exhibit open; the first when none is named. Raises Exhibit.DoesNotExist for an unknown one."""
    read = _read(user, case)
    chosen = next((one for one in read.rows if one.number == number), None)
    if number and chosen is None:
        raise Exhibit.DoesNotExist(f"Case {case.number} has no exhibit {number} that is open to you.")
    chosen = chosen or (read.rows[0] if read.rows else None)
    rows = [_row(one, read, is_focus=one == chosen) for one in read.rows]
    groups = [(GROUPS[form], [row for row in rows if row.exhibit.form == form]) for form in GROUPS]
    return {
        "groups": [(title, found) for title, found in groups if found],
        "exhibits": read.rows,
        "chosen": _chosen(chosen, read, user) if chosen else None,
        "missing": read.custody.missing.filter(found_as=None).order_by("at") if read.custody else [],
        "looks": [fault for one in read.rows if (fault := open_break(read.links[one.number]))],
        "faults": _faults(read),
        "whole": sum(row.verdict == "whole" for row in rows),
        "outside": [one for one in read.rows if one.is_outside and not is_ended(read.links[one.number])],
        "custody": read.custody,
        "proof": read.proof,
        "check": read.check,
        "asked": read.asked,
        "stamping": read.stamping,
        "has_authority": bool(preferences.get(Evidence).authority),
    }


def _read(user: User, case: Case) -> Read:
    custody = Custody.objects.filter(case=case).first()
    rows = list(exhibits(user, case).order_by("pk"))
    ended = custody.checks.exclude(ended_at=None).order_by("-ended_at").first() if custody else None
    asked = custody.checks.filter(ended_at=None).first() if custody else None
    proof = prove(case, reads_contents=False)
    links = {one.number: [link for link in proof.chain if link.exhibit == one.number] for one in rows}
    return Read(case, custody, proof, ended, asked, stamping(custody) if custody else None, rows, links)


def _faults(read: Read) -> list[str]:
    """What is wrong now, and what the last reading of contents found."""
    told = [fault.words for fault in read.proof.faults]
    told += [str(fault["words"]) for fault in read.check.faults] if read.check else []
    return list(dict.fromkeys(told))


def _about(read: Read, exhibit: Exhibit, kind: str = "") -> list[str]:
    found = [(f.kind, f.exhibit, f.words) for f in read.proof.faults]
    found += [(f["kind"], f["exhibit"], f["words"]) for f in read.check.faults] if read.check else []
    own = [words for k, number, words in found if number == exhibit.number and (not kind or k == kind)]
    return list(dict.fromkeys(own))


def _row(exhibit: Exhibit, read: Read, *, is_focus: bool) -> Row:
    verdict, words = _verdict(exhibit, read)
    seal = exhibit.seal or "none" if not exhibit.is_digital else "digest"
    return Row(exhibit, ICONS[exhibit.form], seal, verdict, words, is_focus)


def _verdict(exhibit: Exhibit, read: Read) -> tuple[str, str]:
    contents = read.check.contents if read.check else {}
    if _about(read, exhibit):
        return "wrong", "Not as it was"
    if open_break(read.links[exhibit.number]):
        return "look", "Seal differs"
    if exhibit.is_digital and contents.get(exhibit.number) != "whole":
        return "unread", "not reached" if contents.get(exhibit.number) == "not reached" else "not read yet"
    return "whole", "Verified"


def _chosen(exhibit: Exhibit, read: Read, user: User) -> Chosen:
    links = read.links[exhibit.number]
    views = [link for link in links if link.deed == "looked at"]
    proofs = (
        _chain(exhibit, read),
        _content(exhibit, read),
        _time(exhibit, read),
        _seals(exhibit, links),
        _no_gap(exhibit, links),
    )
    return Chosen(
        exhibit,
        ICONS[exhibit.form],
        [link for link in links if link.deed != "looked at"],
        views,
        len({one.who or one.name for link in views for one in link.signatures}),
        proofs,
        label_of(exhibit, links),
        is_ended(links),
        open_break(links),
        exhibit.holder_ref == f"officer:{user.username}",
    )


def _chain(exhibit: Exhibit, read: Read) -> One:
    links = read.links[exhibit.number]
    own = _about(read, exhibit, "chain") or [f.words for f in read.proof.faults if not f.exhibit and f.kind == "chain"]
    if own:
        return One("Chain not whole", own[0], "no")
    number = f"{len(links)} link{'s' if len(links) != 1 else ''}"
    return One(
        "Chain whole", f"{number} of the case's {read.proof.links}; each holds the digest of the one before", "yes"
    )


def _content(exhibit: Exhibit, read: Read) -> One:
    if not exhibit.is_digital:
        return One("No content", "a thing; its seal stands for it", "none")
    if wrong := _about(read, exhibit, "content"):
        return One("Content changed", wrong[0], "no")
    state = (read.check.contents if read.check else {}).get(exhibit.number)
    if state == "whole" and read.check and read.check.ended_at:
        return One("Content unchanged", f"SHA-256 read again {read.check.ended_at:%d %b %Y %H:%M} UTC", "yes")
    if state == "not reached":
        return One("Content not reached", f"{exhibit.path}: its disk is away", "open")
    return One("Content not read yet", "it is read with the next check", "open")


def _time(exhibit: Exhibit, read: Read) -> One:
    if wrong := [fault.words for fault in read.proof.faults if fault.kind == "stamp"]:
        return One("Time stamp wrong", wrong[0], "no")
    last, now = read.links[exhibit.number][-1:], read.stamping
    covered = now.last if now and now.last and last and now.last.number >= last[0].number else None
    if covered:
        return One("Time stamp", f"RFC 3161, {covered.at:%d %b %Y %H:%M:%S} UTC, {_host(covered.authority)}", "yes")
    if not preferences.get(Evidence).authority:
        return One("No time stamp", "no authority is chosen under Settings, Evidence", "open")
    return One("Not stamped yet", (now.trouble if now else "") or "the authority is asked within a minute", "open")


def _host(authority: str) -> str:
    return authority.partition("://")[2].partition("/")[0] or authority


def _seals(exhibit: Exhibit, links: Sequence[Link]) -> One:
    if exhibit.is_digital:
        return One("No seal", "content has its SHA-256 instead", "none")
    if wrong := open_break(list(links)):
        return One("Seal differs", wrong.words, "no")
    numbers = list(dict.fromkeys(link.seal_left for link in links if link.seal_left))
    if not numbers:
        return One("Not sealed", "no seal was ever put on", "open")
    return One("Seals follow on", ", then ".join(numbers), "yes")


def _no_gap(exhibit: Exhibit, links: Sequence[Link]) -> One:
    if wrong := gaps(links):
        return One("A gap", wrong[0].words, "no")
    since = f"{links[0].at:%d %b %Y %H:%M} UTC" if links else ""
    end = f" until it was given back {links[-1].at:%d %b %Y}" if is_ended(list(links)) else ""
    return One("No gap", f"somebody held it at every minute since {since}{end}", "yes" if links else "open")
