"""A plan as a form holds it: every field as it was typed, also where it makes no plan yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bartizan.engines.plans.lines import PlanError, Typed
from bartizan.engines.plans.read import TypedStep, fits_keys, opened

NEXT: Final = ""
"""Where an answer or a step leads: on to the next one. Otherwise THE_END, the id of a step, or what else was typed."""
THE_END: Final = "end"


@dataclass(frozen=True, slots=True)
class Way:
    """One answer to a step's question, and where it leads."""

    words: str = ""
    go: str = NEXT

    @property
    def is_blank(self) -> bool:
        return not self.words and self.go == NEXT


@dataclass(frozen=True, slots=True)
class StepDraft:
    id: str
    """Its own for as long as the form is open, wherever it moves: answers lead to the step, not to its number."""
    do: str = ""
    owner: str = ""
    within: str = ""
    waits: bool = False
    ask: str = ""
    answers: tuple[Way, ...] = ()
    then: str = NEXT
    act: str = ""
    target: str = ""
    alone: bool = False
    """By itself, without a person's word."""
    note: str = ""
    is_out: bool = False
    """Taken out, and kept beside the plan until that is kept, so that it can be put back."""


@dataclass(frozen=True, slots=True)
class Draft:
    name: str = ""
    why: str = ""
    source: str = ""
    rules: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    level: str = ""
    steps: tuple[StepDraft, ...] = ()

    @property
    def numbers(self) -> Mapping[str, int]:
        """The number of each step that is not taken out, by its id: its place from the top."""
        return {one.id: number for number, one in enumerate((s for s in self.steps if not s.is_out), 1)}


def draft_of(text: str) -> Draft:
    """What the form shows of a text, also of one that is no plan yet; steps are numbered anew from the top. Raises
    PlanError for what no field of the form can hold, such as a key that there is not."""
    keys, steps = opened(text)
    fits = fits_keys(keys)
    ids = {step.number: f"s{place}" for place, step in enumerate(steps, 1)}
    draft = Draft(
        keys.text("name"),
        keys.text("why"),
        keys.text("source"),
        rules=fits.words("rules"),
        kinds=fits.words("kinds"),
        routes=fits.words("routes"),
        reports=fits.words("reports"),
        level=fits.text("level").lower(),
        steps=tuple(_step(step, ids, place) for place, step in enumerate(steps, 1)),
    )
    if keys.problems:
        raise PlanError(keys.problems)
    return draft


def _step(step: TypedStep, ids: Mapping[int, str], place: int) -> StepDraft:
    own = step.keys
    then = _go(step, "then", own.raw.get("then", Typed("", 0)), ids)
    return StepDraft(
        f"s{place}",
        do=own.text("do"),
        owner=own.text("owner"),
        within=own.text("within"),
        waits=own.flag("waits"),
        ask=own.text("ask"),
        act=own.text("act"),
        target=own.text("target"),
        alone=own.flag("by itself"),
        note=own.text("note"),
        answers=tuple(Way(words, _go(step, "answers", where, ids)) for words, where in step.go.items()),
        then=NEXT if then == f"s{place + 1}" else then,
    )


def _go(step: TypedStep, key: str, where: Typed, ids: Mapping[int, str]) -> str:
    if not isinstance(where.value, str):
        step.keys.wrong(key, f"it leads to {where.shown}; a step's number, next or end is expected", where.line)
        return NEXT
    word = where.value.lower()
    if word in ("", "next"):
        return NEXT
    is_number = word.isascii() and word.isdigit() and len(word) < 4
    return ids.get(int(word), word) if is_number else word
