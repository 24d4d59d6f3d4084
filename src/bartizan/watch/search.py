"""What is found of the watch: alarms, sources and rules."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from bartizan.core.access import may
from bartizan.core.search import Thing, index, listed
from bartizan.engines import detect
from bartizan.watch import rulebook
from bartizan.watch.models import Alarm, Source
from bartizan.web.templatetags.bz import level_word

LOOKS = 60.0
"""Seconds for which the rule files are taken to be what they were: looking at thousands of them takes a while."""


def _about_alarm(alarm: Alarm) -> str:
    return ", ".join(filter(None, (alarm.where, level_word(alarm.level), alarm.state)))


index(
    Alarm,
    name="alarms",
    title="Alarms",
    icon="bell",
    called=("title",),
    # Not the summary: it is another one with every repeat, and a flood would write the index each time.
    body=("where", "actor", "person", "device", "asset", "zone", "portal", "site", "rule"),
    shown=lambda alarm: alarm.title,
    about=_about_alarm,
    url=lambda alarm: f"/?alarm={alarm.pk}",
    is_latest_first=True,
)

index(
    Source,
    name="sources",
    title="Sources",
    icon="sources",
    called=("name",),
    body=("connector",),
    about=lambda source: f"source, {source.connector}, {source.get_state_display().lower()}",
    url=lambda source: f"/sources/{source.name}",
)

_rules: list[Thing] = []
_read: dict[str, Any] = {"at": float("-inf"), "stamp": ""}


def rules(user: Any) -> Sequence[Thing]:
    """Every rule of the rule book, for whoever may see what is looked for."""
    if not may(user, "see sources"):
        return ()
    if time.monotonic() - _read["at"] > LOOKS:
        stamp = rulebook.stamp()
        if stamp != _read["stamp"]:
            _rules[:] = _things()
        _read.update(at=time.monotonic(), stamp=stamp)
    return _rules


def _things() -> list[Thing]:
    found, _ = detect.load_rules([rulebook.OURS, rulebook.theirs()], Path(settings.DATA) / "cache")
    return [
        Thing("rule", rule.title, f"rule, {rulebook.pack_of(rule)}", f"/rules?rule={rule.uid}", _body(rule))
        for rule in found
    ]


def _body(rule: detect.Rule) -> str:
    return " ".join((*rule.tags, rule.uid, rule.description))


listed("rules", "Rules", "rule", rules)
