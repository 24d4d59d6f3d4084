"""Correlations over a stream: groups of hits, windows of time, bounded memory, late events.

A group keeps the hits of two timespans, so that an event that arrives late by up to one timespan still meets the
others. Every hit contributes to at most one finding of a correlation: what has been told is not told again.

Conditions that more hits can only make truer (gt, gte, temporal without ``not``) are answered at the hit that fulfils
them. The others (lt, lte, eq, neq, temporal with ``not``) are answered when their window is over: one timespan after
its first hit, and one more for what comes late, by the time of the events themselves.
"""

from __future__ import annotations

import heapq
import operator
from bisect import bisect_left, bisect_right
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Final

from bartizan.engines.detect.events import lookup
from bartizan.engines.detect.ordered import Alternatives, alternatives
from bartizan.engines.detect.rule import EVENTS_SHOWN, Correlation, Finding, Rule
from bartizan.engines.detect.values import fold, leaves

GROUPS: Final = 10_000
"""Groups that a correlation keeps; beyond them the one that was quiet longest is dropped."""
EVENTS: Final = 1_000
"""Hits that a group keeps, or twice its count where that is more; beyond them the oldest is dropped."""
TOTAL: Final = 200_000
"""Hits that a correlation keeps over all groups."""
_OPERATORS: Final = {
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
    "eq": operator.eq,
    "neq": operator.ne,
}
Labels = dict[str, str]


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """One hit inside a group."""

    time: int
    order: int
    """Of arrival."""
    rule: str
    value: str
    events: tuple[str, ...]


@dataclass(slots=True)
class Group:
    """Hits that share their group fields, by time."""

    labels: Labels
    marks: list[Mark]
    closes: int | None = None
    """When the open window is answered, for conditions that wait."""
    seen: Counter[str] = field(init=False)
    """How many of the marks each rule made."""

    def __post_init__(self) -> None:
        self.seen = Counter(mark.rule for mark in self.marks)

    def insert(self, mark: Mark) -> None:
        at = len(self.marks)
        while at and self.marks[at - 1].time > mark.time:
            at -= 1
        self.marks.insert(at, mark)
        self.seen[mark.rule] += 1

    def drop_first(self, count: int) -> None:
        for mark in self.marks[:count]:
            self.seen[mark.rule] -= 1
            if not self.seen[mark.rule]:
                del self.seen[mark.rule]
        del self.marks[:count]


class Correlator:
    """One correlation rule."""

    def __init__(self, rule: Rule, correlation: Correlation) -> None:
        self.rule = rule
        self.of = correlation
        self.groups: OrderedDict[tuple[str, ...], Group] = OrderedDict()
        self.newest = 0
        self.arrivals = 0
        self.dropped = 0
        """Hits that a full memory pushed out before their time was over."""
        self.late = 0
        """Hits that came more than one timespan late: the others of their time are gone."""
        self.ungrouped = 0
        """Hits without a field that the rule groups by or counts: they take no part."""
        self.kept = 0
        self._choices: Alternatives = alternatives(correlation)
        self._needed = [frozenset(choice.needed) for choice in self._choices.any_of]
        self._waits = (
            self._choices.waits
            if correlation.kind.startswith("temporal")
            else correlation.operator not in ("gt", "gte")
        )
        self._room = max(EVENTS, 2 * correlation.count)
        self._due: list[tuple[int, tuple[str, ...]]] = []

    def add(self, uid: str, fields: Mapping[str, Any], time: int, events: Sequence[str]) -> list[Finding]:
        """A hit of the rule ``uid``; the findings that it completes."""
        labels = self._labels(uid, fields)
        value = self._value(fields) if self.of.kind == "value_count" else ""
        if labels is None or value is None:
            self.ungrouped += 1
            return []
        self.arrivals += 1
        self.newest = max(self.newest, time)
        if time < self.newest - self.of.timespan:
            self.late += 1
        mark = Mark(time, self.arrivals, uid, value, tuple(events[-EVENTS_SHOWN:]))
        key = tuple(fold(label) for label in labels.values())
        group = self._group(key, labels)
        self._insert(key, group, mark)
        if self._waits:
            return self.close(self.newest)
        found = self._complete(group, mark)
        self._bound(key)
        return [found] if found else []

    def close(self, now: int) -> list[Finding]:
        """Answer the windows that are over at ``now`` (microseconds)."""
        found: list[Finding] = []
        while self._due and self._due[0][0] <= now:
            due, key = heapq.heappop(self._due)
            group = self.groups.get(key)
            if group is not None and group.closes == due:
                found.extend(self._closed(key, group))
        if self._waits:
            self._bound(None)
        return found

    def resume(self, counters: Mapping[str, int], groups: Iterable[tuple[tuple[str, ...], Group]]) -> None:
        """Go on from saved groups instead of the present ones."""
        for name, value in counters.items():
            setattr(self, name, value)
        self.groups = OrderedDict(groups)
        self.kept = sum(len(group.marks) for group in self.groups.values())
        self._due = []
        if self._waits:
            for key, group in self.groups.items():
                self._schedule(key, group)

    def _labels(self, uid: str, fields: Mapping[str, Any]) -> Labels | None:
        labels = {}
        for shared in self.of.group_by:
            name = (self.of.aliases or {}).get(shared, {}).get(uid, shared)
            text = ", ".join(leaves(lookup(fields, name)))
            if not text:
                return None
            labels[shared] = text
        return labels

    def _value(self, fields: Mapping[str, Any]) -> str | None:
        texts = [", ".join(leaves(lookup(fields, name))) for name in self.of.fields]
        return fold("\0".join(texts)) if all(texts) else None

    def _group(self, key: tuple[str, ...], labels: Labels) -> Group:
        group = self.groups.get(key)
        if group is None:
            group = self.groups[key] = Group(labels, [])
        else:
            self.groups.move_to_end(key)
        return group

    def _insert(self, key: tuple[str, ...], group: Group, mark: Mark) -> None:
        group.insert(mark)
        self.kept += 1
        if self._waits:
            self._schedule(key, group)
        else:
            self._forget(group, group.marks[-1].time - 2 * self.of.timespan)
        if len(group.marks) > self._room:
            group.drop_first(1)
            self.kept -= 1
            self.dropped += 1

    def _schedule(self, key: tuple[str, ...], group: Group) -> None:
        closes = group.marks[0].time + 2 * self.of.timespan
        if group.closes != closes:
            group.closes = closes
            heapq.heappush(self._due, (closes, key))

    def _forget(self, group: Group, before: int) -> None:
        gone = 0
        while gone < len(group.marks) and group.marks[gone].time < before:
            gone += 1
        group.drop_first(gone)
        self.kept -= gone

    def _bound(self, spare: tuple[str, ...] | None) -> None:
        """Keep within the caps. A group whose time is over is no loss; any other is counted."""
        while len(self.groups) > GROUPS or self.kept > TOTAL:
            key = next(iter(self.groups))
            if key == spare and len(self.groups) == 1:
                return
            group = self.groups.pop(key)
            self.kept -= len(group.marks)
            self.dropped += sum(mark.time >= self.newest - self.of.timespan for mark in group.marks)
        if len(self._due) > 2 * GROUPS + TOTAL:  # entries of groups that are gone
            self._due = [(group.closes, key) for key, group in self.groups.items() if group.closes is not None]
            heapq.heapify(self._due)

    def _complete(self, group: Group, new: Mark) -> Finding | None:
        """The first window of one timespan that holds ``new`` and fulfils the condition."""
        if not self._may_complete(group) or not group.marks or group.marks[0].time > new.time:
            return None  # too few by far; or it came so late that it was forgotten at once
        for window in _windows(group.marks, new, self.of.timespan):
            chosen = self._fulfilled(window)
            if chosen:
                return self._finding(group, chosen, window)
        return None

    def _may_complete(self, group: Group) -> bool:
        """A look at the counts spares most hits the look at the windows."""
        if not self.of.kind.startswith("temporal"):
            return len(group.marks) >= self.of.count
        present = group.seen.keys()
        return any(needed <= present for needed in self._needed)

    def _closed(self, key: tuple[str, ...], group: Group) -> Iterator[Finding]:
        start = group.marks[0].time
        window = [mark for mark in group.marks if mark.time <= start + self.of.timespan]
        chosen = self._fulfilled(window)
        if chosen:
            yield self._finding(group, chosen, window)
        else:
            self._remove(group, window)
        group.closes = None
        if group.marks:
            self._schedule(key, group)
        else:
            del self.groups[key]

    def _fulfilled(self, window: Sequence[Mark]) -> Sequence[Mark]:
        """The hits that make the condition true; empty when it is not."""
        if self.of.kind.startswith("temporal"):
            return self._choices.fulfilled(window)
        different = {mark.value for mark in window}
        count = len(window) if self.of.kind == "event_count" else len(different)
        return window if _OPERATORS[self.of.operator](count, self.of.count) else ()

    def _finding(self, group: Group, chosen: Sequence[Mark], window: Sequence[Mark]) -> Finding:
        self._remove(group, window)
        events = tuple(dict.fromkeys(event for mark in chosen for event in mark.events))
        return Finding(
            rule=self.rule,
            events=events[-EVENTS_SHOWN:],
            count=len(chosen),
            group=dict(group.labels),
            first=chosen[0].time,
            last=chosen[-1].time,
        )

    def _remove(self, group: Group, window: Sequence[Mark]) -> None:
        told = {mark.order for mark in window}
        before = len(group.marks)
        group.marks[:] = [mark for mark in group.marks if mark.order not in told]
        group.seen = Counter(mark.rule for mark in group.marks)
        self.kept -= before - len(group.marks)


def _windows(marks: Sequence[Mark], new: Mark, timespan: int) -> Iterator[Sequence[Mark]]:
    """Every largest run of ``marks`` that holds ``new`` and lasts no longer than ``timespan``."""
    low = bisect_left(marks, new.time - timespan, key=attrgetter("time"))
    place = bisect_right(marks, new.time, key=attrgetter("time")) - 1
    while place >= low and marks[place] is not new:
        place -= 1
    high = low
    widest = -1
    for start in range(low, place + 1):
        while high < len(marks) and marks[high].time <= marks[start].time + timespan:
            high += 1
        if high > widest:  # a later start with the same end only loses hits
            widest = high
            yield marks[start:high]
