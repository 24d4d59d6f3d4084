"""Whether one step may be taken by this person, now, with this content. The rules of fairness stand here.

They are those that the texts on fair hearing share: notice and a hearing before a decision (Ridge v Baldwin [1964]
AC 40; Cleveland Board of Education v. Loudermill, 470 U.S. 532 (1985); the ACAS Code of Practice on disciplinary and
grievance procedures, 2015, paragraphs 5 to 29), nobody judge in the own cause, and an appeal to somebody who has not
decided before. Whether they are enough where the house is, counsel must say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bartizan.engines.sanctions import steps as s
from bartizan.engines.sanctions.house import House
from bartizan.engines.sanctions.standing import Standing
from bartizan.engines.sanctions.weighing import problems


class Refused(Exception):
    """Why a step cannot be taken, in a sentence; ``missing`` lists what must be there first."""

    def __init__(self, why: str, missing: Iterable[str] = ()) -> None:
        super().__init__(why)
        self.missing = tuple(missing)


def waits(now: Standing, at: datetime) -> str:
    """Until when the person may still be heard, in words; empty when nothing is to be waited for."""
    hear = now.notice.hear_at if now.notice else None
    if hear is None or any(one.how in ("heard", "waived", "none") for one in now.replies):
        return ""
    return f"to be heard {hear.astimezone(at.tzinfo):%d %b %H:%M}" if at < hear else ""


def in_utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%d %b %Y %H:%M} UTC"


def is_outside(proposal: s.Proposed, house: House) -> bool:
    """Whether the outcome is milder or harsher than every like case; one that the ladder has lost counts as outside."""
    keys = (proposal.mildest, proposal.outcome, proposal.harshest)
    if not (proposal.mildest and proposal.harshest):
        return False
    if not all(map(house.knows, keys)):
        return True
    ranks = [house.rank(key) for key in keys]
    return ranks != sorted(ranks)


def lost_rungs(now: Standing, house: House) -> list[str]:
    """Outcomes that this procedure names and the ladder has no more."""
    named = [now.proposal.outcome, now.proposal.mildest, now.proposal.harshest] if now.proposal else []
    named += [now.ruling.outcome] if now.ruling else []
    return [key for key in named if key and not house.knows(key)]


def _require(is_so: bool, why: str) -> None:
    if not is_so:
        raise Refused(why)


def _separate(now: Standing, step: s.Step, *, appeal: bool = False) -> None:
    """Raises Refused when whoever acts investigated or, on an appeal, decided before."""
    kept = dict(now.kept_out) | dict(step.kept_out)
    if why := kept.get(step.by):
        raise Refused(f"{step.by} {why}, and so cannot {'hear the appeal' if appeal else 'weigh, propose or decide'}.")
    if appeal and (did := now.judged.get(step.by)):
        raise Refused(f"{step.by} {did}, and so cannot hear the appeal. A third person must.")


def _gated(step: s.Step) -> None:
    _require(
        bool(step.gate), "The case's gate is not open for this person: neither the evidence nor an override names them."
    )


def _charge(now: Standing, step: s.Charged, house: House) -> None:
    _gated(step)
    _require(bool(step.person.strip()), "Say against whom: the staff number.")
    _require(bool(step.what.strip()), "Say what the person is said to have done.")
    _require(bool(step.rule.strip()), "Say which rule of the house is said to be broken.")
    _require(step.standard in s.STANDARDS, f"Choose a standard of proof: {', '.join(s.STANDARDS.values())}.")
    _require(step.by not in step.own, "Nobody brings a charge against themselves.")


def _proof(now: Standing, step: s.Proved, house: House) -> None:
    _require(bool(step.point.strip()), "Say what must be shown.")
    _require(bool(step.rule.strip()), "Say under which rule it must be shown.")
    _require(
        not step.is_met or any(item.strip() for item in step.items),
        "Nothing is met without an item that shows it: name the items.",
    )


def _notice(now: Standing, step: s.Told, house: House) -> None:
    _require(bool(now.met), "No point of the charge is met, so there is nothing to answer. Withdraw it, or add proof.")
    _require(bool(step.words.strip()), "Say in the notice what the person is charged with.")
    _require(bool(step.file_access.strip()), "Say how and from when the file is open to the person.")
    _require(bool(step.companion.strip()), "Say who may come along: a colleague, a union representative, counsel.")
    least = step.at + timedelta(days=house.reply_days)
    _require(
        step.reply_by >= least,
        f"The person has at least {house.reply_days} days to reply: until {in_utc(least)} or later.",
    )
    _require(step.hear_at is None or step.hear_at > step.at, "The hearing must lie ahead.")


def _reply(now: Standing, step: s.Replied, house: House) -> None:
    assert now.notice is not None
    assert now.charge is not None
    _require(step.how in s.REPLIES, f"Say how: {', '.join(s.REPLIES.values())}.")
    _require(bool(step.words.strip()), "Write down what was said, or how the waiver or the silence is known.")
    if step.how == "none":
        _require(not now.replies, "The person has replied.")
        _require(step.at >= now.notice.reply_by, f"The time to reply runs until {in_utc(now.notice.reply_by)}.")


def _weighing(now: Standing, step: s.Weighed, house: House) -> None:
    _separate(now, step)
    if trouble := problems(step.weights):
        raise Refused(trouble[0], trouble)


def _proposal(now: Standing, step: s.Proposed, house: House) -> None:
    _separate(now, step)
    _require(house.knows(step.outcome), "Choose an outcome from the ladder.")
    span = [end for end in (step.mildest, step.harshest) if end]
    _require(all(house.knows(end) for end in span) and len(span) != 1, "The range of like cases is not on the ladder.")


def _decision(now: Standing, step: s.Decided, house: House) -> None:
    assert now.proposal is not None
    _gated(step)
    _separate(now, step)
    _require(
        house.rank(now.proposal.outcome) == 0 or bool(now.met), "No point of the charge is met, so nothing can follow."
    )
    if is_outside(now.proposal, house):
        _require(
            bool(now.proposal.outside_because.strip()),
            "The proposal lies outside the range of like cases: write the "
            "reason that names what differs, or propose another outcome.",
        )
    if wait := waits(now, step.at):
        raise Refused(f"The person is still {wait}. Decide after that, or after they waived it.")
    for words, what in ((step.findings, "findings"), (step.reason, "reason for the decision")):
        _require(bool(words.strip()), f"Write the {what}.")
    _require(bool(step.on_the_reply.strip()), "Say what you find on the reply, or that there was none.")
    kept = dict(now.kept_out) | dict(step.kept_out) | dict(now.judged) | {step.by: "decides"}
    _require(bool(step.appeal_to.strip()), "Name who hears an appeal.")
    _require(
        step.appeal_to not in kept, f"{step.appeal_to} {kept.get(step.appeal_to, '')}, and so cannot hear the appeal."
    )


def _letter(now: Standing, step: s.LetterGiven, house: House) -> None:
    assert now.decision is not None
    _require(bool(step.digests) and all(step.digests), "The letter has not been made yet.")
    _require(bool(step.how.strip()), "Say how the letter was given, and how that is known.")
    decided_at = now.decision.at.replace(second=0, microsecond=0)  # who writes a time down writes minutes
    _require(
        decided_at <= step.received_at <= step.at,
        "The letter was received after the decision, and not in the future.",
    )


def _appeal(now: Standing, step: s.Appealed, house: House) -> None:
    until = now.appeal_until(house)
    assert until is not None
    _require(bool(step.grounds.strip()), "Say on which grounds.")
    _require(
        step.at <= until or bool(step.late_because.strip()),
        f"The time to appeal ran until {in_utc(until)}. A late appeal is heard only for a written reason.",
    )


def _ruling(now: Standing, step: s.AppealHeard, house: House) -> None:
    assert now.decision is not None
    _separate(now, step, appeal=True)
    named = now.decision.appeal_to
    has_fallen_out = named in dict(now.kept_out) | dict(step.kept_out)
    _require(step.by == named or has_fallen_out, f"{named} hears the appeal: so says the letter.")
    _require(step.result in s.RESULTS, "An appeal is dismissed, lowers the sanction, or is granted.")
    _require(bool(step.reason.strip()), "Write the reason.")
    if step.result == "lowered":
        is_lower = house.knows(step.outcome) and house.rank(step.outcome) < house.rank(now.outcome)
        _require(is_lower, "A lowered sanction is milder on the ladder than the one that was decided.")
    else:
        _require(not step.outcome, "Only a lowered sanction has an outcome of its own.")


def _carrying(now: Standing, step: s.CarriedOut, house: House) -> None:
    _gated(step)
    _require(bool(step.measure.strip()), "Name the measure.")
    _require(step.measure not in now.carried, "That measure is carried out already.")
    outcome = house.outcome(now.outcome)
    _require(step.sort in outcome.measures, f"“{outcome.name}” does not allow this measure.")
    until = now.appeal_until(house)
    assert until is not None
    is_final = now.ruling is not None or (now.appeal is None and step.at > until)
    _require(
        step.can_be_undone or is_final,
        "What cannot be undone waits until the appeal is decided, or until the time "
        f"for it has passed on {in_utc(until)}.",
    )


def _undoing(now: Standing, step: s.Undone, house: House) -> None:
    _require(step.measure in now.to_undo, "That measure is not among those to be undone.")
    _require(step.is_undone or bool(step.words.strip()), "Say what is done instead where something cannot be undone.")


def _withdrawal(now: Standing, step: s.Withdrawn, house: House) -> None:
    _require(bool(step.reason.strip()), "Say why the charge is withdrawn.")


CHECKS: Final[Mapping[str, Callable[[Standing, Any, House], None]]] = {
    "charge": _charge,
    "proof": _proof,
    "notice": _notice,
    "reply": _reply,
    "weighing": _weighing,
    "proposal": _proposal,
    "decision": _decision,
    "letter": _letter,
    "appeal": _appeal,
    "ruling": _ruling,
    "carrying": _carrying,
    "undoing": _undoing,
    "withdrawal": _withdrawal,
}
