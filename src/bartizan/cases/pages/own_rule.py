"""A rule made of a case's event: which fields it matches, its text, and how often it would have fired."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from bartizan.cases.actions import lesson
from bartizan.cases.models import Case
from bartizan.cases.queries.masks import veil
from bartizan.core.access import require
from bartizan.core.models import User
from bartizan.engines.detect.draft import draft, fields_of
from bartizan.engines.observe import KINDS
from bartizan.watch import own_rules
from bartizan.watch import queries as watch
from bartizan.watch.actions.own_rule import keep_own_rule
from bartizan.watch.lake import LakeError, Window
from bartizan.watch.lake.slices import by_ids
from bartizan.watch.models import AlarmEvent

LEVELS: Final = ("low", "medium", "high", "critical")
MARGIN: Final = timedelta(days=1)
PAST: Final = timedelta(days=7)
CASE_EVENTS: Final = 1_000
USUAL: Final = frozenset(
    {"kind", "zone_level", "outcome", "out_of_hours", "person_status", "badge_status", "account_status", "account_kind"}
    | {"owner_elsewhere", "owner_badged", "first_place", "origin_outside", "privileged", "login_way"}
)
"""Fields that are chosen to begin with: what was odd about the event, wherever it happens next."""
ORDINARY: Final = frozenset({"active", "employed", "person", "False"})
"""What is so in every ordinary event."""
NAMES: Final = frozenset({"actor", "person"})
"""Fields that are somebody: a rule is for what happens, never for one person."""


@dataclass(frozen=True, slots=True)
class Choice:
    name: str
    value: Any
    is_chosen: bool

    @property
    def label(self) -> str:
        return self.name.replace("_", " ")

    @property
    def words(self) -> str:
        if isinstance(self.value, bool):
            return "yes" if self.value else "no"
        kind = KINDS.get(self.value) if self.name == "kind" else None
        return f"{self.value} ({kind.words})" if kind else str(self.value)


@dataclass(frozen=True, slots=True)
class Results:
    """What came of trying a rule."""

    own: int
    """Of the case's events that are in the lake."""
    fired: int
    past: own_rules.Tried

    @property
    def fits(self) -> bool:
        return self.fired > 0


def chosen(user: User, case: Case, event: str) -> dict[str, Any]:
    """The form for one event of the case: its fields, without those that would name somebody."""
    found = next((one for one in _events(user, case) if one["id"] == event), None)
    if found is None:
        return {"rule_trouble": "This event is not among the case's, or is no longer kept in the lake."}
    masks = veil(user, [case]).of(case)
    fields = {
        name: value
        for name, value in fields_of(found).items()
        if name not in NAMES and masks.text(str(value)) == str(value)
    }
    return {
        "event": event,
        "event_words": found.get("summary") or found["kind"],
        "fields": [Choice(name, value, name in USUAL and str(value) not in ORDINARY) for name, value in fields.items()],
        "levels": LEVELS,
    }


def typed_again(request: HttpRequest, case: Case, user: User) -> dict[str, Any]:
    """The form as it was sent, after something was wrong with it."""
    told = request.POST
    form = chosen(user, case, told.get("event", ""))
    if told.get("how") in ("try", "keep"):
        return form | {"text": told.get("text", "")}
    wanted = told.getlist("field")
    return form | {"fields": [replace(one, is_chosen=one.name in wanted) for one in form.get("fields", [])]}


def _events(user: User, case: Case) -> list[dict[str, Any]]:
    """The case's own events as far as the lake has them and this user may see them."""
    ids = AlarmEvent.objects.filter(alarm__cases=case).order_by("-is_trigger", "at").values_list("event", flat=True)
    window = Window(case.first_at - MARGIN, case.last_at + MARGIN)
    try:
        return by_ids(watch.lake_of(user), set(ids[:CASE_EVENTS]), window)
    except LakeError as error:
        raise ValidationError(str(error)) from error


def made(request: HttpRequest, case: Case, user: User) -> dict[str, Any]:
    """Draft, try or keep the rule that the form asks for. Raises ValidationError in words."""
    told, event = request.POST, request.POST.get("event", "")
    form = chosen(user, case, event)
    if "fields" not in form:
        raise ValidationError(form["rule_trouble"])
    is_typed = told.get("how") in ("try", "keep")
    text = told.get("text", "").replace("\r\n", "\n") if is_typed else _drafted(request, case, user, form)
    results = _tried(user, case, text)
    if told.get("how") != "keep":
        return form | {"text": text, "results": results}
    require(user, "change rules")
    if not results.fits:
        raise ValidationError("The rule fires on none of the case's own events: change it until it does.")
    rule = keep_own_rule(text, user, f"made from an event of case {case.number}")
    lesson.note_rule(case, rule.uid, rule.title, user)
    return {"kept": rule}


def _drafted(request: HttpRequest, case: Case, user: User, form: dict[str, Any]) -> str:
    told = request.POST
    offered = {one.name for one in form["fields"]}
    wanted = [name for name in told.getlist("field") if name in offered]
    if not wanted:
        raise ValidationError("Choose at least one field that the rule is to match.")
    title, level = " ".join(told.get("title", "").split())[:120], told.get("level", "")
    if not title:
        raise ValidationError("Give the rule a title: what it is to find.")
    if level not in LEVELS:
        raise ValidationError("Choose a level from the list.")
    found = next(one for one in _events(user, case) if one["id"] == form["event"])
    return draft(found, wanted, uid=str(uuid.uuid4()), title=title, level=level, case=case.number)


def _tried(user: User, case: Case, text: str) -> Results:
    if veil(user, [case]).of(case).text(text) != text:
        raise ValidationError(
            "The rule names somebody of this case. A rule is for what happens, not for one person; take the name out."
        )
    try:
        rule = own_rules.read(text)
        own = _events(user, case)
        now = timezone.now()
        past = own_rules.try_on_past(rule, watch.lake_of(user), Window(now - PAST, now))
    except own_rules.RuleError as error:
        raise ValidationError(str(error)) from error
    except LakeError as error:
        raise ValidationError(f"The rule could not be tried: {error}") from error
    return Results(len(own), own_rules.try_on(rule, own), past)
