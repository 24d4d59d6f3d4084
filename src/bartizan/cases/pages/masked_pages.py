"""What other rooms show of a case's people, masked where it leaves: pages asked for a case, words about its alarms."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bartizan.cases import queries
from bartizan.cases.models import Case
from bartizan.cases.pages.masking import carried, masked, noted, veil_of
from bartizan.cases.queries.masks import cases_of, numbered
from bartizan.core.models import User
from bartizan.engines.pinpoint.who.masks import Masks

ASKED: Final = re.compile(r"/(?:timeline|map|entity/(?P<kind>[^/]+)/(?P<name>.+))?")
"""Pages that are asked for a case with ``case=2026-041``: then everybody on them is masked as on the case's own."""
BY_NAME: Final = ("/search", "/find", "/entity/")
"""Here the reader has said whom or what he means: a number beside it would say who it is."""
OWN: Final = "/cases"
"""Pages of cases mask themselves."""
_NO_WORDS: Final = ("case", "event", "page", "from", "to", "at", "range", "rows")
"""What addresses hold besides words that could name somebody."""
_ALARM: Final = re.compile(rb"alarm=(\d{1,18})(?!\d)")
_CASE: Final = re.compile(rb'"/cases/(\d{4}-\d{3,8})')
_WORDS: Final = re.compile(
    r'<(a|li)\b[^>]*?\s(?:href|data-url)="(?:[^"]*?[?;]alarm=(?P<alarm>\d+)|/cases/(?P<case>\d{4}-\d+))[^>]*>.*?</\1>',
    re.DOTALL,
)
"""A link to an alarm or a case, or the row that is about it, with the words in it."""
_FOCUS: Final = re.compile(rb'data-focus="(\d{1,18})"')
_PART: Final = re.compile(r'<section class="panel" id="alarm".*?</section>', re.DOTALL)
"""The alarm in focus on a whole page; without one the answer is that part."""
_URL: Final = re.compile(r"/\?alarm=(?P<alarm>\d+)|/cases/(?P<case>\d{4}-\d+)")


class Behind(NamedTuple):
    """A case, and its people as the reader may see them."""

    case: Case
    masks: Masks


About = Mapping[str, Sequence[Behind]]
"""Of the keys of alarms and the numbers of cases: who masks what is said about them."""


class MaskedPages:
    """Costs a look for alarms in what leaves, and one question more where there are any."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        kind = response.get("Content-Type", "").partition(";")[0]
        if response.streaming or kind not in ("text/html", "application/json") or request.path.startswith(OWN):
            return response
        if not isinstance(request.user, User):
            return response
        asked = request.GET.getlist("case") if kind == "text/html" and ASKED.fullmatch(request.path) else []
        cases = numbered(asked)
        is_by_name = not cases and request.path.startswith(BY_NAME)
        focus = found[1].decode() if (found := _FOCUS.search(response.content)) else ""
        if about := _about(request.user, response.content, focus, is_by_name=is_by_name):
            text = response.content.decode()
            response.content = _json(text, about) if kind == "application/json" else _html(text, about, focus)
        return _for_cases(request, response, request.user, cases) if cases else response


def _for_cases(request: HttpRequest, response: HttpResponse, user: User, cases: Sequence[Case]) -> HttpResponse:
    """The whole page masked, with links that go on for the cases; not where the address itself says a name."""
    html = response.content.decode()
    for case in cases:
        masks = veil_of(user, case).of(case, keeps_officers=True)
        if any(masks.says(words) for words in _asked_words(request)):
            is_open = queries.cases(user).filter(pk=case.pk).exists()
            return render(request, "cases/not_told.html", {"case": case, "is_open": is_open}, status=403)
        html = carried(masked(html, masks), case, is_own=True)
    response.content = noted(html, cases)
    return response


def _asked_words(request: HttpRequest) -> Iterable[str]:
    """What the address of a page says: of whom or what it is, and for what it is narrowed."""
    if (page := ASKED.fullmatch(request.path)) and page["kind"]:
        yield f"{page['kind']}:{page['name']}"
    for name, values in request.GET.lists():
        if name not in _NO_WORDS:
            yield from values


def _about(user: User, content: bytes, focus: str, *, is_by_name: bool) -> About:
    """Who masks what the answer says of alarms, and of cases where it may say more of them than lists do."""
    alarms = {int(key) for key in [*_ALARM.findall(content), focus] if key}
    numbers = {number.decode() for number in _CASE.findall(content)} if is_by_name else set()
    belong: dict[str, list[Case]] = defaultdict(list)
    for alarm, cases in (cases_of(alarms) if alarms else {}).items():
        belong[str(alarm)] += cases
    for case in numbered(numbers):
        belong[case.number].append(case)
    if not belong:
        return {}
    every = {case.pk: case for cases in belong.values() for case in cases}
    seen = veil_of(user, *belong.get(focus, ()), also=list(every.values()))
    masks = {key: seen.of(case, keeps_officers=True, tells_numbers=not is_by_name) for key, case in every.items()}
    return {key: [Behind(case, masks[case.pk]) for case in cases] for key, cases in belong.items()}


def _html(html: str, about: About, focus: str) -> str:
    html = _WORDS.sub(lambda words: _words(words, about), html)
    found = about.get(focus, ())
    if not found:
        return html
    part = _PART.search(html)
    start, end = part.span() if part else (0, len(html))
    return html[:start] + _focus(html[start:end], found) + html[end:]


def _words(words: re.Match[str], about: About) -> str:
    found = about.get(words["alarm"] or words["case"], ())
    # A search marks what was looked for in the middle of words, and a name that is cut is not recognised.
    shown = words[0].replace("<mark>", "").replace("</mark>", "") if found else words[0]
    for _, masks in found:
        shown = masked(shown, masks)
    return shown


def _focus(html: str, found: Sequence[Behind]) -> str:
    for case, masks in found:
        html = carried(masked(html, masks), case)
    return html


def _json(text: str, about: About) -> bytes:
    return orjson.dumps(_told(orjson.loads(text), about))


def _told(value: Any, about: About) -> Any:
    """Things with the address of an alarm or a case say their words masked."""
    if isinstance(value, list):
        return [_told(one, about) for one in value]
    if not isinstance(value, dict):
        return value
    url = _URL.match(unquote(str(value.get("url", ""))))
    for _, masks in about.get(url["alarm"] or url["case"], ()) if url else ():
        value = {key: masks.value(one) if key != "url" else one for key, one in value.items()}
    return {key: _told(one, about) if isinstance(one, dict | list) else one for key, one in value.items()}
