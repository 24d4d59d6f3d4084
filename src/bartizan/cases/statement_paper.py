"""A statement on paper: the newest version as it stands, with lines for the read-back and the signatures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import ValidationError

from bartizan.cases.models import Interview, StatementVersion
from bartizan.cases.queries import interview as queries
from bartizan.cases.queries.masks import veil
from bartizan.core.typeset import pdf
from bartizan.engines.interviews import HEARD_AS
from bartizan.estate.models import Organisation, Person

Said = Callable[[str], str]
_HOLE: Final = "\ue000"
"""Stands for whoever is heard while everybody else is masked: a character that nobody types."""


def as_pdf(interview: Interview, zone: tzinfo, *, anonymous: bool = False) -> bytes:
    """Never with claims, checks or weights: whoever was heard reads it. The same version gives the same bytes.

    ``anonymous``: whoever is heard is W1, as always for somebody who is anonymous in exports. Raises ValidationError
    while there is no version, TypesetError for writing that no font here has.
    """
    version = queries.newest_version(interview)
    if version is None:
        raise ValidationError("There is no version of the statement yet: make one of the notes first.")
    hides = anonymous or interview.is_anonymous
    return pdf(
        Path(__file__).with_name("statement.typ"),
        {"statement": _told(interview, version, zone, _masker(interview, hides=hides))},
    )


def _told(interview: Interview, version: StatementVersion, zone: tzinfo, said: Said) -> dict[str, Any]:
    local, text = version.at.astimezone(zone), said(version.text)
    read = version.read_back_at
    return {
        "house": Organisation.objects.values_list("name", flat=True).first() or "The organisation",
        "case": interview.case.number,
        "number": interview.number,
        "version": version.number,
        "day": {"year": local.year, "month": local.month, "day": local.day},
        "digest": " ".join(version.digest[n : n + 8] for n in range(0, 64, 8)),
        "facts": [[name, said(words)] for name, words in _facts(interview, version, zone)],
        "rights": [said(f"{one.words} ({one.how})") for one in interview.rights.order_by("pk")],
        "lines": text.split("\n"),
        "is_masked": text != version.text,
        "read_back": said(f"{_when(read, zone)}, {version.read_back_how}") if read else "",
        "signs": [[said(who), said(sign)] for who, sign in _signs(interview, version, zone)],
    }


def _masker(interview: Interview, *, hides: bool) -> Said:
    """Everybody masked whom the gate does not name, but for whoever is heard and reads the own words; with ``hides``
    that person, too, and the companion. Who is anonymous in exports is W and a number."""
    heard, own = interview.person or interview.outsider, queries.called(interview)
    numbers = queries.witness_names(interview.case) | {heard: interview.label}
    called = dict(Person.objects.filter(code__in=numbers).values_list("code", "name"))
    labels = {words: label for who, label in numbers.items() for words in (called.get(who, ""), who) if words}
    if hides:
        labels |= dict.fromkeys(filter(None, (interview.companion.partition(",")[0].strip(),)), "the companion")
    else:
        labels |= {own: _HOLE, heard: _HOLE}
    masks = veil(None, [interview.case]).of(interview.case, keeps_officers=True)

    def said(words: str) -> str:
        for name in sorted(labels, key=len, reverse=True):
            words = words.replace(name, labels[name])
        return masks.text(words).replace(_HOLE, own)

    return said


def _facts(interview: Interview, version: StatementVersion, zone: tzinfo) -> list[tuple[str, str]]:
    recorded = " and ".join(w for w, is_on in (("sound", interview.sound), ("picture", interview.picture)) if is_on)
    return [
        ("Heard", f"{queries.called(interview)}, as {HEARD_AS[interview.heard_as].lower()}"),
        ("Begun", _when(interview.started_at, zone) if interview.started_at else "not begun"),
        ("Where", interview.place or "not noted"),
        ("Language", interview.language + (f", interpreter {interview.interpreter}" if interview.interpreter else "")),
        ("Companion", interview.companion or "none"),
        ("Asked by", interview.asks.get_full_name() or interview.asks.username),
        ("Recording", recorded or "none"),
        ("Kept", f"{interview.purpose}; {interview.legal_basis}; until {_day(interview.keep_until)}"),
        ("Version", f"{version.number}, {version.what}, {_when(version.at, zone)}"),
    ]


def _day(day: Any) -> str:
    return f"{day.day} {day:%B %Y}"


def _when(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y %H:%M %Z} ({at.astimezone(UTC):%H:%M} UTC)"


def _signs(interview: Interview, version: StatementVersion, zone: tzinfo) -> list[tuple[str, str]]:
    """Who signs, and what stands there already."""
    given = {one.part: one for one in version.signatures.all()}
    asks = interview.asks.get_full_name() or interview.asks.username
    rows = [("heard", queries.called(interview), "that it is what was said")]
    if interview.companion:
        rows.append(("companion", interview.companion, "that it was read back, not that it is true"))
    rows.append(("interviewer", asks, "that it was said and read back"))
    return [(f"{who}: {what}", _sign(given.get(part), zone)) for part, who, what in rows]


def _sign(one: Any, zone: tzinfo) -> str:
    if one is None:
        return ""
    verb = "would not sign" if one.is_refusal else "signed"
    return f"{verb} {_when(one.at, zone)}: {one.how}"
