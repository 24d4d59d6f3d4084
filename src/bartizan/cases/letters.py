"""The letter of a decision as DOCX and as PDF (PDF/A-2a and PDF/UA-1), from the same words."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from docx import Document
from docx.enum.text import WD_UNDERLINE
from docx.shared import Mm, Pt, RGBColor

from bartizan.core import typeset
from bartizan.engines.sanctions.letter import Hole, Letter

_GREY: Final = RGBColor(0x50, 0x50, 0x50)
_FOOT: Final = "draft, not sent"


class LetterError(Exception):
    """The letter cannot be set, in words."""


def as_pdf(letter: Letter, made_at: datetime) -> bytes:
    """The same letter of the same day gives the same bytes. Raises LetterError for writing that no font here has."""
    try:
        return typeset.pdf(Path(__file__).with_name("letter.typ"), {"letter": _told(letter, made_at)})
    except typeset.TypesetError as error:
        raise LetterError(str(error)) from error


def _told(letter: Letter, made_at: datetime) -> dict[str, Any]:
    return {
        "title": letter.title,
        "house": letter.facts.house,
        "person": letter.facts.person,
        "reference": f"Case {letter.facts.reference}",
        "dated": letter.dated,
        "day": {"year": made_at.year, "month": made_at.month, "day": made_at.day},
        "foot": _FOOT if letter.is_draft else "",
        "paragraphs": [[_piece(piece) for piece in paragraph] for paragraph in letter.paragraphs],
        "points": [list(point) for point in letter.points],
        "signed": letter.signed,
    }


def _piece(piece: str | Hole) -> dict[str, Any]:
    is_hole = isinstance(piece, Hole)
    return {"words": piece.words if isinstance(piece, Hole) else piece, "hole": is_hole}


def as_docx(letter: Letter) -> bytes:
    page: Any = Document()
    section = page.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin, section.top_margin = Mm(25), Mm(22), Mm(22)
    page.styles["Normal"].font.name, page.styles["Normal"].font.size = "Inter", Pt(10)
    page.core_properties.title, page.core_properties.author = letter.title, letter.facts.house
    page.core_properties.language = "en-GB"
    page.add_paragraph(f"{letter.facts.house}\tconfidential, to the person alone")
    page.add_paragraph(letter.facts.person)
    _write(page.add_paragraph(), (letter.dated or Hole("not dated: draft, not sent"),))
    page.add_heading(letter.title, level=1)
    for paragraph in letter.paragraphs:
        _write(page.add_paragraph(), paragraph)
    _points(page, letter)
    _write(page.add_paragraph(), (letter.signed or Hole("signature of the decider"),))
    section.footer.paragraphs[0].text = ", ".join(
        filter(None, (f"Case {letter.facts.reference}", _FOOT if letter.is_draft else ""))
    )
    kept = io.BytesIO()
    page.save(kept)
    return kept.getvalue()


def _write(paragraph: Any, pieces: tuple[str | Hole, ...]) -> None:
    for piece in pieces:
        run = paragraph.add_run(piece.words if isinstance(piece, Hole) else piece)
        if isinstance(piece, Hole):
            run.font.underline, run.font.color.rgb = WD_UNDERLINE.DASH, _GREY


def _points(page: Any, letter: Letter) -> None:
    if not letter.points:
        return
    table = page.add_table(rows=1, cols=4)
    table.style = "Table Grid"
    rows = [("What had to be shown", "Rule", "Shown by", "Result"), *letter.points]
    for place, row in enumerate(rows):
        cells = table.rows[0].cells if place == 0 else table.add_row().cells
        for cell, words in zip(cells, row, strict=True):
            cell.text = words
    page.add_paragraph()
