"""Who has which part in a case of the past, what was decided in it, and from whom it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bartizan.cases.models import Case, Decision, Part, Wall
from bartizan.core.models import User

CASE_OF: Final = "veldmark-laptop"
PARTS: Final = (
    ("VI-0018", "", "witness", "cleans the floor from five to eleven"),
    ("VI-0016", "", "contact", "on the night round"),
    ("", "Locksmith of Van Dam", "expert", "looks at the cut lock"),
)
DECISIONS: Final = (
    (5, "saskia", "Treat the lock as evidence and leave the desk as it is", "the cut may show which tool was used"),
    (9, "saskia", "Counsel: prepare the notice to the authority, do not send yet", "personal data not yet settled"),
    (30, "nora", "Do not search lockers", "no ground for it, and the laptop is found"),
)
WALLED: Final = ("pieter", "was on the desk that evening and may be a witness")


def write(now: datetime, officers: Sequence[User]) -> None:
    by = {one.username: one for one in officers}
    case = Case.objects.get(alarms__rule=CASE_OF)
    for person, name, part, note in PARTS:
        Part.objects.create(case=case, person=person, name=name, part=part, note=note, by=by["saskia"])
    for number, (hours, who, words, reason) in enumerate(DECISIONS, start=1):
        at = min(now, case.first_at + timedelta(hours=hours))
        Decision.objects.create(case=case, number=number, words=words, reason=reason, by=by[who], at=at)
    account, why = WALLED
    Wall.objects.create(case=case, user=by[account], why=why, by=by["saskia"], at=case.opened_at)
