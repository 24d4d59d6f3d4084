"""The detector: JSON or mappings in, hits and findings out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from bartizan.engines.detect.correlate import Correlator
from bartizan.engines.detect.events import event_time, flatten, lookup
from bartizan.engines.detect.matcher import Matcher
from bartizan.engines.detect.rule import Finding, Hit, Rule
from bartizan.engines.detect.state import packed, unpacked
from bartizan.engines.detect.values import leaves

_OVER = 1 << 62


class Detector:
    """All rules, ready. For one thread: Hyperscan's scratch space and the windows are not shared."""

    def __init__(self, rules: Sequence[Rule], matcher: Matcher) -> None:
        self.rules = {rule.uid: rule for rule in rules}
        self._matcher = matcher
        self._correlators = {rule.uid: Correlator(rule, rule.correlation) for rule in rules if rule.correlation}
        self._listeners: dict[str, list[Correlator]] = {}
        for correlator in self._correlators.values():
            for uid in dict.fromkeys(correlator.of.rules):
                self._listeners.setdefault(uid, []).append(correlator)
        self._muted = frozenset(
            uid for uid, listeners in self._listeners.items() if not any(one.of.generate for one in listeners)
        )
        self._newest = 0
        self._unnamed = 0

    def match(self, event: Mapping[str, Any]) -> list[Hit]:
        """Every single-event rule that fits, those included that a correlation only counts."""
        return self._matcher.match(event)

    def match_json(self, line: bytes) -> list[Hit]:
        """Hits of one event as JSON. Raises ``orjson.JSONDecodeError``, and ``TypeError`` for JSON that is no
        object.
        """
        event = orjson.loads(line)
        if event.__class__ is not dict:
            raise TypeError("an event is a JSON object")
        return self._matcher.match(event, line)

    def judge(self, events: Sequence[Mapping[str, Any]]) -> list[Finding]:
        """Findings of the events, in the order in which they arose, and of the windows that their times close.

        Each event is given once. One without ``id`` is named ``#1``, ``#2`` …; one without a time counts as happening
        when the newest so far did.
        """
        findings: list[Finding] = []
        for event in events:
            flat = flatten(event)
            time = event_time(flat)
            time = self._newest if time is None else time
            self._newest = max(self._newest, time)
            hits = self._matcher.match(flat)
            if hits:
                named = self._named(flat)
                for hit in hits:
                    findings.extend(self._raised(hit.rule, flat, time, (named,)))
        findings.extend(self.close(self._newest))
        return findings

    def close(self, now: int) -> list[Finding]:
        """Answer the conditions that wait for the end of their window (lt, lte, eq, neq, not), if it is over at
        ``now``.

        :meth:`judge` does so by the time of the events; call this with a clock's microseconds when events may stop
        coming.
        """
        findings = []
        for correlator in self._correlators.values():
            for found in correlator.close(now):
                findings.extend(self._told(found))
        return findings

    def finish(self) -> list[Finding]:
        """Answer every open window: the stream is over."""
        return self.close(_OVER)

    def state(self) -> bytes:
        """The open windows, to be given to :meth:`restore` after a restart."""
        return packed(self._correlators, self._newest, self._unnamed)

    def restore(self, state: bytes) -> None:
        """Take up the windows of :meth:`state`. What belongs to rules that are gone or changed is left out.

        Raises :class:`.StateError`, and changes nothing, when the bytes are not a state.
        """
        self._newest, self._unnamed = unpacked(state, self._correlators)

    @property
    def dropped(self) -> dict[str, int]:
        """Hits that full memory pushed out of each correlation before their time was over; empty when none."""
        return {uid: one.dropped for uid, one in self._correlators.items() if one.dropped}

    @property
    def late(self) -> dict[str, int]:
        """Hits of each correlation that came more than its timespan late."""
        return {uid: one.late for uid, one in self._correlators.items() if one.late}

    @property
    def ungrouped(self) -> dict[str, int]:
        """Hits of each correlation that lacked a field to group by or to count."""
        return {uid: one.ungrouped for uid, one in self._correlators.items() if one.ungrouped}

    def _named(self, event: Mapping[str, Any]) -> str:
        name = event.get("id")
        if name is None:
            self._unnamed += 1
            return f"#{self._unnamed}"
        return str(name)

    def _raised(self, rule: Rule, event: Mapping[str, Any], time: int, events: tuple[str, ...]) -> list[Finding]:
        """A hit: its own finding, unless a correlation only counts it, and those of the correlations that it
        completes.
        """
        findings = []
        if rule.uid not in self._muted:
            texts = {field: ", ".join(leaves(lookup(event, field))) for field in rule.group_by}
            group = {field: text for field, text in texts.items() if text}
            findings.append(Finding(rule, events, len(events), group, time, time))
        return findings + self._counted(rule.uid, event, time, events)

    def _counted(self, uid: str, event: Mapping[str, Any], time: int, events: tuple[str, ...]) -> list[Finding]:
        findings = []
        for correlator in self._listeners.get(uid, ()):
            for found in correlator.add(uid, event, time, events):
                findings.extend(self._told(found))
        return findings

    def _told(self, found: Finding) -> list[Finding]:
        """A correlation's finding, which other correlations may count in turn."""
        own = [] if found.uid in self._muted else [found]
        return own + self._counted(found.uid, found.group, found.last, found.events)
