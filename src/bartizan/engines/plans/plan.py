"""What a response plan says: for which cases it is meant, and its steps with owner, time, question and act."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

END: Final = 0
"""In place of a step's number: the plan is through."""


@dataclass(frozen=True, slots=True)
class ActKind:
    """Something that a step may have done by the house's machinery."""

    words: str
    """As a step says it: ``Revoke the badge``."""
    target: str = ""
    """What its target is, in words; empty: it has none."""
    needs_target: bool = False
    """Whether the plan itself must name it; otherwise it is chosen in the case."""
    is_on_person: bool = False
    """It stops what somebody holds: a person confirms it every time."""


ACTS: Final[Mapping[str, ActKind]] = {
    "revoke badge": ActKind("Revoke the badge", "a badge's number", is_on_person=True),
    "disable user account": ActKind("Disable the user account", "a user account's name", is_on_person=True),
    "tell on call": ActKind("Tell whoever is on call", "what to tell them"),
    "start clock": ActKind("Start the legal clock", "a rule's name under Laws and deadlines", needs_target=True),
    "hold events": ActKind("Hold the events against retention"),
    "give task": ActKind("Give the task", "what is to be done", needs_target=True),
    "lock zone": ActKind("Lock the zone", "a zone's code"),
    "arm zone": ActKind("Arm the zone", "a zone's code"),
    "block address": ActKind("Block the address", "a network address"),
    "isolate host": ActKind("Take the host off the network", "a host's name"),
    "call": ActKind("Call", "whom to call"),
}
"""What a plan may ask for. Which of them this house can do is not the plan's to say: see cases.plan_acts."""


@dataclass(frozen=True, slots=True)
class Act:
    name: str
    """A key of ``ACTS``."""
    target: str = ""
    is_by_itself: bool = False
    """It is done as soon as the step opens, without a person's word."""

    @property
    def kind(self) -> ActKind:
        return ACTS[self.name]


@dataclass(frozen=True, slots=True)
class Answer:
    words: str
    go: int
    """The number of the step that follows; ``END``."""


@dataclass(frozen=True, slots=True)
class Step:
    number: int
    words: str
    owner: str
    """A role or a post, never a person's name: people change."""
    within: int | None = None
    """Minutes from its opening; nothing: it has no time of its own."""
    waits: bool = False
    """It does not open before everything ahead of it is done."""
    ask: str = ""
    answers: tuple[Answer, ...] = ()
    then: int = END
    """The step that follows where nothing is asked."""
    act: Act | None = None
    note: str = ""

    @property
    def seconds(self) -> int | None:
        return self.within * 60 if self.within else None

    @property
    def follows(self) -> tuple[int, ...]:
        """The numbers that may come next; ``END`` among them."""
        return tuple(dict.fromkeys(one.go for one in self.answers)) if self.ask else (self.then,)

    def after(self, answer: str) -> int | None:
        """What comes after ``answer``; nothing where it is none of the answers."""
        return next((one.go for one in self.answers if one.words == answer), None)


@dataclass(frozen=True, slots=True)
class Fits:
    """The cases for which a plan is meant: any of the first four, from ``level`` on. Empty: started by hand only."""

    rules: tuple[str, ...] = ()
    """Titles or ids of the rules whose alarms the case gathered."""
    kinds: tuple[str, ...] = ()
    """Kinds of event, or their beginnings, such as ``login``."""
    routes: tuple[str, ...] = ()
    """Words in how it was done, as the case says it, such as ``USB``."""
    reports: tuple[str, ...] = ()
    """Kinds in which reports by anyone are sorted, such as ``threat``."""
    level: int = 0
    """From 1, low, to 4, critical; 0: every level."""

    @property
    def is_by_hand(self) -> bool:
        return not (self.rules or self.kinds or self.routes or self.reports or self.level)


@dataclass(frozen=True, slots=True)
class Plan:
    name: str
    why: str
    source: str
    steps: tuple[Step, ...]
    fits: Fits = field(default_factory=Fits)

    def step(self, number: int) -> Step:
        """Raises KeyError where the plan has no such step."""
        for each in self.steps:
            if each.number == number:
                return each
        raise KeyError(number)

    def reachable(self, *starts: int) -> frozenset[int]:
        """Every step that can still come from ``starts`` on, those included."""
        return frozenset(_reached(self, starts))


def _reached(plan: Plan, starts: tuple[int, ...]) -> Iterator[int]:
    waiting, seen = [number for number in starts if number != END], set[int]()
    while waiting:
        number = waiting.pop()
        if number in seen:
            continue
        seen.add(number)
        yield number
        waiting += [one for one in plan.step(number).follows if one != END]
