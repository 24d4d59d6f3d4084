"""A charge is brought, answered, weighed, decided and appealed: each verb asks engines.sanctions, and keeps a step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.cases import letters
from bartizan.cases.house_book import house
from bartizan.cases.models import Case, Charge, ChargeStep
from bartizan.cases.proofs import exhibits_proved, is_number
from bartizan.cases.queries import sanction as queries
from bartizan.core.actions import record
from bartizan.core.files import add_file
from bartizan.core.models import User
from bartizan.engines import sanctions
from bartizan.engines.sanctions import House, HouseError, Refused, Step, Weight
from bartizan.engines.sanctions import steps as s
from bartizan.engines.sanctions.letter import letter_of
from bartizan.estate.models import Person


@dataclass(frozen=True, slots=True)
class Accusation:
    """What a charge says when it is brought."""

    person: str
    what: str
    rule: str
    standard: str
    kind: str
    is_meant: bool
    is_repeated: bool
    purpose: str
    legal_basis: str
    investigators: Sequence[User] = ()


@atomic
def bring_charge(case: Case, told: Accusation, by: User) -> Charge:
    """Refused unless the case's gate is open for that person. Raises ValidationError in words."""
    house = _house()
    if not Person.objects.filter(code=told.person.strip()).exists():
        raise ValidationError(f"Nobody in the register has the staff number “{told.person}”.")
    if told.kind not in house.kinds:
        raise ValidationError("Choose the kind of conduct from the list.")
    for words, what in ((told.purpose, "for which purpose"), (told.legal_basis, "on which legal basis")):
        if not words.strip():
            raise ValidationError(f"Say {what} this record of a person is kept.")
    now = timezone.now()
    charge = Charge.objects.create(
        case=case,
        number=(case.charges.aggregate(top=Max("number"))["top"] or 0) + 1,
        person=told.person.strip(),
        kind=told.kind,
        is_meant=told.is_meant,
        is_repeated=told.is_repeated,
        purpose=told.purpose.strip()[:400],
        legal_basis=told.legal_basis.strip()[:400],
        keep_until=_years_on(now, house.keep_years),
        brought_at=now,
    )
    charge.investigators.set(told.investigators)
    facts = {"person": charge.person, "what": told.what.strip(), "rule": told.rule.strip(), "standard": told.standard}
    take(charge, s.Charged, by, own=queries.own_accounts(charge.person), **facts)
    return charge


def _years_on(day: datetime, years: int) -> Any:
    try:
        return day.date().replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.date().replace(year=day.year + years, day=28)


def take(charge: Charge, kind: type[Step], by: User, **facts: Any) -> Step:
    """Add a step if the engine lets it be taken now, by this person; the charge is locked until it is kept."""
    charge = Charge.objects.select_for_update().select_related("case").get(pk=charge.pk)
    house, log = _house(), queries.log_of(charge)
    out = queries.kept_out(charge.case, charge.person, charge.investigators.all())
    gate = queries.gate_for(charge.case, charge.person)
    step = kind(by=by.username, at=timezone.now(), gate=gate, kept_out=tuple(sorted(out.items())), **facts)
    try:
        sanctions.apply(log, step, house)
    except Refused as why:
        raise ValidationError([in_full(str(why)), *map(in_full, why.missing[1:3])]) from why
    ChargeStep.objects.create(
        charge=charge, number=len(log) + 1, kind=step.kind, by=by, at=step.at, facts=sanctions.to_facts(step)
    )
    record(by, VERBS[step.kind], f"case:{charge.case.number}", charge=charge.number)
    return step


VERBS = {
    "charge": "brought a charge",
    "proof": "entered proof of a charge",
    "notice": "gave notice of a charge",
    "reply": "kept a reply to a charge",
    "weighing": "weighed the twelve factors",
    "proposal": "proposed a sanction",
    "decision": "decided on a charge",
    "letter": "gave the letter of a decision",
    "appeal": "lodged an appeal",
    "ruling": "decided an appeal",
    "carrying": "carried out a measure",
    "undoing": "undid a measure",
    "withdrawal": "withdrew a charge",
}
"""The audit names the charge by its number and never the person: whoever may see the case finds it there."""


def in_full(words: str) -> str:
    """A refusal speaks of accounts; an officer reads names."""
    first, _, rest = words.partition(" ")
    user = User.objects.filter(username=first).first()
    return f"{user.get_full_name() or first} {rest}" if user else words


def _house() -> House:
    try:
        return house()
    except HouseError as error:
        raise ValidationError(f"The house's rules on sanctions (sanctions.yaml) cannot be read. {error}") from error


@atomic
def enter_proof(charge: Charge, by: User, *, point: str, rule: str, items: Iterable[str], met: bool, note: str) -> None:
    """``items``: exhibits of the case by their number, and whatever else shows it in words."""
    told = _checked(charge.case, items, met=met)
    take(charge, s.Proved, by, point=point.strip(), rule=rule.strip(), items=told, is_met=met, note=note.strip())


def _checked(case: Case, items: Iterable[str], *, met: bool) -> tuple[str, ...]:
    """Each once. A number of an exhibit must be one of the case, and nothing is met by one that does not verify."""
    told = [item.strip() for item in items if item.strip()]
    told = list(dict.fromkeys(item.upper() if is_number(item.upper()) else item for item in told))
    proved = exhibits_proved(case) if any(is_number(item) for item in told) else {}
    for number in filter(is_number, told):
        if number not in proved:
            raise ValidationError(
                f"The case has no exhibit {number}: choose from the list, or take it in on the tab Evidence first. "
                "What is no exhibit is named in other words."
            )
        if met and proved[number]:
            raise ValidationError(
                f"{number} does not verify: {proved[number].rstrip('.')}. Nothing is met by it: leave it out, or enter "
                "the point as not met."
            )
    return tuple(told)


@atomic
def give_notice(charge: Charge, by: User, **facts: Any) -> None:
    """From now on the person sees the own notice. ``facts`` are those of engines.sanctions.steps.Told."""
    step = take(charge, s.Told, by, **facts)
    Charge.objects.filter(pk=charge.pk, told_at=None).update(told_at=step.at)


@atomic
def keep_reply(charge: Charge, by: User, how: str, words: str, companion: str = "") -> None:
    take(charge, s.Replied, by, how=how, words=words.strip(), companion=companion.strip())


@atomic
def reply(charge: Charge, by: User, words: str) -> None:
    """The person charged replies from the own account."""
    _check_own(charge, by)
    take(charge, s.Replied, by, how="written", words=words.strip())


@atomic
def weigh(charge: Charge, by: User, weights: Sequence[Weight]) -> None:
    take(charge, s.Weighed, by, weights=tuple(weights))


@atomic
def propose(charge: Charge, by: User, outcome: str, outside_because: str) -> None:
    """The range is worked out anew here, from what the house decided in like cases."""
    likes = sanctions.alike(queries.as_comparable(charge, queries.log_of(charge)), queries.comparables(charge))
    span = sanctions.span_of(likes, _house())
    ends = {"mildest": span.mildest, "harshest": span.harshest} if span else {}
    take(charge, s.Proposed, by, outcome=outcome, outside_because=outside_because.strip(), **ends)


@atomic
def decide(charge: Charge, by: User, *, findings: str, on_the_reply: str, reason: str, appeal_to: str) -> None:
    """The decision, and its letter as DOCX and PDF among the case's files."""
    told = {"findings": findings, "on_the_reply": on_the_reply, "reason": reason}
    if appeal_to and not User.objects.filter(username=appeal_to, is_active=True).exists():
        raise ValidationError("Choose from the list who hears an appeal.")
    step = take(charge, s.Decided, by, appeal_to=appeal_to, **{name: words.strip() for name, words in told.items()})
    _keep_letter(charge, by, step.at)


def _keep_letter(charge: Charge, by: User, at: datetime) -> None:
    now = sanctions.standing(queries.log_of(charge))
    letter = letter_of(now, queries.letter_facts(charge), _house(), queries.names_of(now))
    try:
        made = (("pdf", letters.as_pdf(letter, at)), ("docx", letters.as_docx(letter)))
    except letters.LetterError as error:
        raise ValidationError(str(error)) from error
    for ending, content in made:
        name = f"letter-{charge.case.number}-{charge.number}.{ending}"
        file = add_file(by, f"case:{charge.case.number}", name, [content], note="Letter of a decision")
        setattr(charge, f"letter_{ending}", file)
    charge.save(update_fields=["letter_pdf", "letter_docx"])


@atomic
def give_letter(charge: Charge, by: User, how: str, received_at: datetime) -> None:
    charge.refresh_from_db()
    files = [file for file in (charge.letter_pdf, charge.letter_docx) if file]
    take(charge, s.LetterGiven, by, digests=tuple(f.digest for f in files), how=how.strip(), received_at=received_at)


@atomic
def lodge_appeal(charge: Charge, by: User, grounds: str, late_because: str = "") -> None:
    """By the person, or by an officer who received it."""
    take(charge, s.Appealed, by, grounds=grounds.strip(), late_because=late_because.strip())


@atomic
def appeal(charge: Charge, by: User, grounds: str) -> None:
    """The person charged appeals from the own account."""
    _check_own(charge, by)
    lodge_appeal(charge, by, grounds)


@atomic
def rule_on_appeal(charge: Charge, by: User, result: str, outcome: str, reason: str) -> None:
    told = outcome if result == "lowered" else ""
    take(charge, s.AppealHeard, by, result=result, outcome=told, reason=reason.strip())


@atomic
def withdraw(charge: Charge, by: User, reason: str) -> None:
    take(charge, s.Withdrawn, by, reason=reason.strip())


def _check_own(charge: Charge, by: User) -> None:
    if not by.person or by.person != charge.person:
        raise ValidationError("Only the person charged answers here.")
