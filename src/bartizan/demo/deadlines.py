"""One legal clock that runs at Veldmark: the laptop that is missing may have held personal data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bartizan.cases.law_book import digest_of, shipped
from bartizan.cases.models import Case, Clock, LawAnswers
from bartizan.core.models import User
from bartizan.demo.places import TIMEZONE

HEADLINE: Final = "A laptop is missing"
AGO: Final = timedelta(hours=40)
WORDS: Final = "Legal found a payroll list among the files that the laptop keeps in step"
ANSWERS: Final = {
    "personal-data-breach": True,
    "gdpr-controller": True,
    "risk-unlikely": False,
    "nis2-entity": False,
    "sec-registrant": False,
    "hipaa-entity": False,
}


def write(now: datetime, officers: Sequence[User]) -> None:
    case = Case.objects.exclude(state="closed").get(headline__startswith=HEADLINE)
    law, at = shipped()["gdpr-33"], (now - AGO).replace(second=0, microsecond=0)
    clock = Clock(case=case, rule=law.id, digest=digest_of(law), body=law.raw, trigger=WORDS, trigger_at=at)
    clock.zone, clock.set_at = TIMEZONE, at + timedelta(minutes=20)
    clock.set_by = next(one for one in officers if one == case.lead)
    clock.due_at = clock.reckoned().due_at
    clock.save()
    LawAnswers.objects.create(case=case, answers=ANSWERS)
