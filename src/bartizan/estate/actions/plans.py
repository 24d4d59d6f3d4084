"""What stands where on a floor's plan, and the picture under it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.transaction import atomic

from bartizan.core.access import covers
from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.core.registers.actions import OUTSIDE
from bartizan.estate.models import Device, Floor, Host, Portal, Zone
from bartizan.estate.plan import SMALLEST, door_at, is_inside, outline_of, zone_at

Thing = Device | Host | Portal | Zone
REFERENCES: Final[dict[type[Any], Callable[[Any], str]]] = {
    Device: lambda one: f"{one.kind}:{one.code}",
    Host: lambda one: f"host:{one.name}",
    Portal: lambda one: f"portal:{one.code}",
    Zone: lambda one: f"zone:{one.code}",
}


@atomic
def place(thing: Thing, floor: Floor, spot: Sequence[float], by: User) -> str:
    """Put ``thing`` on the plan of ``floor``: a device, host or door at x, y; a zone between two corners x, y, x, y.

    Answers what became of it, in words. Raises ValidationError in words, with nothing changed.
    """
    for x, y in zip(spot[::2], spot[1::2], strict=True):
        if not (0 <= x <= floor.width and 0 <= y <= floor.height):
            raise ValidationError(f"That lies outside the plan, which is {floor.width} wide and {floor.height} high.")
    before = place_words(thing)
    if isinstance(thing, Zone):
        fields, words = _draw_zone(thing, floor, spot)
    elif isinstance(thing, Portal):
        fields, words = _draw_door(thing, floor, spot, by)
    else:
        fields, words = _stand(thing, floor, spot)
    thing.save(update_fields=fields)
    if not covers(by, thing):
        raise ValidationError(OUTSIDE)
    _told(by, "placed", thing, before)
    return words


@atomic
def take_off(thing: Thing, by: User) -> None:
    """From the plan, not from the register: its zone stays what it is."""
    before = place_words(thing)
    if isinstance(thing, Zone):
        thing.outline, fields = [], ["outline"]
    elif isinstance(thing, Portal):
        thing.line, fields = [], ["line"]
    else:
        thing.x = thing.y = None
        fields = ["x", "y"]
    thing.save(update_fields=fields)
    _told(by, "took off the plan", thing, before)


def place_words(thing: Thing) -> str:
    """Where it is drawn, as the audit keeps it."""
    if isinstance(thing, Zone):
        return ", ".join(f"{n:g}" for n in thing.outline)
    if isinstance(thing, Portal):
        return ", ".join(f"{n:g}" for n in thing.line)
    spot = "" if thing.x is None or thing.y is None else f"{thing.x:g}, {thing.y:g}"
    return f"{spot}{f' in {thing.zone.name}' if thing.zone else ''}".strip()


def _told(by: User, verb: str, thing: Thing, before: str) -> None:
    if (after := place_words(thing)) != before:
        record(by, verb, REFERENCES[type(thing)](thing), before={"place": before}, after={"place": after})


def _draw_zone(zone: Zone, floor: Floor, spot: Sequence[float]) -> tuple[list[str], str]:
    if len(spot) != 4:
        raise ValidationError("A zone lies between two corners: give both.")
    if zone.site_id != floor.building.site_id:
        raise ValidationError(f"{zone.name} belongs to {zone.site.name}; this floor is elsewhere.")
    outline = outline_of(spot)
    if min(outline[2:]) < SMALLEST:
        raise ValidationError("The two corners are too near to each other to make a zone.")
    zone.outline, zone.floor = outline, floor
    return ["outline", "floor"], f"{zone.name} is drawn."


def _draw_door(door: Portal, floor: Floor, spot: Sequence[float], by: User) -> tuple[list[str], str]:
    seen = [zone for zone in (door.inner, door.outer) if covers(by, zone)]
    sides = [zone for zone in seen if zone.floor_id == floor.pk and len(zone.outline) == 4]
    if not sides:
        raise ValidationError(f"Draw {' or '.join(z.name for z in seen)} first: a door lies in a zone's wall.")
    line = door_at([zone.outline for zone in sides], spot[0], spot[1])
    if line is None:
        raise ValidationError(f"No wall of {' or '.join(zone.name for zone in sides)} is near; choose a place at one.")
    door.line = line
    return ["line"], f"{door.code} {door.name} is in the wall."


def _stand(thing: Device | Host, floor: Floor, spot: Sequence[float]) -> tuple[list[str], str]:
    x, y = spot[0], spot[1]
    now = thing.zone
    is_here = now is not None and now.floor_id == floor.pk and (not now.outline or is_inside(now.outline, x, y))
    under = now if is_here else zone_at(floor.zone_set.all(), x, y)
    if under is None and (now is None or now.floor_id != floor.pk):
        raise ValidationError(f"No zone is drawn there; draw one first, or say in its register where {thing.name} is.")
    thing.x, thing.y = x, y
    has_moved = under is not None and under != now
    thing.zone = under or now
    return ["x", "y", "zone"], f"{thing.name} is on the plan{f', in {under.name}' if under and has_moved else ''}."
