"""A plan from its text, and back: every key is checked, and every problem names its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from bartizan.engines.plans.keys import WORDS, Keys
from bartizan.engines.plans.lines import PlanError, Typed, typed
from bartizan.engines.plans.plan import ACTS, END, Act, Answer, Fits, Plan, Step

LEVELS: Final = {"low": 1, "medium": 2, "high": 3, "critical": 4}
MOST_STEPS: Final = 99
LONGEST_MINUTES: Final = 60 * 24 * 90
_PLAN: Final = frozenset({"name", "why", "source", "for", "steps"})
_FOR: Final = frozenset({"rules", "kinds", "routes", "reports", "level"})
_STEP: Final = frozenset(
    {"step", "do", "owner", "within", "waits", "ask", "answers", "then", "act", "target", "by itself", "note"}
)


@dataclass(slots=True)
class TypedStep:
    """A step as it was typed: where it leads is only known once all have their numbers."""

    keys: Keys
    number: int
    go: dict[str, Typed] = field(default_factory=dict)
    """Answer to where it leads, as typed."""


def plan_of(text: str) -> Plan:
    """The plan that ``text`` says. Raises PlanError with everything that is wrong."""
    keys, drafts = opened(text)
    if not drafts and not keys.problems:
        keys.wrong("steps", "at least one step is expected")
    plan = Plan(
        name=keys.text("name", is_needed=True),
        why=keys.text("why", is_needed=True),
        source=keys.text("source", is_needed=True),
        fits=_fits(keys),
        steps=tuple(_step(draft, drafts, place) for place, draft in enumerate(drafts)),
    )
    if not keys.problems:
        _walkable(plan, drafts, keys.problems)
    if keys.problems:
        raise PlanError(keys.problems)
    return plan


def opened(text: str) -> tuple[Keys, list[TypedStep]]:
    """The keys of a text and of its steps, none of their values looked at yet. What is wrong with them stands in the
    first one's ``problems``. Raises PlanError for a text without keys."""
    whole = typed(text)
    if not isinstance(whole.value, Mapping):
        raise PlanError([(whole.line, f"keys such as “name:” and “steps:” are expected, not {whole.shown}")])
    keys = Keys(whole.value, whole.line, [])
    keys.only(_PLAN)
    return keys, list(_typed_steps(keys))


def _typed_steps(keys: Keys) -> Iterator[TypedStep]:
    numbers: set[int] = set()
    for place, one in enumerate(keys.many("steps"), 1):
        if not isinstance(one.value, Mapping):
            keys.problems.append((one.line, f"step {place}: keys such as “do:” are expected, not {one.shown}"))
            continue
        own = Keys(one.value, one.line, keys.problems, f"step {place}, ")
        number = own.number("step", 1, MOST_STEPS) if "step" in one.value else place
        own.before = f"step {number or place}, "
        own.only(_STEP)
        if number in numbers:
            own.wrong("step", f"there are two steps {number}")
        numbers.add(number or place)
        yield TypedStep(own, number or place, _answers(own))


def _answers(own: Keys) -> dict[str, Typed]:
    found = own.raw.get("answers")
    if found is None:
        return {}
    if not isinstance(found.value, Mapping):
        own.wrong("answers", f"each answer with the step it leads to is expected, such as “Yes: 3”, not {found.shown}")
        return {}
    for words, where in found.value.items():
        if not words:
            own.wrong("answers", "an answer without words; say what is answered, or take it away", where.line)
        elif len(words) > WORDS:
            own.wrong("answers", f"at most {WORDS} letters are expected; it has {len(words)}", where.line)
    return dict(found.value)


def _step(draft: TypedStep, drafts: list[TypedStep], place: int) -> Step:
    own = draft.keys
    known = {one.number for one in drafts}
    following = drafts[place + 1].number if place + 1 < len(drafts) else END
    ask = own.text("ask")
    if ask and len(draft.go) < 2:
        own.wrong("answers", "a question needs at least two answers, each with the step that it leads to")
    if draft.go and not ask:
        own.wrong("answers", "say under “ask” what is asked")
    if ask and "then" in own.raw:
        own.wrong("then", "a step that asks goes on by its answers; take “then” away")
    answers = tuple(Answer(words, _go(own, "answers", where, known, following)) for words, where in draft.go.items())
    return Step(
        number=draft.number,
        words=own.text("do", is_needed=True),
        owner=own.text("owner", is_needed=True),
        within=own.number("within", 1, LONGEST_MINUTES),
        waits=own.flag("waits"),
        ask=ask,
        answers=answers,
        then=following if ask else _go(own, "then", own.raw.get("then", Typed("", 0)), known, following),
        act=_act(own),
        note=own.text("note"),
    )


def _go(own: Keys, key: str, typed_as: Typed, known: set[int], following: int) -> int:
    where = typed_as.value.lower() if isinstance(typed_as.value, str) else typed_as.shown
    if where in ("", "next"):
        return following
    if where == "end":
        return END
    if not where.isascii() or not where.isdigit() or int(where[:9]) not in known:
        own.wrong(key, f"it leads to {typed_as.shown}; a step's number, next or end is expected", typed_as.line)
        return END
    return int(where)


def _act(own: Keys) -> Act | None:
    name, target, is_by_itself = own.text("act"), own.text("target"), own.flag("by itself")
    if not name:
        for key in ("target", "by itself"):
            if own.raw.get(key):
                own.wrong(key, "it has no meaning without “act”")
        return None
    kind = ACTS.get(name)
    if kind is None:
        own.wrong("act", f"one of {', '.join(ACTS)} is expected, not “{name}”")
        return None
    if kind.needs_target and not target:
        own.wrong("act", f"give under “target” {kind.target}")
    if target and not kind.target:
        own.wrong("target", f"“{name}” has no target")
    if is_by_itself and kind.is_on_person:
        own.wrong("by itself", f"“{name}” stops what a person holds, so a person confirms it; take “by itself” away")
    return Act(name, target, is_by_itself)


def fits_keys(keys: Keys) -> Keys:
    """The keys under “for”; none where it is not given."""
    found = keys.raw.get("for")
    if found is None or found.value == "":
        return Keys({}, keys.line, keys.problems, "for, ")
    if not isinstance(found.value, Mapping):
        keys.wrong("for", f"keys such as “kinds:” are expected, not {found.shown}")
        return Keys({}, found.line, keys.problems, "for, ")
    own = Keys(found.value, found.line, keys.problems, "for, ")
    own.only(_FOR)
    return own


def _fits(keys: Keys) -> Fits:
    own = fits_keys(keys)
    level = own.text("level").lower()
    if level and level not in LEVELS:
        own.wrong("level", f"one of {', '.join(LEVELS)} is expected, not “{level}”")
    rules, kinds, routes, reports = (own.words(key) for key in ("rules", "kinds", "routes", "reports"))
    return Fits(rules, kinds, routes, reports, LEVELS.get(level, 0))


def _walkable(plan: Plan, drafts: list[TypedStep], problems: list[tuple[int, str]]) -> None:
    """No walk comes to a step twice, and each step can be come to."""
    lines = {draft.number: draft.keys.line for draft in drafts}
    reached = plan.reachable(plan.steps[0].number)
    for step in plan.steps:
        if any(step.number in plan.reachable(one) for one in step.follows if one != END):
            words = f"step {step.number} leads back to itself; a walk through the plan must end"
            problems.append((lines[step.number], words))
        elif step.number not in reached:
            words = f"no walk comes to step {step.number}; lead to it by an answer or “then”, or take it away"
            problems.append((lines[step.number], words))


def text_of(plan: Plan) -> str:
    """The plan as YAML, which ``plan_of`` reads as the same plan."""
    fits = {key: list(getattr(plan.fits, key)) for key in ("rules", "kinds", "routes", "reports")}
    wanted: dict[str, Any] = {key: value for key, value in fits.items() if value}
    if plan.fits.level:
        wanted["level"] = next(word for word, level in LEVELS.items() if level == plan.fits.level)
    body: dict[str, Any] = {"name": plan.name, "why": plan.why, "source": plan.source}
    body |= {"for": wanted} if wanted else {}
    body["steps"] = [_as_typed(step) for step in plan.steps]
    return yaml.safe_dump(body, sort_keys=False, allow_unicode=True, width=110)


def _as_typed(step: Step) -> dict[str, Any]:
    told: dict[str, Any] = {"step": step.number, "do": step.words, "owner": step.owner}
    told |= {"within": step.within} if step.within else {}
    told |= {"waits": True} if step.waits else {}
    if step.ask:
        told |= {"ask": step.ask, "answers": {one.words: one.go or "end" for one in step.answers}}
    else:
        told["then"] = step.then or "end"
    if step.act:
        told["act"] = step.act.name
        told |= {"target": step.act.target} if step.act.target else {}
        told |= {"by itself": True} if step.act.is_by_itself else {}
    return told | ({"note": step.note} if step.note else {})
