"""The answer as a page of plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from textwrap import wrap
from typing import Any, Final
from zoneinfo import ZoneInfo

from bartizan.engines.observe import moment

_WIDTH: Final = 100
_LEAST: Final = 0.005
_MOST: Final = 5
Told = Mapping[str, Any]


def words(told: Told, timezone: str) -> Iterator[str]:
    """``told``: the JSON, masked already. Times are told in ``timezone``."""
    zone = ZoneInfo(timezone)
    if told["title"]:
        yield from (told["title"], "")
    yield from _windows(told, zone, timezone) if "windows" in told else _verdict(told, zone, timezone)
    yield from _part("Left out and not understood", _notes(told))
    yield from ("", f"Digest of this result: {told['result_digest']}")
    yield from _part("Behind the numbers", [f"{p}: {who['name']} ({who['code']})" for p, who in _behind(told)])


def _behind(told: Told) -> list[tuple[str, Mapping[str, str]]]:
    return sorted(told.get("behind", {}).items(), key=lambda pair: int(pair[0].removeprefix("P")))


def _verdict(told: Told, zone: ZoneInfo, timezone: str) -> Iterator[str]:
    yield from wrap(told["headline"], _WIDTH)
    yield f"{_between(told['since'], told['until'], zone)} ({timezone}); {told['looked_at']:,} events looked at"
    yield from _part("Where", [_share(spot) + f"  {spot['words']}" for spot in _likely(told["places"])])
    yield from _part("How", [_share(way) + f"  {way['words']}" for way in _likely(told["routes"])])
    yield from _part("Who", [*(_share(doer) + f"  {doer['words']}" for doer in _likely(told["doers"])), *_people(told)])
    yield from _part("What a name needs", [*_gate(told["gate"]), f"→ {told['gate']['words']}."])
    if "named" in told:
        yield from _part("Whom the evidence names", [f"{told['named']['name']} ({told['named']['code']})"])
    yield from _part("What contradicts", told["contradictions"])
    yield from _part("What to collect next", [_wanted(one) for one in told["collect"][:_MOST]])
    yield from _part("What was not known", told["not_known"])


def _people(told: Told) -> Iterator[str]:
    likely = _likely(told["people"])
    if likely:
        yield "Of the house, if it was somebody of the house:"
    for one in likely:
        carried = f" ({', '.join(one['families'])})" if one["families"] else ""
        yield _share(one) + f"  {one['person']}: {one['sureness']}{carried}"


def _gate(gate: Told) -> Iterator[str]:
    if gate["person"]:
        yield f"About {gate['person']}:"
    for one in gate["conditions"]:
        note = f": {one['note']}" if one["note"] else ""
        yield f"{'✓' if one['is_met'] else '✕'} {one['words']}{note}"
    yield "○ A second reader signs: not asked for here"


def _wanted(one: Told) -> str:
    until = f"; kept until {one['until']}" if one["until"] else ""
    return f"{one['words']} ({one['family']}, {one['gain']:.2f} bit{until})"


def _windows(told: Told, zone: ZoneInfo, timezone: str) -> Iterator[str]:
    found = told["windows"]
    yield "effects.csv has no row, so there is no breach to answer for yet."
    if not told["of_alerts"]:
        words = "The logs hold no alerts of two places or more, so ordinary events were compared with the same hour of "
        yield from wrap(f"{words}other days: what is rare stands out, and need not be wrong.", _WIDTH)
    if not found:
        yield f"Of {told['looked_at']:,} events no time stands out."
        return
    yield f"Times that stand out among {told['looked_at']:,} events ({timezone}), the most surprising first:"
    for number, one in enumerate(found, 1):
        yield from ("", f"{number}. {_between(one['since'], one['until'], zone)}: {one['alerts']:,} events")
        yield f"   Most of it at {one['entry']}"
        for odd in one["oddities"]:
            times = "once" if odd["count"] == 1 else f"{odd['count']:,} times"
            yield f"   {times} “{odd['kind']}” at {odd['host']} (at other times {odd['share']:.1%} of them are there)"


def _likely(things: Sequence[Told]) -> list[Told]:
    return [one for one in things if one["probability"] >= _LEAST][:_MOST]


def _share(one: Told) -> str:
    """Nothing is certain, and nothing that is shown is impossible."""
    return f"{min(max(one['probability'], 0.001), 0.999):6.1%}"


def _between(since: int, until: int, zone: ZoneInfo) -> str:
    begin, end = moment(since).astimezone(zone), moment(until).astimezone(zone)
    if end - begin < timedelta(minutes=1):
        return _whole(begin)
    return f"{_whole(begin)} to {end:%H:%M}" if begin.date() == end.date() else f"{_whole(begin)} to {_whole(end)}"


def _whole(at: datetime) -> str:
    return f"{at:%a} {at.day} {at:%B %Y %H:%M}"


def _notes(told: Told) -> list[str]:
    lines: list[str] = told["notes"]["words"]
    return lines


def _part(title: str, lines: Sequence[str]) -> Iterator[str]:
    if not lines:
        return
    yield from ("", title)
    for line in lines:
        yield from wrap(line, _WIDTH, initial_indent="  ", subsequent_indent="    ")
