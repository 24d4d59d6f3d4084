"""What Ctrl K finds: things first, then what can be done. Rooms add finders where their URLs are declared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from bartizan.core.access import may
from bartizan.web import shell

EACH = 12  # of one finder; more is a search in its own register


@dataclass(frozen=True, slots=True)
class Found:
    """A thing, or a deed, that the palette offers."""

    icon: str
    name: str
    about: str
    url: str


Finder = Callable[[Any, str], Iterable[Found]]
_finders: list[Finder] = []
_deeds: list[tuple[Found, str]] = []


def finder(find: Finder) -> Finder:
    """Register a function of user and words. It must look only at what is visible to the user."""
    if find not in _finders:
        _finders.append(find)
    return find


def deed(found: Found, needs: str = "") -> None:
    """Register something that can be done from anywhere, such as opening a case by hand; ``needs``: a permission."""
    if (found, needs) not in _deeds:
        _deeds.append((found, needs))


def find(user: Any, words: str) -> dict[str, list[dict[str, str]]]:
    """Things and deeds that match ``words``; the pages when nothing was typed."""
    wanted = words.casefold().strip()
    pages = [Found(item.icon, item.label, "page", f"/go/{item.name}") for item in shell.items(user)]
    things = [page for page in pages if wanted in page.name.casefold()]
    if wanted:
        for each in _finders:
            things.extend(islice(each(user, words.strip()), EACH))
    allowed = [each for each, needs in _deeds if may(user, needs)]
    deeds = [each for each in allowed if wanted in f"{each.name} {each.about}".casefold()]
    return {"things": [asdict(one) for one in things[:24]], "deeds": [asdict(one) for one in deeds[:8]]}
