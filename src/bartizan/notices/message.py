"""What leaves, as plain values: a message is one or more notices to one address; a result is what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bartizan.notices.decisions import Mail, Sending

LEVEL_WORDS = {0: "Note", 1: "Low", 2: "Medium", 3: "High", 4: "Critical"}
KINDS = {"alarm": "alarms", "case": "cases", "source": "sources", "trouble": "troubles"}


@dataclass(frozen=True, slots=True)
class Item:
    pk: int
    words: str
    brief: str
    url: str
    """A path of the console."""
    level: int
    about: str
    trigger: str
    at: datetime

    @property
    def masked(self) -> str:
        """What it says outside the house: no names of people or places."""
        if self.brief:
            return self.brief
        kind = self.about.partition(":")[0]
        what = {"alarm": "An alarm", "case": "A case", "officer": "Your account"}.get(kind, "A notice")
        return f"{what}: read it in the console"


@dataclass(frozen=True, slots=True)
class Message:
    batch: str
    """Its name, the same at every try."""
    kind: str
    address: str
    keys: Mapping[str, str]
    items: Sequence[Item]

    @property
    def level(self) -> int:
        return max(item.level for item in self.items)

    def headline(self, *, is_brief: bool) -> str:
        """One line for all of it: ``500 alarms, first: Door forced, Vault``."""
        first = self.items[0].masked if is_brief else self.items[0].words
        if len(self.items) == 1:
            return first
        about = {item.about.partition(":")[0] for item in self.items}
        what = KINDS.get(about.pop(), "notices") if len(about) == 1 else "notices"
        return f"{len(self.items)} {what}, first: {first}"


@dataclass(frozen=True, slots=True)
class Outlet:
    """What the office decided, read before the message is handed to a thread."""

    mail: Mail
    sending: Sending
    console: str
    """What links begin with."""


@dataclass(frozen=True, slots=True)
class Result:
    state: Literal["sent", "later", "never"]
    """``never``: trying again would not help."""
    words: str
    """What happened, to whoever can act on it."""
    after: float | None = field(default=None)
    """Seconds, when the other end asked for them."""
    is_gone: bool = False
    """The address does not exist any more."""
