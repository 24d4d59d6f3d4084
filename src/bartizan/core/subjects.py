"""Where what an audit entry is about has its page. A room says so for its kinds of thing, where its URLs are declared:

page_of("case", "/cases/{}")
"""

from __future__ import annotations

from urllib.parse import quote

from bartizan.engines.observe import split_reference

_pages: dict[str, str] = {}


def page_of(kind: str, address: str) -> None:
    """``address`` holds ``{}`` where what follows the kind in a reference belongs."""
    _pages[kind] = address


def url_of(reference: str) -> str:
    """The page of ``case:2026-041``; empty where it has none."""
    kind, name = split_reference(reference)
    return _pages[kind].format(quote(name)) if name and kind in _pages else ""
