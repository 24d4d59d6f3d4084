"""What to say on the phone: for each contact what to say, to ask, to hear back and not to say; on paper too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, Final

from bartizan.cases.fact_sheet import FactSheet
from bartizan.cases.letters import LetterError
from bartizan.cases.models import Case, Contact
from bartizan.cases.notice_text import sentence
from bartizan.cases.queries.contact import Row
from bartizan.core import typeset

_SAY: Final[Mapping[str, tuple[str, ...]]] = {
    "In the house": ("what", "where", "still_running"),
    "Authorities": ("what", "where", "when", "still_running"),
    "Others": ("what", "still_running"),
}
_ASK: Final[Mapping[str, str]] = {
    "chief executive": "Who speaks for us outside, and who else must know tonight?",
    "counsel": "Which duties run, since when, and what must we not say?",
    "people": "Who of yours decides, and who therefore does not inquire?",
    "systems": "What has to be kept before anything is switched off?",
    "police": "The case number, the officer's name, and what we must leave untouched.",
    "regulator": "A receipt number, and when they want to hear more.",
    "CERT": "A receipt number, and whether they see the same elsewhere.",
    "data protection": "A receipt number, and when they want to hear more.",
    "insurer": "A claim number, and whom we must ask before we spend.",
    "partner": "Who at your side keeps this to themselves, and whom do we ring tonight?",
}
_ANYBODY: Final = "Who at your side keeps this to themselves, and whom do we ring next?"
_NEVER: Final = "Who it was, how they got in, what the police do."
_TO_POLICE: Final = "What you fear and cannot show."


@dataclass(frozen=True, slots=True)
class Said:
    words: str
    is_settled: bool


@dataclass(frozen=True, slots=True)
class Script:
    say: tuple[Said, ...]
    ask: str
    hear: str
    never: str


def script_of(contact: Contact, sheet: FactSheet) -> Script:
    """From the facts as anybody may read them: nobody is named in it whom the gate has not named."""
    facts = [sheet.of(key) for key in _SAY[contact.group]]
    known: list[Said] = []
    for fact in facts:
        is_said = any(fact.words.rstrip(".") in one.words for one in known)  # the headline often names the place
        if fact.is_known and not is_said:
            known.append(Said(sentence(fact.words), fact.is_settled))
    never = contact.never or (_TO_POLICE if contact.part == "police" else _NEVER)
    hear = "What happened and where, in their own words, and their name."
    if contact.group == "Others":
        hear = "What happened and whether it goes on, in their own words, and their name."
    return Script(
        tuple(known) or (Said("Something has happened; what it is, is not known yet.", is_settled=True),),
        contact.ask or _ASK.get(contact.part, _ANYBODY),
        hear,
        never,
    )


def as_pdf(case: Case, rows: Iterable[Row], sheet: FactSheet, house: str, zone: tzinfo, made_at: datetime) -> bytes:
    """One or two pages, black on white, for when systems are down. Raises LetterError."""
    local = made_at.astimezone(zone)
    told = {
        "house": house,
        "case": case.number,
        "made": f"{local:%a} {local.day} {local:%b %Y %H:%M %Z}, {made_at.astimezone(UTC):%H:%M} UTC",
        "sheet": sheet.version.partition("-")[0],
        "day": {"year": local.year, "month": local.month, "day": local.day},
        "contacts": [_line(row, sheet, zone) for row in rows if not row.is_out],
        "out": [_out(row) for row in rows if row.is_out],
    }
    try:
        return typeset.pdf(Path(__file__).with_name("call_script.typ"), {"script": told})
    except typeset.TypesetError as error:
        raise LetterError(str(error)) from error


def _line(row: Row, sheet: FactSheet, zone: tzinfo) -> dict[str, Any]:
    contact = row.contact
    ways = (("phone", contact.phone), ("text", contact.sms), ("mail", contact.email), ("portal", contact.portal))
    above = contact.escalates_to
    next_up = f"{above.name}, {above.phone}" if above and above.phone else above.name if above else "the case's lead"
    stand = row.standing
    told = stand.at.astimezone(zone) if stand.state == "told" and stand.at else None
    return {
        "number": row.number,
        "name": contact.name,
        "part": ", ".join(dict.fromkeys(filter(None, (contact.part, contact.organisation)))),
        "reference": contact.reference,
        "ways": [{"way": way, "value": value} for way, value in ways if value],
        "silent": f"No answer: again after {contact.minutes} min, then {next_up}",
        "told": f"told {told:%a %H:%M}" if told else "",
        "if": f"Only if: {row.undecided}" if row.undecided else "",
        **asdict(script_of(contact, sheet)),
    }


def _out(row: Row) -> str:
    assert row.choice is not None
    return f"{row.contact.name}: {row.choice.get_kind_display().lower()}. {row.choice.because}"
