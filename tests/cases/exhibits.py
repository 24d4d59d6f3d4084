"""What tests of evidence share: who signs, how things go to the police, and what somebody does to the records."""

from __future__ import annotations

from typing import Any

from django.db import connection

from bartizan.cases.actions import exhibit
from bartizan.cases.custody import Description, Party, Step, signed_by, signed_on_paper
from bartizan.cases.models import Case, Exhibit, Handover
from bartizan.cases.proofs import prove
from bartizan.core import vault
from bartizan.core.models import User

POLICE = Party("R. Mulder, police laboratory")
LAPTOP = Description("Laptop of Finance 3.10", "grey, 14 inch", found_where="Desk 4", found_by="Carol Cole")


def mine(user: User, part: str) -> Any:
    return signed_by(user, part, user.get_full_name())


def on(step: str = "whole", seal: str = "S-20871", **more: Any) -> Step:
    return Step("for prints", "by car", "Police laboratory", seal_state=step, seal_found=seal, **more)


def to_police(laptop: Exhibit, alice: User) -> Handover:
    taken = signed_on_paper(POLICE, "takes", "26-118-402/1", "warrant card 4711")
    return exhibit.hand_over(laptop, POLICE, on(), [mine(alice, "gives"), taken], alice)


def faults(case: Case) -> str:
    return " ".join(fault.words for fault in prove(case).faults)


def past_the_triggers(sql: str, *values: Any) -> None:
    """What somebody with the database file and enough knowledge does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'cases_%'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(sql, values)
        for _, made in triggers:
            cursor.execute(made)


def spoil(digest: str) -> None:
    path = vault.path_of(digest)
    kept = bytearray(path.read_bytes())
    kept[-1] ^= 1
    path.write_bytes(bytes(kept))


def sql(text: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
