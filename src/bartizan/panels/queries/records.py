"""Who may see which records of the panels, and the records themselves."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from bartizan.core.access import along, rule, visible_to
from bartizan.panels import live  # noqa: F401  who hears of a change declares itself
from bartizan.panels.models import (
    Area,
    BypassNote,
    Code,
    CrossGroup,
    Detector,
    Keypad,
    Outgoing,
    Panel,
    PanelState,
    ReadTo,
    Slot,
    WalkTest,
)
from bartizan.watch.queries import Reader

_SEE, _CHANGE = "see places", "change registers"

rule(Panel, see=_SEE, change=_CHANGE, within=along(site="site__code"))
for _model, _path in (
    (Area, "panel"),
    (CrossGroup, "area__panel"),
    (Detector, "panel"),
    (Slot, "area__panel"),
    (Keypad, "panel"),
):
    rule(_model, see=_SEE, change=_CHANGE, within=along(site=f"{_path}__site__code"))
rule(Code, see="change registers", change=_CHANGE, within=along(site="panel__site__code"))
rule(PanelState, see=_SEE, within=along(site="panel__site__code"))
rule(BypassNote, see=_SEE, within=along(site="panel__site__code"))
rule(WalkTest, see=_SEE, within=along(site="area__panel__site__code"))
rule(ReadTo, see="see sources")
rule(Outgoing, see="change settings")  # a duress waits among them for a moment: nobody of the site may read it


def panels(user: Reader) -> QuerySet[Panel]:
    return visible_to(user, Panel.objects.select_related("site").order_by("code"))


def areas(user: Reader) -> QuerySet[Area]:
    return visible_to(user, Area.objects.select_related("panel__site", "zone"))


def codes(user: Reader) -> QuerySet[Code]:
    found = Code.objects.select_related("panel__site", "person", "changed_by").prefetch_related("areas")
    return visible_to(user, found.order_by("panel__code", "person__name"))


def ended_bypasses(user: Reader, since: datetime) -> QuerySet[BypassNote]:
    """Those that ended since then, the latest first."""
    ended = BypassNote.objects.filter(ended_at__gte=since).select_related("panel", "area")
    return visible_to(user, ended.order_by("-ended_at"))


def walk_tests(user: Reader) -> QuerySet[WalkTest]:
    return visible_to(user, WalkTest.objects.select_related("area__panel__site").order_by("-started_at"))
