"""A legal clock is started, its trigger moves, it is held, met or set aside; and who is told that it runs out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.cases import told
from bartizan.cases.actions.case import _tell
from bartizan.cases.law_book import digest_of
from bartizan.cases.models import Case, Clock, LawAnswers
from bartizan.cases.queries.clock import answers_of, laws_in_force, running
from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.engines import clocks
from bartizan.engines.clocks.stage import STAGES

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=5)
"""How far another machine's clock may be ahead of ours."""


@atomic
def start_clock(case: Case, rule: str, trigger_at: datetime, trigger: str, zone: str, by: User | None) -> Clock:
    """``zone``: the site's, by its IANA name. Refuses a law that does not apply, and one that has a clock running."""
    law = laws_in_force().get(rule)
    if law is None:
        raise ValidationError("Choose the law from the list.")
    verdict = clocks.applies(law, answers_of(case))
    if verdict.applies is False:
        raise ValidationError(f"{law.name} does not apply here: {verdict.reason}. Change that answer first.")
    if running(case.clocks.filter(rule=rule)).exists():
        raise ValidationError(
            f"{law.name} runs already. If its trigger was another, say so on that clock: both are kept."
        )
    clock = _made(case, law, trigger_at, trigger or law.trigger, zone, by)
    record(by, "started clock", f"case:{case.number}", **_facts(clock))
    _tell(case)
    return clock


def _made(case: Case, law: clocks.Law, at: datetime, words: str, zone: str, by: User | None, **more: Any) -> Clock:
    _refuse_time(at, "The trigger")
    if case.clocks.filter(rule=law.id, trigger_at=at).exists():
        raise ValidationError(f"{law.name} has had a clock from that very time: it is listed below.")
    clock = Clock(case=case, rule=law.id, digest=digest_of(law), body=law.raw, trigger=words.strip()[:400], zone=zone)
    clock.trigger_at, clock.set_by, clock.set_at = at, by, timezone.now()
    clock.due_at = clock.reckoned().due_at
    for name, value in more.items():
        setattr(clock, name, value)
    clock.save()
    return clock


def _refuse_time(at: datetime, what: str) -> None:
    if at > timezone.now() + AHEAD:
        raise ValidationError(f"{what} lies in the future. Give the time at which it happened.")
    if at < EARLIEST:
        raise ValidationError(f"{what} lies before 1970. Check the year.")


def _facts(clock: Clock) -> dict[str, Any]:
    due = clock.due_at.isoformat() if clock.due_at else None
    return {"clock": clock.rule, "trigger": clock.trigger, "trigger_at": clock.trigger_at.isoformat(), "due": due}


@atomic
def move_trigger(clock: Clock, trigger_at: datetime, because: str, by: User) -> Clock:
    """A second clock under the same words of the law. The first one goes on; the earlier of them binds."""
    _refuse_ended(clock)
    if not because.strip():
        raise ValidationError("Say what is now known to have been the trigger.")
    second = _made(clock.case, clock.law, trigger_at, because, clock.zone, by, moved_from=clock, holds=[])
    before = clock.trigger_at.isoformat()
    facts = _facts(second)
    record(
        by, "moved trigger of clock", f"case:{clock.case.number}", before=before, after=facts.pop("trigger_at"), **facts
    )
    _tell(clock.case)
    return second


@atomic
def hold_clock(clock: Clock, form: str, stated_at: datetime, until: date, held_by: str, by: User) -> None:
    """Every running clock of the duty is held, or none is. Refuses what the statute does not allow, with its reason."""
    _refuse_ended(clock)
    _refuse_time(stated_at, "The statement")
    hold = {"form": form, "stated_at": stated_at.isoformat(), "until": until.isoformat(), "by": held_by.strip()[:200]}
    for each in running(clock.case.clocks.filter(rule=clock.rule)):
        try:
            each.due_at = each.reckoned(hold).due_at
        except clocks.HoldRefused as refused:
            raise ValidationError(str(refused)) from refused
        each.holds, each.told = [*each.holds, hold], ""
        each.save(update_fields=["due_at", "holds", "told"])
        record(by, "held clock", f"case:{clock.case.number}", **_facts(each), hold=hold)
    _tell(clock.case)


@atomic
def meet_clock(clock: Clock, met_at: datetime, met_with: str, by: User) -> list[Clock]:
    """The duty is done: every clock of it stops, and those that wait for it start. Returns the clocks that started."""
    _refuse_ended(clock)
    _refuse_time(met_at, "The time at which it was done")
    if not met_with.strip():
        raise ValidationError("Say what was done and where that is seen, such as the receipt's number.")
    if met_at < clock.trigger_at:
        raise ValidationError("It cannot have been done before its trigger. Check the time, or move the trigger.")
    for each in running(clock.case.clocks.filter(rule=clock.rule)):
        each.met_at, each.met_with = met_at, met_with.strip()[:400]
        each.save(update_fields=["met_at", "met_with"])
        is_late = each.due_at is not None and met_at >= each.due_at
        done = {"met_at": met_at.isoformat(), "met_with": each.met_with, "late": is_late}
        record(by, "met clock", f"case:{clock.case.number}", **_facts(each), **done)
    started = _start_what_waited(clock, met_at, by)
    _tell(clock.case)
    return started


def _start_what_waited(clock: Clock, met_at: datetime, by: User) -> list[Clock]:
    answers, started = answers_of(clock.case), []
    for law in laws_in_force().values():
        waits = law.after == clock.rule and clocks.applies(law, answers).applies is not False
        if waits and not clock.case.clocks.filter(rule=law.id).exists():
            made = _made(
                clock.case, law, met_at, f"{law.trigger}: {clock.met_with or clock.law.name}", clock.zone, None
            )
            record(by, "started clock", f"case:{clock.case.number}", **_facts(made), after=clock.rule)
            started.append(made)
    return started


@atomic
def set_aside_clock(clock: Clock, because: str, by: User) -> None:
    """It was started in error, or counsel says that its trigger does not count. It stays listed with the reason."""
    _refuse_ended(clock)
    if not because.strip():
        raise ValidationError("Say why this clock does not count; the reason stays with it.")
    clock.ended_at, clock.ended_because = timezone.now(), because.strip()[:400]
    clock.save(update_fields=["ended_at", "ended_because"])
    record(by, "set clock aside", f"case:{clock.case.number}", **_facts(clock), reason=clock.ended_because)
    _tell(clock.case)


@atomic
def confirm_clock(clock: Clock, counsel: str, by: User) -> None:
    if not counsel.strip():
        raise ValidationError("Say who of counsel confirmed this clock.")
    clock.counsel, clock.counsel_at = counsel.strip()[:120], timezone.now()
    clock.save(update_fields=["counsel", "counsel_at"])
    record(by, "noted counsel's word on clock", f"case:{clock.case.number}", **_facts(clock), counsel=clock.counsel)
    _tell(clock.case)


def _refuse_ended(clock: Clock) -> None:
    if not clock.is_running:
        raise ValidationError(
            f"{clock.law.name} does not run any more: it was {'met' if clock.met_at else 'set aside'}."
        )


@atomic
def answer_laws(case: Case, answers: Mapping[str, bool | int | None], by: User) -> None:
    """Nothing as an answer: it is not known. Answers to questions that are not among ``answers`` stay."""
    before = answers_of(case)
    after = {name: value for name, value in {**before, **answers}.items() if value is not None}
    if after == before:
        return
    LawAnswers.objects.update_or_create(case=case, defaults={"answers": after})
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    sides = [{name: side.get(name) for name in changed} for side in (before, after)]
    record(by, "answered what decides the laws", f"case:{case.number}", before=sides[0], after=sides[1])
    _tell(case)


@atomic
def tell_due(now: datetime) -> int:
    """Tell the lead and the chief of each clock that has come to a stage of which they were not told yet; how many."""
    count = 0
    due = running(Clock.objects.exclude(due_at=None).exclude(told="passed")).select_related("case__lead")
    for clock in due:
        assert clock.due_at is not None
        stage = clocks.stage(clock.trigger_at, clock.due_at, now)
        if stage and (not clock.told or STAGES.index(stage) > STAGES.index(clock.told)):
            clock.told = stage
            clock.save(update_fields=["told"])
            told.clock_runs_out(clock, stage, now)
            count += 1
    return count
