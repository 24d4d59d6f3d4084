"""A charge in the middle of its procedure, on a case of the past whose gate two officers opened by an override.

Six outcomes of earlier years stand beside it. Every step goes through the engine: an unfair demo would not start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from bartizan.cases.house_book import house
from bartizan.cases.models import Case, Charge, ChargeStep, Override, PastSanction
from bartizan.cases.queries import sanction as queries
from bartizan.core.models import User
from bartizan.engines import sanctions
from bartizan.engines.sanctions import FACTORS, Step, Weight
from bartizan.engines.sanctions import steps as s

DAY: Final = timedelta(days=1)
CASE_OF: Final = "veldmark-archive"
"""The rule of the alarm with which the case began: an old day badge that was tried at a door."""
PERSON: Final = "VI-0018"
KIND: Final = "went where they must not be"
PAST: Final = (
    ("2025-063", "Old badge used after it was replaced", "Access rule 3.1", KIND, 3, False, False, "oral", "", 300),
    ("2025-017", "Day badge kept for a week", "Access rule 3.1", KIND, 2, False, False, "advice", "", 410),
    ("2024-052", "Stair door held open for a colleague", "Access rule 3.1", KIND, 2, False, True, "written",
     "won in part", 700),
    ("2024-029", "Badge lent to a contractor", "Access rule 3.2", "lent own access", 3, True, False, "final", "", 800),
    ("2024-008", "Went into the archive without a task", "Access rule 3.1", KIND, 3, True, False, "written",
     "dismissed", 890),
    ("2023-044", "Designs to an own disk before leaving", "Information rule 6.3", "took or copied data", 4, True, False,
     "dismissal", "dismissed", 1100),
)  # fmt: skip
# Factor to side, words and source; the others make it neither milder nor heavier.
WEIGHED: Final[Mapping[int, tuple[str, str, str]]] = {
    1: ("milder", "one door, refused at once, nothing was opened", "E1"),
    3: ("milder", "nothing in six years", "personnel file"),
    4: ("milder", "praised by two departments", "personnel file"),
    6: ("milder", "like cases came to advice or a warning", "past outcomes"),
    9: ("heavier", "signed for the rule on badges in January", "E3"),
    10: ("milder", "rang by himself and handed it in", "reply"),
    12: ("milder", "the coat room now has a box for old badges", "measures"),
}


def write(now: datetime, officers: Sequence[User]) -> dict[str, list[int]]:
    """Make them; the keys of what does not go with the case itself."""
    by = {one.username: one for one in officers}
    case = Case.objects.get(alarms__rule=CASE_OF)
    Override.objects.create(
        case=case, person=PERSON, asked_by=by["nora"], agreed_by=by["yusuf"], asked_at=now - 7.6 * DAY,
        agreed_at=now - 7.5 * DAY, reason="He rang himself and said that the badge was in his coat.",
        agreed_reason="I heard the call, and the badge that he handed in is the one in the log.",
    )  # fmt: skip
    charge = Charge.objects.create(
        case=case, number=1, person=PERSON, kind=KIND, is_meant=False, is_repeated=False,
        purpose="To decide fairly on a breach of the house's rules", legal_basis="Contract of employment, article 14",
        keep_until=(now + 730 * DAY).date(), brought_at=now - 7 * DAY, told_at=now - 6.5 * DAY,
    )  # fmt: skip
    _take(charge, by, _steps(now))
    past = [PastSanction.objects.create(**_past(row, now.date())) for row in PAST]
    return {"past_sanctions": [one.pk for one in past]}


def _past(row: Sequence[Any], today: date) -> dict[str, Any]:
    names = ("number", "what", "rule", "kind", "level", "is_meant", "is_repeated", "outcome", "appeal")
    return dict(zip(names, row[:-1], strict=True)) | {"decided_on": today - row[-1] * DAY}


def _take(charge: Charge, by: Mapping[str, User], steps: Sequence[tuple[type[Step], str, datetime, Any]]) -> None:
    log: tuple[Step, ...] = ()
    rules = house()
    out = tuple(sorted(queries.kept_out(charge.case, charge.person).items()))
    for number, (kind, who, at, facts) in enumerate(steps, start=1):
        step = kind(by=who, at=at, gate=queries.gate_for(charge.case, charge.person), kept_out=out, **facts)
        log = sanctions.apply(log, step, rules)
        ChargeStep.objects.create(
            charge=charge, number=number, kind=kind.kind, by=by[who], at=at, facts=sanctions.to_facts(step)
        )


def _steps(now: datetime) -> list[tuple[type[Step], str, datetime, dict[str, Any]]]:
    told = now - 6.5 * DAY
    return [
        (s.Charged, "saskia", now - 7 * DAY, {
            "person": PERSON, "what": "Tried a day badge that had been revoked at stair B", "rule": "Access rule 3.1",
            "standard": "preponderance"}),
        (s.Proved, "saskia", now - 6.9 * DAY, {
            "point": "Held a badge after it was revoked", "rule": "Access rule 3.1", "items": ("E-01", "E3"),
            "is_met": True, "note": "his own call, and the register of badges"}),
        (s.Proved, "saskia", now - 6.8 * DAY, {
            "point": "Tried it at a door", "rule": "Access rule 3.1", "items": ("E1",), "is_met": True,
            "note": "two refusals at stair B"}),
        (s.Proved, "saskia", now - 6.7 * DAY, {
            "point": "Meant to go where he must not be", "rule": "Access rule 3.3", "items": (), "is_met": False,
            "note": "no sign of it"}),
        (s.Told, "saskia", told, {
            "words": "You are charged with having kept and tried a day badge that had been revoked.",
            "file_access": "all of it, in Legal, from the same day", "withheld": "", "reply_by": told + 6 * DAY,
            "hear_at": None, "companion": "a colleague or a union representative"}),
        (s.Replied, "saskia", now - 3 * DAY, {
            "how": "heard", "words": "It was in the coat of last winter. He rang as soon as the door refused it.",
            "companion": "a union representative"}),
        (s.Weighed, "pieter", now - 1 * DAY, {"weights": _grid()}),
        (s.Proposed, "pieter", now - 0.9 * DAY, {
            "outcome": "final", "mildest": "advice", "harshest": "written"}),
    ]  # fmt: skip


def _grid() -> tuple[Weight, ...]:
    neither = ("neither", "nothing known for or against", "file")
    return tuple(Weight(factor.number, *WEIGHED.get(factor.number, neither)) for factor in FACTORS)


def forget(made: Mapping[str, Any]) -> None:
    """The outcomes of earlier years that the demo made; the charge goes with its case."""
    PastSanction.objects.filter(pk__in=made.get("past_sanctions", ())).delete()
