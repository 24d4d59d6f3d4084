"""What the steps of the set-up do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.db.transaction import atomic

from bartizan import supervisor
from bartizan.core.actions import record
from bartizan.core.models import Setting, User
from bartizan.estate.models import Building, Department, Floor, Organisation, Portal, Site, Zone
from bartizan.setup.queries import NAME, demo

MARGIN = 8
"""Between the floor's edge and its outermost zones, in units of the plan."""
DOOR = 24


@atomic
def keep_organisation(organisation: Organisation, departments: Iterable[str], by: User) -> None:
    """Save it, and make the departments that are not there yet."""
    kept = Organisation.objects.filter(pk=organisation.pk).first()
    organisation.save()
    subject, after = f"organisation:{organisation.name}", _facts(organisation)
    if kept is None:
        record(by, "made", subject, after=after)
    elif _facts(kept) != after:
        record(by, "changed", subject, before=_facts(kept), after=after)
    there = {name.casefold() for name in Department.objects.values_list("name", flat=True)}
    for name in departments:
        if name.casefold() not in there:
            made = Department.objects.create(code=code_for(Department, name), name=name)
            record(by, "made", f"department:{made.code}", after={"name": name})


def _facts(organisation: Organisation) -> dict[str, Any]:
    return {name: getattr(organisation, name) for name in ("name", "sector", "has_departments")}


@atomic
def add_site(data: Mapping[str, Any], by: User) -> Site:
    """A site with one building, its ground floor, and the street before it."""
    site = Site.objects.create(code=code_for(Site, data["name"]), **data)
    building = Building.objects.create(code=_free(Building, f"{site.code}-A"), name=site.name, site=site)
    Floor.objects.create(code=_free(Floor, f"{site.code}-A0"), name="Ground floor", building=building)
    Zone.objects.create(
        code=_free(Zone, f"{site.code}-OUT"), name=f"Before {site.name}", site=site, is_outside=True, level=1
    )
    record(by, "made", f"site:{site.code}", after={"name": site.name, "time zone": site.timezone})
    return site


@atomic
def add_zones(site: Site, rows: Sequence[Mapping[str, Any]], by: User) -> list[Zone]:
    """Zones side by side on the ground floor, a door from each into the next, and from the street into the first."""
    floor = Floor.objects.filter(building__site=site).order_by("level", "pk").first()
    if floor is None:
        raise ValidationError(f"{site.name} has no floor; add one under Registers, Floors.")
    width = (floor.width - 2 * MARGIN) // len(rows)
    outside = Zone.objects.filter(site=site, is_outside=True).first()
    before, made = outside, []
    for at, row in enumerate(rows):
        left = MARGIN + at * width
        outline = [left, MARGIN, width, floor.height - 2 * MARGIN]
        zone = Zone.objects.create(
            code=_free(Zone, f"{site.code}-{code_for(Zone, row['name'])}"),
            site=site,
            floor=floor,
            outline=outline,
            **row,
        )
        record(by, "made", f"zone:{zone.code}", after={"name": zone.name, "level": zone.level})
        if before is not None:
            _door(site, before, zone, left, floor.height // 2, by)
        before = zone
        made.append(zone)
    return made


def _door(site: Site, outer: Zone, inner: Zone, x: int, middle: int, by: User) -> None:
    door = Portal.objects.create(
        code=_free(Portal, f"{site.code}-D{Portal.objects.filter(inner__site=site).count() + 1}"),
        name=f"Door to {inner.name}",
        outer=outer,
        inner=inner,
        line=[x, middle - DOOR // 2, x, middle + DOOR // 2],
    )
    record(by, "made", f"portal:{door.code}", after={"from": outer.name, "into": inner.name})


def code_for(model: type[Model], name: str) -> str:
    """A short code that no other record has: the initials of several words, else the first letters."""
    words = re.findall(r"[A-Za-z0-9]+", name)
    initials = "".join(word[0] for word in words) if len(words) > 1 else "".join(words)[:4]
    return _free(model, (initials or "X").upper()[:12])


def _free(model: type[Model], wanted: str) -> str:
    taken = set(model._default_manager.filter(code__startswith=wanted).values_list("code", flat=True))
    return next(code for n in range(1, len(taken) + 2) if (code := wanted if n == 1 else f"{wanted}{n}") not in taken)


@atomic
def skip(step: str, by: User) -> None:
    """Leave a step for later."""
    kept = _kept()
    kept.value = {**kept.value, "skipped": sorted({*kept.value.get("skipped", []), step})}
    kept.save()
    record(by, "skipped a step of the set-up", f"setup:{step}")


@atomic
def take_up(by: User) -> None:
    """Every step that was skipped is open again."""
    kept = _kept()
    kept.value = {}
    kept.save()
    record(by, "took up the set-up", "setup:all")


@atomic
def leave(by: User) -> None:
    """The rest can wait: Now does not ask any more."""
    kept = _kept()
    kept.value = {**kept.value, "is_over": True}
    kept.save()
    record(by, "left the set-up", "setup:all")


def _kept() -> Setting:
    return Setting.objects.select_for_update().get_or_create(name=NAME)[0]


def ask_for_demo(by: User) -> None:
    """Load the demo beside this console. Raises ValidationError where it would mix with somebody's records."""
    state = demo()
    if state["is_here"] or not state["is_offered"]:
        raise ValidationError(
            "Records are here already; give the demo a folder of its own: bartizan --data FOLDER demo."
        )
    _ask("demo-load", by)


def ask_to_remove_demo(by: User) -> None:
    if not demo()["is_here"]:
        raise ValidationError("The demo is not here: there is nothing to remove.")
    _ask("demo-remove", by)


def _ask(deed: str, by: User) -> None:
    state = demo()
    if state["is_busy"]:
        raise ValidationError("The demo is coming or going already; it takes about half a minute.")
    if not state["is_run"]:
        raise ValidationError("This console was not started by `bartizan run`, which loads and removes the demo.")
    record(by, "asked for the demo" if deed == "demo-load" else "asked to remove the demo", "setup:demo")
    supervisor.ask(Path(settings.DATA), deed)
