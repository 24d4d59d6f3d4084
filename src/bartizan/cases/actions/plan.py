"""A response plan is kept in a new version, or withdrawn."""

from __future__ import annotations

from typing import Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.transaction import atomic

from bartizan.cases.models import PlanVersion
from bartizan.cases.plan_book import Kept, digest_of
from bartizan.cases.queries.plan import checked_plan, latest
from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.engines.plans import changes

_TAKEN: Final = "There is a plan called {} already; change that one, or give another name."


class PlanMoved(Exception):
    """Somebody kept a version while another was being written. ``now``: the one that holds."""

    def __init__(self, now: Kept) -> None:
        self.now = now
        super().__init__(f"Version {now.version} of {now.key} was kept meanwhile; look at it before you keep yours.")


@atomic
def keep_plan(key: str, text: str, by: User | None, *, is_new: bool = False, after: int | None = None) -> int:
    """A new version of it, whose number is returned; runs keep the words under which they began. ``after``: the version
    that the writer changed. Raises PlanError, and PlanMoved where that is no longer the one that holds."""
    plan = checked_plan(text)
    last = latest().get(key)
    if is_new and last is not None:
        raise ValidationError(_TAKEN.format(key))
    if last is None and not is_new:
        raise ValidationError(f"There is no plan called {key}.")
    digest = digest_of(text)
    if last is not None and last.digest == digest and not last.withdrawn_because:
        return last.version
    if last is not None and after not in (None, last.version):
        raise PlanMoved(last)
    try:
        with atomic():
            version = last.version + 1 if last else 1
            PlanVersion.objects.create(key=key, version=version, name=plan.name, text=text, digest=digest, by=by)
    except IntegrityError as error:  # two at the very same moment: the database lets one of them have the number
        if is_new:
            raise ValidationError(_TAKEN.format(key)) from error
        raise PlanMoved(latest()[key]) from error
    told = changes(last.plan, plan) if last else []
    record(by, "kept plan", f"plan:{key}", version=version, digest=digest, changes=told)
    return version


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
