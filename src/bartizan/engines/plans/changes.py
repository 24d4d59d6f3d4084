"""What a new version of a plan changes, in words."""

from __future__ import annotations

from bartizan.engines.plans.plan import END, Plan, Step


def changes(before: Plan, after: Plan) -> list[str]:
    """One sentence for each difference, in the order of the newer plan; empty where they say the same."""
    found = [
        f"{word}: “{getattr(before, name)}” is now “{getattr(after, name)}”"
        for name, word in (("name", "Name"), ("why", "What for"), ("source", "Source"))
        if getattr(before, name) != getattr(after, name)
    ]
    if before.fits != after.fits:
        found.append("The cases for which it is meant are others")
    olds = {step.number: step for step in before.steps}
    news = {step.number: step for step in after.steps}
    for number, step in news.items():
        if number not in olds:
            found.append(f"Step {number} is new: {step.words}")
        elif olds[number] != step:
            found += _changed(olds[number], step)
    found += [f"Step {number} is gone: {step.words}" for number, step in olds.items() if number not in news]
    return found


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
    return "the end" if number == END else f"step {number}"
