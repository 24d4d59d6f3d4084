"""Evidence of two cases of the past: a laptop under seal, a list, and the events of that evening, with a short chain.

And the day badge that a charge names as its proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from bartizan.cases.actions import content, exhibit, proving
from bartizan.cases.custody import Description, Party, Step, party_of, signed_by, signed_on_paper
from bartizan.cases.models import Case, Exhibit
from bartizan.core.models import User
from bartizan.engines.custody import Signature
from bartizan.watch.lake import Lake, Window
from bartizan.watch.lake.slices import every

HOUR: Final = timedelta(hours=1)
ZONE: Final = "HH-3.10"
LIST: Final = (
    "What was on the laptop, told by its owner\n\n"
    "- the budget of next year, in draft\n- mail of the last 30 days\n- no personal data\n\n"
    "The disk is encrypted; the recovery key is with the systems office.\n"
)


def write(data: Path, officers: Sequence[User]) -> None:
    """Three exhibits of the missing laptop's case, one of the day badge's: practice, that goes with the demo."""
    case = Case.objects.filter(alarms__rule="veldmark-laptop").first()
    if case is None:
        return
    by_name = {officer.username: officer for officer in officers}
    proving.start_practice(case)
    _laptop(case, by_name["saskia"], by_name["yusuf"])
    _list(case, by_name["saskia"])
    _events(case, data, by_name["saskia"])
    _badge(Case.objects.get(alarms__rule="veldmark-archive"), by_name["saskia"], by_name["yusuf"])


def _signed(user: User, part: str) -> Signature:
    return signed_by(user, part, user.get_full_name())


def _laptop(case: Case, saskia: User, yusuf: User) -> Exhibit:
    found = case.last_at + 14 * HOUR
    told = Description(
        "Laptop of Finance 3.10", "14 inch, grey, lid scratched at the hinge; its desk lock was cut",
        found, "Behind the lockers, floor 3, Harbour House", "the evening cleaner",
    )  # fmt: skip
    step = Step(
        "it was reported missing", "gloves, four photographs", "Evidence safe, shelf 1", found, seal_left="S-20871"
    )
    made = exhibit.take_in(case, told, step, [_signed(saskia, "takes"), _signed(yusuf, "witnesses")], saskia)
    whole = {"seal_state": "whole", "seal_found": "S-20871"}
    to_desk = Step(
        "to see whether its disk was opened", "by hand", "Systems office, locked room", found + 2 * HOUR, **whole
    )
    exhibit.hand_over(made, party_of(yusuf), to_desk, [_signed(saskia, "gives"), _signed(yusuf, "takes")], saskia)
    made.refresh_from_db()
    changes = {"changes": "seal S-20871 cut to read the disk's counter", "changes_by": "Yusuf Demir"}
    anew = Step(
        "read and closed again", "disk not started", "", found + 3 * HOUR, **whole, seal_left="S-33190", **changes
    )
    exhibit.seal(made, anew, [_signed(yusuf, "does"), _signed(saskia, "witnesses")], yusuf)
    made.refresh_from_db()
    police = Party("R. Mulder, police laboratory")
    leaves = Step("prints at the hinge", "by car, not left alone", "Police laboratory", found + 20 * HOUR,
                  seal_state="whole", seal_found="S-33190")  # fmt: skip
    taken = signed_on_paper(police, "takes", "receipt 26-118-402/1", "warrant card 4471")
    exhibit.hand_over(made, police, leaves, [_signed(yusuf, "gives"), taken], yusuf)
    return made


def _list(case: Case, saskia: User) -> None:
    step = Step("what may have been lost", place="vault", at=case.last_at + 15 * HOUR)
    told = Description("What was on the laptop", "one page, typed", found_by="its owner")
    exhibit.take_in(case, told, step, [_signed(saskia, "takes")], saskia,
                    lambda: content.upload(case, "laptop-contents.txt", [LIST.encode()], None))  # fmt: skip


def _events(case: Case, data: Path, saskia: User) -> None:
    window = Window(case.first_at - HOUR, case.last_at + HOUR)
    words = f"of Finance 3.10, {window.start:%Y-%m-%d %H:%M} to {window.end:%H:%M} UTC"
    step = Step("who was there that evening", place="vault", at=case.last_at + 16 * HOUR)
    with Lake(data / "lake") as lake:
        rows = every(lake, window, [f"zone:{ZONE}"])
        exhibit.take_in(case, Description("Events of Finance 3.10, that evening"), step, [_signed(saskia, "takes")],
                        saskia, lambda: content.events(case, "events-finance.jsonl", rows, words, None))  # fmt: skip


def _badge(case: Case, saskia: User, yusuf: User) -> None:
    """Taken in while the case was open; it is closed by now."""
    proving.start_practice(case)
    case.state = "investigating"
    at = case.last_at + 2 * HOUR
    told = Description("Day badge that was revoked", "white, its clip broken", at, "Reception, Mill Lane", "its holder")
    step = Step("handed in by its holder", "in a paper bag", "Evidence safe, shelf 2", at, seal_left="S-20878")
    exhibit.take_in(case, told, step, [_signed(saskia, "takes"), _signed(yusuf, "witnesses")], saskia)
