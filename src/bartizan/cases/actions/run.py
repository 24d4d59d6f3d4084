"""A plan is followed, in a case or as a drill. Each step is noted with who, when and what, and never changed."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.cases import plan_told
from bartizan.cases.actions.case import _tell
from bartizan.cases.actions.plan_act import can_do, carry_out
from bartizan.cases.models import Case, Run, StepDone
from bartizan.cases.plan_book import Kept, read
from bartizan.cases.queries.plan import fitting, in_force, state_of
from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.engines.plans import Step, StepState
from bartizan.engines.plans.walk import CLOSED, LATER, SKIPPED

log = logging.getLogger(__name__)
DRILL_KEPT: Final = timedelta(days=730)
"""How long a drill is kept: long enough to compare two years, then it goes."""
MORNING: Final = 6
"""The hour, UTC, from which on somebody is reminded of a drill of that day and of the next."""
GIVES_WAY: Final = "More is known of the case now, and another plan is meant for it."


@atomic
def start_run(case: Case, key: str, by: User | None) -> Run:
    """The case follows the plan from now on. Refuses a second plan beside one that runs."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    if case.state == "closed":
        raise ValidationError(f"Case {case.number} is closed; set it to open first.")
    if running := case.runs.filter(ended_at=None).first():
        raise ValidationError(f"“{running.name}” is being followed. Stop it with a reason first.")
    run = _made(_plan(key), case=case, by=by)
    record(by, "started plan", f"case:{case.number}", plan=key, version=run.version, digest=run.digest)
    _tell(case)
    return run


def _plan(key: str) -> Kept:
    found = in_force().get(key)
    if found is None:
        raise ValidationError("Choose a plan from the list; a withdrawn one starts no more.")
    return found


def _made(plan: Kept, *, case: Case | None, by: User | None) -> Run:
    now = timezone.now()
    run = Run(case=case, key=plan.key, version=plan.version, name=plan.plan.name, text=plan.text, digest=plan.digest)
    run.started_at, run.started_by, run.look_at = now, by, now
    run.keep_until = None if case else (now + DRILL_KEPT).date()
    run.save()
    return run


@atomic
def start_fitting(case: Case) -> Run | None:
    """A case that nobody gave a plan yet starts the most special of those that are meant for it. Until anything is
    noted, a plan that began so gives way to a more special one: alarms of one breach come in over minutes."""
    if case.state == "closed" or case.runs.exclude(started_by=None).exists():
        return None
    last = case.runs.order_by("-pk").first()
    if last is not None and (last.ended_at or last.notes.exists()):
        return None
    found = fitting(case)
    if not found or (last is not None and last.key == found[0].key):
        return None
    if last is not None:
        stop_run(last, GIVES_WAY, None)
    return start_run(case, found[0].key, None)


@atomic
def stop_run(run: Run, because: str, by: User | None) -> None:
    """It is followed no more; what was noted stays, and another plan may be started."""
    if run.ended_at:
        raise ValidationError(f"“{run.name}” ended already.")
    if not because.strip():
        raise ValidationError("Say why the plan is stopped; the reason stays with it.")
    run.ended_at, run.ended_because, run.look_at = timezone.now(), because.strip()[:400], None
    run.save(update_fields=["ended_at", "ended_because", "look_at"])
    record(by, "stopped plan", _subject(run), plan=run.key, reason=run.ended_because)
    if run.case:
        _tell(run.case)


@atomic
def change_run(run: Run, key: str, because: str, by: User) -> Run:
    """The case follows another plan from now on, for a reason."""
    if run.case is None:
        raise ValidationError("A drill rehearses one plan; stop it and start a drill of the other.")
    stop_run(run, because, by)
    return start_run(run.case, key, by)


@atomic
def note_step(
    run: Run,
    number: int,
    by: User,
    *,
    outcome: str = "done",
    answer: str = "",
    words: str = "",
    target: str | None = None,
) -> StepDone:
    """Tick a step, pass it over, or correct what was noted. ``target``: have the step's act done, to this."""
    run = Run.objects.select_for_update(of=("self",)).select_related("case").get(pk=run.pk)
    one = _open_step(run, number, words)
    step, words = one.step, words.strip()[:400]
    if outcome not in ("done", "passed"):
        raise ValidationError("A step is done, or not needed here.")
    if step.ask and step.after(answer) is None:
        raise ValidationError(f"Answer step {number} with one of: {', '.join(each.words for each in step.answers)}.")
    if outcome == "passed" and not words:
        raise ValidationError(f"Say why step {number} is not needed here.")
    told = _acted(run, step, target, by) if target is not None else ""
    note = run.notes.create(
        step=number, outcome=outcome, answer=answer if step.ask else "", words=words, told=told[:400], by=by,
        at=timezone.now(),
    )  # fmt: skip
    record(by, "noted a step", _subject(run), plan=run.key, step=number, outcome=outcome, answer=note.answer, told=told)
    _go_on(run)
    return note


def _open_step(run: Run, number: int, words: str) -> StepState:
    """The step as it stands. Refuses one that cannot be noted now, and a correction without its reason."""
    if run.started_at is None:
        raise ValidationError("This drill is planned and has not begun; begin it first.")
    if run.ended_at:
        raise ValidationError(
            f"“{run.name}” is over: {run.ended_because or 'every step is closed'}. Add a note instead."
        )
    if run.case and run.case.state == "closed":
        raise ValidationError(f"Case {run.case.number} is closed; set it to open first.")
    one = state_of(run, timezone.now(), run.notes.all()).of(number)
    if one is None:
        raise ValidationError(f"The plan has no step {number}.")
    if one.state == LATER:
        raise ValidationError(f"Step {number} is not open yet: what comes before it is not done or not answered.")
    if one.state == SKIPPED:
        raise ValidationError(f"Step {number} lies on another branch; correct the answer that leads past it.")
    if one.state in CLOSED and not words.strip():
        raise ValidationError(f"Step {number} is noted already. To correct it, say why.")
    return one


def _acted(run: Run, step: Step, target: str, by: User | None) -> str:
    if step.act is None:
        raise ValidationError(f"Step {step.number} has nothing that the system could do.")
    if run.case is None:
        return f"Drill: not done. In a case this would be done now: {step.act.kind.words.lower()}."
    if not can_do(step.act):
        raise ValidationError(f"{step.act.kind.words}: by hand, no connector here can do this yet.")
    return carry_out(run.case, step, target, by)


def _go_on(run: Run) -> None:
    """After a note: the plan is through, or the worker looks at what opened."""
    state = state_of(run, timezone.now(), run.notes.all())
    was = run.ended_at
    run.ended_at = state.done_at if state.is_through else None
    run.look_at = None if state.is_through else timezone.now()
    run.save(update_fields=["ended_at", "look_at"])
    if state.is_through and was is None:
        record(None, "plan is through", _subject(run), plan=run.key)
    if run.case:
        _tell(run.case)


def _subject(run: Run) -> str:
    return f"case:{run.case.number}" if run.case else f"plan:{run.key}"


@atomic
def start_drill(key: str, by: User) -> Run:
    """The plan is rehearsed without a case: nothing is done in earnest, and the times are kept."""
    run = _made(_plan(key), case=None, by=by)
    record(by, "started drill", f"plan:{key}", drill=run.pk, version=run.version)
    return run


@atomic
def plan_drill(key: str, on: date, by: User, learnt_in: Case | None = None) -> Run:
    if on < timezone.now().date():
        raise ValidationError("A drill is planned for today or a later day.")
    plan = _plan(key)
    run = Run.objects.create(
        key=key, version=plan.version, name=plan.plan.name, text=plan.text, digest=plan.digest,
        planned_on=on, planned_by=by, learnt_in=learnt_in, keep_until=on + DRILL_KEPT,
    )  # fmt: skip
    told = {"drill": run.pk, "on": on.isoformat()} | ({"case": learnt_in.number} if learnt_in else {})
    record(by, "planned drill", f"plan:{key}", **told)
    return run


@atomic
def begin_drill(run: Run, by: User) -> None:
    """A planned drill begins, in the plan's words of today."""
    if run.started_at or run.ended_at:
        raise ValidationError("This drill has begun already, or was called off.")
    plan, now = _plan(run.key), timezone.now()
    run.version, run.name, run.text, run.digest = plan.version, plan.plan.name, plan.text, plan.digest
    run.started_at, run.started_by, run.look_at = now, by, now
    run.keep_until = (now + DRILL_KEPT).date()
    run.save()
    record(by, "started drill", f"plan:{run.key}", drill=run.pk, version=run.version)


def remind_of_drills(now: datetime) -> int:
    """In the worker: a drill that is planned for tomorrow, or for today, is told once on each of the days."""
    today = now.date()
    if now.hour < MORNING:
        return 0
    waiting = Run.objects.filter(case=None, started_at=None, ended_at=None).exclude(reminded_on=today)
    due = waiting.filter(planned_on__in=(today, today + timedelta(days=1))).select_related("planned_by")
    for run in due:
        with atomic():
            plan_told.drill_ahead(run, today, now)
            run.reminded_on = today
            run.save(update_fields=["reminded_on"])
    return len(due)


def look_at_runs(now: datetime) -> int:
    """In the worker: what opens is done by itself, and whose time is over is told; how many runs were looked at."""
    due = list(
        Run.objects.filter(look_at__lte=now, ended_at=None).order_by("look_at").values_list("pk", flat=True)[:50]
    )
    for pk in due:
        try:
            _look(pk, now)
        except Exception:  # one run must not hold up the others
            log.exception("Run %s of a plan could not be looked at; it is tried again in a minute.", pk)
            Run.objects.filter(pk=pk).update(look_at=now + timedelta(minutes=1))
    return len(due)


@atomic
def _look(pk: int, now: datetime) -> None:
    run = Run.objects.select_for_update(of=("self",)).select_related("case__lead", "started_by").get(pk=pk)
    if run.case and run.case.state == "closed":
        run.look_at = None
        run.save(update_fields=["look_at"])
        return
    _do_by_itself(run, now)
    state = state_of(run, now, run.notes.all())
    for one in state.open:
        if one.is_overdue and one.step.number not in run.told:
            run.told = [*run.told, one.step.number]
            plan_told.overdue(run, one.step, now)
    ends = [one.due_at for one in state.open if one.due_at and one.due_at >= now]
    run.ended_at = state.done_at if state.is_through else None
    # A step is overdue only after its end, so the look comes a moment later.
    run.look_at = min(ends) + timedelta(seconds=1) if ends else None
    run.save(update_fields=["ended_at", "told", "look_at"])


def _do_by_itself(run: Run, now: datetime) -> None:
    """Each once: what failed waits for a person. What one of them opens may be done by itself as well."""
    for _ in read(run.text).steps:
        notes = list(run.notes.all())
        tried = {note.step for note in notes if note.by_id is None}
        waiting = [one.step for one in state_of(run, now, notes).open if one.step.act and one.step.number not in tried]
        step = next((one for one in waiting if one.act and one.act.is_by_itself and not one.ask), None)
        if step is None:
            return
        _do_one(run, step, now)


def _do_one(run: Run, step: Step, now: datetime) -> None:
    try:
        with atomic():
            told, outcome = _acted(run, step, "", None), "done"
    except ValidationError as error:
        told, outcome = " ".join(error.messages), "tried"
    run.notes.create(step=step.number, outcome=outcome, told=told[:400], by=None, at=now)
    record(None, "noted a step", _subject(run), plan=run.key, step=step.number, outcome=outcome, told=told)


def forget_drills(today: date) -> int:
    """Drills measure people: they go when their time is over. How many went."""
    over = Run.objects.filter(case=None, keep_until__lt=today)
    return over.delete()[0] if over.exists() else 0
