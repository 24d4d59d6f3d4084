"""The fact sheet of a case: one set of facts, from which every notice and packet is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

from bartizan.cases.findings import Findings, findings
from bartizan.cases.models import Case, FactEntry, Measure
from bartizan.cases.queries.clock import running
from bartizan.cases.queries.gate import Gate, gate_of, last_reading
from bartizan.cases.queries.masks import Veil, veil
from bartizan.cases.queries.packet import entries
from bartizan.cases.wording import figure, plain, strength
from bartizan.engines.packets import NOT_KNOWN
from bartizan.engines.pinpoint.who.gate import LEAST
from bartizan.engines.pinpoint.who.masks import Masks
from bartizan.engines.pinpoint.words import sureness, window
from bartizan.estate.models import Site, Zone

__all__ = ["NOT_KNOWN", "TITLES", "Fact", "FactSheet", "day", "fact_sheet", "speaks_against", "zone_of_case"]

TITLES: Final[Mapping[str, str]] = {
    "what": "What happened",
    "where": "Where",
    "when": "When",
    "noticed": "When and how it was noticed",
    "cause": "How it was done",
    "how_sure": "How sure we are",
    "against": "What speaks against it",
    "taken": "What was taken, lost or changed",
    "people_affected": "People affected",
    "records_affected": "Records affected",
    "consequences": "Likely consequences",
    "done": "What was done about it",
    "still_running": "Whether it still goes on",
    "border": "Across a border",
    "next_report": "When more is told",
    "contact": "Whom to ask",
    "offence": "Suspected offence",
    "reference": "Our reference",
}


_OF_OFFICERS: Final = frozenset({"contact", "how_sure"})
"""Facts that say who of the office answers for something: officers keep their names there."""


@dataclass(frozen=True, slots=True)
class Fact:
    key: str
    title: str
    words: str
    """``not known yet`` while nobody and no record says it."""
    source: str
    """From where it is known: a record, the engine, or the officer who settled it."""
    is_settled: bool
    """An officer said it, or it is a plain record; what was worked out is not settled until somebody settles it."""
    derived: str = ""
    """What the records say, where an officer's words stand instead."""

    @property
    def is_known(self) -> bool:
        return self.words != NOT_KNOWN


@dataclass(frozen=True, slots=True)
class FactSheet:
    """The facts of one case with people masked as its gate says: whom it names by name, others by alias."""

    case: str
    version: str
    """``7-3fa9b2…``: the number of the officers' last entry, and the digest of all facts as they stand."""
    facts: tuple[Fact, ...]

    def of(self, key: str) -> Fact:
        """Raises KeyError for what is no fact."""
        return next((fact for fact in self.facts if fact.key == key), None) or _unknown(key)

    @property
    def unsettled(self) -> int:
        return sum(not fact.is_settled for fact in self.facts)


def _unknown(key: str) -> Fact:
    raise KeyError(f"There is no fact “{key}”; there are {', '.join(TITLES)}.")


def fact_sheet(case: Case) -> FactSheet:
    """What is known of a case, for anybody: nobody is shown in it but whom the gate names."""
    said = entries(case)
    source = _Source(case, veil(None, [case]))
    facts = tuple(_fact(key, title, source, said.get(key)) for key, title in TITLES.items())
    top = max((one.number for one in said.values()), default=0)
    told = [[one.key, one.words, one.source, one.is_settled] for one in facts]
    digest = hashlib.sha256(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
    return FactSheet(case.number, f"{top}-{digest[:16]}", facts)


def _fact(key: str, title: str, source: _Source, entry: FactEntry | None) -> Fact:
    words, origin, is_record = _DERIVED[key](source) if key in _DERIVED else ("", "", False)
    masks = source.keeping if key in _OF_OFFICERS else source.masks
    words = " ".join(masks.text(plain(words, source.zones)).split())
    if entry is not None and entry.words:
        by = entry.by.get_full_name() or entry.by.username
        local = entry.at.astimezone(source.zone)
        told = ", ".join(filter(None, (entry.source, f"settled by {by}, {day(local)} {local:%H:%M}")))
        # Whoever is to be asked, such as the data protection officer, must be told by name: Article 33(3)(b) GDPR.
        said = entry.words if key == "contact" else masks.text(entry.words)
        return Fact(key, title, said, source.keeping.text(told), is_settled=True, derived=words)
    return Fact(key, title, words or NOT_KNOWN, origin if words else "", is_settled=bool(words) and is_record)


class _Source:
    """What the facts are derived from, read once."""

    def __init__(self, case: Case, shown: Veil) -> None:
        self.case = case
        self.zone = zone_of_case(case)
        self.masks: Masks = shown.of(case, says_names=True)
        self.keeping: Masks = shown.of(case, says_names=True, keeps_officers=True)
        self.verdict: Mapping[str, Any] = (case.pinpoint or {}).get("verdict") or {}
        self.found: Findings = findings(case, self.zone)

    @cached_property
    def gate(self) -> Gate:
        return gate_of(self.case)

    @cached_property
    def zones(self) -> dict[str, str]:
        return dict(Zone.objects.values_list("code", "name"))


def zone_of_case(case: Case) -> tzinfo:
    """The clock of the site of a case; of the first site where it has none; UTC in an empty estate."""
    sites = dict(Site.objects.order_by("pk").values_list("code", "timezone"))
    try:
        return ZoneInfo(sites.get(case.site) or next(iter(sites.values()), "UTC"))
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def day(at: datetime) -> str:
    """``Mon 16 Nov 2026``."""
    return f"{at:%a} {at.day} {at:%b %Y}"


Derived = tuple[str, str, bool]
"""Words (empty: the records do not say), where they come from, and whether they are a plain record."""


def _what(source: _Source) -> Derived:
    return source.case.headline, "the case's headline", False


def _where(source: _Source) -> Derived:
    if (first := next(iter(source.verdict.get("places") or ()), None)) is not None:
        return str(first["words"]), f"worked out, {_said(first)}", False
    if source.found.is_there:
        words = ", ".join(filter(None, (source.found.where, source.found.where_more)))
        return words, f"worked out, {source.found.figure}, {source.found.sureness}", False
    return source.zones.get(source.case.zone, ""), "the case's first alarm", False


def _when(source: _Source) -> Derived:
    since, until = int(source.verdict.get("since") or 0), int(source.verdict.get("until") or 0)
    if since and until:
        year = source.case.first_at.astimezone(source.zone)
        return f"{window(since, until, source.zone)} local time ({year:%Y, %Z})", "worked out from the records", False
    if not source.case.alarms.exists():
        return "", "", False
    begin, end = (at.astimezone(source.zone) for at in (source.case.first_at, source.case.last_at))
    return f"{day(begin)} {begin:%H:%M} to {day(end)} {end:%H:%M} {end:%Z}", "the case's alarms", False


def _noticed(source: _Source) -> Derived:
    case = source.case
    first = case.alarms.order_by("raised_at", "pk").first()
    report = case.reports.order_by("received_at").first()
    if report is not None and (first is None or report.received_at < first.raised_at):
        at, how = report.received_at, f"report {report.number}"
    elif first is not None:
        at, how = first.raised_at, f"the alarm “{first.title}”"
    else:
        at, how = case.opened_at, "an officer, who opened the case"
    local = at.astimezone(source.zone)
    return f"{day(local)} {local:%H:%M} {local:%Z}, by {how}", "the record of it", True


def _cause(source: _Source) -> Derived:
    if (first := next(iter(source.verdict.get("routes") or ()), None)) is not None:
        return str(first["words"]), f"worked out, {_said(first)}", False
    return (source.found.how, "worked out", False) if source.found.is_there else ("", "", False)


def _said(one: Mapping[str, Any]) -> str:
    share = float(one["probability"])
    return f"{figure(share)}, {sureness(share)}"


def _how_sure(source: _Source) -> Derived:
    told = [*_of_place(source), *_of_person(source)]
    return " ".join(told), "the verdict and its gate", False


def _of_place(source: _Source) -> list[str]:
    if (first := next(iter(source.verdict.get("places") or ()), None)) is not None:
        return [f"Place and device {_said(first)}."]
    return [f"Place {source.found.figure}, {source.found.sureness}."] if source.found.is_there else []


def _of_person(source: _Source) -> list[str]:
    if not source.verdict and not source.gate.is_open:
        return []
    if source.gate.by == "override":
        return ["A person is named by an override of two officers, for written reasons, and not by the evidence."]
    if not source.gate.is_open:
        return ["Nobody is named: not identifiable from this evidence."]
    first = next(one for one in source.verdict["people"] if one["person"] == source.gate.person)
    reading = last_reading(source.case)
    second = f" by {reading.by.get_full_name() or reading.by.username}" if reading else ""
    rest = figure(max(0.0, 1 - float(first["probability"])))
    return [
        f"Person {_said(first)}, where the house demands {LEAST:.2f} and a second reader's signature, given{second}.",
        f"All other explanations together {rest}. A finding of fact for the inquiry, not of guilt.",
    ]


def _against(source: _Source) -> Derived:
    told = speaks_against(source.verdict)
    if source.verdict and not told:
        return "No item of the evidence and no contradiction; it was looked for", "the verdict", False
    return "; ".join(told), "the verdict, in full", False


_LEAST: Final = 0.05
"""A likelihood ratio nearer to one than this, as its natural logarithm, says nothing either way."""


def speaks_against(verdict: Mapping[str, Any]) -> list[str]:
    """Every item that lowers the leading explanation, and every contradiction, none left out."""
    columns = list(verdict.get("columns") or ())
    if not columns:
        return []
    lead = max(range(len(columns)), key=lambda n: float(columns[n]["probability"]))
    items = [one for one in verdict.get("items") or () if float(one["nats"][lead]) <= -_LEAST]
    items.sort(key=lambda one: float(one["nats"][lead]))
    told = [f"{one['words']} ({strength(float(one['nats'][lead]))} against, E{one['number']})" for one in items]
    return [*told, *(str(words) for words in verdict.get("contradictions") or ())]


def _taken(source: _Source) -> Derived:
    effects = [step.words for step in source.found.steps if step.is_effect]
    return "; ".join(dict.fromkeys(effects)), "the sequence of the case", False


def _done(source: _Source) -> Derived:
    tasks = source.case.tasks.exclude(done_at=None).order_by("done_at")
    told = [f"{one.words} ({_short(one.done_at, source.zone)})" for one in tasks]
    done = Measure.objects.filter(charge__case=source.case, state="done").order_by("charge", "number")
    told += [f"{one.get_sort_display()} ({_short(one.done_at, source.zone)})" for one in done]
    return "; ".join(told), "finished tasks and measures", False


def _short(at: datetime | None, zone: tzinfo) -> str:
    local = at.astimezone(zone) if at else None
    return f"{local.day} {local:%b %H:%M}" if local else "time not noted"


def _still_running(source: _Source) -> Derived:
    case = source.case
    if case.state != "closed" or case.closed_at is None:
        return "", "", False
    local = case.closed_at.astimezone(source.zone)
    return f"No. The case was closed on {day(local)}: {case.closed_because}", "the case's state", True


def _next_report(source: _Source) -> Derived:
    first = running(source.case.clocks.exclude(due_at=None)).order_by("due_at").first()
    if first is None or first.due_at is None:
        return "", "", False
    local = first.due_at.astimezone(source.zone)
    return f"By {day(local)} {local:%H:%M} {local:%Z} ({first.law.name})", "the legal clocks", True


def _contact(source: _Source) -> Derived:
    lead = source.case.lead
    if lead is None:
        return "", "", False
    told = (lead.get_full_name() or lead.username, lead.title, lead.email)
    return ", ".join(filter(None, told)), "who leads the case", True


def _reference(source: _Source) -> Derived:
    return f"Case {source.case.number}", "the case", True


_DERIVED: Final[Mapping[str, Callable[[_Source], Derived]]] = {
    "what": _what,
    "where": _where,
    "when": _when,
    "noticed": _noticed,
    "cause": _cause,
    "how_sure": _how_sure,
    "against": _against,
    "taken": _taken,
    "done": _done,
    "still_running": _still_running,
    "next_report": _next_report,
    "contact": _contact,
    "reference": _reference,
}
