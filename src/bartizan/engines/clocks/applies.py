"""Whether a law applies to a case, from what people answered; what nobody has answered is not guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bartizan.engines.clocks.law import Fact, Law

Answers = Mapping[str, bool | int]


@dataclass(frozen=True, slots=True)
class Verdict:
    applies: bool | None
    """Nothing: not decided yet."""
    reason: str
    """Why it does not apply, or what has to be answered first; empty when it applies."""


def applies(law: Law, answers: Answers) -> Verdict:
    """One answer that rules the law out is enough, whatever else is open."""
    against = [fact.otherwise for fact in law.facts if rules_out(fact, answers)]
    if against:
        return Verdict(applies=False, reason=against[0])
    missing = [fact.ask for fact in law.facts if answers.get(fact.id) is None]
    if missing:
        return Verdict(applies=None, reason=missing[0])
    return Verdict(applies=True, reason="")


def questions(laws: Iterable[Law]) -> list[Fact]:
    """What there is to ask for these laws, each question once, in the laws' order."""
    found: dict[str, Fact] = {}
    for law in laws:
        for fact in law.facts:
            found.setdefault(fact.id, fact)
    return list(found.values())


def rules_out(fact: Fact, answers: Answers) -> bool:
    """Whether the question was answered so that a law that asks it does not apply."""
    return _fits(fact, answers.get(fact.id)) is False


def _fits(fact: Fact, answer: bool | int | None) -> bool | None:
    if answer is None:
        return None
    if fact.must is not None:
        return bool(answer) == fact.must
    number = int(answer)
    return (fact.at_least is None or number >= fact.at_least) and (fact.at_most is None or number <= fact.at_most)
