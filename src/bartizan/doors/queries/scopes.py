"""What an order is for: a door, a zone, a floor, a site or all of them; and what of it the engine knows by name."""

from __future__ import annotations

from dataclasses import dataclass

from bartizan.engines.observe import split_reference
from bartizan.estate import queries as estate
from bartizan.estate.models import Site, Zone
from bartizan.estate.queries import Reader

EVERYWHERE = ""


@dataclass(frozen=True, slots=True)
class Scope:
    reference: str
    """``portal:…``, ``zone:…``, ``floor:…``, ``site:…``; empty: every site."""
    name: str
    site: str
    """The site's code; empty for every site."""
    where: str = ""
    """What it lies in, in words."""


def scope_of(user: Reader, reference: str) -> Scope | None:
    """The scope of that name, if it is within the user's reach."""
    kind, code = split_reference(reference)
    if reference == EVERYWHERE:
        return _everywhere(user)
    if kind == "site" and (site := estate.sites(user).filter(code=code).first()):
        return Scope(reference, site.name, site.code)
    if kind == "floor" and (floor := estate.floors(user).filter(code=code).first()):
        where = floor.building.site
        return Scope(reference, f"{where.name}, {floor.name[:1].lower()}{floor.name[1:]}", where.code, where.name)
    if kind == "zone" and (zone := estate.zones(user).filter(code=code).first()):
        return Scope(reference, f"{zone.name}", zone.site.code, zone.site.name)
    if kind == "portal" and (portal := estate.portals(user).filter(code=code).first()):
        return Scope(reference, f"{portal.code} {portal.name}", portal.inner.site.code, portal.inner.name)
    return None


def _everywhere(user: Reader) -> Scope | None:
    """Only for whoever sees every site."""
    return Scope(EVERYWHERE, "All sites", "") if estate.sites(user).count() == Site.objects.count() else None


def parts_of(reference: str) -> tuple[str, ...]:
    """The references that readers know: a floor is its zones."""
    kind, code = split_reference(reference)
    if reference == EVERYWHERE:
        return tuple(f"site:{code}" for code in Site.objects.order_by("code").values_list("code", flat=True))
    if kind == "floor":
        zones = Zone.objects.filter(floor__code=code).order_by("code").values_list("code", flat=True)
        return tuple(f"zone:{code}" for code in zones)
    return (reference,)
