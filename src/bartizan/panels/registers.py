"""Panels as registers: panels, areas, detectors, those that must agree, and when areas arm themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from bartizan.core.access import visible_to
from bartizan.core.registers import Column, Register, Section, add
from bartizan.core.values import Line
from bartizan.engines.clocks.business import knows
from bartizan.panels import models

Problems = Iterable[tuple[str, str]]


def days_in_words(slot: models.Slot) -> str:
    """``Mon to Fri``, or each day by its three letters."""
    days = sorted(set(slot.weekdays))
    names = [models.WEEKDAYS[day][:3] for day in days if day in range(7)]
    is_run = len(days) > 2 and days == list(range(days[0], days[-1] + 1))
    return f"{names[0]} to {names[-1]}" if is_run else ", ".join(names)


def lines(icon: str, register: str, relation: str) -> Callable[[Any, Any], Iterable[Line]]:
    """A section of the records that belong to this one."""

    def found(user: Any, row: Any) -> Iterable[Line]:
        belonging = visible_to(user, getattr(row, relation).all())
        return [Line(None, icon, str(one), f"{register}:{one.pk}") for one in belonging]

    return found


def panel_problems(data: Mapping[str, Any]) -> Problems:
    country = (data.get("country") or "").upper()
    if country and (wrong := knows(country, "")):
        yield "country", f"{wrong[:1].upper()}{wrong[1:]}."
    for day in data.get("holidays") or []:
        try:
            date.fromisoformat(str(day))
        except ValueError:
            yield "holidays", f"“{day}” is not a date; write days like 2026-12-24, with commas between them."


def detector_problems(data: Mapping[str, Any]) -> Problems:
    if data.get("silent_alarm_after") and not data.get("silent_after"):
        yield "silent_after", "Say first after how many seconds its silence is a fault."


add(
    Register(
        model=models.Panel,
        icon="panel",
        columns=("name", "code", "site", "is_enabled"),
        more=("wrong_codes", "lock_seconds", "country"),
        search=("code", "name", "site__name"),
        filters=("site", "is_enabled"),
        reference=lambda p: f"panel:{p.code}",
        sections=(
            Section("Areas", lines("panel", "areas", "areas"), adds="areas", by="panel"),
            Section("Detectors", lines("sensor", "detectors", "detectors")),
            Section("Keypads", lines("panel", "keypads", "keypads"), adds="keypads", by="panel"),
        ),
        problems=panel_problems,
        holds="Intruder panels that Bartizan runs itself; those that only report to it are sources.",
    )
)

add(
    Register(
        model=models.Area,
        icon="panel",
        key="pk",
        columns=("name", "panel", "code", "zone", "exit_seconds", "needs_two"),
        more=("siren_seconds", "two_seconds", "longest_bypass_hours", "order"),
        search=("code", "name", "panel__code", "panel__name"),
        filters=("panel", "zone__site", "needs_two"),
        order=("panel__code", "order", "code"),
        sections=(
            Section("Detectors", lines("sensor", "detectors", "detectors"), adds="detectors", by="area"),
            Section("Arms itself", lines("clock", "arming-times", "slots"), adds="arming-times", by="area"),
            Section("Must agree", lines("sensor", "cross-groups", "groups"), adds="cross-groups", by="area"),
        ),
        holds="What is armed together, with its delays and who may disarm it.",
    )
)

add(
    Register(
        model=models.Detector,
        icon="sensor",
        key="pk",
        columns=(
            "name", Column("Number", "number", is_figure=True), "panel", "area", "device", "sort",
            Column("Counts when armed", "modes", of=lambda d: ", ".join(d.modes)), "entry_seconds",
        ),
        more=("exit_seconds", "follows", "may_be_open", "chime", "clears_after", "silent_after", "cross"),
        search=("name", "device", "area__name", "panel__code"),
        filters=("panel", "area", "sort"),
        order=("panel__code", "number"),
        problems=detector_problems,
        holds="The numbered zones of a panel, each a device whose events it listens to.",
    )
)  # fmt: skip

add(
    Register(
        model=models.CrossGroup,
        icon="sensor",
        key="pk",
        columns=("name", "area", "area__panel", "needs", "seconds"),
        search=("name", "area__name"),
        filters=("area__panel",),
        is_child=True,
        sections=(Section("Detectors", lines("sensor", "detectors", "detectors")),),
        holds="Detectors of which several must see something before it is an alarm.",
    )
)

add(
    Register(
        model=models.Keypad,
        icon="panel",
        key="pk",
        columns=("name", "device", "panel", "area"),
        search=("name", "device", "panel__code"),
        filters=("panel",),
        is_child=True,
        holds="Keypads whose codes a panel takes, by the name that their messages carry.",
    )
)

add(
    Register(
        model=models.Slot,
        icon="clock",
        columns=("area", "area__panel", Column("Days", "weekdays", of=days_in_words), "at", "mode", "is_enabled"),
        more=("on_holidays", "warn_minutes"),
        search=("area__name", "area__panel__code"),
        filters=("area__panel", "mode", "is_enabled"),
        order=("area__panel__code", "area__order", "at"),
        numbers=("weekdays",),
        is_child=True,
        holds="When areas arm themselves, on the clock of their site.",
    )
)
