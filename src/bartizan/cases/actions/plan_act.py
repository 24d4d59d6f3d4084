"""What a step of a plan has done by the house's own machinery. What no connector here can do is said, never shown as
done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.utils import timezone

from bartizan.cases import plan_told
from bartizan.cases.actions.case import add_task
from bartizan.cases.actions.clock import start_clock
from bartizan.cases.models import Case
from bartizan.cases.queries.clock import laws_in_force
from bartizan.core.access import may_change, visible_to
from bartizan.core.models import User
from bartizan.core.registers import of_model
from bartizan.core.registers.actions import change_all
from bartizan.doors.actions.orders import lock_down
from bartizan.doors.queries.lockdown import LEVEL, MINUTES, not_lockable
from bartizan.doors.queries.lockdown import VERB as LOCK_VERB
from bartizan.doors.queries.scopes import scope_of
from bartizan.doors.queries.table import engine_order
from bartizan.engines import plans
from bartizan.engines.plans import Step
from bartizan.estate.actions import revoke_badge
from bartizan.estate.models import Badge, BadgeIssue, Portal, Site, UserAccount
from bartizan.watch import acting
from bartizan.watch.actions import place_hold
from bartizan.watch.models import Act, LegalHold

LOCK: Final = "lock zone"
LISTED: Final = 8
"""Doors that a task names one by one."""
BEFORE: Final = timedelta(days=7)
AFTER: Final = timedelta(days=1)
TASK_DAYS: Final = timedelta(days=1)


def can_do(act: plans.Act) -> bool:
    """Whether this house can do it today. The others are for later connectors: somebody does them by hand."""
    return act.name in _DO and (act.name != LOCK or any(LOCK_VERB in hand.verbs for hand in acting.hands()))


def choices(case: Case, act: plans.Act) -> list[str]:
    """What the act may be done to in this case, where the plan does not say it."""
    own = [entity.reference.partition(":") for entity in case.entities.order_by("pk")]
    if act.name == "revoke badge":
        held = set(BadgeIssue.objects.filter(ended_at=None).values_list("badge__number", flat=True))
        return [name for kind, _, name in own if kind == "badge" and name in held]
    if act.name == "disable user account":
        on = set(UserAccount.objects.filter(disabled_at=None).values_list("name", flat=True))
        return [name for kind, _, name in own if kind == "user" and name in on]
    if act.name == LOCK:
        behind = Portal.objects.filter(code__in=[name for kind, _, name in own if kind == "portal"])
        codes = [name for kind, _, name in own if kind == "zone"]
        return list(dict.fromkeys([*codes, *behind.values_list("inner__code", flat=True)]))
    return []


def carry_out(case: Case, step: Step, target: str, by: User | None) -> str:
    """Do what the step says; what was done, in words. Raises ValidationError in words, with nothing done."""
    assert step.act is not None
    return _DO[step.act.name](case, step, target.strip() or step.act.target, by)


def _badge(case: Case, step: Step, target: str, by: User | None) -> str:
    assert by is not None
    badge = visible_to(by, Badge.objects.filter(number=target)).first()
    if badge is None or not may_change(by, Badge):
        raise ValidationError(f"Badge {target or 'of nobody'} is not in the register, or is not yours to revoke.")
    revoke_badge(badge, by, f"Plan of case {case.number}, step {step.number}")
    _by_hand(case, f"Take badge {target} out of the door system: no connector does it", step.owner, by)
    return f"Badge {target} is revoked in the register; a task says who takes it out of the door system."


def _account(case: Case, step: Step, target: str, by: User | None) -> str:
    assert by is not None
    account = visible_to(by, UserAccount.objects.filter(name=target)).first()
    register = of_model(UserAccount)
    if account is None or register is None or not may_change(by, UserAccount):
        raise ValidationError(f"The user account {target or 'of nobody'} is not in the register, or is not yours.")
    if account.disabled_at:
        raise ValidationError(f"The user account {target} is disabled already.")
    change_all(by, register, [account], "disabled_at", timezone.now())
    _by_hand(case, f"Disable the user account {target} in the directory: no connector does it", step.owner, by)
    return f"User account {target} is disabled in the register; a task says who disables it in the directory."


def _lock(case: Case, step: Step, target: str, by: User | None) -> str:
    """As the Doors page does it; the readers answer within seconds, and what they say stands there."""
    if by is None:
        raise ValidationError("Locking a zone down needs a person who answers for it: confirm the step.")
    scope = scope_of(by, f"zone:{target}")
    if scope is None:
        raise ValidationError(f"The zone {target or 'of no name'} is not in the register, or is not yours to lock.")
    order = lock_down(scope, LEVEL, [], MINUTES, f"Plan of case {case.number}, step {step.number}", by)
    told = Act.objects.filter(about=order.reference).count()
    left = [door.code for door in not_lockable(engine_order(order))]
    doors = f"{told} door{'' if told == 1 else 's'} told" if told else "no door told"
    if left or not told:
        more = f" and {len(left) - LISTED} more" if len(left) > LISTED else ""
        what = f"{', '.join(left[:LISTED])}{more} of {scope.name}" if told else scope.name
        _by_hand(case, f"Lock {what} by hand: no connector does it", step.owner, by)
        doors += f", a task says who locks {'the other ' + str(len(left)) if told else 'it'} by hand"
    return f"{scope.name} is locked down for {MINUTES} min, {doors}; how they answered stands under Doors."


def _by_hand(case: Case, words: str, who: str, by: User | None) -> None:
    add_task(case, words, who[:120], timezone.now() + TASK_DAYS, by)


def _tell(case: Case, step: Step, target: str, by: User | None) -> str:
    users = plan_told.call(case, target or step.words, timezone.now())
    if not users:
        raise ValidationError("Nobody was told: nobody is on call or may work cases, or the notice is switched off.")
    names = ", ".join(one.get_full_name() or one.username for one in users)
    return f"Told: {names}."


def _clock(case: Case, step: Step, target: str, by: User | None) -> str:
    site = Site.objects.filter(code=case.site).first()
    clock = start_clock(case, target, timezone.now(), f"Step {step.number}: {step.words}", _zone(site), by)
    return f"The clock of {laws_in_force()[clock.rule].name} runs; move its trigger under Clocks if it was another."


def _zone(site: Site | None) -> str:
    return site.timezone if site else "UTC"


def _hold(case: Case, step: Step, target: str, by: User | None) -> str:
    reason = f"Case {case.number}: {step.words}"[:400]
    if LegalHold.objects.filter(reason=reason, ended_at=None).exists():
        raise ValidationError("The events of this case are held already, by this very step.")
    until = timezone.now() + AFTER
    place_hold(reason, case.first_at - BEFORE, until, {"site": case.site} if case.site else {}, by)
    where = f"of site {case.site}" if case.site else "of every site"
    return f"Events {where} since {case.first_at - BEFORE:%d %b} are held until somebody ends the hold under Settings."


def _task(case: Case, step: Step, target: str, by: User | None) -> str:
    _by_hand(case, target, step.owner, by)
    return f"The task stands under Tasks, for {step.owner}."


_DO: Final[Mapping[str, Callable[[Case, Step, str, User | None], str]]] = {
    "revoke badge": _badge,
    "disable user account": _account,
    "tell on call": _tell,
    "start clock": _clock,
    "hold events": _hold,
    LOCK: _lock,
    "give task": _task,
}
