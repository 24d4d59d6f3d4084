"""The fields of the form as they are sent, and what its buttons do to the steps."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Final

from bartizan.engines.plans.draft import Draft, StepDraft, Way

MOST: Final = 200
"""Steps that a form takes in, those among them that were taken out; the reader says how many a plan may have."""
_ID: Final = re.compile(r"s[0-9]{1,4}")
Fields = Mapping[str, Sequence[str]]


def draft_in(fields: Fields) -> Draft:
    """The draft that was sent. ``step`` holds the ids of the steps in their order; a step's field is ``do-s1``."""
    ids = dict.fromkeys(one for one in fields.get("step", ()) if _ID.fullmatch(one))
    return Draft(
        _one(fields, "name"),
        _one(fields, "why"),
        _one(fields, "source"),
        rules=_many(fields, "rules"),
        kinds=_many(fields, "kinds"),
        routes=_many(fields, "routes"),
        reports=_many(fields, "reports"),
        level=_one(fields, "level"),
        steps=tuple(_step(fields, one) for one in list(ids)[:MOST]),
    )


def _step(fields: Fields, own: str) -> StepDraft:
    answers = zip_longest(fields.get(f"answer-{own}", ()), fields.get(f"go-{own}", ()), fillvalue="")
    return StepDraft(
        own,
        do=_one(fields, f"do-{own}"),
        owner=_one(fields, f"owner-{own}"),
        within=_one(fields, f"within-{own}"),
        waits=bool(_one(fields, f"waits-{own}")),
        ask=_one(fields, f"ask-{own}"),
        then=_one(fields, f"then-{own}"),
        act=_one(fields, f"act-{own}"),
        target=_one(fields, f"target-{own}"),
        alone=bool(_one(fields, f"alone-{own}")),
        note=_one(fields, f"note-{own}"),
        is_out=bool(_one(fields, f"out-{own}")),
        answers=tuple(Way(_plain(words), _plain(go)) for words, go in answers),
    )


def _one(fields: Fields, name: str) -> str:
    return _plain((fields.get(name) or ("",))[0])


def _many(fields: Fields, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words for one in fields.get(name, ()) if (words := _plain(one))))


def _plain(words: str) -> str:
    """On one line, as the reader takes it from a text."""
    return " ".join(words.replace("\0", "").split())


def edited(draft: Draft, deed: str, step: str = "", nth: str = "") -> Draft:
    """The draft after a button was pressed on a step; as it was, where there is no such step or button."""
    if deed == "add":
        return replace(draft, steps=(*draft.steps, StepDraft(new_id(draft))))
    place = next((place for place, one in enumerate(draft.steps) if one.id == step), None)
    if place is None or deed not in _DEEDS:
        return draft
    return replace(draft, steps=_DEEDS[deed](draft.steps, place, nth))


def new_id(draft: Draft) -> str:
    return f"s{max((int(one.id[1:]) for one in draft.steps), default=0) + 1}"


Steps = tuple[StepDraft, ...]


def _up(steps: Steps, place: int, _nth: str = "") -> Steps:
    """Before the nearest one above it that is not taken out."""
    above = next((one for one in range(place - 1, -1, -1) if not steps[one].is_out), None)
    if above is None:
        return steps
    return (*steps[:above], steps[place], *steps[above:place], *steps[place + 1 :])


def _down(steps: Steps, place: int, _nth: str = "") -> Steps:
    return _up(steps[::-1], len(steps) - 1 - place)[::-1]


def _changed(change: Callable[[StepDraft, str], StepDraft]) -> Callable[[Steps, int, str], Steps]:
    return lambda steps, place, nth: (*steps[:place], change(steps[place], nth), *steps[place + 1 :])


def _dropped(step: StepDraft, nth: str) -> StepDraft:
    return replace(step, answers=tuple(one for place, one in enumerate(step.answers) if str(place) != nth))


_DEEDS: Final[Mapping[str, Callable[[Steps, int, str], Steps]]] = {
    "up": _up,
    "down": _down,
    "out": _changed(lambda step, _nth: replace(step, is_out=True)),
    "back": _changed(lambda step, _nth: replace(step, is_out=False)),
    "answer": _changed(lambda step, _nth: replace(step, answers=(*step.answers, Way()))),
    "drop": _changed(_dropped),
}
