"""Who stands behind an actor: the holder of a badge at that time, the person of a user account."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bartizan.engines.context.aliases import Aliases, bare_account
from bartizan.engines.context.estate import Estate, Issue, Person
from bartizan.engines.observe import microseconds

_ENDS: Final = {"replaced": "replaced", "lost": "lost", "revoked": "revoked", "returned": "revoked"}
_PRIVILEGED: Final = frozenset({"root", "administrator", "toor"})


class Who(NamedTuple):
    facts: dict[str, Any]
    person: Person | None
    is_certain: bool
    """The badge was the person's own at that time, so whoever it admitted counts as seen."""


_NOBODY: Final = Who({}, None, is_certain=False)


class People:
    def __init__(self, estate: Estate, names: Aliases) -> None:
        self._people = estate.people
        self._names = names
        self._keeps_badges = bool(estate.badges)  # without a register of badges every badge would be unknown
        self._left = {p.code: left for p in estate.people.values() if (left := _left_at(p, estate)) is not None}

    def behind(self, actor: str, us: int | None) -> Who:
        kind, _, name = actor.partition(":")
        if kind in ("badge", "card") and name:
            return self._badge(name, us)
        if kind == "user" and name:
            return self._account(name, us)
        if kind == "person" and name in self._people:
            return Who(self._status(name, us), self._people[name], is_certain=True)
        return _NOBODY

    def person(self, code: str) -> Person | None:
        return self._people.get(code)

    def _badge(self, number: str, us: int | None) -> Who:
        if not self._keeps_badges:
            return _NOBODY
        issues = self._names.badge(number)
        if not issues or us is None:
            return Who({"badge_status": "unknown"}, None, is_certain=False)
        issue, status = _issue_at(issues, us)
        if issue is None:
            return Who({"badge_status": "unknown"}, None, is_certain=False)
        facts = {"badge_status": status, **self._status(issue.person, us)}
        has_left = facts.get("person_status") == "left"
        return Who(facts, self._people.get(issue.person), is_certain=status == "active" and not has_left)

    def _account(self, name: str, us: int | None) -> Who:
        account = self._names.account(name)
        facts: dict[str, Any] = {"account_kind": account.kind} if account else {}
        if bare_account(name) in _PRIVILEGED:
            facts["privileged"] = True
        if account is None:
            return Who(facts, None, is_certain=False)
        disabled = account.disabled_at
        is_disabled = disabled is not None and us is not None and us >= microseconds(disabled)
        facts["account_status"] = "disabled" if is_disabled else "active"
        return Who(facts | self._status(account.person, us), self._people.get(account.person), is_certain=False)

    def _status(self, code: str, us: int | None) -> dict[str, Any]:
        if not code:
            return {}
        if code not in self._people:
            return {"person": code, "person_status": "unknown"}
        left = self._left.get(code)
        has_left = left is not None and us is not None and us >= left
        return {"person": code, "person_status": "left" if has_left else "employed"}


def _issue_at(issues: tuple[Issue, ...], us: int) -> tuple[Issue | None, str]:
    """The issue that was running at ``us`` (or the last that had begun), and what the badge was worth then."""
    last = None
    for issue in issues:
        if microseconds(issue.issued_at) > us:
            break
        last = issue
    if last is None:
        return None, "unknown"
    if last.ended_at is None or us < microseconds(last.ended_at):
        return last, "active"
    return last, _ENDS.get(last.end, "revoked")


def _left_at(person: Person, estate: Estate) -> int | None:
    """The end of the last day of work on the clock of the person's site, in microseconds."""
    if person.left_on is None:
        return None
    site = estate.sites.get(person.site)
    try:
        zone = ZoneInfo(site.timezone if site else "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = ZoneInfo("UTC")
    try:
        return microseconds(datetime.combine(person.left_on + timedelta(days=1), time(), zone))
    except OverflowError:
        return None
