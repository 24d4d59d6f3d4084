"""A sanction is carried out, and undone when an appeal succeeds. What no program can do is somebody's task."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.cases.actions.case import add_task, finish_task
from bartizan.cases.actions.sanction import take
from bartizan.cases.models import Charge, Measure
from bartizan.core.access import visible_to
from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.core.registers import of_model
from bartizan.core.registers.actions import change_all
from bartizan.engines.sanctions import steps as s
from bartizan.estate.actions import issue_badge, revoke_badge
from bartizan.estate.models import Badge, BadgeIssue, UserAccount

TASK_DAYS: Final = 3
CAN_BE_UNDONE: Final = {
    "badge": True,
    "accounts": True,
    "access": True,
    "training": False,
    "payroll": False,
    "record": True,
}
"""What has been told or taught stays so: it waits until the appeal is over."""
IF_WON: Final = {
    "badge": "given back",
    "accounts": "enabled again",
    "access": "as before, by a task",
    "training": "cannot be undone",
    "payroll": "corrected, by a task",
    "record": "removed, by a task",
}
_DO: Final = {
    "badge": "Take badge {target} out of the door system: no connector does it",
    "accounts": "Disable the user account {target} in the directory: no connector does it",
    "access": "Change access: {words}",
    "training": "Assign training: {words}",
    "payroll": "Tell payroll the date and the kind of the decision: {words}",
    "record": "Put the mark in the personnel record: {words}",
}
_UNDO: Final = {
    "badge": "Let badge {target} open doors again in the door system: the appeal succeeded",
    "accounts": "Enable the user account {target} in the directory: the appeal succeeded",
    "access": "Give back the access that was changed: {words}",
    "training": "",
    "payroll": "Correct what payroll was told: {words}",
    "record": "Remove the mark from the personnel record: {words}",
}


@atomic
def plan_measure(charge: Charge, by: User, sort: str, target: str, words: str, who: str) -> Measure:
    """What is to be done once the letter is received. Raises ValidationError in words."""
    if sort not in dict(Measure.SORTS):
        raise ValidationError("Choose a measure from the list.")
    if not who.strip():
        raise ValidationError("Name who does by hand what no connector can do.")
    if sort in ("badge", "accounts"):
        _check_target(charge, sort, target.strip())
    elif not words.strip():
        raise ValidationError("Say in words what is to be done.")
    made = Measure.objects.create(
        charge=charge,
        number=(charge.measures.aggregate(top=Max("number"))["top"] or 0) + 1,
        sort=sort,
        target=target.strip()[:160] if sort in ("badge", "accounts") else "",
        words=words.strip()[:200],
        who=who.strip()[:120],
    )
    record(by, "planned a measure", f"case:{charge.case.number}", charge=charge.number, measure=made.get_sort_display())
    return made


def _check_target(charge: Charge, sort: str, target: str) -> None:
    held = targets_of(charge)[sort]
    if target not in held:
        known = ", ".join(held) or "none"
        what = "badge that the person holds" if sort == "badge" else "user account of the person"
        raise ValidationError(f"“{target}” is no {what}; there is: {known}.")


def targets_of(charge: Charge) -> dict[str, list[str]]:
    """The person's badges and user accounts that could be stopped."""
    badges = BadgeIssue.objects.filter(person__code=charge.person, ended_at=None)
    accounts = UserAccount.objects.filter(person__code=charge.person, disabled_at=None)
    return {
        "badge": list(badges.order_by("badge__number").values_list("badge__number", flat=True)),
        "accounts": list(accounts.order_by("name").values_list("name", flat=True)),
    }


@atomic
def carry_out(measure: Measure, by: User) -> None:
    """Refused by the engine unless everything before it was fair; then the records change, and a task is given."""
    measure = Measure.objects.select_for_update().select_related("charge__case").get(pk=measure.pk)
    if measure.state != "planned":
        raise ValidationError("That measure is carried out already.")
    can_be_undone = CAN_BE_UNDONE[measure.sort]
    step = take(
        measure.charge, s.CarriedOut, by, measure=_name(measure), sort=measure.sort, can_be_undone=can_be_undone
    )
    reason = f"Sanction in case {measure.charge.case.number}"
    if measure.sort == "badge":
        revoke_badge(_badge(measure, by), by, reason)
        measure.told = "revoked in the register"
    elif measure.sort == "accounts":
        _set_account(measure, by, is_disabled=True)
        measure.told = "disabled in the register"
    _give_task(measure, by, _DO[measure.sort])
    measure.state, measure.done_at = "done", step.at
    measure.save(update_fields=["state", "done_at", "task", "told"])


@atomic
def undo(measure: Measure, by: User) -> None:
    """After an appeal that succeeded: what can be is undone, and of what cannot the reason is kept."""
    measure = Measure.objects.select_for_update().select_related("charge__case").get(pk=measure.pk)
    trouble = _undone(measure, by)
    words = trouble or f"{IF_WON[measure.sort]}"
    step = take(measure.charge, s.Undone, by, measure=_name(measure), is_undone=not trouble, words=words)
    measure.state, measure.ended_at, measure.told = "kept" if trouble else "undone", step.at, words[:400]
    measure.save(update_fields=["state", "ended_at", "task", "told"])


def _undone(measure: Measure, by: User) -> str:
    """Undo it; why it cannot be undone, in words, with nothing changed."""
    if measure.state != "done":
        raise ValidationError("That measure is not carried out, so there is nothing to undo.")
    try:
        with atomic():
            if measure.sort == "badge":
                issue_badge(_badge(measure, by), by, measure.charge.person, "given back: the appeal succeeded")
            elif measure.sort == "accounts":
                _set_account(measure, by, is_disabled=False)
            elif measure.sort == "training":
                return "Training that was given cannot be taken back."
    except ValidationError as error:
        return " ".join(error.messages)
    _finish_task(measure, by)
    _give_task(measure, by, _UNDO[measure.sort])
    return "Payroll was told; a correction is asked for." if measure.sort == "payroll" else ""


def _name(measure: Measure) -> str:
    return f"measure {measure.number}"


def _badge(measure: Measure, by: User) -> Badge:
    badge = visible_to(by, Badge.objects.filter(number=measure.target)).first()
    if badge is None:
        raise ValidationError(f"Badge {measure.target} is not in the register, or lies outside what you may see.")
    return badge


def _set_account(measure: Measure, by: User, *, is_disabled: bool) -> None:
    register = of_model(UserAccount)
    account = visible_to(by, UserAccount.objects.filter(name=measure.target)).first()
    if register is None or account is None:
        raise ValidationError(f"The user account {measure.target} is not in the register, or you may not see it.")
    change_all(by, register, [account], "disabled_at", timezone.now() if is_disabled else None)


def _give_task(measure: Measure, by: User, words: str) -> None:
    told = words.format(target=measure.target, words=measure.words)
    due = timezone.now() + timedelta(days=TASK_DAYS)
    measure.task = add_task(measure.charge.case, told, measure.who, due, by)


def _finish_task(measure: Measure, by: User) -> None:
    """A task that was not done yet is not to be done any more, and says so."""
    task = measure.task
    if task and task.done_at is None:
        task.words = f"Not to be done any more, the appeal succeeded: {task.words}"[:300]
        task.save(update_fields=["words"])
        finish_task(task, by)
