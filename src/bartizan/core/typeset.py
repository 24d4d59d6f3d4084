"""PDFs from templates: PDF/A-2a and PDF/UA-1, the same bytes for the same words, on every machine alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

FONTS: Final = str(Path(__file__).parent / "fonts")


class TypesetError(Exception):
    """It cannot be set, in words."""


def pdf(template: Path, told: Mapping[str, Mapping[str, Any]]) -> bytes:
    """``template``, which reads nothing outside of its folder, with what is ``told`` as data, never as markup.

    Raises TypesetError for writing that no font here has.
    """
    inputs = {name: json.dumps(value, ensure_ascii=False) for name, value in told.items()}
    for fonts in (_fonts, _more_fonts):
        try:
            return _set(template, inputs, fonts())
        except typst.TypstError as error:
            trouble = str(error)
    raise TypesetError(
        f"The PDF cannot be set ({trouble}). For writing other than Latin, install a font that has it on "
        "this machine, such as Debian's fonts-noto-cjk, and try again."
    )


def _set(template: Path, inputs: dict[str, str], fonts: Any) -> bytes:
    made: Any = typst.compile(
        str(template), root=str(template.parent), sys_inputs=inputs, font_paths=fonts, pdf_standards=["a-2a", "ua-1"]
    )
    return bytes(made)


@cache
def _fonts() -> Any:
    """Inter, and for digests the monospace that the compiler itself brings: alike on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[FONTS])


def _more_fonts() -> Any:
    """The machine's fonts beside them, for a name in another writing."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True, font_paths=[FONTS])
