"""The printed part of a packet: a redacted dossier laid out for police, regulator, executives, board or insurer."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import segno

from bartizan.core import typeset
from bartizan.engines.packets import LEVELS, NOT_KNOWN, Dossier, Fact, Hand, Row

TITLES: Final = {
    "police": "Report of a suspected offence, with evidence",
    "regulator": "Notification of a personal data breach",
    "executives": "What happened, on one page",
    "board": "Report to the board",
    "insurer": "Notice of an incident to the insurer",
}
READERS: Final = {
    "police": "For the police only",
    "regulator": "For the supervisory authority only",
    "executives": "For the executives only",
    "board": "For the board only",
    "insurer": "For the insurer only",
}
PAGES: Final = {"executives": 1, "board": 2}
"""How many pages it has at most."""
PAPERS: Final = Path(__file__).parent / "papers"
SIZES: Final = (9.0, 8.5, 8.0, 7.5)
"""Of its letters, in points, until it fits; smaller ones nobody reads."""
_BOARD_ROWS: Final = 14
_COUNT: Final = re.compile(rb"/Type\s*/Pages\b[^>]*?/Count (\d+)|/Count (\d+)[^>]*?/Type\s*/Pages\b")
# Sections of the packets that are facts alone: title, note, facts.
_PARTS: Final[Mapping[str, tuple[tuple[str, str, tuple[str, ...]], ...]]] = {
    "regulator": (
        ("(a) Nature of the breach", "Article 33(3)(a) GDPR",
         ("what", "when", "noticed", "where", "cause", "taken", "people_affected", "records_affected")),
        ("(b) Contact", "Article 33(3)(b)", ("contact", "reference")),
        ("(c) Likely consequences", "Article 33(3)(c)", ("consequences",)),
        ("(d) Measures taken or proposed", "Article 33(3)(d)", ("done", "still_running")),
        ("Beyond the article", "what is not known follows in phases, Article 33(4)",
         ("how_sure", "border", "next_report")),
    ),
    "executives": (
        ("What we know", "", ("when", "where", "cause", "taken", "how_sure")),
        ("What it means", "", ("people_affected", "consequences", "border")),
        ("What was done, and what comes", "", ("done", "still_running", "next_report", "contact")),
    ),
    "board": (
        ("What we know", "", ("when", "noticed", "where", "cause", "taken", "how_sure")),
        ("What it means", "", ("people_affected", "records_affected", "consequences", "border", "offence")),
        ("What was done, and what comes", "", ("done", "still_running", "next_report", "contact")),
    ),
    "insurer": (
        ("The incident", "", ("what", "when", "noticed", "where", "cause", "how_sure")),
        ("The loss as far as it is known", "",
         ("taken", "people_affected", "records_affected", "consequences", "border")),
        ("Measures to lessen it", "", ("done", "still_running", "next_report")),
        ("For your file", "", ("reference", "offence", "contact")),
    ),
}  # fmt: skip


class TooLongError(typeset.TypesetError):
    """It does not fit on the pages that it may have."""


def annex(dossier: Dossier, digest: str, names: Sequence[tuple[str, str]]) -> bytes:
    """Who the witnesses are, on a paper of its own. ``digest``: of the packet's manifest. Raises TypesetError."""
    at = dossier.made_at
    told = {
        "house": dossier.house, "case": dossier.case, "number": dossier.number, "for_whom": dossier.for_whom,
        "made": f"{at.day} {at:%B %Y}", "day": {"year": at.year, "month": at.month, "day": at.day},
        "digest": digest, "names": [list(one) for one in names],
    }  # fmt: skip
    return typeset.pdf(PAPERS / "annex.typ", {"annex": told})


def paper(dossier: Dossier, digest: str) -> tuple[bytes, int]:
    """The PDF and how many pages it has. ``digest``: SHA-256 of the packet's list of attachments, for each foot.

    Raises TypesetError in words; TooLongError where executives or board would get more pages than they may.
    """
    told = _told(dossier, digest)
    template = PAPERS / f"{dossier.kind if dossier.kind in ('police', 'regulator') else 'house'}.typ"
    most = PAGES.get(dossier.kind, 0)
    for size in SIZES if most else SIZES[:1]:
        made = typeset.pdf(template, {"told": told | {"size": size}})
        pages = pages_of(made)
        if not most or pages <= most:
            return made, pages
    longest = max(dossier.facts, key=lambda fact: len(fact.words))
    raise TooLongError(
        f"It does not fit on {most} page{'s' if most > 1 else ''}: nothing is cut off unseen. Shorten the longest "
        f"facts, first “{longest.title}” ({len(longest.words)} letters), or what was not examined."
    )


def pages_of(pdf: bytes) -> int:
    """By the root of the page tree (ISO 32000-1, 7.7.3.2)."""
    return max((int(one or other) for one, other in _COUNT.findall(pdf)), default=0)


def _told(dossier: Dossier, digest: str) -> dict[str, Any]:
    zone = ZoneInfo(dossier.zone)
    local = dossier.made_at.astimezone(zone)
    code = f"bzn:packet/{dossier.case}/{dossier.number}?m={digest[:16]}"
    made = f"{_day(local)} {local:%H:%M} {local:%Z} ({dossier.made_at.astimezone(UTC):%H:%M} UTC)"
    usual = {
        "title": TITLES[dossier.kind],
        "lead": dossier.fact("what").words,
        "house": dossier.house,
        "day": {"year": local.year, "month": local.month, "day": local.day},
        "made_on": _day(local),
        "for_whom": _for_whom(dossier),
        "foot": f"Case {dossier.case}, packet {dossier.number}, {LEVELS[dossier.level]} level, made {made}",
        "digest": digest,
        "qr": _qr(code),
        "qr_words": code,
        "signers": [list(one) for one in dossier.signers],
        "left_out": list(dossier.left_out),
        "nothing_left_out": _nothing_left_out(dossier),
        "against": list(dossier.against),
        "nothing_against": _nothing_against(dossier),
        "not_examined": [[one.what, one.why, one.could] for one in dossier.not_examined],
        "asked": [f"{words.rstrip('.')}." for words in dossier.asked],
    }
    rows = dossier.rows if dossier.kind == "police" else _for_the_board(dossier)
    usual |= _chronology(rows, zone, dossier)
    return usual | (_police(dossier, zone) if dossier.kind == "police" else {"parts": _parts(dossier)})


def _for_whom(dossier: Dossier) -> str:
    copies = f"{dossier.copies}\u00a0copies" if dossier.copies > 1 else ""
    return ", ".join(filter(None, (READERS[dossier.kind], dossier.for_whom, copies)))


def _nothing_left_out(dossier: Dossier) -> str:
    if dossier.is_named and dossier.level == "authority":
        return "Nothing was left out because it speaks for the person reported."
    return "Nothing was left out because it speaks against the suspicion."


def _day(at: datetime) -> str:
    return f"{at:%a} {at.day} {at:%b %Y}"


def _qr(words: str) -> str:
    kept = io.BytesIO()
    segno.make_qr(words, error="m").save(kept, kind="svg", border=2, xmldecl=False, svgns=True, nl=False)
    return kept.getvalue().decode()


def _nothing_against(dossier: Dossier) -> str:
    if dossier.is_weighed:
        return "No item of the evidence and no contradiction; it was looked for."
    return "Not known: the evidence has not been weighed."


def _parts(dossier: Dossier) -> list[dict[str, Any]]:
    return [
        {"title": title, "note": note, "pairs": [[one.title, _words(one)] for one in map(dossier.fact, keys)]}
        for title, note, keys in _PARTS[dossier.kind]
    ]


def _words(fact: Fact) -> str | dict[str, Any]:
    return fact.words if fact.is_settled else {"words": fact.words, "open": True}


def _for_the_board(dossier: Dossier) -> tuple[Row, ...]:
    """The board reads the first lines; all are in chronology.csv beside it. The others read none."""
    return dossier.rows[:_BOARD_ROWS] if dossier.kind == "board" else ()


def _chronology(rows: Sequence[Row], zone: tzinfo, dossier: Dossier) -> dict[str, Any]:
    told: list[dict[str, str]] = []
    last = ""
    for number, row in enumerate(rows, 1):
        local = row.at.astimezone(zone)
        if (day := f"{local:%A} {local.day} {local:%B %Y}, {local:%Z}") != last:
            told.append({"day": day})
            last = day
        how = "recorded" if row.is_recorded else "inferred"
        told.append({
            "number": str(number), "local": f"{local:%H:%M:%S}", "utc": f"{row.at.astimezone(UTC):%H:%M:%S}",
            "what": row.words, "exhibit": row.exhibit or "case log", "how": how, "clock": row.clock or "not checked",
        })  # fmt: skip
    local = (rows[0].at if rows else dossier.first_at).astimezone(zone)
    ahead = local.strftime("%z")
    words = f"local time is {local:%Z}, UTC {'−' if ahead.startswith('-') else '+'} {ahead[1:3].lstrip('0') or '0'} h"
    return {
        "rows": told,
        "rows_note": f"{words}; already corrected by what is known of each clock",
    }


def _police(dossier: Dossier, zone: tzinfo) -> dict[str, Any]:
    count = len(dossier.things)
    return {
        "summary": _summary(dossier),
        "parties": [[one.part.capitalize(), *_party(one.part, one.name), one.says or NOT_KNOWN, one.statement or "none"]
                    for one in dossier.parties],
        "contact": dossier.fact("contact").words,
        "exhibits_note": f"{count} of {dossier.all_things}; the digest of a thing is that of its last custody link",
        "exhibits": [
            {"number": one.number, "what": _joined(one.name, one.what, one.seal and f"seal {one.seal}"),
             "where": one.where, "custody": _hands(len(one.hands)), "digest": _grouped(one.digest)}
            for one in dossier.things
        ],
        "stamp": "where manifest.tsr lies beside this, it dates the whole packet (RFC 3161).",
        "clocks": [[one.device, one.against, one.checked] for one in dossier.clocks],
        "players": list(dossier.players),
        "preserve": list(dossier.preserve),
        "custody": [
            {"title": f"{one.number} {one.name}", "hands": [_hand(hand) for hand in one.hands]}
            for one in dossier.things
        ],
        "facts": [[one.title, _words(one), one.source or "nobody has said"] for one in dossier.facts],
        "version": f"version {dossier.facts_version}; dashed words are not settled",
    }  # fmt: skip


def _party(part: str, name: str) -> tuple[str]:
    """A witness is a number here; the office holds the name."""
    return (f"{name}, name held by the office",) if part == "witness" else (name,)


def _joined(*words: str) -> str:
    return ", ".join(filter(None, words))


def _hands(number: int) -> str:
    return f"{number} hand{'s' if number != 1 else ''}"


def _grouped(digest: str, a_line: int = 4) -> list[str]:
    """In groups of eight: so it can be compared by eye."""
    groups = [digest[n : n + 8] for n in range(0, len(digest), 8)]
    return [" ".join(groups[n : n + a_line]) for n in range(0, len(groups), a_line)]


def _hand(hand: Hand) -> dict[str, Any]:
    at = hand.at.astimezone(UTC)
    passed = hand.giver and hand.giver != hand.taker
    way = f"{hand.deed}: {hand.giver} to {hand.taker}" if passed else f"{hand.deed}: {hand.taker}"
    changes = f"changed: {hand.changes}" if hand.changes else ""
    return {
        "number": str(hand.number),
        "at": f"{at.day} {at:%b %Y %H:%M}",
        "way": _joined(way, hand.place),
        "why": "; ".join(filter(None, (_joined(hand.why, hand.how), changes, *hand.signed))),
        "seal": hand.seal or "no seal",
        "digest": _grouped(hand.digest, 2),
    }


def _summary(dossier: Dossier) -> list[list[Any]]:
    def of(key: str) -> Any:
        return _words(dossier.fact(key))

    offence = dossier.fact("offence")
    qualified = f"{offence.words.rstrip('.')}. Our words, for you to qualify."
    reported = next((one for one in dossier.parties if one.part == "reported"), None)
    nobody = "Nobody: the house names no person."
    rows: list[tuple[str, Any]] = [
        ("Your reference", dossier.their_reference or {"words": "not given yet", "open": True}),
        ("Suspected offence", qualified if offence.is_settled else _words(offence)),
        ("Reported person", f"{reported.name}; {reported.says}" if reported else nobody),
        ("When", of("when")),
        ("Where", of("where")),
        ("How it was done", of("cause")),
        ("How sure we are", of("how_sure")),
        ("Speaks against it", _in_short(dossier)),
        ("Taken or changed", of("taken")),
        ("Still running", of("still_running")),
        ("What was done", of("done")),
    ]
    return [list(row) for row in rows]


def _in_short(dossier: Dossier) -> str:
    against = dossier.against
    if not against:
        return _nothing_against(dossier)
    words = "; ".join(against[:2])
    more = f"; {len(against) - 2} more" if len(against) > 2 else ""
    return f"{words}{more}. All is set out in section 9."
