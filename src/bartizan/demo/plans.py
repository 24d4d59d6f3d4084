"""A plan that was followed in a case of the past, two drills of which one is planned, and what two cases taught."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from bartizan.cases.actions.run import DRILL_KEPT
from bartizan.cases.models import Case, Lesson, Proposal, Run, StepDone
from bartizan.cases.plan_book import shipped
from bartizan.core.models import User

DAY: Final = timedelta(days=1)
MINUTE: Final = timedelta(minutes=1)
CASE_OF: Final = "veldmark-wind"
"""The rule of the alarm with which the case began: a loading door that the wind blew open."""
AFTER: Final = "veldmark-archive"
# Step, minutes after the start, who, answer, words.
FOLLOWED: Final = (
    (1, 1.4, "jonas", "No", "Camera ML-0-C01: the leaf swings, nobody near it."),
    (5, 18, "aisha", "No", "Walked round with the technician; nothing moved."),
    (7, 22, "jonas", "", "Guard of the evening at the door until 02:10."),
    (8, 610, "aisha", "", "Closer adjusted by Facilities, tried by the guard of the morning."),
)
REHEARSED: Final = (
    (1, 0.8, "yusuf", "", ""),
    (2, 2.1, "yusuf", "", ""),
    (3, 2.4, "", "", ""),
    (4, 6.5, "nora", "Yes", "Two minutes over: the deputy's number was an old one."),
    (5, 8, "nora", "", ""),
    (6, 21, "aisha", "", "Floor 3 counted last; 2 visitors missing on the list."),
    (7, 24, "yusuf", "", ""),
    (9, 52, "nora", "", ""),
)


def write(now: datetime, officers: Sequence[User]) -> dict[str, list[int]]:
    """Make them; the keys of what does not go with its case."""
    by = {one.username: one for one in officers}
    case = Case.objects.get(alarms__rule=CASE_OF)
    _run("forced-door", case.opened_at, FOLLOWED, by, case=case)
    drill = _run("bomb-threat", now - 26 * DAY, REHEARSED, by)
    after = Case.objects.get(alarms__rule=AFTER)
    planned = _planned("lost-badge", now, after, by["saskia"])
    _lessons(now, case, after, by)
    return {"drills": [drill.pk, planned.pk]}


def _run(
    key: str, at: datetime, notes: Sequence[tuple[int, float, str, str, str]], by: Mapping[str, User],
    case: Case | None = None,
) -> Run:  # fmt: skip
    plan = shipped()[key]
    run = Run.objects.create(
        case=case, key=key, version=plan.version, name=plan.plan.name, text=plan.text, digest=plan.digest,
        started_at=at, started_by=None if case else by["nora"], ended_at=at + notes[-1][1] * MINUTE,
        keep_until=None if case else (at + DRILL_KEPT).date(),
    )  # fmt: skip
    for step, minutes, who, answer, words in notes:
        told = "" if who else "Drill: not done. In a case this would be done now: tell whoever is on call."
        StepDone.objects.create(
            run=run, step=step, answer=answer, words=words, told=told, by=by.get(who), at=at + minutes * MINUTE
        )
    return run


def _planned(key: str, now: datetime, case: Case, by: User) -> Run:
    plan, day = shipped()[key], (now + 9 * DAY).date()
    return Run.objects.create(
        key=key, version=plan.version, name=plan.plan.name, text=plan.text, digest=plan.digest,
        planned_on=day, planned_by=by, learnt_in=case, keep_until=day + DRILL_KEPT,
    )  # fmt: skip


def _lessons(now: datetime, wind: Case, badge: Case, by: Mapping[str, User]) -> None:
    Lesson.objects.create(
        case=wind, cause="The closer of the loading door was too weak for a westerly wind.", by=by["aisha"],
        would_have_stopped="A closer of the next size, and a look at it in every autumn.", at=now - 17 * DAY,
    )  # fmt: skip
    Lesson.objects.create(
        case=badge, cause="Revoked day badges are not asked back when a job ends.", by=by["saskia"],
        would_have_stopped="A box at reception, and the badge counted with the keys.", at=now - 7 * DAY,
    )  # fmt: skip
    rows = (
        (wind, "Stronger closers on the three loading doors", "Facilities", 2400, "accepted", 17, "aisha"),
        (wind, "Look at all outer doors every October", "Facilities", None, "done", 17, "aisha"),
        (badge, "A box for old badges at every reception", "Reception", 180, "proposed", 7, "saskia"),
        (badge, "Day badges that end by themselves at midnight", "Access control", 14_500, "proposed", 7, "saskia"),
    )
    for case, words, owner, cost, state, ago, who in rows:
        is_open = state == "proposed"
        Proposal.objects.create(
            case=case, words=words, owner=owner, cost=cost, state=state, by=by[who], at=now - ago * DAY,
            reason="" if is_open else "Meeting of the directors.",
            decided_by=None if is_open else by["nora"], decided_at=None if is_open else now - (ago - 3) * DAY,
        )  # fmt: skip


def forget(made: Mapping[str, Any]) -> None:
    """The drills that the demo made; runs, lessons and measures go with their cases."""
    Run.objects.filter(pk__in=made.get("drills", ())).delete()
