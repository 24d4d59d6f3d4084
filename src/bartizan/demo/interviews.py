"""A subject's interview by the book on the case of the past that demo.sanctions goes on with, a witness's to come, and
two whose day is over: one of a closed case is deleted, one of an open case is kept and says why.

Its claims are held against the month that is in the lake; every deed goes through the engine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from bartizan.cases.checking import checked
from bartizan.cases.models import (
    AccountClaim,
    Case,
    HeldBack,
    Interview,
    InterviewStep,
    NoteLine,
    Question,
    RightGiven,
    StatementSignature,
    StatementVersion,
)
from bartizan.cases.queries import interview as queries
from bartizan.cases.rights_book import rules_called
from bartizan.core.models import User
from bartizan.demo.sanctions import CASE_OF, PERSON
from bartizan.engines import interviews as engine
from bartizan.engines.context import Estate
from bartizan.engines.interviews.records import Trace
from bartizan.engines.observe import microseconds, moment
from bartizan.estate.queries import snapshot
from bartizan.watch.lake import Lake, Window
from bartizan.watch.lake.slices import of_kinds

DAY, MINUTE, SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)
LAPTOP: Final = "veldmark-laptop"
WIND: Final = "veldmark-wind"
COMPANION: Final = "Bram Visser, union"
_DOORS: Final = ("door.granted", "door.exit", "biometric.accepted")


def write(now: datetime, officers: Sequence[User]) -> None:
    """Make both; they go with their cases."""
    by = {one.username: one for one in officers}
    case, began = Case.objects.get(alarms__rule=CASE_OF), now - 7.3 * DAY
    made = _planned(case, by, "subject", PERSON, began - DAY, companion=COMPANION)
    _questions(made, began)
    with Lake(Path(settings.DATA) / "lake", read_only=True) as lake:
        _by_the_book(made, by, began, lake)
    _witness(now, by)
    _over(now, by)


def _planned(case: Case, by: dict[str, User], heard_as: str, person: str, at: datetime, **more: Any) -> Interview:
    rules = rules_called("NL")
    told: dict[str, Any] = {
        "number": 1, "witness": 1, "keep_until": (at + 730 * DAY).date(), "language": "Dutch",
        "purpose": "To find out what happened in this case", "place": "Harbour House 3.04",
        "legal_basis": "Legitimate interest in security, GDPR Art. 6(1)(f)",
    }  # fmt: skip
    made = Interview.objects.create(
        case=case, person=person, heard_as=heard_as, rules=rules.id, rules_as_of=rules.as_of, asks=by["saskia"],
        notes_by=by["yusuf"], made_at=at, **(told | more),
    )  # fmt: skip
    InterviewStep.objects.create(interview=made, stage="plan", by=by["saskia"], at=at)
    return made


def _questions(made: Interview, began: datetime) -> None:
    asked = began + 9 * MINUTE
    for minutes, words, why in (
        (0, "Tell me all of your evening round, from the time clock to the way home.", "the free account"),
        (12, "Which badges have you had, and what became of each?", "which badge was in his hand"),
        (15, "Who else has a coat on that hook?", "whether somebody else used it"),
    ):
        Question.objects.create(interview=made, words=words, why=why, asked_at=asked + minutes * MINUTE)
    HeldBack.objects.create(
        interview=made, what="Two refusals of the old badge at stair B", until="he has described his round",
        why="an account that is right will place him there without it", shown_at=began + 27 * MINUTE,
    )  # fmt: skip
    HeldBack.objects.create(
        interview=made, what="Pictures of the camera at stair B", is_never=True,
        why="no result yet; what is not known must not be hinted at",
    )  # fmt: skip


class _Room:
    """Deeds at their times: each is refused by the engine if it is not its turn."""

    def __init__(self, made: Interview) -> None:
        self.made, self.gate = made, queries.gate_for(made)

    def may(self, deed: str, **asked: str) -> None:
        engine.take(deed, queries.standing_of(self.made), gate=self.gate, **asked)

    def go(self, deed: str, stage: str, by: User, at: datetime, words: str = "") -> None:
        self.may(deed)
        self.made.stage = stage
        self.made.save()
        InterviewStep.objects.create(interview=self.made, stage=stage, by=by, at=at, words=words)


def _by_the_book(made: Interview, by: dict[str, User], began: datetime, lake: Lake) -> None:
    room, saskia, yusuf = _Room(made), by["saskia"], by["yusuf"]
    made.gate_by, made.started_at = room.gate, began
    room.go("begin", "engage", saskia, began)
    for number, right in enumerate(queries.rules_for(made).of("subject")):
        room.may("right", part=right.key)
        RightGiven.objects.create(
            interview=made, key=right.key, words=right.words, said=right.say, how="repeated in his own words",
            by=saskia, at=began + (number + 2) * 40 * SECOND,
        )  # fmt: skip
    room.may("consent", answer="no")
    made.sound, made.picture, made.consent_at = False, False, began + 7 * MINUTE
    made.consent_how = "in words; he would rather not"
    room.go("free", "free", saskia, began + 9 * MINUTE)
    estate = snapshot()
    told = list(_told(made, estate, began, lake))
    for number, (minutes, who, words, _claim) in enumerate(told, start=1):
        room.may("note")
        NoteLine.objects.create(
            interview=made, number=number, who=who, words=words, by=yusuf, at=began + minutes * MINUTE
        )
    room.go("clarify", "clarify", saskia, began + 20 * MINUTE)
    _claims(made, room, estate, lake, began, [(n, row) for n, row in enumerate(told, start=1) if row[3]])
    room.go("put", "put", saskia, began + 26 * MINUTE)
    room.go("close", "close", saskia, began + 31 * MINUTE)
    _signed(made, room, by, began + 33 * MINUTE)
    room.go("finish", "evaluate", saskia, began + 44 * MINUTE)
    made.closed_at = began + 44 * MINUTE
    room.go("evaluate", "done", saskia, began + DAY,
            "Open and of one piece. The hour of going home differs from the doors: ask for the time clock. S. Amrani "
            "spoke into the free account once.")  # fmt: skip


Told = tuple[float, str, str, dict[str, Any] | None]


def _told(made: Interview, estate: Estate, began: datetime, lake: Lake) -> Iterator[Told]:
    """What was said, and the claims in it: over his own doors of the last evening that the lake has of him."""
    heard, asks = queries.called(made), "Saskia Amrani"
    yield 9.2, asks, "Tell me all of your evening round, from the time clock to the way home.", None
    seen = _last_evening(made, estate, began, lake)
    inside = [one for one in seen if one.then and not estate.zones[one.then].is_outside]
    if inside:
        here, last = inside[len(inside) // 2], inside[-1]
        room, at = estate.zones[here.then].name, moment(here.time)
        words = f"I was in {room} around then, as every evening."
        yield 10.1, heard, words, {
            "words": words, "kind": "was_at", "place": f"zone:{here.then}", "since": at - 2 * MINUTE,
            "until": at + 6 * MINUTE,
        }  # fmt: skip
        at = moment(last.time)
        words = "By then I had long gone home; I was not in the building any more."
        yield 12.4, heard, words, {
            "words": words, "kind": "was_at", "place": "outside:", "since": at - 40 * MINUTE, "until": at + 40 * MINUTE,
        }  # fmt: skip
    words = "The old badge was in the coat of last winter; I took it for the new one."
    yield 14.8, heard, words, {"words": words, "kind": "other"}
    yield 21.5, asks, "The door refused it twice at stair B. What can you tell me about that?", None
    yield 22.3, heard, "I tried again because it had always opened. Then I rang you.", None
    yield 24.0, "Bram Visser", "He has answered that; please go on.", None


def _last_evening(made: Interview, estate: Estate, began: datetime, lake: Lake) -> list[Trace]:
    """His sightings of the last day with at least three of them, in the two weeks before the interview."""
    window = Window(began - 14 * DAY, began)
    known = engine.records(of_kinds(lake, _DOORS, window, limit=200_000), estate)
    days: dict[int, list[Trace]] = {}
    for one in known.traces(made.person):
        days.setdefault(one.time // microseconds(moment(0) + DAY), []).append(one)
    return next((day for _, day in sorted(days.items(), reverse=True) if len(day) >= 3), [])


def _claims(
    made: Interview, room: _Room, estate: Estate, lake: Lake, began: datetime, told: Sequence[tuple[int, Told]]
) -> None:
    for number, (line, (minutes, _who, words, facts)) in enumerate(told, start=1):
        room.may("claim")
        assert facts is not None
        at = began + minutes * MINUTE
        claim = AccountClaim(interview=made, number=number, first_words=words, line=line, said_at=at, **facts)
        found = checked(queries.as_claim(claim), estate, lake)
        claim.verdict, claim.decided_by, claim.is_partly = found.verdict, found.by, found.is_partly
        claim.found, claim.would, claim.events, claim.checked_at = found.words, found.would, list(found.events), at
        claim.save()


def _signed(made: Interview, room: _Room, by: dict[str, User], at: datetime) -> None:
    rows = made.notes.order_by("number").values_list("who", "words")
    spoken = "\n".join(f"{who}: {words}" for who, words in rows)
    for number, (what, text) in enumerate(
        (("free account, as spoken", spoken), ("corrected as it was read back", spoken.replace("twice", "two times"))),
        1,
    ):
        room.may("version")
        version = StatementVersion.objects.create(
            interview=made, number=number, what=what, text=text, digest=hashlib.sha256(text.encode()).hexdigest(),
            lines=len(rows), by=by["yusuf"], at=at + number * MINUTE,
        )  # fmt: skip
    room.may("readback")
    version.read_back_at, version.read_back_by = at + 6 * MINUTE, by["saskia"]
    version.read_back_how = "aloud, in Dutch, page by page"
    version.save()
    print_ = "on each page of the print; safe 1, folder 7"
    for minutes, part, name, how in (
        (8, "heard", queries.called(made), print_),
        (9, "companion", "Bram Visser", print_),
        (10, "interviewer", "Saskia Amrani", "with the own account"),
    ):
        room.may("sign", part=part)
        StatementSignature.objects.create(
            version=version, part=part, name=name, how=how, digest=version.digest, by=by["saskia"],
            at=at + minutes * MINUTE,
        )  # fmt: skip


def _witness(now: datetime, by: dict[str, User]) -> None:
    """Somebody of the cleaning firm, to be heard tomorrow about the missing laptop; anonymous in exports."""
    case = Case.objects.get(alarms__rule=LAPTOP)
    made = _planned(case, by, "witness", "", now - 0.5 * DAY, outsider="Evening cleaner, Harbour House",
                    is_anonymous=True, interpreter="Portuguese, by phone", planned_at=now + DAY)  # fmt: skip
    for one in engine.plan({}, "", UTC).questions:
        Question.objects.create(interview=made, words=one.words, why=one.why)


def _over(now: datetime, by: dict[str, User]) -> None:
    """The day of both was short: they were to be kept for as long as it took to find out."""
    laptop, wind = (Case.objects.get(alarms__rule=rule) for rule in (LAPTOP, WIND))
    began = laptop.opened_at + 0.2 * DAY
    porter = _planned(laptop, by, "contact", "", began, number=2, witness=2, outsider="Porter of the building",
                      keep_until=(now - DAY).date(), stage="ended", started_at=began, closed_at=began)  # fmt: skip
    words = "I only know that the lift stood on floor 3 when I came."
    NoteLine.objects.create(interview=porter, number=1, who=porter.outsider, words=words, by=by["yusuf"], at=began)
    InterviewStep.objects.create(interview=porter, stage="ended", words="He had to go.", by=by["saskia"], at=began)
    heard = wind.opened_at + 0.4 * DAY
    gone = _planned(wind, by, "contact", "", heard, stage="done", started_at=heard, closed_at=heard, purpose="",
                    legal_basis="", place="", keep_until=(now - 3 * DAY).date(), emptied_at=now - 2 * DAY)  # fmt: skip
    gone.steps.all().delete()
