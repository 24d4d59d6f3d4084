"""References that a stranger wrote without their kind, completed where only one thing can be meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from bartizan.cli.folder.lists import plain
from bartizan.engines.context import Estate
from bartizan.engines.context.aliases import bare_account
from bartizan.engines.observe import split_reference

_SAME: Final = {"door": "portal", "gate": "portal", "room": "zone", "card": "badge", "account": "user", "login": "user"}
_KINDS: Final = frozenset(
    {"badge", "person", "user", "portal", "zone", "site", "host", "ip", "reader", "detector", "camera", "panel",
     "firewall", "sensor", "file", "share", "car", "process", "name", "mail", *_SAME}
)  # fmt: skip
_ACTORS: Final = ("badge", "user", "person")
_PLACES: Final = ("portal", "zone", "site")
_DEVICES: Final = ("device", "host")


class References:
    """Finds what a bare name means: by its code first (case and zeros in front do not matter), then by its name."""

    def __init__(self, estate: Estate) -> None:
        self._codes: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._names: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for kind, code, name in _things(estate):
            reference = code if kind == "device" else f"{kind}:{code}"
            self._codes[kind][_key(kind, code)].add(reference)
            if kind == "device":
                self._codes[kind][_key(kind, split_reference(code)[1])].add(reference)
            if name:
                self._names[kind][plain(name)].add(reference)
        self._inner = {f"portal:{portal.code}": f"zone:{portal.inner}" for portal in estate.portals.values()}
        self._known: dict[tuple[str, tuple[str, ...]], str] = {}
        self.unclear: dict[str, list[str]] = {}
        """What was written and could be several things, with these."""

    def actor(self, text: str) -> str:
        return self._of(text, _ACTORS)

    def place(self, text: str) -> str:
        return self._of(text, _PLACES)

    def device(self, text: str) -> str:
        return self._of(text, _DEVICES)

    def asset(self, text: str) -> str:
        """What nobody lists is taken for a file."""
        found = self._of(text, ("user", "host"))
        return found if not found or split_reference(found)[0] in _KINDS else f"file:{found}"

    def person(self, text: str) -> str:
        """A staff number, from a staff number or a name; as it was written when nobody is so called."""
        kind, name = split_reference(text)
        return split_reference(self._of(name if kind == "person" else text, ("person",)))[1] if text else ""

    def _of(self, text: str, kinds: tuple[str, ...]) -> str:
        key = (text, kinds)
        if key not in self._known:
            if len(self._known) > 50_000:
                self._known.clear()
            self._known[key] = self._found(text.strip(), kinds)
        return self._known[key]

    def _found(self, text: str, kinds: tuple[str, ...]) -> str:
        kind, name = split_reference(text)
        kind = _SAME.get(kind.casefold(), kind.casefold())
        if kind in _KINDS:
            # A kind was written, but perhaps with the thing's name in place of its code: person:Mia de Vos.
            return self._only((kind,), name) or f"{kind}:{name}"
        return (self._only(kinds, text) or text) if text else ""

    def _only(self, kinds: tuple[str, ...], text: str) -> str:
        if kinds == ("portal",) and not self._inner:
            kinds = ("zone",)  # no door is listed: a log that names one says at least into which zone it leads
        for table, by_code in ((self._codes, True), (self._names, False)):
            keys = [(kind, _key(kind, text) if by_code else plain(text)) for kind in kinds]
            found = {reference for kind, key in keys if kind in table for reference in table[kind].get(key, ())}
            if found:
                return self._one(text, found, {f"{kind}:{text}" for kind in kinds})
        return ""

    def _one(self, text: str, found: set[str], exact: set[str]) -> str:
        found = found & exact if len(found & exact) == 1 else found
        # A door that leads into the zone of the same name is no second meaning.
        doors = {reference for reference in found if self._inner.get(reference, "") in found}
        found -= {self._inner[door] for door in doors}
        if len(found) == 1:
            return found.pop()
        self.unclear[text] = sorted(found)
        return ""


def _things(estate: Estate) -> Iterator[tuple[str, str, str]]:
    """Kind, code and name of everything."""
    yield from (("badge", number, "") for number in estate.badges)
    yield from (("user", name, "") for name in estate.accounts)
    yield from (("host", name, "") for name in estate.hosts)
    yield from (("device", device.reference, device.name) for device in estate.devices.values())
    named: Iterable[tuple[str, Iterable[tuple[str, str]]]] = (
        ("person", ((one.code, one.name) for one in estate.people.values())),
        ("portal", ((one.code, one.name) for one in estate.portals.values())),
        ("zone", ((one.code, one.name) for one in estate.zones.values())),
        ("site", ((one.code, one.name) for one in estate.sites.values())),
    )
    for kind, pairs in named:
        yield from ((kind, code, name) for code, name in pairs)


def _key(kind: str, code: str) -> str:
    if kind == "badge":
        return code.strip().casefold().lstrip("0") or "0"
    return bare_account(code) if kind == "user" else code.strip().casefold()
