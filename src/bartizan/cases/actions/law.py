"""A rule of the organisation's own is kept in a new version, or withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.transaction import atomic

from bartizan.cases.law_book import digest_of, shipped
from bartizan.cases.models import LawRule
from bartizan.cases.queries.clock import laws_in_force
from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.engines import clocks


@atomic
def keep_rule(body: Mapping[str, Any], by: User | None) -> LawRule:
    """A new version of it; clocks that run keep the words under which they started. Raises clocks.LawError."""
    law = clocks.law_of(body, "the rule")
    if law.id in shipped():
        raise clocks.LawError("the rule", {"id": "a rule that Bartizan ships has this name; choose another"})
    if law.after and law.after not in laws_in_force():
        raise clocks.LawError("the rule", {"after": f"there is no rule called {law.after}"})
    last = LawRule.objects.filter(rule=law.id).order_by("-version").first()
    digest = digest_of(law)
    if last is not None and last.digest == digest and not last.withdrawn_because:
        return last
    made = LawRule.objects.create(
        rule=law.id, version=last.version + 1 if last else 1, body=law.raw, digest=digest, by=by
    )
    record(by, "kept law", f"law:{law.id}", version=made.version, before=_told(last), after=_told(made))
    return made


@atomic
def withdraw_rule(rule: LawRule, because: str, by: User) -> LawRule:
    """From now on no clock starts under it; those that run go on."""
    if not because.strip():
        raise ValidationError("Say why the rule is withdrawn.")
    waiting = [law.name for law in laws_in_force().values() if law.after == rule.rule]
    if waiting:
        raise ValidationError(f"{', '.join(waiting)} waits for this rule. Change or withdraw that first.")
    made = LawRule.objects.create(
        rule=rule.rule, version=rule.version + 1, body=rule.body, digest=rule.digest, by=by,
        withdrawn_because=because.strip()[:400],
    )  # fmt: skip
    record(by, "withdrew law", f"law:{rule.rule}", version=made.version, reason=made.withdrawn_because)
    return made


def _told(rule: LawRule | None) -> dict[str, Any] | None:
    return None if rule is None else dict(rule.body)
