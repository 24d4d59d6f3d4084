"""What a muster tells people in the console, and whom: declared here, switched under Settings, Notices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bartizan.cases.models import Muster, MusterPerson
from bartizan.cases.queries.muster import token_of
from bartizan.core.access import covers, roles_with
from bartizan.core.models import User
from bartizan.notices.actions import Telling, happened
from bartizan.notices.triggers import Trigger, trigger

CRITICAL: Final = 4
CALLED = trigger(
    Trigger(
        "muster-called",
        "A muster is called, or its all clear is given",
        "Everybody on the list who has an account here; mail and text messages go to all others too",
        order=12,
    )
)
HELP = trigger(
    Trigger(
        "muster-help",
        "Somebody on a muster list needs help",
        "Whoever called the muster, and the others who work alarms and may see it",
        order=13,
    )
)


def called(muster: Muster, people: Sequence[MusterPerson]) -> None:
    _tell(muster, people, muster.message)


def cleared(muster: Muster, people: Sequence[MusterPerson]) -> None:
    _tell(muster, people, f"{'DRILL. ' if muster.is_drill else ''}All clear, {muster.name}.")


def _tell(muster: Muster, people: Sequence[MusterPerson], words: str) -> None:
    by_code = {one.person.code: one for one in people}
    users = User.objects.filter(is_active=True, person__in=[code for code in by_code if code])
    happened(CALLED.name, [_telling(muster, user, by_code[user.person], words) for user in users])


def _telling(muster: Muster, user: User, person: MusterPerson, words: str) -> Telling:
    link = f"/safe/{token_of(person.nonce)}"
    return Telling([user], words, link, CRITICAL, f"muster:{muster.number}", words)


def needs_help(person: MusterPerson) -> None:
    muster = person.muster
    users = [
        user
        for user in User.objects.filter(is_active=True, role__in=roles_with("work alarms")).order_by("pk")
        if user == muster.by or covers(user, person)
    ]
    drill = "DRILL. " if muster.is_drill else ""
    words = f"{drill}{person.person.name} needs help: {person.words or 'no words were left'}, {muster.name}"
    brief = f"{drill}Somebody on muster {muster.number} needs help"
    happened(HELP.name, [Telling(users, words, f"/muster/{muster.number}", CRITICAL, f"muster:{muster.number}", brief)])
