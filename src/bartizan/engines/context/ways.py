"""How long it takes to walk from one zone to another, and whether a reader must be passed on the way."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush
from math import asin, cos, radians, sin, sqrt
from typing import Final

from bartizan.engines.context.estate import Estate, Zone

EARTH_KM: Final = 6371.0
# Faster than anybody gets from door to door between two sites: what this speed excludes is excluded.
SITE_KMH: Final = 150.0
_KNOWN_LIMIT: Final = 20_000


def distance_km(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Great-circle distance between two (latitude, longitude) pairs in degrees, by the haversine formula."""
    lat_a, lon_a, lat_b, lon_b = map(radians, (*here, *there))
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


class Ways:
    """The shortest ways through an estate's portals. A zone's times are worked out once, when first asked for."""

    def __init__(self, estate: Estate) -> None:
        self._zones = estate.zones
        self._spots = {
            site.code: (site.lat, site.lon)
            for site in estate.sites.values()
            if site.lat is not None and site.lon is not None
        }
        self._next: dict[str, list[tuple[str, int]]] = {}
        self._inward: list[tuple[str, str, str]] = []
        for portal in estate.portals.values():
            self._next.setdefault(portal.outer, []).append((portal.inner, portal.seconds))
            self._next.setdefault(portal.inner, []).append((portal.outer, portal.seconds))
            self._inward.append((portal.code, portal.outer, portal.inner))
        self.readers = {d.portal for d in estate.devices.values() if d.portal and d.kind == "reader"}
        self._times: dict[str, dict[str, int]] = {}
        self._free: dict[str, frozenset[str]] = {}

    def seconds(self, here: str, there: str) -> float | None:
        """The least time from one zone to another, or nothing when the estate's plan does not connect them."""
        if here == there:
            return 0.0 if here in self._zones else None
        a, b = self._zones.get(here), self._zones.get(there)
        if a is None or b is None:
            return None
        if a.site != b.site:
            return self._between_sites(a, b)
        return self._from(here).get(there)

    def _between_sites(self, a: Zone, b: Zone) -> float | None:
        here, there = self._spots.get(a.site), self._spots.get(b.site)
        if here is None or there is None:
            return None
        return distance_km(here, there) / SITE_KMH * 3600

    def _from(self, here: str) -> dict[str, int]:
        known = self._times.get(here)
        if known is None:
            if len(self._times) >= _KNOWN_LIMIT:
                self._times.clear()
            known = self._times[here] = self._shortest(here)
        return known

    def _shortest(self, here: str) -> dict[str, int]:
        reached: dict[str, int] = {}
        waiting = [(0, here)]
        while waiting:
            seconds, zone = heappop(waiting)
            if zone in reached:
                continue
            reached[zone] = seconds
            for following, more in self._next.get(zone, ()):
                if following not in reached:
                    heappush(waiting, (seconds + more, following))
        return reached

    def learn_reader(self, portal: str) -> None:
        """A badge was read at ``portal``: from now on going in there without one is against the records."""
        if portal not in self.readers:
            self.readers.add(portal)
            self._free.clear()

    def needs_reader(self, here: str, there: str) -> bool:
        """Whether every known way from one zone to another passes a reader inwards. Going out is always free."""
        if here not in self._zones or there not in self._zones:
            return False
        free = self._free.get(here)
        if free is None:
            free = self._free[here] = self._without_reader(here)
        return there not in free

    def _without_reader(self, here: str) -> frozenset[str]:
        steps: dict[str, list[str]] = {}
        for code, outer, inner in self._inward:
            steps.setdefault(inner, []).append(outer)
            if code not in self.readers:
                steps.setdefault(outer, []).append(inner)
        # Streets are one: whoever is outside at one site can be outside at any other, but in no yard behind a reader.
        behind = {inner for code, _, inner in self._inward if code in self.readers}
        outside = [zone.code for zone in self._zones.values() if zone.is_outside and zone.code not in behind]
        return frozenset(_reached(here, steps, outside))


def _reached(here: str, steps: dict[str, list[str]], outside: Iterable[str]) -> set[str]:
    streets = frozenset(outside)
    found, waiting = {here}, [here]
    while waiting:
        zone = waiting.pop()
        following = [*steps.get(zone, ()), *(streets if zone in streets else ())]
        fresh = [z for z in following if z not in found]
        found.update(fresh)
        waiting.extend(fresh)
    return found
