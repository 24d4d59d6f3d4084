"""A case gathered into a dossier, with people masked as its gate says; engines.packets then takes out what a level
may not know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson

from bartizan.cases import source_clocks
from bartizan.cases.exhibits_told import things
from bartizan.cases.fact_sheet import FactSheet, fact_sheet, speaks_against, zone_of_case
from bartizan.cases.findings import Findings, findings
from bartizan.cases.models import Case, Exhibit, MissingThing, Part
from bartizan.cases.queries.gate import Gate, gate_of
from bartizan.cases.queries.interview import person_called
from bartizan.cases.queries.masks import Veil, veil
from bartizan.cases.wording import figure, plain
from bartizan.core import vault
from bartizan.engines.observe import moment
from bartizan.engines.packets import DeviceClock, Dossier, Fact, Gap, Party, Reading, Row, Way
from bartizan.engines.pinpoint.who.masks import Masks
from bartizan.estate.models import Organisation, Person, Site, Zone
from bartizan.watch.lake import LakeError, Window
from bartizan.watch.lake.slices import by_ids
from bartizan.watch.models import Source
from bartizan.watch.queries import clock_offsets, lake

DAY: Final = timedelta(days=1)
MOST_READ: Final = 32_000_000
"""Bytes of an exhibit of events that are read to see which lines of the chronology stand in it."""
LEVEL_OF: Final = {
    "police": "authority", "regulator": "regulator", "executives": "house", "board": "house", "insurer": "house",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What an officer says when a packet is made."""

    kind: str
    for_whom: str = ""
    copies: int = 1
    their_reference: str = ""
    reported_says: str = ""
    """What the named person says to it, for the parties."""
    witnesses: tuple[tuple[str, str, str], ...] = ()
    """Name, what they can say, the exhibit in which it stands."""
    preserve: tuple[str, ...] = ()
    not_examined: tuple[tuple[str, str, str], ...] = ()
    """What, why not, what it could change."""
    players: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    signers: tuple[tuple[str, str], ...] = ()
    """Name, and as what."""
    with_contents: bool = field(default=False)
    with_annex: bool = field(default=False)
    """A sealed annex says who W1, W2 … are, for the prosecutor alone."""

    @property
    def level(self) -> str:
        return LEVEL_OF[self.kind]

    def as_json(self) -> dict[str, Any]:
        kept: dict[str, Any] = orjson.loads(orjson.dumps(asdict(self)))
        return kept


def gather(case: Case, asked: Asked, number: int, made_at: datetime) -> Dossier:
    """Everything that the case knows and a packet may hold; nobody is named in it but whom the gate names."""
    source = _Source(case, asked)
    sheet, verdict = source.sheet, source.verdict
    return Dossier(
        **_head(source, number, made_at),
        facts=tuple(Fact(one.key, one.title, one.words, one.source, one.is_settled) for one in sheet.facts),
        facts_version=sheet.version,
        against=tuple(_against(source)),
        places=tuple(_reading(source, one) for one in (verdict.get("places") or ())[:3]),
        way=_way(source),
        is_weighed=bool(verdict),
        is_named=source.gate.is_open,
        parties=tuple(_parties(source)),
        rows=tuple(sorted(_rows(source), key=lambda row: row.at)),
        things=source.things,
        all_things=len(source.things),
        clocks=tuple(_clocks(source)),
        players=tuple(_players(source)),
        preserve=(*map(source.said, asked.preserve), *_lost_soon(source)),
        not_examined=tuple(_not_examined(source)),
        asked=tuple(_asks(source)),
        signers=asked.signers,
    )


def _head(source: _Source, number: int, made_at: datetime) -> dict[str, Any]:
    """Which case and packet it is, for whom, and when what happened."""
    case, asked = source.case, source.asked
    since, until = _moments(case, source.verdict)
    return {
        "case": case.number, "number": number, "kind": asked.kind, "level": "", "house": source.house,
        "place": source.place, "zone": source.zone.key, "for_whom": asked.for_whom, "copies": asked.copies,
        "made_at": made_at, "opened_at": case.opened_at, "first_at": since, "last_at": until, "state": case.state,
        "their_reference": asked.their_reference,
    }  # fmt: skip


def strictly(case: Case, text: str, shown: Veil | None = None) -> str:
    """A text with everybody masked, also whom the gate names: for levels that show no person."""
    found = shown or veil(None, [case])
    return replace(found, named={}).of(case).text(text)


class _Source:
    """What a dossier is gathered from, each read once."""

    def __init__(self, case: Case, asked: Asked) -> None:
        self.case, self.asked = case, asked
        shown = veil(None, [case])
        self.masks: Masks = shown.of(case, says_names=True)
        self.keeping: Masks = shown.of(case, says_names=True, keeps_officers=True)
        self.verdict: Mapping[str, Any] = (case.pinpoint or {}).get("verdict") or {}
        self.zone = _zone(case)
        self.found: Findings = findings(case, self.zone)
        self.gate: Gate = gate_of(case)
        self.sheet: FactSheet = fact_sheet(case)

    @cached_property
    def zones(self) -> dict[str, str]:
        return dict(Zone.objects.values_list("code", "name"))

    @cached_property
    def house(self) -> str:
        return Organisation.objects.values_list("name", flat=True).first() or "The organisation"

    @cached_property
    def place(self) -> str:
        return Site.objects.filter(code=self.case.site).values_list("name", flat=True).first() or ""

    @cached_property
    def things(self) -> tuple[Any, ...]:
        return things(self.case, self.keeping, with_contents=self.asked.with_contents)

    @cached_property
    def exhibit_of(self) -> dict[str, str]:
        """Which exhibit of events holds an event, by the event's id."""
        wanted = {step.event for step in self.found.steps if step.event}
        held: dict[str, str] = {}
        for row in Exhibit.objects.filter(custody__case=self.case, form="events").order_by("pk"):
            for event in _events_in(row) & wanted:
                held.setdefault(event, row.number)
        return held

    @cached_property
    def source_of(self) -> dict[str, str]:
        """Which source told an event, by the event's id; nothing while the lake cannot be asked."""
        wanted = _identities({step.event for step in self.found.steps})
        if not wanted:
            return {}
        try:
            return {str(one["id"]): str(one["source"]) for one in by_ids(lake(), wanted, self._window)}
        except LakeError:
            return {}

    @property
    def _window(self) -> Window:
        return Window(self.case.first_at - DAY, self.case.last_at + DAY)

    @cached_property
    def offsets(self) -> source_clocks.Offsets:
        return clock_offsets(self._window)

    @cached_property
    def skews(self) -> dict[str, float | None]:
        """By how many seconds each source's events arrive before their time; None where that is not known."""
        return dict(Source.objects.values_list("name", "skew_seconds"))

    def said(self, words: str) -> str:
        return " ".join(self.masks.text(plain(words, self.zones)).split())


def _zone(case: Case) -> ZoneInfo:
    found = zone_of_case(case)
    assert isinstance(found, ZoneInfo)
    return found


def _events_in(row: Exhibit) -> set[str]:
    if (row.size or 0) > MOST_READ:
        return set()
    try:
        content = b"".join(vault.read(row.digest))
    except (vault.VaultError, ValueError):
        return set()
    return {str(told.get("id")) for line in content.splitlines() if isinstance(told := _line(line), dict)}


def _line(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


def _identities(wanted: set[str]) -> set[str]:
    """Those that can be an id of the lake."""
    return {one for one in wanted if len(one) == 36 and one.count("-") == 4}


def _moments(case: Case, verdict: Mapping[str, Any]) -> tuple[datetime, datetime]:
    since, until = int(verdict.get("since") or 0), int(verdict.get("until") or 0)
    return (moment(since), moment(until)) if since and until else (case.first_at, case.last_at)


def _reading(source: _Source, one: Mapping[str, Any]) -> Reading:
    return Reading(source.said(str(one["words"])), float(one["probability"]), str(one["sureness"]))


def _against(source: _Source) -> Iterator[str]:
    """What an officer says, then every item of the verdict: neither stands in for the other."""
    said = source.sheet.of("against")
    if said.is_settled:
        yield said.words
    yield from (source.said(words) for words in speaks_against(source.verdict))


def _way(source: _Source) -> Way | None:
    first = next(iter(source.verdict.get("routes") or ()), None)
    if first is None:
        return None
    place: Mapping[str, Any] = next(iter(source.verdict.get("places") or ()), {})
    doer: Mapping[str, Any] = next(iter(source.verdict.get("doers") or ()), {"cls": "none"})
    device = "host" if place.get("host") else "door" if str(first["action"]).startswith("physical") else ""
    action, vector, technique = (str(first[name]) for name in ("action", "vector", "technique"))
    words, share, actor = str(first["words"]), float(first["probability"]), str(doer["cls"])
    return Way(words, share, action, vector, technique, actor, device)


def _parties(source: _Source) -> Iterator[Party]:
    yield Party("injured", source.house, "reports it")
    if source.gate.is_open:
        by = "named by the evidence" if source.gate.by == "evidence" else "named by an override of two officers"
        says = "; ".join(filter(None, (by, source.said(source.asked.reported_says))))
        yield Party("reported", source.masks.person(source.gate.person), says)
    for one in _witnesses(source.case, source.asked, source.masks):
        yield Party("witness", one.shown, source.said(one.says), one.statement)


@dataclass(frozen=True, slots=True)
class _Witness:
    shown: str
    """As the gate lets the person be called."""
    called: str
    says: str
    statement: str = ""


def _witnesses(case: Case, asked: Asked, masks: Masks) -> Iterator[_Witness]:
    """Those of the form, then those among the case's people whom the form does not name."""
    typed = set()
    for name, says, statement in asked.witnesses:
        typed.add(shown := masks.text(name))
        yield _Witness(shown, _name_of(person_called(case, name)) or name, says, statement)
    for part in Part.objects.filter(case=case, part="witness").order_by("at", "pk"):
        shown = masks.person(part.person) if part.person else part.name
        if shown and shown not in typed:
            yield _Witness(shown, _name_of(part.person) or part.name, part.note)


def _name_of(person: str) -> str:
    return Person.objects.filter(code=person).values_list("name", flat=True).first() or person if person else ""


def sealed_names(case: Case, asked: Asked) -> list[tuple[str, str]]:
    """``W1`` and the name, as the packet numbers its witnesses."""
    found = _witnesses(case, asked, veil(None, [case]).of(case, says_names=True))
    named: dict[str, str] = {}
    for one in found:
        if one.shown.strip():
            named.setdefault(one.shown, one.called)
    return [(f"W{number}", called) for number, called in enumerate(named.values(), 1)]


def _rows(source: _Source) -> Iterator[Row]:
    for step in source.found.steps:
        name = source.source_of.get(step.event, "")
        held = source_clocks.offset_at(source.offsets, name, step.at)
        words = source.said(step.words) + (f" ({step.count} times)" if step.count > 1 else "")
        at = step.at - timedelta(seconds=held.ahead_seconds if held else 0.0)
        clock = source_clocks.row_words(held, source.skews.get(name))
        yield Row(at, words, source.exhibit_of.get(step.event, ""), step.is_certain, clock, source.said(step.why))
    for alarm in source.case.alarms.order_by("raised_at", "pk"):
        yield Row(alarm.raised_at, f"Alarm raised: {source.said(alarm.title)}", "", is_recorded=True, clock="our clock")
    for report in source.case.reports.order_by("received_at"):
        yield Row(report.received_at, f"Report {report.number} received", "", is_recorded=True, clock="our clock")
    yield Row(source.case.opened_at, "Case opened", "", is_recorded=True, clock="our clock")


def _clocks(source: _Source) -> Iterator[DeviceClock]:
    names = sorted(set(source.source_of.values()))
    return source_clocks.told(names, source.offsets, source.skews, source.keeping.text)


def _players(source: _Source) -> Iterator[str]:
    """How recordings among the exhibits are played; what their files say of themselves, and what the officer says."""
    for thing in source.things:
        kind, _, form = thing.media_type.partition("/")
        if kind in ("video", "audio"):
            yield f"{thing.number}, {form.upper()}: as it was taken in and not converted; a common player opens it."
    yield from map(source.said, source.asked.players)


def _lost_soon(source: _Source) -> Iterator[str]:
    for one in source.verdict.get("collect") or ():
        if one.get("until"):
            yield f"{source.said(str(one['words']))} (lost {one['until']})"


def _not_examined(source: _Source) -> Iterator[Gap]:
    for what, why, could in source.asked.not_examined:
        yield Gap(source.said(what), source.said(why), source.said(could))
    for one in source.verdict.get("collect") or ():
        late = f"; it is lost {one['until']}" if one.get("until") else ""
        yield Gap(source.said(str(one["words"])), f"not collected{late}", _could(one))
    for words in source.verdict.get("not_known") or ():
        yield Gap(source.said(str(words)), "not recorded, or not measured", "what happened then, and in which order")
    for thing in MissingThing.objects.filter(custody__case=source.case, found_as=None).order_by("at", "pk"):
        yield Gap(source.said(thing.name), source.said(thing.words) or "looked for and not found", "not known")


def _could(one: Mapping[str, Any]) -> str:
    opens = float(one.get("opens") or 0.0)
    if opens >= 0.01:
        return f"who did it: somebody named, or the likeliest cleared ({figure(opens)})"
    return "who did it, a little"


def _asks(source: _Source) -> Iterator[str]:
    if source.asked.their_reference:
        yield f"Register this under {source.asked.their_reference}."
    if source.asked.with_annex:
        yield "Who W1, W2 … are stands in a sealed annex, which this office hands to the public prosecutor."
    yield from map(source.said, source.asked.asks)
