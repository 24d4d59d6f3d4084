"""What the preview of an import shows."""

from __future__ import annotations

from typing import Any

from django import template

register = template.Library()
LONG = 60


@register.filter
def shortly(words: Any) -> str:
    """Long values cut: a preview is for comparing."""
    said = str(words)
    return said if len(said) <= LONG else said[: LONG - 1] + "…"


@register.filter
def sheets(wanted: Any) -> list[tuple[str, int, str]]:
    """Of a workbook: each sheet with its number and the register that it is for."""
    return [(sheet, number, wanted.register_of(number, sheet)) for number, sheet in enumerate(wanted.sheets)]
