"""Panels that report to Bartizan and are armed elsewhere: how their areas stand, as told by their messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from bartizan.panels.heard import OWN
from bartizan.watch import lake
from bartizan.watch.lake.filters import condition_of
from bartizan.watch.lake.queries import page
from bartizan.watch.shown import at_of

Event = Mapping[str, Any]
BACK: Final = timedelta(days=30)
"""An area that was armed longer ago and has said nothing since is not known."""
HEARD_BACK: Final = timedelta(days=2)
MOST: Final = 5000
KINDS: Final = [
    "alarm.armed", "alarm.disarmed", "alarm.triggered", "alarm.restored", "alarm.bypassed", "alarm.unbypassed",
    "alarm.tamper", "alarm.hazard", "device.offline", "device.online", "device.battery", "device.fault",
    "device.restored",
]  # fmt: skip
"""Duress is not among them: a duress code looks like a plain disarm on every screen of that site."""
_ENDS: Final = {
    "AR": "AT", "YR": "YT", "XR": "XT", "LR": "LT", "YK": "YC", "YQ": "YP", "YH": "YA", "IR": "IA", "ER": "ET",
    "YS": "YC", "NR": "NT", "EN": "EM",
}  # fmt: skip
"""Of DC-03: the code of a fault that is over, and of its beginning. Contact ID says both with one code."""
_TESTS: Final = ("RP", "RX", "601", "602")
"""The test signals of DC-03 and Contact ID."""


@dataclass(slots=True)
class ReportedArea:
    """One area of a panel, or the whole of one that names none."""

    number: str
    """Empty: the panel told of itself as a whole."""
    state: str = "not known"
    since: datetime | None = None
    by: str = ""
    """The reference of who armed or disarmed it, where the panel says so."""
    alarms: dict[str, Event] = field(default_factory=dict)
    """What was set off and is not restored, by zone."""
    bypassed: dict[str, Event] = field(default_factory=dict)

    @property
    def words(self) -> str:
        return f"Area {self.number}" if self.number else "Whole panel"

    @property
    def is_trouble(self) -> bool:
        return bool(self.alarms)


@dataclass(slots=True)
class ReportedPanel:
    source: str
    account: str
    reference: str
    """``panel:ML-P1`` as the estate names it, else by its account."""
    site: str = ""
    areas: dict[str, ReportedArea] = field(default_factory=dict)
    faults: dict[str, Event] = field(default_factory=dict)
    """What stands against it: mains, battery, line, tamper; by code and zone."""
    heard_at: datetime | None = None
    tested_at: datetime | None = None
    is_silent: bool = False
    """It said so itself, by falling silent for longer than its source allows."""


Heard = Mapping[tuple[str, str], tuple[datetime, datetime | None]]


Names = Mapping[tuple[str, str], str]
"""Of a source and an account the panel's reference, as the source's settings name it."""


def reported(asked: lake.Asked, sources: Sequence[str], names: Names, now: datetime) -> list[ReportedPanel]:
    """The panels of these sources, and whatever else reports as a panel, by name. Raises LakeError."""
    window = lake.Window(now - BACK, now)
    parts: list[lake.Filters] = [{"device": "panel:*", "kind": KINDS}]
    if sources:
        parts.append({"source": list(sources), "kind": KINDS})
    found = page(asked, [condition_of(window, part) for part in parts], MOST, descends=True)
    # Our own panels stand on the board by themselves.
    told = [event for event in reversed(found) if event.get("source") != OWN]
    return told_by(told, _heard(asked, sources, now) if sources else {}, names)


def _heard(asked: lake.Asked, sources: Sequence[str], now: datetime) -> Heard:
    """When each account was heard last, null messages and all, and when it sent its last test."""
    rows = asked.ask(
        f"""
        SELECT source, json_extract_string(data, '$.account') AS account, max(received) AS heard,
            max(time) FILTER (list_contains(?, json_extract_string(data, '$.code'))) AS tested
        FROM {asked.table} AS e WHERE time >= ? AND list_contains(?, source) GROUP BY ALL
        """,  # noqa: S608
        [list(_TESTS), now - HEARD_BACK, list(sources)],
    ).to_pylist()
    return {(row["source"], row["account"]): (row["heard"], row["tested"]) for row in rows if row["account"]}


def told_by(events: Sequence[Event], heard: Heard, names: Names | None = None) -> list[ReportedPanel]:
    """How the panels stand after ``events``, which come in their order, the oldest first."""
    known = {**_accounts(events), **(names or {})}
    panels: dict[str, ReportedPanel] = {}

    def panel_of(source: str, account: str, device: str = "") -> ReportedPanel:
        reference = device if device.startswith("panel:") else known.get((source, account), f"panel:{account}")
        return panels.setdefault(reference, ReportedPanel(source, account, reference))

    for event in events:
        data, device = event.get("data") or {}, str(event.get("device") or "")
        account = str(data.get("account") or "")
        if account or device.startswith("panel:"):
            _take(panel_of(str(event["source"]), account, device), event, data)
    for (source, account), (at, tested) in heard.items():
        panel = panel_of(source, account)
        panel.heard_at, panel.tested_at = max(panel.heard_at or at, at), tested
    return sorted(panels.values(), key=lambda one: one.reference)


def _accounts(events: Iterable[Event]) -> Names:
    """What the events themselves say of whose account it is."""
    told = ((str(event["source"]), event.get("data") or {}, str(event.get("device") or "")) for event in events)
    return {
        (source, str(data["account"])): device
        for source, data, device in told
        if "account" in data and device.startswith("panel:")
    }


def _take(panel: ReportedPanel, event: Event, data: Mapping[str, Any]) -> None:
    device = str(event.get("device") or "")
    panel.site = str(event.get("site") or panel.site)
    panel.heard_at = at_of(event)
    kind, number = str(event["kind"]), str(data.get("area") or "")
    if kind in ("alarm.armed", "alarm.disarmed"):
        _set(panel, number, kind.partition(".")[2], event)
    elif kind.startswith("alarm.") and kind != "alarm.tamper":
        _zone(panel.areas.setdefault(number, ReportedArea(number)), kind, str(data.get("zone") or device), event)
    else:
        _fault(panel, kind, event, data)


def _set(panel: ReportedPanel, number: str, state: str, event: Event) -> None:
    """A panel that names no area means all of them."""
    panel.areas.setdefault(number, ReportedArea(number))
    for area in panel.areas.values() if not number else [panel.areas[number]]:
        area.state, area.since, area.by = state, at_of(event), str(event.get("actor") or "")
        if state == "disarmed":
            area.alarms.clear()


def _zone(area: ReportedArea, kind: str, zone: str, event: Event) -> None:
    if kind in ("alarm.triggered", "alarm.hazard"):
        area.alarms[zone] = event
    elif kind == "alarm.restored":
        area.alarms.pop(zone, None)
    elif kind == "alarm.bypassed":
        area.bypassed[zone] = event
    else:
        area.bypassed.pop(zone, None)


def _fault(panel: ReportedPanel, kind: str, event: Event, data: Mapping[str, Any]) -> None:
    code = str(data.get("code") or "")
    key = f"{_ENDS.get(code, code)}/{data.get('zone', '')}"
    if kind in ("device.online", "device.offline") and not code:
        panel.is_silent = kind == "device.offline"
    elif kind in ("device.restored", "device.online"):
        panel.faults.pop(key, None)
    else:
        panel.faults[key] = event
