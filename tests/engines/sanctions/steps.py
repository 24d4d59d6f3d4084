"""A house, and a procedure that goes right: Alice investigates, Dan decides, Eve hears the appeal, Carol is charged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import bartizan.cases
from bartizan.engines.sanctions import FACTORS, House, Step, Weight, apply, read_house
from bartizan.engines.sanctions import steps as s

MONDAY: Final = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY: Final = timedelta(days=1)
INVESTIGATORS: Final = (("alice", "leads the case"), ("bob", "signed as second reader"))
SHIPPED: Final = (Path(bartizan.cases.__file__).parent / "sanctions.yaml").read_text()
HOUSE: Final[House] = read_house(SHIPPED)
GRID: Final = tuple(Weight(factor.number, "neither", "nothing known", "HR file") for factor in FACTORS)

Log = tuple[Step, ...]


def at(days: float) -> datetime:
    return MONDAY + days * DAY


def step(kind: type[Step], by: str, days: float, **facts: Any) -> Any:
    usual: dict[str, Any] = {"gate": "evidence", "kept_out": INVESTIGATORS}
    return kind(by=by, at=at(days), **(usual | facts))


def charge(**facts: Any) -> s.Charged:
    told: dict[str, Any] = {
        "person": "K-3",
        "what": "Copied designs",
        "rule": "Information rule 6.3",
        "standard": "preponderance",
        "own": ("carol",),
    }
    return step(s.Charged, "alice", 0, **(told | facts))  # type: ignore[no-any-return]


def proof(by: str = "alice", days: float = 0.1, **facts: Any) -> s.Proved:
    told: dict[str, Any] = {"point": "Copied files to a disk", "rule": "6.3", "items": ("E6",), "is_met": True}
    return step(s.Proved, by, days, **(told | facts))  # type: ignore[no-any-return]


def notice(days: float = 0.2, **facts: Any) -> s.Told:
    told: dict[str, Any] = {
        "words": "Copied designs on 16 November",
        "file_access": "31 of 33 items, in Legal",
        "withheld": "two: others are named",
        "reply_by": at(days + 6),
        "hear_at": None,
        "companion": "a colleague or a union representative",
    }
    return step(s.Told, "alice", days, **(told | facts))  # type: ignore[no-any-return]


def reply(days: float = 2, **facts: Any) -> s.Replied:
    return step(s.Replied, "carol", days, **({"how": "written", "words": "It was for work."} | facts))  # type: ignore[no-any-return]


def weighing(by: str = "dan", days: float = 3, **facts: Any) -> s.Weighed:
    return step(s.Weighed, by, days, **({"weights": GRID} | facts))  # type: ignore[no-any-return]


def proposal(by: str = "dan", days: float = 3.1, **facts: Any) -> s.Proposed:
    told = {"outcome": "withdrawn", "mildest": "written", "harshest": "dismissal"}
    return step(s.Proposed, by, days, **(told | facts))  # type: ignore[no-any-return]


def decision(by: str = "dan", days: float = 4, **facts: Any) -> s.Decided:
    told = {"findings": "She copied.", "on_the_reply": "It was not for work.", "reason": "Trust", "appeal_to": "eve"}
    return step(s.Decided, by, days, **(told | facts))  # type: ignore[no-any-return]


def letter(days: float = 4.5, **facts: Any) -> s.LetterGiven:
    told: dict[str, Any] = {"digests": ("d",), "how": "by hand", "received_at": at(days)}
    return step(s.LetterGiven, "alice", days, **(told | facts))  # type: ignore[no-any-return]


def appeal(days: float = 6, **facts: Any) -> s.Appealed:
    return step(s.Appealed, "carol", days, **({"grounds": "Nobody heard my colleague."} | facts))  # type: ignore[no-any-return]


def ruling(by: str = "eve", days: float = 8, **facts: Any) -> s.AppealHeard:
    told = {"result": "granted", "outcome": "", "reason": "The colleague confirms it."}
    return step(s.AppealHeard, by, days, **(told | facts))  # type: ignore[no-any-return]


def carrying(days: float = 5, **facts: Any) -> s.CarriedOut:
    told: dict[str, Any] = {"measure": "m1", "sort": "badge", "can_be_undone": True}
    return step(s.CarriedOut, "alice", days, **(told | facts))  # type: ignore[no-any-return]


def undoing(days: float = 9, **facts: Any) -> s.Undone:
    told: dict[str, Any] = {"measure": "m1", "is_undone": True, "words": "given back"}
    return step(s.Undone, "alice", days, **(told | facts))  # type: ignore[no-any-return]


def log(*steps: Step, house: House = HOUSE) -> Log:
    found: Log = ()
    for one in steps:
        found = apply(found, one, house)
    return found


def heard() -> Log:
    return log(charge(), proof(), notice(), reply())


def decided() -> Log:
    return log(*heard(), weighing(), proposal(), decision())


def given() -> Log:
    return log(*decided(), letter())
