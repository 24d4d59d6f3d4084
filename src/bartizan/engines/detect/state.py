"""The windows of all correlations as bytes, and back: across a restart, and across a change of rules."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import orjson

from bartizan.engines.detect.correlate import Correlator, Group, Mark

_HEAD: Final = b"bartizan-windows 1 "


class StateError(ValueError):
    """The bytes are no state of a detector, or were damaged."""


def packed(correlators: Mapping[str, Correlator], newest: int, unnamed: int) -> bytes:
    """A first line with a digest, then JSON."""
    rules = {uid: _packed(correlator) for uid, correlator in correlators.items()}
    content = orjson.dumps({"newest": newest, "unnamed": unnamed, "rules": rules})
    return _HEAD + hashlib.sha256(content).hexdigest().encode() + b"\n" + content


def _packed(one: Correlator) -> dict[str, Any]:
    return {
        "digest": one.rule.digest,
        "newest": one.newest,
        "arrivals": one.arrivals,
        "dropped": one.dropped,
        "late": one.late,
        "ungrouped": one.ungrouped,
        "groups": [
            [key, group.labels, [[m.time, m.order, m.rule, m.value, m.events] for m in group.marks]]
            for key, group in one.groups.items()
        ],
    }


def unpacked(state: bytes, correlators: Mapping[str, Correlator]) -> tuple[int, int]:
    """Fill ``correlators`` with what ``state`` holds for the same rules; the newest time and the count of unnamed
    events.
    """
    head, _newline, content = state.partition(b"\n")
    if head != _HEAD + hashlib.sha256(content).hexdigest().encode():
        raise StateError(
            "The saved windows of the detector are damaged or were not written by it; start without them: "
            "correlations begin to count anew from the next event"
        )
    try:
        saved = orjson.loads(content)
        groups = {uid: _groups(rule) for uid, rule in saved["rules"].items()}
        newest, unnamed = int(saved["newest"]), int(saved["unnamed"])
    except (ValueError, TypeError, KeyError) as error:
        message = "The saved windows of the detector cannot be read; start without them"
        raise StateError(message) from error
    for uid, rule in saved["rules"].items():
        one = correlators.get(uid)
        if one is not None and one.rule.digest == rule["digest"]:
            one.resume(
                {name: rule[name] for name in ("newest", "arrivals", "dropped", "late", "ungrouped")}, groups[uid]
            )
    return newest, unnamed


def _groups(rule: Mapping[str, Any]) -> list[tuple[tuple[str, ...], Group]]:
    return [
        (
            tuple(key),
            Group(labels, [Mark(t, order, uid, value, tuple(events)) for t, order, uid, value, events in marks]),
        )
        for key, labels, marks in rule["groups"]
    ]
