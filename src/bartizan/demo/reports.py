"""Two reports at Veldmark: both without a name; one waits for an answer, the other is new and leaves an extension."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from bartizan.cases.actions.report import LEVELS_OF, next_number
from bartizan.cases.models import Report, ReportMessage
from bartizan.core.actions import digest_of
from bartizan.core.models import User
from bartizan.engines import triage
from bartizan.notices.models import Notice

DOOR: Final = (
    "The fire door by the archive on level 2 was wedged open with a box on Tuesday and again on Thursday evening. "
    "Somebody goes for a smoke there and does not want to walk round."
)
MAIL: Final = (
    "I got a strange e-mail that says it comes from the director and asks for my password before noon. "
    "I did not click on anything."
)
QUESTION: Final = "Thank you. About what time was it on Thursday, and was the box there when you came back?"


def write(now: datetime, officers: Sequence[User]) -> dict[str, list[int]]:
    """Make them; their keys, by which they go with the demo. Their receipt codes were shown to nobody."""
    by = {one.username: one for one in officers}
    door = _report(DOOR, "Fire door, level 2 by the archive", "Thursday about 18:00", now - timedelta(hours=26))
    asked = now - timedelta(hours=20)
    ReportMessage.objects.create(report=door, words=QUESTION, is_question=True, by=by["saskia"], at=asked)
    mail = _report(MAIL, "Finance", "this morning", now - timedelta(hours=3), contact="extension 214")
    return {"reports": [door.pk, mail.pk]}


def _report(words: str, place: str, happened: str, at: datetime, contact: str = "") -> Report:
    found = triage.sort(words)
    made = asdict(found)
    return Report.objects.create(
        number=next_number(at), words=words, place=place, happened=happened, contact=contact, received_at=at,
        code=digest_of(secrets.token_hex()), kind=found.kind, level=LEVELS_OF.get(found.kind, 2),
        state="new" if contact else "asked",
        sorted=made | {"types": made["types"][:3], "places": made["places"][:3]},
    )  # fmt: skip


def forget(made: Mapping[str, Any]) -> None:
    """What ``write`` made, and what anybody was told of it."""
    ours = Report.objects.filter(pk__in=made.get("reports", ()))
    Notice.objects.filter(about__in=[f"report:{one.number}" for one in ours]).delete()
    ours.delete()
