"""From the journal to alarms: read, tell repeats apart, enrich, detect, store, raise.

The order makes a crash harmless. Events and the journal's cursor go to the lake in one transaction; alarms are
idempotent by rule and event; the memory is saved with the cursor that it belongs to, only after both. A start goes
back to that saved memory, judges again from there, and stores nothing twice.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from bartizan.engines import detect
from bartizan.engines.context import Context, Estate
from bartizan.engines.observe import moment
from bartizan.watch import actions
from bartizan.watch.earlier import Earlier
from bartizan.watch.intake import Recent
from bartizan.watch.journal import Reader
from bartizan.watch.lake import Lake
from bartizan.watch.rulebook import Book
from bartizan.watch.tally import Tally

log = logging.getLogger(__name__)

BATCH = 4000
EVIDENCE = 200
"""Events that an alarm keeps of one batch; the lake has them all."""
REMEMBERS = 30.0
"""Seconds between two savings of the memory."""
LEVELS = {"informational": 0, "low": 1, "medium": 2, "high": 3, "critical": 4}
STATE = b"bartizan-judge-1\n"


class Judge:
    """The one reader of the journal of a data folder."""

    def __init__(self, data: Path, lake: Lake, estate: Estate, book: Book) -> None:
        self.reader = Reader(data / "journal")
        self.lake = lake
        self.estate = estate
        self.context = Context(estate)
        self.book = book
        self.memory = data / "cache" / "judge.state"
        self.cursor = self.lake.cursor()
        self.recent = Recent()
        self.tally = Tally()
        self.earlier = Earlier(lake)
        self.stored = 0
        self.remembered_at = time.monotonic()
        self._recall()
        self.lake.replay()
        self.remember()  # so that a crash before the next saving judges again what was stored but not yet raised

    def step(self) -> list[dict[str, Any]]:
        """Judge what the journal holds next, at most ``BATCH`` events; those that were new, enriched."""
        records, after = self.reader.read(self.cursor, BATCH)
        if not records:
            self.cursor = after
            return []
        events = [self.context.enrich(e) for e in self._new(map(_decoded, records))]
        findings = self.book.detector.judge([_flat(e) for e in events])
        by_id = self._with_earlier(findings, {e["id"]: e for e in events})
        _mark(by_id, findings)
        self.earlier.remember(events)
        self.stored += self.lake.append(events, after)
        self._raise(findings, by_id)
        self.cursor = after
        return events

    def close_windows(self, now: int) -> None:
        """While nothing comes: answer the rules that wait for what does not happen, at the clock's ``now`` (µs)."""
        findings = self.book.detector.close(now)
        if findings:
            self._raise(findings, self._with_earlier(findings, {}))

    def _with_earlier(
        self, findings: list[detect.Finding], by_id: dict[str, dict[str, Any]]
    ) -> dict[str, dict[str, Any]]:
        """The events by id, and the last one of each finding whose window closed without an event of this batch."""
        for finding in findings:
            if not any(i in by_id for i in finding.events):
                by_id[finding.events[-1]] = self.earlier.event(finding.events[-1], finding.last)
        return by_id

    def _new(self, events: Iterable[dict[str, Any] | None]) -> Iterable[dict[str, Any]]:
        for event in events:
            if event is None:
                self.tally.damaged += 1
            elif self.recent.seen(event["id"]):
                source = event["source"]
                self.tally.duplicates[source] = self.tally.duplicates.get(source, 0) + 1
            else:
                self.tally.count(event)
                yield event

    def _raise(self, findings: list[detect.Finding], by_id: Mapping[str, dict[str, Any]]) -> None:
        """What is the same alarm is handed on together: a flood costs one alarm a batch, not one a message."""
        together: dict[str, list[detect.Finding]] = {}
        for finding in findings:
            if self._level(finding) > 0:
                group = group_of(finding, by_id[trigger_of(finding, by_id)])
                together.setdefault(group, []).append(finding)
        if together:
            actions.raise_alarms([self._raised(group, same, by_id) for group, same in together.items()])

    def _level(self, finding: detect.Finding) -> int:
        rule = finding.rule
        return LEVELS[self.book.level_of(rule.uid, rule.priority if rule.priority in LEVELS else rule.level)]

    def _raised(self, group: str, same: list[detect.Finding], by_id: Mapping[str, dict[str, Any]]) -> actions.Raised:
        triggers = [trigger_of(finding, by_id) for finding in same]
        trigger, rule = by_id[triggers[-1]], same[-1].rule
        others = list(dict.fromkeys([*triggers, *same[-1].events, *same[0].events]))[:EVIDENCE]
        return actions.Raised(
            rule=rule.uid,
            title=rule.title,
            level=self._level(same[-1]),
            group=group,
            at=moment(max(by_id[t]["time"] for t in triggers)),
            triggers=triggers,
            evidence=self.earlier.evidence(others, same[-1].first),
            where=where_of(trigger, self.estate),
            summary=trigger.get("summary", ""),
            response=rule.response,
            tags=rule.tags,
            subject={k: str(trigger.get(k, ""))[:160] for k in ("actor", "person", "zone", "portal", "site", "asset")}
            | {"device": _device(trigger)},
        )

    # -- memory

    def care(self) -> None:
        """Between batches: flush the lake's inlined rows, save the memory, drop journal that is no longer needed."""
        if self.lake.is_flush_due:
            self.lake.flush()
        if time.monotonic() - self.remembered_at > REMEMBERS:
            self.remember()

    def remember(self) -> None:
        """Save the memory with the cursor that it belongs to; then the journal before it may go."""
        parts = [self.context.state(), self.book.detector.state()]
        head = json.dumps({"cursor": self.cursor, "sizes": [len(p) for p in parts]}).encode()
        self.memory.parent.mkdir(parents=True, exist_ok=True)
        part = self.memory.with_suffix(".part")
        part.write_bytes(STATE + head + b"\n" + b"".join(parts))
        part.replace(self.memory)
        self.remembered_at = time.monotonic()
        self.reader.prune(self.cursor)

    def _recall(self) -> None:
        """Take up the saved memory; a damaged one is left aside, said, and the start is from the lake's cursor."""
        if not self.memory.exists():
            return
        try:
            blob = self.memory.read_bytes().removeprefix(STATE)
            head, _, rest = blob.partition(b"\n")
            saved = json.loads(head)
            self.context.restore(rest[: saved["sizes"][0]])
            self.book.detector.restore(rest[saved["sizes"][0] : sum(saved["sizes"])])
            self.cursor = {name: (segment, offset) for name, (segment, offset) in saved["cursor"].items()}
        except (ValueError, KeyError, IndexError, TypeError):
            self.memory.replace(self.memory.with_suffix(".damaged"))
            log.warning(
                "The judge's memory %s was damaged and is set aside; rules over a window start anew.", self.memory
            )

    def change_estate(self, estate: Estate) -> None:
        self.estate = estate
        self.context.update(estate)

    def change_rules(self, book: Book) -> None:
        """Put another rule book in force; windows of rules that stay are kept."""
        book.detector.restore(self.book.detector.state())
        self.book = book


def _decoded(record: bytes) -> dict[str, Any] | None:
    try:
        event: dict[str, Any] = orjson.loads(record)
    except orjson.JSONDecodeError:
        return None
    return event if event.keys() >= {"id", "time", "received", "source", "kind"} else None


def _flat(event: Mapping[str, Any]) -> dict[str, Any]:
    """What rules match: the source's own fields, and over them Bartizan's."""
    return {**event.get("data", {}), **event}


def _device(event: Mapping[str, Any]) -> str:
    return f"host:{event['host']}" if event.get("host") else str(event.get("device", ""))[:160]


def trigger_of(finding: detect.Finding, by_id: Mapping[str, Any]) -> str:
    """The event of this batch at which the rule was met: a late one is not the last in time."""
    return next(i for i in reversed(finding.events) if i in by_id)


def group_of(finding: detect.Finding, trigger: Mapping[str, Any]) -> str:
    """What makes a finding a repeat: the rule's group-by, else who and the narrowest place or device."""
    if finding.group:
        parts = [str(v) for v in finding.group.values()]
    else:
        who = trigger.get("person") or trigger.get("actor") or ""
        where = trigger.get("portal") or trigger.get("host") or trigger.get("device") or trigger.get("zone") or ""
        parts = [str(who), str(where)]
    return "|".join([finding.rule.uid, *parts])[:300]


def _mark(by_id: Mapping[str, dict[str, Any]], findings: Iterable[detect.Finding]) -> None:
    """Write on each event the worst level of the rules that it met, so that the timeline can show what is notable."""
    for finding in findings:
        event = by_id[trigger_of(finding, by_id)]
        event["level"] = max(event.get("level", 0), LEVELS.get(finding.rule.level, 0))
        event.setdefault("rules", []).append(finding.rule.title)


def where_of(event: Mapping[str, Any], estate: Estate) -> str:
    """The place in words, the narrowest first: ``ML-WS-214, Lab 2.14, Mill Lane``; empty when it is not known."""
    zone, site = estate.zones.get(event.get("zone", "")), estate.sites.get(event.get("site", ""))
    parts = [event.get("host", ""), zone.name if zone else "", site.name if site else ""]
    return ", ".join(part for part in parts if part)
