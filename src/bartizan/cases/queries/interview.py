"""Interviews and where they stand: for those who see the case, and never for the one who is heard in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from bartizan.cases.models import (
    AccountClaim,
    Alias,
    Case,
    HeldBack,
    Interview,
    InterviewStep,
    NoteLine,
    Question,
    Recording,
    RightGiven,
    StatementSignature,
    StatementVersion,
)
from bartizan.cases.queries.case import case_rule
from bartizan.cases.queries.gate import gate_of
from bartizan.cases.rights_book import rules_called
from bartizan.core.access import visible_to
from bartizan.core.models import AuditEntry, User
from bartizan.engines.context import Estate
from bartizan.engines.interviews import Claim, Rules, Standing
from bartizan.engines.interviews.weight import statement
from bartizan.engines.pinpoint.inquiry import Statement
from bartizan.estate.models import Person

case_rule(Interview)
for _part in (InterviewStep, RightGiven, Question, HeldBack, NoteLine, AccountClaim, StatementVersion, Recording):
    case_rule(_part, "interview__case")
case_rule(StatementSignature, "version__interview__case")


def interviews(user: User, case: Case) -> QuerySet[Interview]:
    """Of a case, but for those in which the reader is heard: who is heard sees the notes, never the claims."""
    known = case.interviews.filter(emptied_at=None).select_related("asks", "notes_by")
    found = visible_to(user, known.order_by("number"))
    return found.exclude(person=user.person) if user.person else found


def ended_interviews(user: User, case: Case) -> QuerySet[Interview]:
    """The lines that stay of those whose content was deleted under their retention day."""
    return visible_to(user, Interview.objects.filter(case=case).exclude(emptied_at=None).order_by("number"))


def rules_for(interview: Interview) -> Rules:
    """Raises ValidationError when they cannot be read any more."""
    return rules_called(interview.rules)


def standing_of(interview: Interview) -> Standing:
    """How far it has come, by what was kept. Raises ValidationError when its rights cannot be read."""
    newest = newest_version(interview)
    signatures = list(newest.signatures.all()) if newest else []
    lines = interview.notes.count()
    return Standing(
        heard_as=interview.heard_as,
        needed=rules_for(interview).needed(interview.heard_as),
        stage=interview.stage,
        given=frozenset(interview.rights.values_list("key", flat=True)),
        consent="" if interview.consent_at is None else "yes" if interview.sound or interview.picture else "no",
        lines=lines,
        version=newest.number if newest else 0,
        is_behind=newest is not None and lines > newest.lines,
        read_back=newest.number if newest and newest.read_back_at else 0,
        signed=frozenset(one.part for one in signatures if not one.is_refusal),
        is_refused=any(one.is_refusal for one in signatures),
        opened_by=interview.gate_by,
    )


def newest_version(interview: Interview) -> StatementVersion | None:
    return interview.versions.prefetch_related("signatures").order_by("-number").first()


def gate_for(interview: Interview) -> str:
    """By what the gate is open for whoever is heard: ``evidence``, ``override``; empty while it is shut for them."""
    gate = gate_of(interview.case)
    return gate.by if gate.opens_for(interview.person) else ""


def called(interview: Interview) -> str:
    """Who is heard, by name. A case's page masks it; whatever leaves the page masks it by itself."""
    return all_called([interview])[interview.pk]


def all_called(found: Sequence[Interview]) -> dict[int, str]:
    """The same of many, by the interview's key."""
    people = {one.person for one in found} - {""}
    names = dict(Person.objects.filter(code__in=people).values_list("code", "name")) if people else {}
    return {one.pk: names.get(one.person) or one.person or one.outsider for one in found}


def witness_names(case: Case) -> dict[str, str]:
    """For exports: the staff number, or an outsider's name, of everybody who is anonymous in them, to ``W1``."""
    found = Interview.objects.filter(case=case, is_anonymous=True, emptied_at=None)
    return {one.person or one.outsider: one.label for one in found}


def numbers_of(case: Case) -> dict[str, str]:
    """Staff numbers to ``P3``: by it a form names somebody who is masked."""
    return {person: f"P{number}" for person, number in Alias.objects.filter(case=case).values_list("person", "number")}


def lookers(interview: Interview) -> list[tuple[str, Any]]:
    """Who looked at the interview, the latest look of each first."""
    about = f"interview:{interview.case.number}/{interview.number}"
    entries = AuditEntry.objects.filter(subject=about, by__isnull=False).select_related("by").order_by("at")
    last = {(one.by.get_full_name() or one.by.username): one.at for one in entries if one.by}
    return sorted(last.items(), key=lambda one: one[1], reverse=True)


def person_called(case: Case, words: str) -> str:
    """The staff number of ``P3`` of this case, or of whoever has that staff number; empty for nobody."""
    told = words.strip()
    if told[:1] in "Pp" and told[1:].isdecimal() and len(told) < 8:
        number = Alias.objects.filter(case=case, number=int(told[1:])).values_list("person", flat=True).first()
        if number:
            return number
    return Person.objects.filter(code=told).values_list("code", flat=True).first() or ""


def leading(case: Case) -> dict[str, Any]:
    """The likeliest explanation as it is now, for "before and after"; empty while nothing is weighed."""
    verdict: dict[str, Any] = (case.pinpoint or {}).get("verdict") or {}
    columns: Sequence[dict[str, Any]] = verdict.get("columns") or ()
    if not columns:
        return {}
    best = max(columns, key=lambda one: float(one.get("probability") or 0))
    return {
        "digest": str(verdict.get("result_digest") or ""),
        "cls": best.get("cls"),
        "person": best.get("person"),
        "words": str(best.get("words") or ""),
        "probability": float(best.get("probability") or 0),
    }


def share_now(case: Case, before: dict[str, Any]) -> float | None:
    """How likely the explanation that led before is now; nothing when it is no longer among the leading ones."""
    columns = ((case.pinpoint or {}).get("verdict") or {}).get("columns") or ()
    same = [one for one in columns if (one.get("cls"), one.get("person")) == (before.get("cls"), before.get("person"))]
    return float(same[0].get("probability") or 0) if same else None


def as_claim(row: AccountClaim) -> Claim:
    return Claim(row.kind, row.interview.person, row.since, row.until, row.about, row.place, row.thing)


def as_statement(row: AccountClaim, estate: Estate) -> Statement | None:
    """What the inquiry weighs of a claim; nothing for one that weighs nothing."""
    is_elsewhere = row.is_by_hand and row.verdict == "confirmed"
    return statement(as_claim(row), row.verdict, estate, is_checked=is_elsewhere)


def statements_of(case: Case, estate: Estate) -> list[Statement]:
    """Everything that the case's interviews say to the question who. A lent badge counts where it was lent while the
    case happened."""
    rows = AccountClaim.objects.filter(interview__case=case).select_related("interview").order_by("pk")
    found = [said for row in rows if (said := as_statement(row, estate)) is not None]
    return [said for said in found if not said.lent or (said.since <= case.last_at and said.until >= case.first_at)]
