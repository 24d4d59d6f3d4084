"""What can be found: every register's records, and what rooms declare in their ``search.py``.

index(Alarm, name="alarms", title="Alarms", icon="bell", called=("title",), body=("where", "actor"),
      about=lambda alarm: alarm.where, url=lambda alarm: f"/alarms/{alarm.pk}")
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from zlib import crc32

from django.db.models import Manager, Model
from django.utils.module_loading import autodiscover_modules

from bartizan.core import registers
from bartizan.core.registers import Register, label, manager_of, models_along
from bartizan.core.search import words

CODES = frozenset({"code", "number"})
NAMES = frozenset({"name", "headline", "title", "username"})
ROOM = 40
"""Bits of a record's key in its row of the index; the kind's number stands above them."""

Row = Any  # a record of whichever model


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Records of one model as the search keeps and shows them. Paths are fields, joined by ``__`` through relations."""

    name: str
    """In the page's address; unique."""
    title: str
    """Several of them: ``People``."""
    icon: str
    model: type[Model]
    code: tuple[str, ...]
    called: tuple[str, ...]
    body: tuple[str, ...]
    shown: Callable[[Row], str]
    about: Callable[[Row], str]
    url: Callable[[Row], str]
    related: tuple[str, ...] = ()
    """Single relations that ``shown``, ``about`` and ``url`` read."""
    lists: tuple[str, ...] = ()
    """The same for lists."""
    is_latest_first: bool = False
    needs: str = ""
    """The permission that the pages ask for to which its hits lead, where that is more than to see the records."""
    number: int = field(init=False)

    def __post_init__(self) -> None:
        """The number is the same in every process and version: it comes from the name."""
        object.__setattr__(self, "number", crc32(self.name.encode()) & 0x7FFFFF)

    @property
    def paths(self) -> tuple[str, ...]:
        return (*self.code, *self.called, *self.body)

    @property
    def others(self) -> tuple[str, ...]:
        """What a record says of others, such as a laptop of its holder: in a column of its own, for not everybody who
        sees the one may see the other."""
        return tuple(path for path in self.body if "__" in path)

    @property
    def own_paths(self) -> tuple[str, ...]:
        return tuple(path for path in self.paths if path not in self.others)

    @property
    def other_models(self) -> set[type[Model]]:
        return {model for path in self.others for model in models_along(self.model, path)}

    @property
    def relations(self) -> tuple[str, ...]:
        """What must be fetched with the records."""
        return tuple(dict.fromkeys(path.rpartition("__")[0] for path in self.paths if "__" in path))

    @property
    def base(self) -> int:
        return self.number << ROOM

    def rows(self, keys: Sequence[int]) -> dict[int, Row]:
        """Records of which it is known that the user may see them, with what their hits read."""
        found = manager_of(self.model).select_related(*self.related).prefetch_related(*self.lists)
        return found.in_bulk(keys)

    def texts(self, row: Row) -> tuple[str, str, str, str]:
        """A record's four columns in the index: code, name, everything else of its own, what it says of others."""
        own = tuple(path for path in self.body if path not in self.others)
        return tuple(  # type: ignore[return-value]  # four in, four out
            words.kept(value for path in paths for value in values_at(row, path))
            for paths in (self.code, self.called, own, self.others)
        )


@dataclass(frozen=True, slots=True)
class Thing:
    """Something to be found that is no record, such as a rule or a page of the settings."""

    icon: str
    name: str
    about: str
    url: str
    body: str = ""
    """Further words by which it is found."""
    kept_name: str = field(init=False)
    kept_body: str = field(init=False)

    def __post_init__(self) -> None:
        """Made ready once: such lists are kept and asked again."""
        object.__setattr__(self, "kept_name", f" {words.kept([self.name])}")
        object.__setattr__(self, "kept_body", f" {words.kept([self.about, self.body])}")


@dataclass(frozen=True, slots=True)
class Listing:
    name: str
    title: str
    icon: str
    things: Callable[[Any], Sequence[Thing]]
    """What of it the user may see."""


_indexed: dict[str, Kind] = {}
_listings: dict[str, Listing] = {}
_of_register: dict[str, tuple[Register, Kind | None]] = {}
_is_loaded: list[bool] = []


def index(  # noqa: PLR0913  a declaration names its parts
    model: type[Model],
    *,
    name: str,
    title: str,
    icon: str,
    url: Callable[[Row], str],
    called: tuple[str, ...],
    code: tuple[str, ...] = (),
    body: tuple[str, ...] = (),
    shown: Callable[[Row], str] = label,
    about: Callable[[Row], str] = lambda _row: "",
    select: tuple[str, ...] = (),
    is_latest_first: bool = False,
    needs: str = "",
) -> None:
    """Records of ``model`` are found; of them a user finds what ``access.visible_to`` shows."""
    _indexed[name] = Kind(
        name=name, title=title, icon=icon, model=model, code=code, called=called, body=body,
        shown=shown, about=about, url=url, related=select, is_latest_first=is_latest_first, needs=needs,
    )  # fmt: skip


def listed(name: str, title: str, icon: str, things: Callable[[Any], Sequence[Thing]]) -> None:
    """Things that are no records are found; ``things`` must hand out only what the user may see."""
    _listings[name] = Listing(name, title, icon, things)


def load() -> None:
    """Import every room's registers.py and search.py, once."""
    if not _is_loaded:
        _is_loaded.append(True)
        registers.load()
        autodiscover_modules("search")
        import_module("bartizan.core.search.own")


def kinds() -> list[Kind]:
    """Everything in the index. Raises ValueError when two kinds would share a number: rename one."""
    load()
    found = [*(kind for each in registers.registers() if (kind := _kind_of(each))), *_indexed.values()]
    if len({kind.number for kind in found}) != len(found):
        raise ValueError("Two kinds of the search share a name or a number; give one of them another name.")
    return found


def listings() -> list[Listing]:
    load()
    return list(_listings.values())


def fingerprint() -> str:
    """Another one whenever what is kept of records is declared differently, so that the index must be made anew."""
    said = sorted(repr((k.name, k.model._meta.label, k.code, k.called, k.body)) for k in kinds())
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _kind_of(register: Register) -> Kind | None:
    """Made once a register; none for one that is searched by nothing but its number in the table."""
    known = _of_register.get(register.name)
    if known is None or known[0] is not register:
        known = _of_register[register.name] = (register, _made_of(register))
    return known[1]


def _made_of(register: Register) -> Kind | None:
    paths = tuple(path for path in register.search if path != "pk")
    if not paths:
        return None
    code = tuple(path for path in paths if path in CODES or (path == register.key and path not in NAMES))
    called = tuple(path for path in paths if path in NAMES)
    return Kind(
        name=register.name,
        title=register.title,
        icon=register.icon,
        model=register.model,
        code=code,
        called=called,
        body=tuple(path for path in paths if path not in code + called),
        shown=register.called,
        about=lambda row: register.about(row) or _other_name(register, row),
        url=lambda row: f"/registers/{register.name}/{row.pk}",
        related=register.select,
        lists=register.prefetch,
    )


def _other_name(register: Register, row: Row) -> str:
    """A door is shown by its number: then its name says more."""
    name = label(row)
    return name if name != register.called(row) else ""


def values_at(row: Row, path: str) -> Iterator[str]:
    """The words that a path leads to: several through a list, choices also in their words."""
    name, _, rest = path.partition("__")
    value = getattr(row, name)
    if rest:
        if value is not None:
            for each in value.all() if isinstance(value, Manager) else (value,):
                yield from values_at(each, rest)
        return
    yield from _plain(value)
    if has_words := getattr(row, f"get_{name}_display", None):
        yield str(has_words())


def _plain(value: Any) -> Iterable[str]:
    if value is None or value == "":
        return ()
    if isinstance(value, list | tuple):
        return [str(each) for each in value]
    return (str(value),)
