"""The text of a notice: its fields from the case's facts, and the words as they leave, with nobody named needlessly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from bartizan.cases.fact_sheet import FactSheet
from bartizan.cases.models import Case, Contact
from bartizan.cases.notice_book import Form, FormField
from bartizan.cases.queries.masks import veil
from bartizan.engines.pinpoint.who.masks import Masks

NOT_KNOWN: Final = "not known yet"
WHO: Final = "who"
"""No fact of the sheet: whom the gate names, for the forms that need a name."""
Raw = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """What one fact says in a field."""

    title: str
    words: str
    source: str
    is_settled: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One field of a notice as its page shows it and as it leaves."""

    field: FormField
    pieces: tuple[Piece, ...]
    by_hand: bool

    @property
    def is_settled(self) -> bool:
        return all(piece.is_settled for piece in self.pieces)

    @property
    def words(self) -> str:
        """What is known, in sentences, for the form in which it is edited."""
        return " ".join(sentence(piece.words) for piece in self.pieces if piece.is_settled)

    @property
    def sources(self) -> str:
        return "; ".join(dict.fromkeys(piece.source or NOT_KNOWN for piece in self.pieces))

    @property
    def as_sent(self) -> str:
        """Words that nobody has settled do not leave: in their place stands that it is not known yet."""
        if len(self.pieces) == 1 and not self.pieces[0].is_settled:
            return sentence(NOT_KNOWN.capitalize())
        told = (sentence(piece.words if piece.is_settled else f"{piece.title}: {NOT_KNOWN}") for piece in self.pieces)
        return " ".join(told)


def sentence(words: str) -> str:
    plain = words.strip()
    return plain if not plain or plain[-1] in ".!?" else f"{plain}."


def fields_from(form: Form, sheet: FactSheet, case: Case, kept: Mapping[str, Raw] | None = None) -> dict[str, Raw]:
    """Each field of the form from the facts; what was written by hand (``kept``) stays as it was."""
    return {
        field.id: kept[field.id] if kept and kept.get(field.id, {}).get("by_hand") else _field(field, sheet, case)
        for field in form.fields
    }


def _field(field: FormField, sheet: FactSheet, case: Case) -> Raw:
    return {"pieces": [_piece(key, sheet, case) for key in field.facts], "by_hand": False}


def _piece(key: str, sheet: FactSheet, case: Case) -> Raw:
    if key == WHO:
        return {"title": "Who", "words": _who(case), "source": "the gate", "is_settled": True}
    fact = sheet.of(key)
    return {"title": fact.title, "words": fact.words, "source": fact.source, "is_settled": fact.is_settled}


def _who(case: Case) -> str:
    shown = veil(None, [case])
    masks = shown.of(case)
    named = [masks.person(person) for person in sorted(shown.named.get(case.pk, ()))]
    return ", ".join(named) or "Nobody is named: the records identify no person"


def by_hand(words: str, by: str) -> Raw:
    """A field as somebody wrote it; emptied, it is not known yet."""
    told = " ".join(words.split())
    piece = {"title": "", "words": told or NOT_KNOWN, "source": f"written by {by}", "is_settled": bool(told)}
    return {"pieces": [piece], "by_hand": True}


def said(form: Form, raw: Mapping[str, Raw], masks: Masks, keeping: Masks) -> list[Said]:
    """The fields of a version. ``keeping`` leaves officers their names: where the form asks whom to ask."""
    return [
        _said(field, raw.get(field.id, {}), keeping if "contact" in field.facts else masks) for field in form.fields
    ]


def _said(field: FormField, raw: Raw, masks: Masks) -> Said:
    pieces = tuple(
        Piece(one["title"], masks.text(one["words"]), one["source"], one["is_settled"]) for one in raw.get("pieces", ())
    )
    return Said(field, pieces, bool(raw.get("by_hand")))


def masks_for(case: Case, form: Form) -> tuple[Masks, Masks]:
    """Whom the gate names is named to those who need a name; nobody at all to the others. The second keeps officers."""
    shown = veil(None, [case])
    if not form.names_person:
        shown = replace(shown, named={})
    return shown.of(case, says_names=True), shown.of(case, says_names=True, keeps_officers=True)


def letter(case: Case, form: Form, contact: Contact, fields: Iterable[Said], house: str, signed: str) -> str:
    """The whole text as it leaves."""
    to = ", ".join(dict.fromkeys(filter(None, (contact.name, contact.organisation))))
    head = [form.title, "", f"From: {house}", f"To: {to}", f"Our reference: case {case.number}"]
    if contact.reference:
        head.append(f"Your reference: {contact.reference}")
    if form.article:
        head.append(f"Under: {form.article}")
    body = [f"{number}. {one.field.title}\n{one.as_sent}" for number, one in enumerate(fields, 1)]
    return "\n".join(head) + "\n\n" + "\n\n".join(body) + f"\n\n{signed}\n"


def signature(name: str, title: str, at: datetime) -> str:
    return f"{', '.join(filter(None, (name, title)))}, {at.astimezone(UTC):%d %b %Y %H:%M} UTC"
