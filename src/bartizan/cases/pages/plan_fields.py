"""The fields of a plan's form as the page shows them: each with its choices, and with what is wrong beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest

from bartizan.cases.pages.plan_keep import Writing
from bartizan.engines.observe import KINDS
from bartizan.engines.plans import ACTS, Draft, Place, StepDraft, Way, draft_in, draft_of, has_remarks, places, written
from bartizan.engines.triage import KINDS as REPORTS
from bartizan.watch.search import rules

SHORT: Final = 60
"""Letters of a step's words in a list of choices."""
_FIELD: Final = {"by itself": "alone", "answers": "answer"}
"""Fields whose names are not the keys of the text."""
_LABEL: Final = {"do": "what to do", "owner": "who", "within": "minutes", "why": "what for"}
"""What the form calls a field, where that is not its key."""
Wrong = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """An answer, or room for one."""

    way: Way
    lost: str
    """Where it leads, if that is none of the choices."""
    wrong: Sequence[str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A step as the form shows it."""

    step: StepDraft
    number: int
    """0: it is taken out."""
    is_last: bool
    rows: Sequence[Row]
    wrong: Wrong
    """By the name of the field, without the step's id."""
    lost_then: str
    focus: str
    """The field or button of it that is to have the focus."""

    @property
    def asks(self) -> bool:
        return bool(
            self.step.ask or any(not row.way.is_blank or row.wrong for row in self.rows) or self.wrong.get("ask")
        )

    @property
    def acts(self) -> bool:
        own = self.step
        return bool(own.act or own.target or own.alone or any(map(self.wrong.get, ("act", "target", "alone"))))

    @property
    def has_more(self) -> bool:
        return bool(self.step.note or self.step.then or any(map(self.wrong.get, ("note", "then"))))

    @property
    def target_words(self) -> str:
        kind = ACTS.get(self.step.act)
        return kind.target if kind else ""

    @property
    def hidden(self) -> Iterator[tuple[str, str]]:
        """All that was typed of a step that is taken out, as fields."""
        own = self.step
        for key in ("do", "owner", "within", "ask", "then", "act", "target", "note"):
            yield f"{key}-{own.id}", getattr(own, key)
        for key in ("waits", "alone"):
            yield f"{key}-{own.id}", "yes" if getattr(own, key) else ""
        for way in own.answers:
            yield f"answer-{own.id}", way.words
            yield f"go-{own.id}", way.go

    @property
    def is_unknown_act(self) -> bool:
        return bool(self.step.act) and self.step.act not in ACTS


@dataclass(frozen=True, slots=True)
class Chip:
    """Something that is chosen among many; unticked it goes."""

    value: str
    words: str
    is_known: bool


def draft_sent(request: HttpRequest) -> Draft:
    return draft_in({name: [str(one) for one in values] for name, values in request.POST.lists()})


def text_of(draft: Draft, told: Writing) -> str:
    """The draft's text; the one that holds, to the letter, where the form changed nothing of it."""
    text = written(draft)
    return told.held if told.held and written(draft_of(told.held)) == text else text


def loses_remarks(told: Writing) -> bool:
    return bool(told.held) and has_remarks(told.held)


def shown(draft: Draft, wrong: Wrong, focus: tuple[str, str] = ("", "")) -> list[Shown]:
    """``focus``: a step's id, and which of its fields."""
    numbers = draft.numbers
    return [
        Shown(
            step,
            numbers.get(step.id, 0),
            numbers.get(step.id) == len(numbers),
            list(_rows(step, draft, wrong)),
            {name.removesuffix(f"-{step.id}"): words for name, words in wrong.items() if name.endswith(f"-{step.id}")},
            _lost(step.then, draft),
            focus[1] if focus[0] == step.id else "",
        )
        for step in draft.steps
    ]


def _rows(step: StepDraft, draft: Draft, wrong: Wrong) -> Iterator[Row]:
    room = (Way(),) * max(0, 2 - len(step.answers))
    for nth, way in enumerate((*step.answers, *room)):
        yield Row(way, _lost(way.go, draft), wrong.get(f"answer-{step.id}-{nth}", ()))


def _lost(go: str, draft: Draft) -> str:
    if not go or go == "end" or go in draft.numbers:
        return ""
    return "a step that is taken out" if any(go == one.id for one in draft.steps) else f"“{go}”"


def leads(draft: Draft) -> list[tuple[str, str]]:
    """The steps that an answer can lead to: id, and number with words."""
    words = {one.id: one.do or "nothing said yet" for one in draft.steps}
    return [(own, f"{number}: {_short(words[own])}") for own, number in draft.numbers.items()]


def _short(words: str) -> str:
    return words if len(words) <= SHORT else f"{words[: SHORT - 1].rstrip()}…"


def wrong_of(draft: Draft, text: str, problems: Sequence[tuple[int, str]]) -> tuple[Wrong, list[tuple[str, str]]]:
    """What is wrong by the field where it arose, and all of it in the order of the form, each with its field."""
    lines = places(text)
    beside: dict[str, list[str]] = {}
    listed = []
    for line, words in problems:
        place = lines.get(line, Place(0, "name"))
        name, before = _named(place, [one for one in draft.steps if not one.is_out])
        only = words.removeprefix(before)
        beside.setdefault(name, []).append(only)
        listed.append((name, words if only == words else f"{_called(place)}: {only}"))
    return beside, listed


def _called(place: Place) -> str:
    return f"{f'step {place.step}, ' if place.step else ''}{_LABEL.get(place.key, place.key)}"


def _named(place: Place, steps: Sequence[StepDraft]) -> tuple[str, str]:
    """A field's name, and how the reader's words about it begin, which its label has said already."""
    if not place.step:
        before = "for, " if place.key in ("rules", "kinds", "routes", "reports", "level") else ""
        return place.key, f"{before}“{place.key}”: "
    step = steps[place.step - 1]
    name = f"{_FIELD.get(place.key, place.key)}-{step.id}"
    if place.key == "answers":
        told = [nth for nth, way in enumerate(step.answers) if not way.is_blank] or [0]
        name += f"-{told[place.nth]}"
    return name, f"step {place.step}, “{place.key}”: "


def fits(draft: Draft, user: Any) -> dict[str, Any]:
    """The choices under “for which cases”."""
    known = {thing.url.rpartition("=")[2]: thing.name for thing in rules(user)}
    titles = {title.casefold() for title in known.values()}
    kinds = {kind: about.words for kind, about in KINDS.items()}
    starts = {kind.partition(".")[0] for kind in kinds if "." in kind}
    kinds |= {start: f"everything that begins with {start}" for start in starts - set(kinds)}
    return {
        "rules": [Chip(one, known.get(one, one), one in known or one.casefold() in titles) for one in draft.rules],
        "kinds": [Chip(one, one, one in kinds) for one in draft.kinds],
        "routes": [Chip(one, one, is_known=True) for one in draft.routes],
        "reports": [(kind, words, kind in draft.reports) for kind, words in REPORTS.items()],
        "other_reports": [one for one in draft.reports if one not in REPORTS],
        "known_rules": sorted(set(known.values()), key=str.casefold),
        "known_kinds": sorted(kinds.items()),
    }
