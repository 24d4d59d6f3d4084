"""A plan that is being written, as a form or as text: from which version on, what it changes, and keeping it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from bartizan.cases.actions import plan as acts
from bartizan.cases.actions.plan_act import can_do
from bartizan.cases.pages.plans import drawn, meant_for
from bartizan.cases.plan_book import Kept
from bartizan.cases.queries import plan as plans_of
from bartizan.core.models import User
from bartizan.engines.plans import ACTS, Act, Plan, PlanError, changes
from bartizan.watch.shown import zone_of

LONGEST_KEY: Final = 56
LOST: Final = 409
WRONG: Final = 422


@dataclass(frozen=True, slots=True)
class Writing:
    user: User
    now: Kept | None = None
    """The version that holds; nothing: a plan that is new."""
    began: Kept | None = None
    """The version that was opened to be changed."""

    @property
    def is_overtaken(self) -> bool:
        """Somebody else kept a version meanwhile."""
        return self.now is not None and self.began is not None and self.now.version != self.began.version

    @property
    def held(self) -> str:
        return self.now.text if self.now else ""


@dataclass(frozen=True, slots=True)
class Looked:
    """A text, and the plan that it says, or what is wrong with it."""

    text: str = ""
    plan: Plan | None = None
    problems: Sequence[tuple[int, str]] = ()
    """Each with its line."""

    def refused(self, error: ValidationError) -> Looked:
        return Looked(self.text, problems=[(1, words) for words in error.messages])


NOT_LOOKED: Final = Looked()


def writing(request: HttpRequest, key: str = "") -> Writing:
    assert isinstance(request.user, User)
    if not key:
        return Writing(request.user)
    versions = plans_of.plan_versions(request.user, key)
    if not versions:
        raise Http404(f"There is no plan called {key}.")
    base = request.POST.get("base", "")
    return Writing(request.user, versions[0], next((one for one in versions if str(one.version) == base), versions[0]))


def looked_at(text: str) -> Looked:
    try:
        return Looked(text, plans_of.checked_plan(text))
    except PlanError as error:
        return Looked(text, problems=error.problems)


class Page(Protocol):
    """The form, or the text, with what was typed."""

    def __call__(self, told: Writing, looked: Looked, *, tells: bool) -> HttpResponse: ...


def answered(request: HttpRequest, told: Writing, looked: Looked, page: Page) -> HttpResponse:
    """What was looked at, or kept as the next version, or why it could not be."""
    if looked.plan is None or request.POST.get("how") != "keep":
        return page(told, looked, tells=True)
    try:
        return HttpResponseRedirect(f"/plans/{_keep(told, looked)}")
    except ValidationError as error:
        return page(told, looked.refused(error), tells=False)
    except acts.PlanMoved:
        return page(writing(request, told.now.key if told.now else ""), looked, tells=True)


def _keep(told: Writing, looked: Looked) -> str:
    """The key under which it is kept. Raises PlanError, ValidationError and PlanMoved."""
    key = told.now.key if told.now else key_of(looked.plan.name if looked.plan else "")
    base = told.began.version if told.began else None
    acts.keep_plan(key, looked.text, told.user, is_new=told.now is None, after=base)
    return key


def status(request: HttpRequest, context: Mapping[str, Any]) -> int:
    if context["problems"]:
        return WRONG
    return LOST if context["overtaken"] is not None and request.POST.get("how") == "keep" else 200


def key_of(name: str) -> str:
    """``Door forced, or entry at night`` is ``door-forced-or-entry-at-night``."""
    plain = "-".join(re.findall(r"[a-z0-9]+", name.lower()))[:LONGEST_KEY].strip("-")
    if not plain or plain == "add":
        raise ValidationError("Give the plan a name with letters or figures of its own.")
    return plain


def around(told: Writing, plan: Plan | None, *, tells: bool) -> dict[str, Any]:
    """What stands around the form and around the text. ``tells``: that it was overtaken, whereupon keeping it again
    keeps it over the version that was told of."""
    is_told = tells and told.is_overtaken
    base = told.now if is_told else told.began
    return {
        "place": "plans",
        "kept": told.now,
        "base": base.version if base else "",
        "overtaken": _others(told) if is_told else None,
        "preview": plan,
        "steps": drawn(plan) if plan else [],
        "meant_for": meant_for(plan) if plan else "",
        "changes": changes(told.now.plan, plan) if told.now and plan else [],
        "acts": [(name, kind, can_do(Act(name))) for name, kind in ACTS.items()],
        "zone": zone_of(told.user),
    }


def _others(told: Writing) -> list[str]:
    """What the other one changed."""
    assert told.began is not None
    assert told.now is not None
    return changes(told.began.plan, told.now.plan)
