"""The letter to the person: what is known is filled in, what is not decided yet stays a hole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bartizan.engines.sanctions.house import House
from bartizan.engines.sanctions.standing import Standing
from bartizan.engines.sanctions.steps import SAID, STANDARDS


@dataclass(frozen=True, slots=True)
class Hole:
    """What is still missing, in words: shown dashed."""

    words: str


Paragraph = tuple[str | Hole, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the letter says beside the procedure's steps."""

    house: str
    reference: str
    person: str
    keep_until: str
    purpose: str
    legal_basis: str


@dataclass(frozen=True, slots=True)
class Letter:
    title: str
    facts: Facts
    dated: str
    """The day of the decision; empty for a draft."""
    paragraphs: tuple[Paragraph, ...]
    points: tuple[tuple[str, str, str, str], ...]
    """What had to be shown, under which rule, by which items, met or not."""
    signed: str

    @property
    def holes(self) -> list[str]:
        return [piece.words for one in self.paragraphs for piece in one if isinstance(piece, Hole)]

    @property
    def is_draft(self) -> bool:
        return bool(self.holes)


def letter_of(now: Standing, facts: Facts, house: House, names: Mapping[str, str]) -> Letter:
    """The letter as far as the procedure has come. ``names`` gives an account's full name."""
    decision = now.decision
    return Letter(
        title=f"Decision on the charge in case {facts.reference}",
        facts=facts,
        dated=f"{decision.at.day} {decision.at:%B %Y}" if decision else "",
        paragraphs=((f"Dear {facts.person},",), _opening(now), *_decision(now, house, names), _kept(facts)),
        points=tuple(
            (one.point, one.rule, ", ".join(one.items) or "none", "met" if one.is_met else "not met")
            for one in now.proofs.values()
        ),
        signed=names.get(decision.by, decision.by) if decision else "",
    )


def _decision(now: Standing, house: House, names: Mapping[str, str]) -> tuple[Paragraph, ...]:
    made = now.decision
    findings: str | Hole = _ended(made.findings) if made else Hole("the decider writes the findings")
    reply: str | Hole = _ended(made.on_the_reply) if made else Hole("after the reply")
    outcome: str | Hole = house.name_of(now.proposal.outcome) if made and now.proposal else Hole("not decided")
    reason: str | Hole = _ended(made.reason) if made else Hole("reason")
    third: str | Hole = names.get(made.appeal_to, made.appeal_to) if made else Hole("who hears an appeal")
    until = (
        f" within {house.appeal_days} days of receiving this letter. Until that time has passed, or your appeal is "
        "decided, nothing is carried out that cannot be undone. If you win, what was done is undone."
    )
    return (
        ("I find: ", findings, " On your reply I find: ", reply),
        ("My decision is: ", outcome, ". My reason is: ", reason),
        ("You may appeal to ", third, until),
    )


def _kept(facts: Facts) -> Paragraph:
    basis = f"The legal basis is: {_ended(facts.legal_basis)}"
    return (f"This record is kept until {facts.keep_until} for this purpose: {_ended(facts.purpose)} {basis}",)


def _opening(now: Standing) -> Paragraph:
    charge = now.charge
    if charge is None:
        return (Hole("what is charged"),)
    told = (
        f"You are charged with this: {_ended(charge.what)} The rule is: {_ended(charge.rule)} "
        f"The standard of proof is: {STANDARDS[charge.standard]}. "
    )
    if not now.notice:
        return (told, Hole("when you were given notice"), ".")
    told += f"You were given notice on {now.notice.at.day} {now.notice.at:%B %Y}. "
    if not now.replies:
        return (told, "I have read the file and ", Hole("the reply"), ".")
    last = now.replies[-1]
    return (told, f"I have read the file. You {SAID[last.how]} on {last.at.day} {last.at:%B %Y}.")


def _ended(words: str) -> str:
    return words if words.rstrip().endswith((".", "?", "!")) else f"{words.rstrip()}."
