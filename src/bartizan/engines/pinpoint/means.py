"""How it was done, read off the slice: which of the known ways in does it show?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bartizan.engines.pinpoint.record import Record
from bartizan.engines.pinpoint.words import name_of

_SPRAYED_ACCOUNTS = 5
_GUESSES = 5
_IN = frozenset({"login.success", "login.unlock", "login.privilege"})


@dataclass(frozen=True, slots=True)
class Means:
    """``how`` stands alone; ``clause`` continues the headline after the place and the time."""

    how: str
    clause: str


def means(records: Sequence[Record]) -> tuple[Means, ...]:
    """The ways in that ``records`` (oldest first) show, the most telling first; empty when none is clear."""
    found = (_sprayed(records), _badge(records), _borrowed(records), _left_account(records), _forced(records))
    return tuple(one for one in found if one is not None)


def _sprayed(records: Sequence[Record]) -> Means | None:
    refused: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if record.kind == "login.failure":
            refused[record.remote or record.host].append(record)
    for source in sorted(refused, key=lambda s: (-len(refused[s]), s)):
        accounts = {record.actor for record in refused[source]}
        success = next((r for r in records if r.kind == "login.success" and source in (r.remote, r.host)), None)
        won = f" that succeeded for {name_of(success)}" if success else ""
        if len(accounts) >= _SPRAYED_ACCOUNTS:
            then = " that succeeded" if success else ""
            return Means(f"password spraying{then}", f"after password spraying from {source}{won}")
        if len(refused[source]) >= _GUESSES and success:
            return Means("guessed password", f"after {len(refused[source])} refused logins from {source}")
    return None


def _badge(records: Sequence[Record]) -> Means | None:
    for record in records:
        if record.domain != "door" or not record.is_odd:
            continue
        badge, status = name_of(record), record.facts.get("badge_status")
        if record.facts.get("person_status") == "left":
            return Means("leaver's badge", f"after {badge} was used, whose holder has left")
        if status in ("replaced", "lost", "revoked"):
            return Means(f"{status} badge", f"after {badge} was used, which had been {_ended(str(status))}")
        if record.facts.get("travel_short_seconds"):
            return Means("copied or lent badge", f"after {badge} was read in two places too far apart")
    return None


def _ended(status: str) -> str:
    return "reported lost" if status == "lost" else status


def _borrowed(records: Sequence[Record]) -> Means | None:
    login = next((r for r in records if r.is_elsewhere and r.kind in _IN), None)
    if login is None:
        return None
    opened = [r for r in records if _let_in(r, login)]
    by = f", room opened by {name_of(opened[-1])}" if opened else ""
    where = {"site": "at another site", "building": "in another building"}.get(_apart(login), "in another zone")
    return Means(f"borrowed desk{by}", f"while the owner of the user account was {where}{by}")


def _let_in(record: Record, login: Record) -> bool:
    is_entry = record.kind == "door.granted" and record.zone == login.zone and record.time <= login.time
    return is_entry and bool(record.actor) and record.person != login.facts.get("owner")


def _apart(login: Record) -> str:
    proven = login.facts.get("owner_elsewhere", "no")
    return str(proven if proven != "no" else login.facts.get("owner_badged", ""))


def _left_account(records: Sequence[Record]) -> Means | None:
    for record in records:
        if record.kind in _IN and record.facts.get("person_status") == "left":
            return Means("leaver's user account", f"with user account {name_of(record)}, whose owner has left")
        if record.kind in _IN and record.facts.get("account_status") == "disabled":
            return Means("disabled user account", f"with user account {name_of(record)}, which is disabled")
    return None


def _forced(records: Sequence[Record]) -> Means | None:
    forced = next((r for r in records if r.kind == "door.forced"), None)
    return Means("forced door", f"after door {forced.portal or 'not known'} was forced") if forced else None
