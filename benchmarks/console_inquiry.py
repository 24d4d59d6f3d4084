"""A case with everything that an inquiry adds to one: what the console's benchmark looks at, and what the tests count
questions on. Records are written as they stand; exhibits alone go through their actions, because their chain is proved.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Final

LINES: Final = 24
"""Of everything: as many as a case of some weeks has."""
CALLED: Final = 300
"""People on the list of a muster."""
DAY: Final = timedelta(days=1)


def fill(case: Any, officer: Any, now: datetime) -> None:
    """The newest case of the house, with a verdict, ``LINES`` of everything, a plan that is followed and a charge."""
    from bartizan.cases.models import LawAnswers
    from bartizan.estate.models import Person

    people = list(Person.objects.order_by("pk").values_list("code", flat=True)[: 4 * LINES])
    case.pinpoint, case.lead, case.opened_at = _result(people), officer, now
    case.save()
    LawAnswers.objects.create(case=case, answers={"personal-data-breach": True, "gdpr-controller": True})
    for n in range(LINES):
        add(case, officer, now, n, people[n])
    _plan(case, officer, now)
    _muster(officer, now)


def _result(people: list[str]) -> dict[str, Any]:
    """As the engine stores it, with this house's people in place of the simulated ones."""
    from benchmarks.packet import result

    told = json.dumps(made := result())
    simulated = {str(one["person"]) for part in made["verdict"].values() if isinstance(part, list)
                 for one in part if isinstance(one, dict) and one.get("person")}  # fmt: skip
    for old, new in zip(sorted(simulated), people, strict=False):
        told = told.replace(f'"{old}"', f'"{new}"')
    found: dict[str, Any] = json.loads(told)
    return found


def add(case: Any, by: Any, at: datetime, n: int, person: str) -> None:
    """One line more on every tab."""
    for part in (_said, _heard, _told, _clock, _exhibit, _charge, _left):
        part(case, by, at, n, person)


def _said(case: Any, by: Any, at: datetime, n: int, person: str) -> None:
    from bartizan.cases.models import CaseEntity, Decision, Note, Part, Proposal, Report, Task

    CaseEntity.objects.get_or_create(case=case, reference=f"person:{person}", defaults={"part": "person"})
    Decision.objects.create(case=case, number=n + 1, words=f"Look at door {n}", reason="It stood open.", by=by, at=at)
    Note.objects.create(case=case, words=f"Door {n} was looked at.", by=by, at=at)
    Part.objects.create(case=case, person=person, part=Part.PARTS[n % len(Part.PARTS)][0], note="seen there", by=by)
    Task.objects.create(case=case, words=f"Ask who had key {n}", who=by.get_full_name(), due_at=at + DAY)
    Proposal.objects.create(case=case, words=f"Another lock for door {n}", owner="Facilities", cost=400 + n, by=by)
    Report.objects.create(number=f"R-{case.pk}-{n}", words=f"Door {n} stood open.", code=f"{case.pk}-{n}",
                          kind="theft", state="case", case=case)  # fmt: skip


def _heard(case: Any, by: Any, at: datetime, n: int, person: str) -> None:
    from bartizan.cases.models import AccountClaim, Interview, NoteLine, StatementSignature, StatementVersion
    from bartizan.cases.rights_book import rules_called

    rules = rules_called("NL")
    made = Interview.objects.create(
        case=case, number=n + 1, person=person, witness=n + 1, heard_as="witness", stage="evaluate", rules=rules.id,
        rules_as_of=rules.as_of, purpose="To find out", legal_basis="GDPR Art. 6(1)(f)", asks=by, notes_by=by,
        keep_until=(at - DAY if n % 2 else at + 730 * DAY).date(), started_at=at, made_at=at,
    )  # fmt: skip
    for number in range(1, 6):
        words = f"I was at door {number} around nine."
        NoteLine.objects.create(interview=made, number=number, who="heard", words=words, by=by, at=at)
        AccountClaim.objects.create(
            interview=made, number=number, words=words, first_words=words, kind="was_at", since=at - DAY, until=at,
            line=number, said_at=at, verdict=("confirmed", "contradicted", "unchecked")[number % 3],
        )  # fmt: skip
    version = StatementVersion.objects.create(interview=made, number=1, what="as spoken", text="I was there.",
                                              digest="d" * 64, lines=5, by=by, at=at)  # fmt: skip
    StatementSignature.objects.create(version=version, part="heard", name=person, how="on paper", digest="d" * 64,
                                      by=by, at=at)  # fmt: skip


def _told(case: Any, by: Any, at: datetime, n: int, _person: str) -> None:
    from bartizan.cases.fact_sheet import fact_sheet
    from bartizan.cases.models import CaseNotice, Contact, ContactChoice, ContactTry, NoticeVersion
    from bartizan.cases.notice_book import forms
    from bartizan.cases.notice_text import fields_from

    parts = ("police", "insurer", "partner", "counsel")
    contact = Contact.objects.create(code=f"c{case.pk}-{n}", name=f"Desk {n}", part=parts[n % 4], order=n,
                                     phone=f"+31 20 555 {n:04d}", form="police-first")  # fmt: skip
    for outcome in ("none", "back") if n % 3 else ("none",):
        ContactTry.objects.create(case=case, contact=contact, way="phone", outcome=outcome, said="Noted", by=by, at=at)
    if n % 5 == 4:
        ContactChoice.objects.create(case=case, contact=contact, kind="out", because="Told already", by=by)
    form, sheet = forms()["police-first"], fact_sheet(case)
    notice = CaseNotice.objects.create(case=case, number=n + 1, form=form.id, contact=contact, by=by, at=at)
    fields = fields_from(form, sheet, case)
    NoticeVersion.objects.create(notice=notice, number=1, fields=fields, sheet=sheet.version, by=by, at=at)


def _clock(case: Any, by: Any, at: datetime, n: int, _person: str) -> None:
    from bartizan.cases.law_book import digest_of, shipped
    from bartizan.cases.models import Clock

    law = list(shipped().values())[n % len(shipped())]
    made = Clock(case=case, rule=law.id, digest=digest_of(law), body=law.raw, trigger="It was noticed", set_by=by,
                 trigger_at=at - DAY + n * timedelta(minutes=1), zone="Europe/Amsterdam")  # fmt: skip
    made.due_at = made.reckoned().due_at
    made.met_at, made.met_with = (at, "Receipt 4") if n % 4 == 3 else (None, "")
    made.save()


def _exhibit(case: Any, by: Any, _at: datetime, n: int, _person: str) -> None:
    from bartizan.cases.actions import exhibit
    from bartizan.cases.custody import Description, Step, signed_by

    signed = [signed_by(by, "takes", by.get_full_name())]
    step = Step("it may prove something", "gloves", "Evidence safe", seal_left=f"S-{n}")
    exhibit.take_in(case, Description(f"Thing {n}", "as found", found_where="Store"), step, signed, by)


def _charge(case: Any, by: Any, at: datetime, n: int, person: str) -> None:
    """On the case's bench, as far as its proof; every other one with a letter, so that it is compared with."""
    from bartizan.cases.house_book import house
    from bartizan.cases.models import Charge, ChargeStep
    from bartizan.engines import sanctions
    from bartizan.engines.sanctions import steps as s

    rules = house()
    charge = Charge.objects.create(
        case=case, number=n + 1, person=person, kind=rules.kinds[0], is_meant=False, is_repeated=False,
        purpose="To decide fairly", legal_basis="Contract", keep_until=(at + 730 * DAY).date(), brought_at=at,
    )  # fmt: skip
    told = {"by": by.username, "at": at, "gate": "evidence", "kept_out": ()}
    rule = "Access rule 3.1"
    steps = [
        s.Charged(person=person, what="Went in", rule=rule, standard="preponderance", **told),
        s.Proved(point="Was there", rule=rule, items=("E-01",), is_met=True, note="the log", **told),
    ]
    letter = s.LetterGiven(by=by.username, at=at, digests=("d" * 64,), how="handed over", received_at=at)
    for number, one in enumerate([*steps, *([] if n % 2 else [letter])], start=1):
        facts = sanctions.to_facts(one)
        ChargeStep.objects.create(charge=charge, number=number, kind=one.kind, by=by, at=at, facts=facts)


def _left(case: Any, by: Any, at: datetime, n: int, _person: str) -> None:
    from bartizan.cases.models import FactEntry, Packet

    FactEntry.objects.create(case=case, number=n + 1, key="what", words=f"Door {n} was open", source="E-01", by=by)
    Packet.objects.create(case=case, number=n + 1, kind="police", level="authority", for_whom="Police", facts="1",
                          made_by=by, made_at=at, digest="d" * 64, pages=11, seconds=3.2,
                          keep_until=(at - DAY if n % 2 else at + 730 * DAY).date())  # fmt: skip


def _plan(case: Any, by: Any, at: datetime) -> None:
    """The longest plan that is shipped, followed in the case, and rehearsed before it."""
    from bartizan.cases.models import Run, StepDone
    from bartizan.cases.plan_book import shipped

    plan = max(shipped().values(), key=lambda one: len(one.plan.steps))
    told = {"key": plan.key, "version": plan.version, "name": plan.plan.name, "text": plan.text, "digest": plan.digest}
    for days in range(LINES):
        began = at - days * DAY
        of_drill = {"ended_at": began + DAY / 24, "keep_until": (at + 300 * DAY).date()}
        run = Run.objects.create(started_at=began, started_by=by, **told, **(of_drill if days else {"case": case}))
        StepDone.objects.create(run=run, step=1, by=by, at=began + timedelta(minutes=3), words="Looked.")


def _muster(by: Any, at: datetime) -> None:
    from bartizan.cases.models import Muster, MusterPerson
    from bartizan.estate.models import Person

    until = (at + 90 * DAY).date()
    made = Muster.objects.create(number=f"M{at.year}-001", kind="evacuate", words="Leave by the stairs.", place="Quay",
                                 scope="everybody", name="Everybody", by=by, at=at, keep_until=until)  # fmt: skip
    MusterPerson.objects.bulk_create(
        MusterPerson(muster=made, person=one, why="works here", nonce=f"n{one.pk}", digest=f"{one.pk:064d}",
                     expires_at=at + DAY, answer="safe" if one.pk % 3 else "", answered_at=at if one.pk % 3 else None)
        for one in Person.objects.order_by("pk")[:CALLED]
    )  # fmt: skip
