"""Frigate (https://docs.frigate.video/integrations/mqtt): tracked objects, review items, availability, motion."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from bartizan.connectors.http import read_time
from bartizan.connectors.mqtt.broker import Message
from bartizan.connectors.mqtt.states import States
from bartizan.engines.observe import Observation

_KEPT: Final = (
    "id", "camera", "label", "sub_label", "score", "top_score", "current_zones", "entered_zones", "has_snapshot",
    "has_clip", "stationary", "start_time", "end_time", "box", "recognized_license_plate", "severity",
)  # fmt: skip


class Frigate:
    def __init__(self, source: str, base: str, states: States) -> None:
        self._source, self._base, self._states = source, base, states

    def topics(self) -> list[str]:
        return [f"{self._base}/{what}" for what in ("events", "reviews", "available", "+/motion")]

    def read(self, message: Message, payload: Any) -> list[Observation] | None:
        what = message.topic[len(self._base) + 1 :]
        if what == "available":
            return self._available(message, payload)
        if what.endswith("/motion"):
            return self._motion(message, what[: -len("/motion")], payload)
        if not isinstance(payload, Mapping) or payload.get("type") not in ("new", "update", "end"):
            return None
        after, before = payload.get("after"), payload.get("before")
        if not isinstance(after, Mapping) or not after.get("id") or not after.get("camera"):
            return None
        read = self._object if what == "events" else self._review
        return read(message, str(payload["type"]), before if isinstance(before, Mapping) else {}, after)

    def _available(self, message: Message, payload: Any) -> list[Observation] | None:
        kind = {"online": "device.online", "offline": "device.offline", "stopped": "device.offline"}.get(str(payload))
        if kind is None:
            return None
        device = f"gateway:{self._base}"
        changed = self._states.changes(device, {"available": str(payload)})
        return [Observation(message.received, self._source, kind, device=device)] if changed else []

    def _motion(self, message: Message, camera: str, payload: Any) -> list[Observation] | None:
        kind = {"ON": "camera.motion", "OFF": "camera.clear"}.get(str(payload))
        if kind is None:
            return None
        first = not self._states.known(f"{camera}/motion")
        changed = self._states.changes(f"{camera}/motion", {"motion": str(payload)})
        if not changed or (first and kind == "camera.clear"):
            return []
        return [Observation(message.received, self._source, kind, device=f"camera:{camera}", data={"motion": payload})]

    def _object(
        self, message: Message, step: str, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> list[Observation]:
        """One observation when an object appears, one for each new zone, name or plate of it, one at its end."""
        identity = f"{after['id']}:{step}"
        if step == "update":
            news = _news(before, after)
            if not news:
                return []
            identity += f":{news}"
        kind = "camera.clear" if step == "end" else _kind_of([str(after.get("label", ""))])
        return [self._seen(message, kind, step, after, identity)]

    def _review(
        self, message: Message, step: str, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> list[Observation]:
        """A review item sums up what the objects' own events have said: it never says "person" a second time."""
        about = after.get("data")
        after = {**after, **(about if isinstance(about, Mapping) else {})}
        identity = f"review:{after['id']}:{step}"
        if step == "update":
            if before.get("severity") == after.get("severity"):
                return []
            identity += f":{after.get('severity')}"
        kind = "camera.clear" if step == "end" else "camera.motion"
        return [self._seen(message, kind, step, after, identity, ("objects", "zones", "sub_labels", "audio"))]

    def _seen(
        self,
        message: Message,
        kind: str,
        step: str,
        after: Mapping[str, Any],
        identity: str,
        more: tuple[str, ...] = (),
    ) -> Observation:
        zones = after.get("current_zones") or after.get("entered_zones") or after.get("zones") or ()
        return Observation(
            at=_time(message, after, step),
            source=self._source,
            kind=kind,
            place=f"zone:{zones[-1]}" if isinstance(zones, list) and zones else "",
            device=f"camera:{after['camera']}",
            data={"step": step, **{name: after[name] for name in (*_KEPT, *more) if name in after}},
            key=f"frigate:{identity}",
        )


def _kind_of(labels: list[str]) -> str:
    return "camera.person" if any(label.startswith("person") for label in labels) else "camera.object"


def _news(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """What an update adds, in words that serve as its identity; empty when it only moved or scored higher."""
    zones = [zone for zone in after.get("entered_zones") or () if zone not in (before.get("entered_zones") or ())]
    named = [
        f"{name}={after[name]}"
        for name in ("sub_label", "recognized_license_plate")
        if after.get(name) and after.get(name) != before.get(name)
    ]
    return ",".join([*map(str, zones), *named])


def _time(message: Message, after: Mapping[str, Any], step: str) -> datetime:
    names = {"new": ("start_time",), "end": ("end_time", "frame_time")}.get(step, ("frame_time",))
    for name in names:
        written = after.get(name)
        if isinstance(written, int | float) and written > 0:
            return read_time(written)
    return message.received
