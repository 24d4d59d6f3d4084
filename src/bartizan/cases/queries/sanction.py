"""Charges and where they stand: for those who see the case, and for the person charged, who sees the own notice."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q, QuerySet

from bartizan.cases.models import Case, Charge, ChargeStep, Interview, Measure, PastSanction, Reading
from bartizan.cases.queries.case import case_rule
from bartizan.cases.queries.gate import gate_of
from bartizan.core.access import rule, visible_to
from bartizan.core.models import AuditEntry, User
from bartizan.core.queries import officers
from bartizan.engines import sanctions
from bartizan.engines.sanctions import Comparable, Standing, Step
from bartizan.engines.sanctions.letter import Facts
from bartizan.estate.models import Organisation, Person


def _own(user: Any) -> Q:
    """What the own person is charged with, from the notice on; nothing for an account that is nobody's."""
    return Q(person=user.person, told_at__isnull=False) if user.person else Q(pk=None)


case_rule(Charge, also=_own)
for _part in (ChargeStep, Measure):
    case_rule(_part, "charge__case")
rule(PastSanction, see="see cases", change="change settings")


def charges(user: User, case: Case) -> QuerySet[Charge]:
    """The charges of a case on its bench. Nobody sees the bench on which they are charged themselves."""
    found = visible_to(user, case.charges.filter(emptied_at=None).order_by("number"))
    return found.exclude(person=user.person) if user.person else found


def ended_charges(user: User, case: Case) -> QuerySet[Charge]:
    """The lines that stay of those whose steps were deleted under their retention day."""
    return visible_to(user, case.charges.exclude(emptied_at=None).order_by("number"))


def own_charges(user: User) -> QuerySet[Charge]:
    """What the account's own person is charged with and has been told of."""
    if not user.person:
        return Charge.objects.none()
    known = visible_to(user, Charge.objects.select_related("case", "letter_docx", "letter_pdf"))
    return known.filter(person=user.person, told_at__isnull=False).order_by("-told_at")


def log_of(charge: Charge) -> tuple[Step, ...]:
    return logs_of([charge])[charge.pk]


def logs_of(found: Iterable[Charge]) -> dict[int, tuple[Step, ...]]:
    """The steps of many charges, by the charge's key."""
    logs: dict[int, list[Step]] = {one.pk: [] for one in found}
    for one in ChargeStep.objects.filter(charge__in=logs).select_related("by").order_by("number"):
        logs[one.charge_id].append(sanctions.from_facts(one.kind, one.by.username, one.at, one.facts))
    return {key: tuple(steps) for key, steps in logs.items()}


def gate_for(case: Case, person: str) -> str:
    """By what the gate is open for that person: ``evidence``, ``override``; empty while it is shut for them."""
    gate = gate_of(case)
    return gate.by if gate.opens_for(person) else ""


def kept_out(case: Case, person: str, investigators: Iterable[User] = ()) -> dict[str, str]:
    """Accounts that can neither weigh, decide nor hear an appeal in a charge against ``person``, each with why.

    The charge's author and whoever enters a proof are kept out by the engine itself.
    """
    found: dict[str, str] = {}
    for account in _own_manager(person):
        found[account] = "manages the person"
    for one in investigators:
        found[one.username] = "investigated"
    for heard in Interview.objects.filter(case=case).exclude(stage="plan").select_related("asks", "notes_by"):
        found |= {one.username: "interviewed" for one in (heard.asks, heard.notes_by) if one}
    signed = case.overrides.exclude(agreed_at=None).select_related("asked_by", "agreed_by")
    for override in signed:
        found |= {
            one.username: "opened the gate by an override" for one in (override.asked_by, override.agreed_by) if one
        }
    for reading in Reading.objects.filter(case=case).select_related("by"):
        found[reading.by.username] = "signed as second reader" if reading.agrees else "read as second reader"
    found |= dict.fromkeys(_leads(case), "led the case")
    if case.opened_by:
        found[case.opened_by.username] = "opened the case"
    if case.lead:
        found[case.lead.username] = "leads the case"
    return found


def _leads(case: Case) -> set[str]:
    """Everybody who led it at any time, by what the audit kept: handing the lead over makes nobody impartial."""
    told = AuditEntry.objects.filter(subject=f"case:{case.number}", verb="changed lead").values_list(
        "detail", flat=True
    )
    named = {str(detail.get(side, "")) for detail in told for side in ("before", "after")}
    return set(User.objects.filter(username__in=named - {""}).values_list("username", flat=True))


def _own_manager(person: str) -> list[str]:
    code = Person.objects.filter(code=person).values_list("manager__code", flat=True).first()
    return list(User.objects.filter(person=code).values_list("username", flat=True)) if code else []


def own_accounts(person: str) -> tuple[str, ...]:
    return tuple(User.objects.filter(person=person).values_list("username", flat=True)) if person else ()


def third_people(user: User, out: Collection[str]) -> list[User]:
    """Who may still weigh and decide, or hear an appeal, among those who work cases; ``out``: who cannot."""
    return [one for one in officers(user, "work cases") if one.username not in out]


def out_of(charge: Charge, now: Standing) -> dict[str, str]:
    """Who can neither weigh, decide nor hear an appeal, by the steps that were taken and as it is now."""
    return kept_out(charge.case, charge.person, charge.investigators.all()) | dict(now.kept_out)


def lookers(charge: Charge) -> list[tuple[str, Any]]:
    """Who looked at the charge, the latest look of each first."""
    about = f"charge:{charge.case.number}/{charge.number}"
    entries = AuditEntry.objects.filter(subject=about, by__isnull=False).select_related("by").order_by("at")
    last = {(one.by.get_full_name() or one.by.username): one.at for one in entries if one.by}
    return sorted(last.items(), key=lambda one: one[1], reverse=True)


def as_comparable(charge: Charge, log: tuple[Step, ...]) -> Comparable:
    """A charge as it is compared with others; its outcome is empty until it is decided."""
    now = sanctions.standing(log)
    outcome = now.outcome or ("none" if now.succeeded else "")
    appeal = sanctions.RESULTS[now.ruling.result] if now.ruling else ""
    return Comparable(
        number=charge.case.number if charge.number == 1 else f"{charge.case.number}/{charge.number}",
        what=now.charge.what if now.charge else "",
        rule=now.charge.rule if now.charge else "",
        kind=charge.kind,
        level=charge.case.level,
        is_repeated=charge.is_repeated,
        is_meant=charge.is_meant,
        outcome=outcome,
        appeal=appeal,
        is_changed=now.succeeded,
    )


def comparables(charge: Charge) -> list[Comparable]:
    """Every past outcome of the house beside this charge's own: by number, never by name, so for everybody alike."""
    past = [
        Comparable(
            one.number, one.what, one.rule, one.kind, one.level, one.is_repeated, one.is_meant, one.outcome, one.appeal,
            one.appeal in ("won in part", "won"),
        )
        for one in PastSanction.objects.order_by("number")
    ]  # fmt: skip
    given = Charge.objects.filter(steps__kind="letter").exclude(pk=charge.pk).select_related("case").distinct()
    logs = logs_of(given)
    return past + [as_comparable(one, logs[one.pk]) for one in given]


def letter_facts(charge: Charge) -> Facts:
    """What the letter says beside the procedure's steps."""
    person = Person.objects.filter(code=charge.person).first()
    kept = charge.keep_until
    return Facts(
        house=Organisation.objects.values_list("name", flat=True).first() or "The organisation",
        reference=charge.case.number,
        person=person.name if person else charge.person,
        keep_until=f"{kept.day} {kept:%B %Y}",
        purpose=charge.purpose,
        legal_basis=charge.legal_basis,
    )


def names_of(now: Standing) -> dict[str, str]:
    """Full names of the accounts that a letter names."""
    named = {now.decision.by, now.decision.appeal_to} if now.decision else set()
    return {one.username: one.get_full_name() or one.username for one in User.objects.filter(username__in=named)}
