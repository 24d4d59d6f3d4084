"""What is said becomes claims; each is held against the records at once, and goes into the inquiry as a statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.cases.actions.case import ask_for_a_look
from bartizan.cases.actions.interview import take, tell
from bartizan.cases.checking import LONGEST, checked
from bartizan.cases.models import AccountClaim, Interview
from bartizan.cases.queries import interview as queries
from bartizan.core.models import User
from bartizan.engines.interviews import KINDS, Checked
from bartizan.estate.queries import snapshot


@dataclass(frozen=True, slots=True)
class Told:
    """A claim as the form has it: the words as spoken, and what can be checked of them."""

    words: str
    kind: str
    since: datetime | None = None
    until: datetime | None = None
    about: str = ""
    """P3 of the case, or a staff number."""
    place: str = ""
    thing: str = ""
    """A badge's number, a user account's or a machine's name, with or without its kind before it."""
    line: int | None = None


def enter_claim(interview: Interview, told: Told, by: User) -> AccountClaim:
    """Kept at first, then held against the records: they may take a moment to answer, and nobody waits for it."""
    claim = _entered(interview, told, by)
    check_claim(claim, by)
    return claim


@atomic
def _entered(interview: Interview, told: Told, by: User) -> AccountClaim:
    found = take(interview, "claim", by)
    facts = _facts(found, told)
    number = (found.claims.aggregate(top=Max("number"))["top"] or 0) + 1
    words = told.words.strip()[:400]
    said = {"words": words, "first_words": words, "said_at": timezone.now(), "line": told.line}
    made = AccountClaim.objects.create(interview=found, number=number, **said, **facts)
    tell(found, "entered a claim of an account", by)
    return made


def amend_claim(claim: AccountClaim, told: Told, by: User) -> AccountClaim:
    """The person says it otherwise: the first wording stays beside the new one."""
    _amended(claim, told, by)
    check_claim(claim, by)
    return claim


@atomic
def _amended(claim: AccountClaim, told: Told, by: User) -> None:
    found = take(claim.interview, "claim", by)
    for name, value in _facts(found, told).items():
        setattr(claim, name, value)
    claim.words, claim.amended_at, claim.is_by_hand = told.words.strip()[:400], timezone.now(), False
    claim.save()
    tell(found, "amended a claim of an account", by)


def _facts(interview: Interview, told: Told) -> dict[str, object]:
    """Raises ValidationError for what nobody could check."""
    if not told.words.strip():
        raise ValidationError("Write the claim in the person's own words.")
    if told.kind not in KINDS:
        raise ValidationError("Say what kind of claim it is.")
    if told.since and told.until and told.until < told.since:
        raise ValidationError("The claim ends before it begins: mend the times.")
    if told.since and told.until and told.until - told.since > LONGEST:
        raise ValidationError(f"A claim of over {LONGEST.days} days cannot be checked at once: make several of it.")
    about = queries.person_called(interview.case, told.about) if told.about.strip() else ""
    if told.about.strip() and not about:
        raise ValidationError(f"“{told.about}” is neither P and a number of this case nor a staff number.")
    _check_parts(told, about)
    return {
        "kind": told.kind,
        "about": about,
        "place": told.place[:120] if told.kind in ("was_at", "was_not_at", "saw") else "",
        "thing": _thing(told.thing)[:120] if told.kind in ("lent", "did", "did_not") else "",
        "since": told.since,
        "until": told.until or told.since,
    }


def _check_parts(told: Told, about: str) -> None:
    if told.kind != "other" and told.since is None:
        raise ValidationError("Say from when; the records are asked for that time.")
    if told.kind in ("was_at", "was_not_at", "saw") and not told.place:
        raise ValidationError("Choose the place that is meant.")
    if told.kind == "saw" and not about:
        raise ValidationError("Say who was seen: P and a number of this case, or a staff number.")
    if told.kind in ("lent", "did", "did_not") and not told.thing.strip():
        raise ValidationError("Say which badge, user account or machine.")


def _thing(words: str) -> str:
    """The reference of what a form calls ``4417``, ``m.vos`` or ``ML-WS-214``. Raises ValidationError."""
    told, estate = words.strip(), snapshot()
    kind, _, name = told.rpartition(":")
    named = {"badge": estate.badges, "user": estate.accounts, "host": estate.hosts}
    for one, known in named.items():
        if kind in ("", one) and name in known:
            return f"{one}:{name}"
    raise ValidationError(f"“{told}” is no badge, user account or machine of the registers.")


def check_claim(claim: AccountClaim, by: User) -> None:
    """Ask the records anew, unless an officer checked it by hand."""
    if not claim.is_by_hand:
        _keep(claim, checked(queries.as_claim(claim), snapshot()))


@atomic
def _keep(claim: AccountClaim, found: Checked) -> None:
    estate = snapshot()
    said = queries.as_statement(AccountClaim.objects.select_related("interview").get(pk=claim.pk), estate)
    claim.verdict, claim.decided_by, claim.is_partly = found.verdict, found.by[:60], found.is_partly
    claim.found, claim.would, claim.events = found.words[:1000], found.would[:400], list(found.events)
    claim.checked_at = timezone.now()
    claim.save()
    if said is not None or queries.as_statement(claim, estate) is not None:
        ask_for_a_look(claim.interview.case)


@atomic
def check_by_hand(
    claim: AccountClaim, verdict: str, words: str, by: User, *, is_statement: bool, items: str = ""
) -> None:
    """Against a paper, a thing or another statement that no sensor recorded. The words say which. Also after the
    interview: what checks a claim may come days later."""
    found = claim.interview
    if by.person and by.person == found.person:
        raise ValidationError("Nobody checks the own claims. A colleague does this.")
    if verdict not in ("confirmed", "contradicted"):
        raise ValidationError("Say whether it confirms or contradicts the claim.")
    if not words.strip():
        raise ValidationError("Say what it was checked against, and what stands there.")
    claim.is_by_hand = True
    claim.items = items.strip()[:200]
    _keep(
        claim, Checked(verdict, words.strip(), tuple(claim.events), "by one statement" if is_statement else "by hand")
    )
    tell(found, "checked a claim by hand", by)
