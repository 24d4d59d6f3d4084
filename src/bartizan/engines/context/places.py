"""Where an event happened: its place and device resolved to host, portal, zone, building and site."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from bartizan.engines.context.aliases import Aliases
from bartizan.engines.context.estate import Estate, Host, Portal, Zone

_KNOWN_LIMIT: Final = 50_000


class Placed(NamedTuple):
    """What is known of a (place, device) pair; ``facts`` goes onto the event as it is."""

    facts: dict[str, Any]
    where: str
    """In words: ``Lab 2.14 (door ML-2-014)``."""
    portal: Portal | None
    zone: Zone | None
    host: Host | None
    timezone: str


class Places:
    def __init__(self, estate: Estate, names: Aliases) -> None:
        self._estate = estate
        self._names = names
        self._known: dict[tuple[str, str, bool], Placed] = {}

    def of(self, place: str, device: str, *, leaving: bool = False) -> Placed:
        """``leaving`` puts an event at a portal into the zone outside of it instead of the one inside."""
        key = (place, device, leaving)
        placed = self._known.get(key)
        if placed is None:
            if len(self._known) >= _KNOWN_LIMIT:
                self._known.clear()
            placed = self._known[key] = self._resolve(place, device, leaving=leaving)
        return placed

    def _resolve(self, place: str, device: str, *, leaving: bool) -> Placed:
        kind, _, name = place.partition(":")
        host = self._host(device) or self._host(place)
        portal, zone = self._named(kind, name, device)
        if portal is not None:
            zone = self._estate.zones.get(portal.outer if leaving else portal.inner)
        if zone is None and host is not None:
            zone = self._estate.zones.get(host.zone)
        site = zone.site if zone else name if kind == "site" and name in self._estate.sites else ""
        facts = _facts(portal, zone, site)
        hostname = host.name if host else _hostname(device)
        if hostname:
            facts["host"] = hostname
        return Placed(facts, self._words(place, device, portal, zone), portal, zone, host, self._timezone(site))

    def _named(self, kind: str, name: str, device: str) -> tuple[Portal | None, Zone | None]:
        """The portal and zone that the place names, else those where the device is mounted."""
        portal = self._estate.portals.get(name) if kind in ("portal", "door") else None
        zone = self._estate.zones.get(name) if kind == "zone" else None
        mounted = self._estate.devices.get(device)
        if mounted and portal is None and zone is None:
            portal = self._estate.portals.get(mounted.portal)
            zone = self._estate.zones.get(mounted.zone)
        return portal, zone

    def _host(self, reference: str) -> Host | None:
        kind, _, name = reference.partition(":")
        return self._names.host(name) if kind in ("host", "ip") and name else None

    def _timezone(self, site: str) -> str:
        known = self._estate.sites.get(site)
        return known.timezone if known else ""

    def _words(self, place: str, device: str, portal: Portal | None, zone: Zone | None) -> str:
        if portal is not None:
            inner = self._estate.zones.get(portal.inner)
            return f"{inner.name if inner else portal.name} (door {portal.code})"
        if zone is None:
            return place.partition(":")[2] or place
        kind, _, name = device.partition(":")
        return f"{zone.name} ({kind} {name})" if name and kind not in ("host", "ip") else zone.name


def _hostname(device: str) -> str:
    kind, _, name = device.partition(":")
    return name if kind == "host" else ""


def _facts(portal: Portal | None, zone: Zone | None, site: str) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if portal:
        facts["portal"] = portal.code
    if zone:
        facts["zone"] = zone.code
        facts["zone_level"] = zone.level
        if zone.building:
            facts["building"] = zone.building
    if site:
        facts["site"] = site
    return facts
