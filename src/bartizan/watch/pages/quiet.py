"""What Now says of the sources: which are silent, and what came in during the last hour."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from bartizan.core.access import visible_to
from bartizan.engines.observe import DOMAINS
from bartizan.estate import queries as estate
from bartizan.estate.models import Device
from bartizan.watch import lake, queries
from bartizan.watch.models import Source

HOUR = timedelta(hours=1)
MINUTES = 60
SILENT_STATES = ("offline", "silent")
MOST = 6
log = logging.getLogger(__name__)
DOMAIN_WORDS = {
    "door": "Doors",
    "alarm": "Motion",
    "camera": "Cameras",
    "biometric": "Voice and hand",
    "login": "Logins",
    "host": "Hosts",
    "network": "Network",
    "document": "Documents",
}


@dataclass(frozen=True, slots=True)
class Silent:
    icon: str
    name: str
    words: str
    since: datetime | None
    url: str


@dataclass(frozen=True, slots=True)
class Band:
    """One domain's last hour: its events, and a bar a minute for the little chart."""

    domain: str
    words: str
    events: int
    bars: list[tuple[int, float, float]]
    """x, y and height, in a box of 120 by 16."""


def quiet_context(user: Any) -> dict[str, Any]:
    now = timezone.now()
    sources = list(visible_to(user, Source.objects.filter(is_enabled=True)))
    silent = [_source(each) for each in sources if is_silent(each, now)]
    devices = estate.devices(user).exclude(state__in=("", "unknown"))
    silent += [_device(each) for each in devices.filter(state__in=SILENT_STATES)]
    silent.sort(key=lambda one: (one.since is not None, one.since), reverse=True)
    bands = last_hour(user, now)
    return {
        "silent": silent[:MOST],
        "silent_number": len(silent),
        "silent_of": len(sources) + devices.count(),
        "bands": bands,
        "hour_events": None if bands is None else sum(band.events for band in bands),
    }


def is_silent(source: Source, now: datetime) -> bool:
    """In trouble, or not heard for longer than its own limit. One that never spoke waits, it is not silent."""
    if source.state == "trouble":
        return True
    return source.last_event_at is not None and now - source.last_event_at > timedelta(seconds=source.silent_after)


def _source(source: Source) -> Silent:
    words = source.state_words if source.state == "trouble" else "Nothing received. Check whether it still sends."
    since = source.last_event_at or source.state_at
    return Silent("sources", source.name, words, since, f"/sources/{source.name}")


def _device(device: Device) -> Silent:
    where = f" in {device.zone.name}" if device.zone else ""
    icon = {"detector": "motion", "firewall": "net"}.get(device.kind, device.kind)
    words = f"{device.get_kind_display()}{where}. Check its power and cable."
    return Silent(icon, device.name, words, device.state_at, f"/entity/{device.kind}/{device.code}")


def last_hour(user: Any, now: datetime) -> list[Band] | None:
    """Events a minute by domain; nothing while the lake cannot be read (it is made with the first event)."""
    try:
        found = lake.bands(queries.lake_of(user), lake.Window(now - HOUR, now), MINUTES)
    except lake.LakeError as error:
        log.info("The last hour cannot be shown: %s", error)
        return None
    return [_band(domain, [cell["events"] for cell in found.get(domain, [])]) for domain in DOMAINS if domain in found]


def _band(domain: str, minutes: list[int]) -> Band:
    top = max(minutes, default=0) or 1
    bars = [(2 * at, 16 - 16 * n / top, 16 * n / top) for at, n in enumerate(minutes) if n]
    return Band(domain, DOMAIN_WORDS[domain], sum(minutes), [(x, round(y, 1), round(h, 1)) for x, y, h in bars])
