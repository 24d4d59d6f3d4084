"""Events as people read them: a sentence, who, where, when on the site's clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from bartizan.core.models import User
from bartizan.engines.observe import KINDS, moment, split_reference
from bartizan.estate import queries as estate

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """One event in a list."""

    id: str
    at: datetime
    clock: str
    """On the site's clock, to the second; with the day where the list runs over more than one."""
    level: int
    domain: str
    kind: str
    words: str
    who: str
    """Reference to who or what acted."""
    who_words: str
    where: str


def shown(user: User, events: Sequence[Event], zone: tzinfo, *, with_day: bool = False) -> list[Shown]:
    """``events`` with the names of what they mention: one query a register for the whole list."""
    names = estate.names_of(user, sorted({ref for event in events for ref in references(event)}))
    return [_shown(event, names, zone, with_day=with_day) for event in events]


def references(event: Event) -> list[str]:
    """All that an event mentions, as references."""
    whole = [str(event.get(name) or "") for name in ("actor", "place", "device", "asset")]
    bare = [f"{name}:{event[name]}" for name in ("person", "zone", "portal", "site", "host") if event.get(name)]
    return list(dict.fromkeys(ref for ref in whole + bare if ref))


def _shown(event: Event, names: Mapping[str, str], zone: tzinfo, *, with_day: bool) -> Shown:
    actor = str(event.get("actor") or "")
    return Shown(
        id=str(event["id"]),
        at=at_of(event),
        clock=clock_words(at_of(event), zone, with_day=with_day),
        level=int(event.get("level") or 0),
        domain=str(event.get("domain") or "host"),
        kind=str(event["kind"]),
        words=sentence(event),
        who=actor,
        who_words=names.get(actor, split_reference(actor)[1]),
        where=where_words(event, names),
    )


def sentence(event: Event) -> str:
    """What happened, in the judge's words; in the kind's words for an event that was stored without."""
    return str(event.get("summary") or "") or kind_words(str(event["kind"]))


def kind_words(kind: str) -> str:
    known = KINDS.get(kind)
    return known.words if known else kind


def where_words(event: Event, names: Mapping[str, str]) -> str:
    """The host or camera, if it is not what acted, and the place: ``ML-WS-214, Lab 2.14, Mill Lane``."""
    parts = []
    device = f"host:{event['host']}" if event.get("host") else str(event.get("device") or "")
    if device.startswith(("host:", "camera:")) and device != event.get("actor"):
        parts.append(split_reference(device)[1])
    kinds = [name for name in ("zone" if event.get("zone") else "portal", "site") if event.get(name)]
    parts += [names.get(f"{name}:{event[name]}", str(event[name])) for name in kinds]
    if not parts and (place := str(event.get("place") or "")):
        parts.append(names.get(place, split_reference(place)[1]))
    return ", ".join(parts)


def at_of(event: Event) -> datetime:
    """When it happened; the lake answers with datetimes, the judge with microseconds."""
    time = event["time"]
    return time if isinstance(time, datetime) else moment(int(time))


def clock_words(at: datetime, zone: tzinfo, *, with_day: bool = False) -> str:
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %H:%M:%S}" if with_day else f"{local:%H:%M:%S}"


def zone_of(user: User, site: str = "") -> tzinfo:
    """The clock of a site; without one, that of the first site; UTC in an empty estate."""
    sites = estate.sites(user)
    chosen = (sites.filter(code=site).first() if site else None) or sites.order_by("pk").first()
    try:
        return ZoneInfo(chosen.timezone if chosen else "UTC")
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def camera_url(code: str, at: datetime) -> str:
    """The camera with the recording of that moment; the address that the Cameras page keeps."""
    return "/cameras?" + urlencode({"camera": code, "at": at.isoformat(timespec="seconds")})
