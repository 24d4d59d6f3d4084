"""How doors are named in templates."""

from __future__ import annotations

from django import template

from bartizan.engines.observe import split_reference
from bartizan.web.templatetags.bz import entity_url

register = template.Library()


@register.filter
def cut_kind(reference: str) -> str:
    """``portal:ML-2-002`` as people say it: ``ML-2-002``."""
    return split_reference(reference)[1]


@register.filter
def portal_url(code: str) -> str:
    return entity_url(f"portal:{code}")
