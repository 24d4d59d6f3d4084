"""What a new version of a plan changes, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from bartizan.engines.plans.plan import END, Plan, Step

_GONE: Final = -1


def changes(before: Plan, after: Plan) -> list[str]:
    """One sentence for each difference, in the order of the newer plan; empty where they say the same. A step is
    known again by its words, wherever it moved, else by its number; numbers are those of the newer plan."""
    found = [
        f"{word}: “{getattr(before, name)}” is now “{getattr(after, name)}”"
        for name, word in (("name", "Name"), ("why", "What for"), ("source", "Source"))
        if getattr(before, name) != getattr(after, name)
    ]
    if before.fits != after.fits:
        found.append("The cases for which it is meant are others")
    olds = _paired(before, after)
    now = {old.number: number for number, old in olds.items()} | {END: END}
    for number, step in {step.number: step for step in after.steps}.items():
        if number not in olds:
            found.append(f"Step {number} is new: {step.words}")
            continue
        old = olds[number]
        is_onward = not step.ask and _goes_on(before, old) and _goes_on(after, step)
        found += _changed(_renumbered(old, now, step.then if is_onward else None), step)
    found += _moved({number: old.number for number, old in olds.items()})
    return found + [f"Step {old.number} is gone: {old.words}" for old in before.steps if old.number not in now]


def _paired(before: Plan, after: Plan) -> dict[int, Step]:
    """For each number of the newer plan, the step that it was; none for new ones."""
    pairs: dict[int, Step] = {}
    left = list(before.steps)
    for is_same in (
        lambda old, new: (old.number, old.words) == (new.number, new.words),
        lambda old, new: old.words.casefold() == new.words.casefold(),
        lambda old, new: old.number == new.number,
    ):
        for step in after.steps:
            old = next((one for one in left if step.number not in pairs and is_same(one, step)), None)
            if old is not None:
                pairs[step.number] = old
                left.remove(old)
    return pairs


def _goes_on(plan: Plan, step: Step) -> bool:
    """Whether it simply leads to the step below it."""
    place = plan.steps.index(step)
    following = plan.steps[place + 1].number if place + 1 < len(plan.steps) else END
    return not step.ask and step.then == following


def _renumbered(step: Step, now: Mapping[int, int], then: int | None) -> Step:
    """``now``: what its numbers are in the newer plan. ``then``: where it leads, if that is no change."""
    answers = tuple(replace(one, go=now.get(one.go, _GONE)) for one in step.answers)
    return replace(step, answers=answers, then=now.get(step.then, _GONE) if then is None else then)


def _moved(was: Mapping[int, int]) -> Iterator[str]:
    """Steps below one another that moved by as much are told together."""
    runs: list[list[int]] = []
    for number in sorted(one for one in was if was[one] != one):
        last = runs[-1][-1] if runs else None
        if last is not None and number == last + 1 and was[number] == was[last] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    for run in runs:
        first, last = run[0], run[-1]
        if first == last:
            yield f"Step {first} was step {was[first]}"
        else:
            yield f"Steps {first} to {last} were steps {was[first]} to {was[last]}"


def _changed(old: Step, new: Step) -> list[str]:
    told = [
        f"Step {new.number}, {word}: “{was or 'none'}” is now “{now or 'none'}”"
        for word, was, now in (
            ("what to do", old.words, new.words),
            ("owner", old.owner, new.owner),
            ("minutes", old.within, new.within),
            ("question", old.ask, new.ask),
            ("what the system does", _act(old), _act(new)),
            ("note", old.note, new.note),
        )
        if was != now
    ]
    if old.waits != new.waits:
        told.append(f"Step {new.number} {'now waits' if new.waits else 'no longer waits'} for those ahead of it")
    if (old.follows, old.answers) != (new.follows, new.answers):
        told.append(f"Step {new.number} leads to {_leads(new)}, and led to {_leads(old)}")
    return told


def _act(step: Step) -> str:
    if step.act is None:
        return ""
    by_itself = " by itself" if step.act.is_by_itself else ""
    return " ".join(filter(None, [step.act.name, step.act.target])) + by_itself


def _leads(step: Step) -> str:
    if step.ask:
        return ", ".join(f"{_where(one.go)} on “{one.words}”" for one in step.answers)
    return _where(step.then)


def _where(number: int) -> str:
    return {END: "the end", _GONE: "a step that is gone"}.get(number, f"step {number}")
