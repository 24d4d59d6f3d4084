"""What lists of the estate hold beyond single records: who held a badge, and the badges and user accounts of people."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.utils import timezone

from bartizan.core.access import visible_to
from bartizan.core.cells import listed, same, text_of, written
from bartizan.core.loading.references import batches
from bartizan.core.rows import Brought, Cells, Extra, Planned, Problem, Read, alias, brings, extra
from bartizan.estate.models import Badge, BadgeIssue

ISSUE = ("person", "issued_at", "ended_at", "end", "reason")


def plan_issues(rows: Sequence[tuple[Read, Any]]) -> Iterable[Planned | Problem]:
    """A badge's row with a person says who held it; the same person and beginning is the same issue.

    A row without a beginning is about the last time: it does not give back what was lost or returned.
    """
    held: list[tuple[Read, Any]] = [(read, badge) for read, badge in rows if read.extra.get("person")]
    known = _known([badge.pk for _, badge in held if badge.pk])
    last = _last([*known.values()])
    issues: dict[int, list[tuple[Read, BadgeIssue]]] = defaultdict(list)
    found: list[Planned | Problem] = []
    for read, badge in held:
        person, since, ended = read.extra["person"], read.extra.get("issued_at"), read.extra.get("ended_at")
        issue = known.get((badge.pk, person.pk, since)) if since else last.get((badge.pk, person.pk))
        began = since or (issue.issued_at if issue else _joined(person))
        if ended and ended < began:
            what = f"lies before the badge was issued ({began:%Y-%m-%d %H:%M} UTC); mend one of the two."
            found.append(Problem(read.row, "ended_at", ended.isoformat(), what, "badges", read.key))
            continue
        wanted = {name: value for name, value in read.extra.items() if value is not None or name == "ended_at"}
        made = issue or BadgeIssue()
        found += _issue(read, made, wanted | {"badge": badge, "issued_at": began})
        issues[id(badge)].append((read, made))
    return [*found, *_held_twice(rows, known, issues)]


def _held_twice(
    rows: Sequence[tuple[Read, Any]],
    known: Mapping[tuple[int, int, datetime], BadgeIssue],
    issues: Mapping[int, Sequence[tuple[Read, BadgeIssue]]],
) -> Iterable[Problem]:
    """One person at a time holds a badge: rows that leave two are told."""
    open_now = Counter(badge for (badge, _, _), issue in known.items() if issue.ended_at is None)
    for badge in {id(badge): badge for _, badge in rows}.values():
        told = [(read, issue) for read, issue in issues.get(id(badge), ()) if issue.ended_at is None]
        fresh = [read for read, issue in told if issue.pk is None]
        if fresh and open_now[badge.pk] + len(fresh) > 1:
            read = fresh[-1]
            what = "holds a badge that somebody else holds too; say when that ended, in a row of its own."
            yield Problem(read.row, "person", read.references.get("person", ""), what, "badges", read.key)


def _known(badges: Sequence[int]) -> Mapping[tuple[int, int, datetime], BadgeIssue]:
    found = (i for part in batches(badges) for i in BadgeIssue.objects.filter(badge__in=part).select_related("person"))
    return {(i.badge_id, i.person_id, i.issued_at): i for i in found}


def _last(issues: Sequence[BadgeIssue]) -> Mapping[tuple[int, int], BadgeIssue]:
    """The one that is held, else the one that ended last, by badge and person."""
    ended = sorted((i for i in issues if i.ended_at), key=lambda issue: issue.ended_at or issue.issued_at)
    held = [i for i in issues if not i.ended_at]
    return {(i.badge_id, i.person_id): i for i in (*ended, *held)}


def _issue(read: Read, issue: BadgeIssue, wanted: Mapping[str, Any]) -> Iterable[Planned]:
    is_new = issue.pk is None
    differs = {name: value for name, value in wanted.items() if is_new or not same(getattr(issue, name), value)}
    told = {name: ("" if is_new else _words(getattr(issue, name)), _words(differs[name])) for name in differs}
    for name, value in differs.items():
        setattr(issue, name, value)
    if differs:
        yield Planned(read.row, read.key, issue, {name: words for name, words in told.items() if name in ISSUE})


def _words(value: Any) -> str:
    return value.code if hasattr(value, "code") else str(value or "")


def _joined(person: Any) -> datetime:
    """A badge list without dates: held since its holder joined, as far as that is known."""
    day = person.joined_on
    return timezone.make_aware(datetime.combine(day, time())) if day else timezone.now()


def issues_of(user: Any, badges: Sequence[Any]) -> Mapping[Any, Sequence[Cells]]:
    """What an export says of who held the badges, the first holder first."""
    shown = visible_to(user, BadgeIssue.objects.filter(badge__in=badges)).select_related("person")
    return {
        badge: [
            {name: i.person.code if name == "person" else written(_field(name), getattr(i, name)) for name in ISSUE}
            for i in issues
        ]
        for badge, issues in groupby(shown.order_by("badge", "issued_at"), attrgetter("badge_id"))
    }


def _field(name: str) -> Any:
    return BadgeIssue._meta.get_field(name)


def staff_rows(cells: Cells) -> Iterable[tuple[str, Cells]]:
    """A person with the numbers of badges and the names of user accounts."""
    own = {name: value for name, value in cells.items() if name not in ("badges", "accounts")}
    yield "people", own
    code = text_of(cells.get("code"))
    for number in listed(cells.get("badges")):
        yield "badges", {"number": number, "person": code}
    for name in listed(cells.get("accounts")):
        yield "user-accounts", {"name": name, "person": code}


def door_rows(cells: Cells) -> Iterable[tuple[str, Cells]]:
    """A door with the codes of its readers."""
    yield "doors", {name: value for name, value in cells.items() if name != "readers"}
    for code in listed(cells.get("readers")):
        yield "devices", {"code": code, "name": code, "kind": "reader", "portal": text_of(cells.get("code"))}


extra(Badge, Extra(BadgeIssue, ISSUE, identity=("person", "issued_at"), plan=plan_issues, rows=issues_of))
brings(
    "people",
    Brought(
        {
            "badges": "Numbers of badges that the person holds, with semicolons between",
            "accounts": "Names of the person's user accounts, with semicolons between",
        },
        staff_rows,
    ),
)
brings("doors", Brought({"readers": "Codes of the door's readers, with semicolons between"}, door_rows))
for _old, _new in (("staff", "people"), ("portals", "doors"), ("accounts", "user-accounts")):
    alias(_old, _new)
