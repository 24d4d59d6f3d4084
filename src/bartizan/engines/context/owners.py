"""Whether the owner of a desk or a user account can have been where it was used."""

from __future__ import annotations

from typing import Any, Final

from bartizan.engines.context.estate import Estate, Zone
from bartizan.engines.context.presence import CLOCK_TOLERANCE, SECOND, Presence, Sighting, shortfall
from bartizan.engines.context.ways import Ways

# A badge that was read longer ago belongs to another day: people also leave by doors that nobody reads.
_SAME_DAY: Final = 16 * 3600 * SECOND
_ABSENT_DAYS: Final = 3
_REGULAR: Final = 5
"""Sightings that a person must have before their absence means anything."""


class Owners:
    def __init__(self, estate: Estate, ways: Ways, presence: Presence) -> None:
        self._zones = estate.zones
        self._ways = ways
        self._presence = presence

    def facts(self, person: str, zone: Zone | None, us: int) -> dict[str, Any]:
        """Facts about ``person``, whose desk or account was used by hand in ``zone`` at ``us``.

        ``owner_elsewhere`` is proof by walking time; ``owner_badged`` says that no reader on the way recorded them.
        """
        before, after = self._presence.around(person, us)
        facts: dict[str, Any] = {"owner": person}
        if before is not None:
            facts["owner_seen_zone"] = before.zone
            facts["owner_seen_seconds"] = (us - before.time) // SECOND
            self._absence(person, before, us, facts)
        if zone is not None and (before or after):
            self._elsewhere(zone, before, after, us, facts)
        return facts

    def _elsewhere(
        self, zone: Zone, before: Sighting | None, after: Sighting | None, us: int, facts: dict[str, Any]
    ) -> None:
        missing = shortfall(self._ways, before, after, Sighting(us, zone.code, zone.code))
        proof = missing is not None and missing > CLOCK_TOLERANCE
        last = before if before is not None else after
        seen = self._zones.get(last.zone) if last else None
        if seen is None:
            return
        if proof:
            facts["owner_elsewhere"] = _difference(seen, zone)
        elif before is not None and seen.code == zone.code:
            facts["owner_elsewhere"] = "no"
        elif before is not None and us - before.time <= _SAME_DAY and self._ways.needs_reader(seen.code, zone.code):
            facts["owner_badged"] = _difference(seen, zone)

    def _absence(self, person: str, before: Sighting, us: int, facts: dict[str, Any]) -> None:
        days = (us - before.time) // (86_400 * SECOND)
        if days >= _ABSENT_DAYS and self._presence.times_seen(person) >= _REGULAR:
            facts["owner_absent_days"] = days


def _difference(seen: Zone, zone: Zone) -> str:
    if seen.site != zone.site:
        return "site"
    return "building" if seen.building != zone.building else "zone"
