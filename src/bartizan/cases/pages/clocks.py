"""The clocks of a case: those that run, those that may yet start, those that were met, and laws that do not apply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any

from django.utils import timezone

from bartizan.cases import queries
from bartizan.cases.findings import Findings
from bartizan.cases.models import Case, Clock
from bartizan.core.models import User
from bartizan.engines import clocks as engine
from bartizan.web.words import duration_words, short_time

METER = 64
"""How wide the bar of a clock is."""
URGENT = 2
"""How many stand on the overview."""
LEVELS = ((0.9, "high", "urgent"), (0.75, "medium", "soon"))


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline as a list says it: ``Mon 23 Nov 24:00`` on the site's clock."""

    words: str
    iso: str
    title: str
    """The same in UTC, with its date."""


@dataclass(frozen=True, slots=True)
class Row:
    law: engine.Law
    clock: Clock | None
    left: str
    """Time left, or how it stands: ``6 h 55``, ``not started``, ``kept``."""
    note: str
    """What else there is to say of it in a line."""
    severity: str = ""
    word: str = ""
    used: int = 0
    """Of ``METER``."""
    due: Due | None = None
    deadline: engine.Deadline | None = None
    is_bound: bool = True
    """Nothing that ends earlier binds in its place."""

    @property
    def short_law(self) -> str:
        """``GDPR Art. 33(1)``: the name's first word, unless the article says it."""
        first = self.law.name.partition(",")[0]
        says_it = any(ch in self.law.article for ch in ("CFR", first)) or "," not in self.law.name
        return self.law.article if says_it else f"{first} {self.law.article}"


@dataclass(frozen=True, slots=True)
class Question:
    fact: engine.Fact
    answer: str
    """``yes``, ``no``, a number, or empty: not known yet."""
    laws: str
    """Which laws ask."""


def content(user: User, case: Case, _known: Findings, zone: tzinfo) -> dict[str, Any]:
    laws, answers = queries.laws_in_force(), queries.answers_of(case)
    every = list(queries.clocks_of(user, case))
    now = timezone.now()
    running = _running([one for one in every if one.is_running], zone, now)
    waiting, ruled_out = _without_clock(laws, answers, every)
    taken = {one.rule for one in every if one.is_running}
    startable = [
        law for law in laws.values() if law.id not in taken and engine.applies(law, answers).applies is not False
    ]
    return {
        "groups": [
            ("Running", running),
            ("Not started", waiting),
            ("Kept, or set aside", [_ended(one, zone) for one in every if not one.is_running]),
            ("Do not apply", ruled_out),
        ],
        "running": len(running),
        "confirmed": sum(bool(one.counsel) for one in every),
        "clocks": len(every),
        "laws": len(laws),
        "startable": startable,
        "questions": _questions(laws, answers),
        "zone_word": f"{now.astimezone(zone):%Z}",
    }


def urgent(user: User, case: Case, zone: tzinfo) -> list[Row]:
    """The two that run out first."""
    found = queries.running(queries.clocks_of(user, case))
    return _running(list(found), zone, timezone.now())[:URGENT]


def _running(found: Sequence[Clock], zone: tzinfo, now: datetime) -> list[Row]:
    first: dict[str, int] = {}
    for clock in found:
        first.setdefault(clock.rule, clock.pk)
    return [_run(clock, zone, now, is_bound=first[clock.rule] == clock.pk) for clock in found]


def _run(clock: Clock, zone: tzinfo, now: datetime, *, is_bound: bool) -> Row:
    law, due = clock.law, clock.due_at
    note = f"{clock.trigger}, {_when(clock.trigger_at, zone)}"
    if clock.moved_from_id:
        note = f"second trigger: {note}"
    if not is_bound:
        note += ". Both are kept; the earlier binds until counsel says otherwise."
    if due is None:
        since = duration_words((now - clock.trigger_at).total_seconds())
        return Row(law, clock, f"{since} since", note, deadline=clock.reckoned(), is_bound=is_bound)
    used = engine.share_used(clock.trigger_at, due, now)
    severity, word = ("critical", "passed") if now >= due else _level(used)
    left = duration_words(abs((due - now).total_seconds()))
    return Row(
        law, clock, f"{left} late" if now >= due else left, note, severity, word, round(used * METER),
        due_of(due, zone, now), clock.reckoned(), is_bound,
    )  # fmt: skip


def _level(used: float) -> tuple[str, str]:
    return next(((severity, word) for least, severity, word in LEVELS if used >= least), ("", ""))


def due_of(at: datetime, zone: tzinfo, now: datetime) -> Due:
    """The end of a day is that day's 24:00, not the next one's 00:00."""
    utc, local = at.astimezone(UTC), at.astimezone(zone)
    words = short_time(at, now, zone)
    if local.time() == time():
        words = short_time(at - timedelta(seconds=1), now, zone).replace("23:59", "24:00")
    return Due(words, utc.isoformat(), f"{utc:%a} {utc.day} {utc:%b %Y %H:%M} UTC")


def _when(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %H:%M}"


def _without_clock(
    laws: Mapping[str, engine.Law], answers: engine.Answers, every: Sequence[Clock]
) -> tuple[list[Row], list[Row]]:
    """Laws under which nothing was started: those that may yet be, and those that the answers rule out."""
    started = {clock.rule for clock in every}
    waiting, ruled_out = [], []
    for law in laws.values():
        if law.id in started:
            continue
        verdict = engine.applies(law, answers)
        if verdict.applies is False:
            ruled_out.append(Row(law, None, "does not apply", verdict.reason))
        else:
            waiting.append(Row(law, None, "not started", _starts(law, verdict, laws)))
    return waiting, ruled_out


def _starts(law: engine.Law, verdict: engine.Verdict, laws: Mapping[str, engine.Law]) -> str:
    """What starts it, and what has to be answered first."""
    if law.after and law.after in laws:
        words = f"starts by itself once this is met: {laws[law.after].name}"
    else:
        words = f"starts when {law.trigger}"
    return f"not decided: {verdict.reason}" if verdict.applies is None else words


def _ended(clock: Clock, zone: tzinfo) -> Row:
    if clock.met_at is None:
        return Row(clock.law, clock, "set aside", clock.ended_because, deadline=clock.reckoned())
    note = f"{clock.met_with}, {_when(clock.met_at, zone)}"
    if clock.due_at is None:
        return Row(clock.law, clock, "done", note, deadline=clock.reckoned())
    seconds = (clock.due_at - clock.met_at).total_seconds()
    is_late = seconds <= 0
    words = f"{duration_words(abs(seconds))} {'after' if is_late else 'before'} its end"
    return Row(clock.law, clock, "late" if is_late else "kept", f"{note}, {words}", deadline=clock.reckoned())


def _questions(laws: Mapping[str, engine.Law], answers: Mapping[str, Any]) -> list[Question]:
    """What was answered, and what may still decide something: not what only laws ask that are ruled out by another."""
    asking: dict[str, list[str]] = {}
    matters = set(answers)
    for law in laws.values():
        against = {fact.id for fact in law.facts if engine.rules_out(fact, answers)}
        for fact in law.facts:
            asking.setdefault(fact.id, []).append(law.name)
            if not against - {fact.id}:
                matters.add(fact.id)
    return [
        Question(fact, _answer(answers.get(fact.id)), "; ".join(asking[fact.id]))
        for fact in engine.questions(laws.values())
        if fact.id in matters
    ]


def _answer(value: bool | int | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
