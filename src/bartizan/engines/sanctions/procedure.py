"""What may follow in a procedure: the order of its steps, and what a decision rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bartizan.engines.sanctions import steps as s
from bartizan.engines.sanctions.fairness import CHECKS, Refused, is_outside, lost_rungs, waits
from bartizan.engines.sanctions.house import House
from bartizan.engines.sanctions.standing import Standing, standing

Log = tuple[s.Step, ...]


def next_steps(log: Log, house: House) -> tuple[str, ...]:
    """The kinds of step whose turn it is. Who takes one, when, and with which content is checked by ``apply``."""
    now = standing(log)
    return tuple(kind for kind in s.KINDS if not missing(kind, now, house))


def apply(log: Log, step: s.Step, house: House) -> Log:
    """The log with ``step`` at its end. Raises Refused, and ValueError for a time without a zone."""
    if step.at.utcoffset() is None:
        raise ValueError("A step's time says its zone.")
    now = standing(log)
    if log and step.at < log[-1].at:
        raise Refused("A step cannot be dated before the last one that was taken.")
    if lacking := missing(step.kind, now, house):
        raise Refused(lacking[0], lacking)
    if now.charge and step.by in now.charge.own and step.kind not in ("reply", "appeal"):
        raise Refused("Nobody acts in a procedure against themselves; they reply and appeal.")
    if step.kind in ("decision", "ruling", "carrying") and (gone := lost_rungs(now, house)):
        raise Refused(f"The house's ladder was changed: “{gone[0]}” is no longer on it. Put it back to end this one.")
    CHECKS[step.kind](now, step, house)
    return (*log, step)


def missing(kind: str, now: Standing, house: House) -> tuple[str, ...]:
    """What must be there before a step of this kind; nothing: it is its turn."""
    if now.withdrawn:
        return ("The charge was withdrawn; the procedure has ended.",)
    if kind == "charge":
        return ("There is a charge already; another one is a procedure of its own.",) if now.charge else ()
    if not now.charge:
        return ("There is no charge yet.",)
    return tuple(words for words, is_there in _needs(kind, now) if not is_there)


def _needs(kind: str, now: Standing) -> list[tuple[str, bool]]:
    """Each condition of a kind's turn, and whether it is met."""
    open_ = ("It is decided already.", now.decision is None)
    proof = ("Nothing is put down as proof yet: say what must be shown, and by which items.", bool(now.proofs))
    notice = ("The person has not been given notice of the charge as it now stands.", now.notice is not None)
    reply = ("The person has not replied, waived a reply, or let the time pass.", bool(now.replies))
    weighed = ("The twelve factors have not been weighed since the last reply.", now.weighing is not None)
    proposal = ("No outcome is proposed yet.", now.proposal is not None)
    decided = ("Nothing is decided yet.", now.decision is not None)
    letter = ("The person has not received the letter yet.", now.letter is not None)
    appeal = ("No appeal is lodged.", now.appeal is not None)
    return {
        "proof": [open_],
        "notice": [open_, proof],
        "reply": [open_, notice],
        "weighing": [open_, notice, reply],
        "proposal": [open_, notice, reply, weighed],
        "decision": [open_, proof, notice, reply, weighed, proposal],
        "letter": [decided, ("The letter is given already.", now.letter is None)],
        "appeal": [letter, ("An appeal is lodged already.", now.appeal is None)],
        "ruling": [appeal, ("The appeal is decided already.", now.ruling is None)],
        "carrying": [decided, letter, ("No sanction stands that could be carried out.", bool(now.outcome)),
                     ("What the appeal took away must be undone first.", not now.to_undo)],
        "undoing": [("Nothing is to be undone: no appeal succeeded, or all of it is dealt with.", bool(now.to_undo))],
        "withdrawal": [open_],
    }[kind]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Condition:
    words: str
    is_met: bool
    note: str


def conditions(now: Standing, house: House, *, gate: str, at: datetime) -> tuple[Condition, ...]:
    """What a decision rests on, one line each, and whether it is met. Times are told in the zone of ``at``."""
    replied = now.replies[-1] if now.replies else None
    shown = f"{len(now.met)} of {len(now.proofs)} points" if now.proofs else "nothing put down"
    wait = waits(now, at)
    return (
        Condition("named by the gate", bool(gate), gate or "shut"),
        Condition("shown by items", bool(now.met), shown),
        Condition("notice given", now.notice is not None, _day(now.notice, at)),
        Condition("file open to them", now.notice is not None, _day(now.notice, at)),
        Condition("reply, or a waiver", bool(replied) and not wait, wait or _reply_words(replied)),
        Condition("twelve factors weighed", now.weighing is not None, now.weighing.by if now.weighing else "not yet"),
        _proposal_condition(now, house),
    )


def _proposal_condition(now: Standing, house: House) -> Condition:
    if now.proposal is None:
        return Condition("outcome proposed", is_met=False, note="not yet")
    if not is_outside(now.proposal, house):
        return Condition("outcome proposed", is_met=True, note=house.name_of(now.proposal.outcome))
    is_written = bool(now.proposal.outside_because.strip())
    return Condition("outside the range: reason written", is_written, "written" if is_written else "missing")


def _day(step: s.Step | None, at: datetime) -> str:
    return f"{step.at.astimezone(at.tzinfo):%d %b %H:%M}" if step else "not yet"


def _reply_words(reply: s.Replied | None) -> str:
    return s.REPLIES[reply.how] if reply else "not yet"
