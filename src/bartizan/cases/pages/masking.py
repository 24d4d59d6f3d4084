"""A case's page with its people masked. It is done where the page leaves, so that no tab can forget it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape, unescape
from typing import Final
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static

from bartizan.cases.actions import gate
from bartizan.cases.models import Case
from bartizan.cases.queries.masks import Veil, people_of, veil
from bartizan.core.models import User
from bartizan.engines.pinpoint.who.masks import Masks

_MAIN: Final = re.compile(r"<main\b.*?</main>", re.DOTALL)
_PIECE: Final = re.compile(
    r"<(script|style)\b.*?</\1>|<(?P<kept>bdi|option) class=\"as-is\".*?</(?P=kept)>|<!--.*?-->|<[^>]+>|[^<]+",
    re.DOTALL,
)
AS_IS: Final = ('<bdi class="as-is"', '<option class="as-is"')
"""Whom to ring is no secret of a case: a contact keeps the name and the address of the register."""
_SAID: Final = re.compile(r'(?<=\s)(title|aria-label|alt|placeholder|value)="([^"]*)"')
"""Attributes that people read or hear."""
_LEADS: Final = re.compile(r'(?<=\shref=")(?P<page>/(?:timeline|map|entity/[^"?#]+)?)?(?P<query>\?[^"#]*)?(?=[#"])')
"""Links to pages of other rooms that can be asked for a case, and those within such a page."""
_LINK: Final = re.compile(r'<a\b[^>]*\bhref="/entity/([^"/]+)/([^"?#/]+)[^"]*"[^>]*>(.*?)</a>', re.DOTALL)


def veil_of(user: User, *cases: Case, also: Sequence[Case] = ()) -> Veil:
    """The cases' people as ``user`` may see them. Whoever stands in the verdict gets a number before the first look;
    not in cases that are ``also`` in view."""
    every = list(dict.fromkeys([*cases, *also]))
    found = veil(user, every)
    missing = [(case, people) for case in cases if (people := found.unnumbered(case, people_of(case)))]
    for case, people in missing:
        gate.give_aliases(case, people)
    return veil(user, every, found.known) if missing else found


def page(request: HttpRequest, case: Case, found: Veil, template: str, context: dict[str, object]) -> HttpResponse:
    """The page, with everybody masked in it whom this reader may not see."""
    status = 422 if context.get("trouble") else 200
    user = request.user
    assert isinstance(user, User)
    text = render(request, template, context).content.decode()
    main = _MAIN.search(text)
    assert main is not None, "A case's page has one main part."
    people = (mark.person for piece in _said(main[0]) for mark in found.known.marks(piece))
    if missing := found.unnumbered(case, people):
        gate.give_aliases(case, missing)
        found = veil(user, [case], found.known)
    shown = carried(masked(main[0], found.of(case, keeps_officers=True)), case)
    return HttpResponse(text[: main.start()] + shown + text[main.end() :], status=status)


def masked(html: str, masks: Masks) -> str:
    """``html`` with texts and read attributes masked; links to what would unmask somebody become plain words."""
    html = _LINK.sub(lambda link: _plain(link, masks), html)
    return _PIECE.sub(lambda piece: _piece(piece[0], masks), html)


def carried(html: str, case: Case, *, is_own: bool = False) -> str:
    """``html`` whose links to other rooms go on for the case. ``is_own``: those within the page itself too."""

    def lead(link: re.Match[str]) -> str:
        query = link["query"] or ""
        if not (link["page"] or (query and is_own)) or f"case={case.number}" in query:
            return link[0]
        return f"{link['page'] or ''}{query}{'&amp;' if query else '?'}case={case.number}"

    main = _MAIN.search(html)
    start, end = main.span() if main else (0, len(html))
    return html[:start] + _LEADS.sub(lead, html[start:end]) + html[end:]


def noted(html: str, cases: Sequence[Case]) -> str:
    """A whole page with a line that says for which cases it is masked."""
    numbers = " and ".join(case.number for case in cases)
    words = f"Read for case {numbers}: its people are masked while its gate is shut."
    line = f'<p class="banner">{_icon("i i-s")}<span>{words}</span></p>'
    return re.sub(r"<main\b[^>]*>", lambda main: main[0] + line, html, count=1)


def _icon(size: str = "i") -> str:
    return f'<svg class="{size}" aria-hidden="true"><use href="{static("bz/sprite.svg")}#i-eyeoff"/></svg>'


def _plain(link: re.Match[str], masks: Masks) -> str:
    reference = f"{unquote(link[1])}:{unquote(link[2])}"
    if not masks.hides(reference):
        return link[0]
    words = masks.reference(reference, reference)
    title = "Masked while the gate is shut"
    return f'<span class="ent is-masked" title="{title}">{_icon()}<span class="cut">{escape(words)}</span></span>'


def _piece(piece: str, masks: Masks) -> str:
    if piece.startswith(("<script", "<style", "<!--", *AS_IS)):
        return piece
    if not piece.startswith("<"):
        return _words(piece, masks)
    if piece.startswith("<option") or (piece.startswith("<input") and 'type="hidden"' in piece):
        return piece
    return _SAID.sub(lambda said: f'{said[1]}="{_words(said[2], masks)}"', piece)


def _words(words: str, masks: Masks) -> str:
    plain = unescape(words)
    shown = masks.text(plain)
    return words if shown == plain else escape(shown)


def _said(html: str) -> list[str]:
    """Every text of a page that is read, as it is said."""
    texts = [piece[0] for piece in _PIECE.finditer(html) if not piece[0].startswith("<")]
    texts += [said[2] for said in _SAID.finditer(html)]
    references = [f"{unquote(link[1])}:{unquote(link[2])}" for link in _LINK.finditer(html)]
    return [unescape(text) for text in texts] + references
