"""An interview is planned, begun, taken through its account, and closed: each verb asks engines.interviews."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.cases.actions import content
from bartizan.cases.actions.exhibit import take_in
from bartizan.cases.custody import Description, signed_by
from bartizan.cases.custody import Step as CustodyStep
from bartizan.cases.models import (
    Case,
    Exhibit,
    HeldBack,
    Interview,
    InterviewStep,
    NoteLine,
    Question,
    Recording,
    RightGiven,
)
from bartizan.cases.queries import interview as queries
from bartizan.cases.queries.gate import gate_of
from bartizan.cases.rights_book import rules_called
from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.engines import interviews as engine
from bartizan.watch.shown import zone_of


@dataclass(frozen=True, slots=True)
class Planned:
    """What an interview is planned with."""

    heard_as: str
    person: str = ""
    """The staff number, or P3 of the case; empty for somebody of no staff."""
    outsider: str = ""
    rules: str = "HOUSE"
    purpose: str = ""
    legal_basis: str = ""
    keep_until: date | None = None
    asks: User | None = None
    notes_by: User | None = None
    planned_at: datetime | None = None
    place: str = ""
    language: str = ""
    interpreter: str = ""
    is_anonymous: bool = False


@atomic
def plan_interview(case: Case, told: Planned, by: User) -> Interview:
    """With its open questions and what is held back, from the gaps of the case's verdict."""
    person = _check_plan(case, told, by)
    rules = rules_called(told.rules)
    assert told.keep_until is not None
    Case.objects.select_for_update().get(pk=case.pk)
    made = Interview.objects.create(
        case=case,
        number=(Interview.objects.filter(case=case).aggregate(top=Max("number"))["top"] or 0) + 1,
        person=person,
        outsider="" if person else told.outsider.strip()[:120],
        witness=_witness(case, person, told.outsider.strip()[:120]),
        is_anonymous=told.is_anonymous,
        heard_as=told.heard_as,
        language=told.language.strip()[:40] or "English",
        interpreter=told.interpreter.strip()[:120],
        place=told.place.strip()[:160],
        rules=rules.id,
        rules_as_of=rules.as_of,
        purpose=told.purpose.strip()[:400],
        legal_basis=told.legal_basis.strip()[:400],
        keep_until=told.keep_until,
        asks=told.asks or by,
        notes_by=told.notes_by,
        planned_at=told.planned_at,
    )
    InterviewStep.objects.create(interview=made, stage="plan", by=by)
    _prepare(made, by)
    record(by, "planned an interview", f"case:{case.number}", interview=made.number)
    return made


def _check_plan(case: Case, told: Planned, by: User) -> str:
    """The staff number of whoever is to be heard. Raises ValidationError."""
    if case.state == "closed":
        raise ValidationError("The case is closed: open it again before anybody is heard.")
    if told.heard_as not in engine.HEARD_AS:
        raise ValidationError("Say as what the person is heard.")
    person = queries.person_called(case, told.person) if told.person.strip() else ""
    if told.person.strip() and not person:
        raise ValidationError(f"“{told.person}” is neither P and a number of this case nor a staff number.")
    if not person and not told.outsider.strip():
        raise ValidationError("Say who is to be heard: P and a number of this case, a staff number, or a name.")
    if told.heard_as == "subject" and not gate_of(case).opens_for(person):
        raise ValidationError(
            "Nobody is heard as a subject while the gate is shut for them. Plan it as a witness or a contact, or have "
            "the gate opened on the tab Pinpoint."
        )
    _check_record(told)
    for one in (by, told.asks, told.notes_by):
        if one is not None and one.person and one.person == person:
            raise ValidationError("Nobody plans, leads or notes an interview of themselves. Choose somebody else.")
    return person


def _check_record(told: Planned) -> None:
    for words, what in ((told.purpose, "for which purpose"), (told.legal_basis, "on which legal basis")):
        if not words.strip():
            raise ValidationError(f"Say {what} this record of a person is kept.")
    if told.keep_until is None or told.keep_until < timezone.now().date():
        raise ValidationError("Say until which day this record of a person is kept; it lies ahead.")


def _witness(case: Case, person: str, outsider: str) -> int:
    """The number that the same person has in this case already, or the next one."""
    others = Interview.objects.filter(case=case)
    same = others.filter(person=person, outsider="" if person else outsider).first()
    return same.witness if same else (others.aggregate(top=Max("witness"))["top"] or 0) + 1


def _prepare(made: Interview, by: User) -> None:
    verdict = (made.case.pinpoint or {}).get("verdict") or {}
    found = engine.plan(verdict, made.person, zone_of(by, made.case.site))
    Question.objects.bulk_create(
        Question(interview=made, words=one.words[:400], why=one.why[:200]) for one in found.questions
    )
    HeldBack.objects.bulk_create(
        HeldBack(interview=made, what=one.what[:300], until=one.until[:200], why=one.why[:300], is_never=one.is_never)
        for one in found.held
    )


def take(interview: Interview, deed: str, by: User, **asked: str) -> Interview:
    """The interview, locked, if the deed may be done now by this officer. Raises ValidationError in words."""
    found = Interview.objects.select_for_update().select_related("case").get(pk=interview.pk)
    if by.person and by.person == found.person:
        raise ValidationError("Nobody acts in an interview of themselves. A colleague does this.")
    try:
        engine.take(deed, queries.standing_of(found), gate=queries.gate_for(found), **asked)
    except engine.Refused as why:
        raise ValidationError(list(why.missing[:2])) from why
    return found


def tell(interview: Interview, verb: str, by: User) -> None:
    """The audit names the interview by its number and never the person."""
    record(by, verb, f"case:{interview.case.number}", interview=interview.number)


@atomic
def give_right(interview: Interview, key: str, how: str, by: User) -> None:
    """Once each; ``how`` is how it was acknowledged."""
    found = take(interview, "right", by, part=key)
    right = next((one for one in queries.rules_for(found).of(found.heard_as) if one.key == key), None)
    if right is None:
        raise ValidationError("That right is not among those of these rules: choose one from the list.")
    if found.rights.filter(key=key).exists():
        raise ValidationError(f"“{right.words}” is given already.")
    if not how.strip():
        raise ValidationError("Say how it was acknowledged, such as “repeated in their own words”.")
    told = {"words": right.words[:200], "said": right.say[:1000], "how": how.strip()[:200]}
    RightGiven.objects.create(interview=found, key=key, by=by, **told)
    tell(found, "gave a right before an interview", by)


@atomic
def answer_consent(interview: Interview, how: str, by: User, *, sound: bool, picture: bool) -> None:
    """Also when it is withdrawn: what was recorded until then stays, nothing is added."""
    found = take(interview, "consent", by, answer="yes" if sound or picture else "no")
    if not how.strip():
        raise ValidationError("Say how the answer was given, such as “in writing” or “in words at the beginning”.")
    found.sound, found.picture, found.consent_how, found.consent_at = sound, picture, how.strip()[:200], timezone.now()
    found.save(update_fields=["sound", "picture", "consent_how", "consent_at"])
    tell(found, "noted the answer on recording", by)


@atomic
def begin(interview: Interview, by: User, *, place: str = "", companion: str = "") -> None:
    """Everybody is in the room: what it is about is explained next."""
    found = take(interview, "begin", by)
    found.place, found.companion = place.strip()[:160] or found.place, companion.strip()[:160]
    found.gate_by = queries.gate_for(found) if found.heard_as == "subject" else ""
    found.started_at = timezone.now()
    _go(found, "engage", by, "", "place", "companion", "gate_by", "started_at")
    tell(found, "began an interview", by)


@atomic
def go_on(interview: Interview, deed: str, by: User) -> None:
    """To the free account, to clarify, to put the records, or to the close."""
    found = take(interview, deed, by)
    if deed == "free":
        found.before = queries.leading(found.case)
    _go(found, deed, by, "", "before")
    tell(found, _WENT[deed], by)


_WENT = {
    "free": "began the free account of an interview",
    "clarify": "began to clarify an account",
    "put": "began to put records to somebody",
    "close": "began to close an interview",
}


def _go(interview: Interview, stage: str, by: User, words: str, *fields: str) -> None:
    interview.stage = stage
    interview.save(update_fields=["stage", *fields])
    InterviewStep.objects.create(interview=interview, stage=stage, by=by, words=words)


@atomic
def finish(interview: Interview, by: User) -> None:
    found = take(interview, "finish", by)
    found.closed_at = timezone.now()
    _go(found, "evaluate", by, "", "closed_at")
    tell(found, "closed an interview", by)


@atomic
def evaluate(interview: Interview, words: str, by: User) -> None:
    """The account and the interviewer: what was learned, and what should be done better."""
    found = take(interview, "evaluate", by)
    if not words.strip():
        raise ValidationError("Say what the account came to, and what the interviewer would do better.")
    _go(found, "done", by, words.strip()[:2000])
    tell(found, "evaluated an interview", by)


@atomic
def end_early(interview: Interview, words: str, by: User) -> None:
    """Anybody may end it at any time; that weighs nothing."""
    found = take(interview, "end", by)
    if not words.strip():
        raise ValidationError("Say who ended it, and why if it was said.")
    found.closed_at = timezone.now()
    _go(found, "ended", by, words.strip()[:2000], "closed_at")
    tell(found, "ended an interview early", by)


@atomic
def write_down(interview: Interview, who: str, words: str, by: User, mark: str = "") -> NoteLine:
    """One line as it was spoken. Nothing is tidied and nothing taken back."""
    found = take(interview, "note", by)
    if not words.strip():
        raise ValidationError("Write down what was said.")
    if not who.strip():
        raise ValidationError("Say who said it.")
    number = (found.notes.aggregate(top=Max("number"))["top"] or 0) + 1
    return NoteLine.objects.create(
        interview=found, number=number, who=who.strip()[:120], words=words.strip()[:4000], mark=mark[:60], by=by
    )


@atomic
def ask_question(interview: Interview, words: str, why: str, by: User) -> Question:
    """A question of the office's own, beside those that follow from the evidence."""
    if interview.stage in ("done", "ended"):
        raise ValidationError("The interview is over. Plan another one.")
    if not words.strip():
        raise ValidationError("Write the question.")
    return Question.objects.create(interview=interview, words=words.strip()[:400], why=why.strip()[:200])


@atomic
def hold_back(interview: Interview, exhibit: str, until: str, why: str, by: User) -> HeldBack:
    """An exhibit of the case beside what follows from the evidence. What does not exist cannot be held back."""
    if interview.stage in ("done", "ended"):
        raise ValidationError("The interview is over. Plan another one.")
    found = Exhibit.objects.filter(custody__case=interview.case, number=exhibit.strip()).first()
    if found is None:
        raise ValidationError(f"The case has no exhibit “{exhibit}”: what is held back is there, such as E-01.")
    if not why.strip():
        raise ValidationError("Say why it is held back.")
    told = {"what": f"{found.name}, {found.number}"[:300], "until": until.strip()[:200], "why": why.strip()[:300]}
    return HeldBack.objects.create(interview=interview, **told)


@atomic
def was_asked(question: Question, by: User) -> None:
    take(question.interview, "note", by)
    question.asked_at = timezone.now()
    question.save(update_fields=["asked_at"])


@atomic
def release(held: HeldBack, reason: str, by: User) -> None:
    """It is shown to whoever is heard: after the free account, or before with a reason."""
    if held.is_never:
        raise ValidationError("There is no result yet, and what is not known is never hinted at.")
    found = take(held.interview, "release", by, reason=reason)
    if held.shown_at:
        raise ValidationError("It was shown already.")
    held.shown_at = timezone.now()
    held.shown_because = reason.strip()[:400]
    held.save(update_fields=["shown_at", "shown_because"])
    tell(found, "showed what was held back", by)


def keep_recording(
    interview: Interview, name: str, chunks: Iterable[bytes], what: str, typed: str, by: User
) -> Recording:
    """Into the vault, and into the case's custody as an exhibit of its own with its SHA-256."""
    with atomic():
        found = take(interview, "record", by)
    signed = [signed_by(by, "takes", typed)]
    told = Description(f"Recording of interview {found.number}", what.strip())
    step = CustodyStep("kept as the record of an interview, with consent", place="vault")

    def brought() -> Any:
        return content.upload(found.case, name, chunks, by)

    exhibit = take_in(found.case, told, step, signed, by, brought)
    return _recorded(found, exhibit, what, by)


@atomic
def _recorded(interview: Interview, exhibit: Any, what: str, by: User) -> Recording:
    told = {"exhibit": exhibit.number, "digest": exhibit.digest, "what": what.strip()[:200] or "sound"}
    made = Recording.objects.create(interview=interview, file=exhibit.file, by=by, **told)
    tell(interview, "kept the recording of an interview", by)
    return made
