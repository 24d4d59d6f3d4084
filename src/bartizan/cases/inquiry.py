"""What the engine is told of a case: its alarms as effects, what happened in the weeks around them, what was said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

import orjson

from bartizan.cases.models import Case
from bartizan.cases.queries.interview import statements_of
from bartizan.cases.source_clocks import clocks_in, set_right
from bartizan.engines.context import Estate
from bartizan.engines.pinpoint.inquiry import Clocks, Effect, Inquiry
from bartizan.engines.pinpoint.who import pinpoint
from bartizan.engines.pinpoint.who.acts import SORTS, told_zone
from bartizan.watch.lake import Window
from bartizan.watch.lake.slices import by_ids, of_kinds
from bartizan.watch.lake.store import Lake
from bartizan.watch.models import Alarm

BEFORE: Final = timedelta(days=21)
AFTER: Final = timedelta(days=1)
MOST: Final = 200_000
"""Events that are read, the latest; a busy house's weeks are cut short rather than the worker held up."""
EFFECTS: Final = 6
_KINDS: Final = frozenset(SORTS) - {"alarm.motion", "network.flow", "document.read"} | {
    "door.exit", "door.denied", "door.held", "door.passback", "alarm.tamper", "camera.covered", "camera.person",
    "camera.crossed", "camera.entered", "camera.moved", "camera.defocused", "camera.frozen",
    "device.offline", "biometric.refused", "document.marked", "host.logclear", "host.service", "login.logout",
}  # fmt: skip
"""What the engine asks about, but for the noisiest, which a house has by the million."""
_TAKEN: Final = ("document.copied", "network.mail", "host.usb")


def weigh(case: Case, store: Lake, estate: Estate) -> dict[str, Any]:
    """The verdict as plain JSON, with staff numbers: whoever shows it masks it. Empty without people or effects."""
    told = effects(case)
    if not told or not estate.people:
        return {}
    window = Window(case.first_at - BEFORE, case.last_at + AFTER)
    events, clocks = of_kinds(store, _KINDS, window, limit=MOST), clocks_in(window)
    if zones := {told_zone(effect, estate) for effect in told} - {""}:  # of all others they are too many
        events += of_kinds(store, {"camera.watched"}, window, limit=MOST // 10, zones=zones)
    said = statements_of(case, estate)
    seen = _in_true_time(told, clocks, store, window) if clocks else told
    verdict = pinpoint(Inquiry(effects=seen, events=events, estate=estate, clocks=clocks, statements=said))
    return dict(orjson.loads(verdict.as_json()))


def _in_true_time(told: Sequence[Effect], clocks: Clocks, store: Lake, window: Window) -> list[Effect]:
    """Alarms bear the stamps of the events that raised them."""
    wanted = {event for effect in told for event in effect.events}
    source_of = {str(one["id"]): str(one["source"]) for one in by_ids(store, wanted, window)}
    return [
        set_right(effect, [source_of[event] for event in effect.events if event in source_of], clocks)
        for effect in told
    ]


def effects(case: Case) -> list[Effect]:
    """The worst alarms of the case, as effects: what each is about, and when it was at first and at last."""
    alarms = case.alarms.order_by("-level", "first_at", "pk")[:EFFECTS]
    return [_effect(alarm) for alarm in alarms]


def _effect(alarm: Alarm) -> Effect:
    events: Sequence[tuple[str, str]] = list(alarm.events.order_by("at").values_list("event", "kind")[:20])
    is_taken = any(kind in _TAKEN for _, kind in events)
    place = f"zone:{alarm.zone}" if alarm.zone else f"portal:{alarm.portal}" if alarm.portal else ""
    return Effect(
        kind="left" if is_taken else "alarm",
        since=alarm.first_at,
        until=alarm.last_at,
        place=place,
        device=alarm.device,
        asset=alarm.asset,
        words=alarm.title,
        events=tuple(event for event, _ in events),
    )
