"""A response plan is kept in a new version, or withdrawn."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db.transaction import atomic

from bartizan.cases.models import PlanVersion
from bartizan.cases.plan_book import Kept, digest_of
from bartizan.cases.queries.clock import laws_in_force
from bartizan.cases.queries.plan import latest
from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.engines.plans import Plan, PlanError, changes, plan_of


@atomic
def keep_plan(key: str, text: str, by: User | None, *, is_new: bool = False) -> int:
    """A new version of it, whose number is returned; runs keep the words under which they began. Raises PlanError."""
    plan = plan_of(text)
    _refuse_unknown_laws(plan)
    last = latest().get(key)
    if is_new and last is not None:
        raise ValidationError(f"There is a plan called {key} already; change that one, or give another name.")
    if last is None and not is_new:
        raise ValidationError(f"There is no plan called {key}.")
    digest = digest_of(text)
    if last is not None and last.digest == digest and not last.withdrawn_because:
        return last.version
    made = PlanVersion.objects.create(
        key=key, version=last.version + 1 if last else 1, name=plan.name, text=text, digest=digest, by=by
    )
    told = changes(last.plan, plan) if last else []
    record(by, "kept plan", f"plan:{key}", version=made.version, digest=digest, changes=told)
    return made.version


def _refuse_unknown_laws(plan: Plan) -> None:
    known = laws_in_force()
    wrong = [
        (1, f"step {step.number}, “target”: there is no rule called {step.act.target} under Laws and deadlines")
        for step in plan.steps
        if step.act and step.act.name == "start clock" and step.act.target not in known
    ]
    if wrong:
        raise PlanError(wrong)


@atomic
def withdraw_plan(plan: Kept, because: str, by: User) -> None:
    """From now on no run starts under it; those that run go on."""
    if not because.strip():
        raise ValidationError("Say why the plan is withdrawn.")
    if plan.withdrawn_because:
        raise ValidationError("The plan is withdrawn already.")
    made = PlanVersion.objects.create(
        key=plan.key, version=plan.version + 1, name=plan.plan.name, text=plan.text, digest=plan.digest, by=by,
        withdrawn_because=because.strip()[:400],
    )  # fmt: skip
    record(by, "withdrew plan", f"plan:{plan.key}", version=made.version, reason=made.withdrawn_because)
