"""The engine's sentences. None of them names a person: credentials are named, and who used them is said to be open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bartizan.engines.context import Estate
from bartizan.engines.observe import moment
from bartizan.engines.pinpoint.record import Record

_SURENESS: Final = (
    (0.95, "almost certain"),
    (0.80, "very likely"),
    (0.55, "likely"),
    (0.35, "about as likely as not"),
    (0.10, "unlikely"),
)


def sureness(probability: float) -> str:
    return next((words for least, words in _SURENESS if probability >= least), "very unlikely")


def ago(seconds: int) -> str:
    """``40 s``, ``3 min``, ``12 h 05``."""
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d}"


def place_words(zone_code: str, host: str, estate: Estate) -> str:
    """``ML-WS-214, Lab 2.14, floor 2, Mill Lane``; parts that are not known are left out."""
    zone = estate.zones.get(zone_code)
    site = estate.sites.get(zone.site) if zone else None
    parts = [host, zone.name if zone else "", zone.floor if zone else "", site.name if site else ""]
    # Ground zones are often named after their site: once is enough.
    return ", ".join(dict.fromkeys(part for part in parts if part))


def site_zone(site_code: str, estate: Estate) -> tzinfo:
    site = estate.sites.get(site_code)
    try:
        return ZoneInfo(site.timezone) if site else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def window(since: int, until: int, zone: tzinfo) -> str:
    """``Mon 16 Nov 21:06 to 21:31``; with its day when it ends on another."""
    begin, end = _local(since, zone), _local(until, zone)
    if begin is None or end is None:
        return "not known"
    start = f"{begin:%a} {begin.day} {begin:%b %H:%M}"
    if (begin.date(), begin.hour, begin.minute) == (end.date(), end.hour, end.minute):
        return start
    return f"{start} to {end:%H:%M}" if begin.date() == end.date() else f"{start} to {end:%a} {end.day} {end:%b %H:%M}"


def clock(us: int, zone: tzinfo) -> str:
    """``Mon 21:47``."""
    local = _local(us, zone)
    return f"{local:%a %H:%M}" if local else "at a time not known"


def _local(us: int, zone: tzinfo) -> datetime | None:
    try:
        return moment(us).astimezone(zone)
    except (OverflowError, ValueError):
        return None


def repeated(records: Sequence[Record]) -> str:
    """One sentence for one record or for many alike."""
    first = records[0]
    if len(records) == 1:
        return first.sentence
    accounts = {record.actor for record in records}
    if first.kind == "login.failure" and len(accounts) > 1:
        return f"{len(records)} refused logins for {len(accounts)} user accounts from {first.remote or 'one source'}"
    if first.kind == "document.copied":
        return f"{name_of(first)} copied {len(records)} files at {first.host or 'a host not known'}"
    return f"{first.sentence} (×{len(records)})"


def name_of(record: Record) -> str:
    """The credential in words: ``badge 4417``, ``m.vos``."""
    kind, _, name = record.actor.partition(":")
    if not name:
        return "somebody"
    return f"badge {name}" if kind in ("badge", "card") else name if kind == "user" else f"{kind} {name}"
