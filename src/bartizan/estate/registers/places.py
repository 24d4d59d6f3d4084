"""Sites, buildings, floors, zones and the doors between them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.db.models import Q

from bartizan.core.access import visible_to
from bartizan.core.registers import Column, Filter, Register, Section, add
from bartizan.core.values import Line
from bartizan.estate import models
from bartizan.estate.registers.shown import (
    DEVICE_ICONS,
    Data,
    Problems,
    portal_state,
)


def site_problems(data: Data) -> Problems:
    try:
        ZoneInfo(data.get("timezone") or "UTC")
    except (KeyError, ValueError, OSError):
        yield "timezone", "No such time zone; write it like Europe/Amsterdam."
    if bool(data.get("opens")) != bool(data.get("closes")):
        yield "closes", "Ordinary hours need a beginning and an end, or neither."


add(
    Register(
        name="sites",
        model=models.Site,
        title="Sites",
        one="site",
        icon="site",
        columns=(
            Column("Site", "name", is_main=True),
            Column("Code", "code", is_quiet=True),
            Column("Address", "address"),
            Column("Time zone", "timezone", is_quiet=True),
            Column("Opens", "opens", is_figure=True),
            Column("Closes", "closes", is_figure=True),
        ),
        fields=("code", "name", "address", "timezone", "opens", "closes", "latitude", "longitude"),
        search=("code", "name", "address"),
        order=("name",),
        reference=lambda s: f"site:{s.code}",
        problems=site_problems,
        holds="Where the organisation is; times are shown on a site's clock.",
    )
)


add(
    Register(
        name="buildings",
        model=models.Building,
        title="Buildings",
        one="building",
        icon="building",
        columns=(
            Column("Building", "name", is_main=True),
            Column("Code", "code", is_quiet=True),
            Column("Site", "site__name"),
        ),
        fields=("code", "name", "site"),
        search=("code", "name", "site__name"),
        filters=(Filter("site", "site"),),
        select=("site",),
        order=("site__name", "name"),
        reference=lambda b: f"building:{b.code}",
        holds="A site's houses.",
    )
)


add(
    Register(
        name="floors",
        model=models.Floor,
        title="Floors",
        one="floor",
        icon="layers",
        columns=(
            Column("Floor", "name", is_main=True),
            Column("Code", "code", is_quiet=True),
            Column("Level", "level", is_figure=True),
            Column("Building", "building__name"),
            Column("Site", "building__site__name", is_quiet=True),
        ),
        fields=("code", "name", "level", "building", "width", "height"),
        search=("code", "name", "building__name"),
        filters=(Filter("building", "building"),),
        select=("building__site",),
        order=("building__name", "level"),
        reference=lambda f: f"floor:{f.code}",
        about=lambda f: f"{f.building.name}, {f.building.site.name}",
        holds="A floor is drawn on the map from its zones, doors and devices.",
    )
)


def zone_problems(data: Data) -> Problems:
    floor, site, outline = data.get("floor"), data.get("site"), data.get("outline") or []
    if floor and site and floor.building.site_id != site.pk:
        yield "floor", f"This floor belongs to {floor.building.site.name}, not to {site.name}."
    if outline and (len(outline) != 4 or min(outline[2:]) <= 0):
        yield "outline", "An outline is x, y, width and height, such as 144, 8, 92, 124."
    if not 1 <= (data.get("level") or 0) <= 4:
        yield "level", "The security level is 1 (public) to 4 (most protected)."


add(
    Register(
        name="zones",
        model=models.Zone,
        title="Zones",
        one="zone",
        icon="pin",
        columns=(
            Column("Zone", "name", is_main=True),
            Column("Code", "code", is_quiet=True),
            Column("Level", "level", is_figure=True),
            Column("Floor", "floor__name"),
            Column("Building", "floor__building__name", is_quiet=True),
            Column("Site", "site__name", is_quiet=True),
            Column("Outside", "is_outside", is_hidden=True),
        ),
        fields=("code", "name", "site", "floor", "level", "is_outside", "outline"),
        numbers=("outline",),
        search=("code", "name"),
        filters=(
            Filter("site", "site"),
            Filter("floor", "floor"),
            Filter("level", "level", choices=tuple((str(n), str(n), Q(level=n)) for n in (1, 2, 3, 4))),
        ),
        select=("site", "floor__building"),
        order=("code",),
        reference=lambda z: f"zone:{z.code}",
        about=lambda z: f"{z.floor.building.name}, {z.floor.name}" if z.floor else z.site.name,
        sections=(
            Section(
                "Doors",
                lambda user, z: [
                    Line(p.state_at, "door", f"{p.code} {p.name}", f"portal:{p.code}")
                    for p in visible_to(user, (z.portals_in.all() | z.portals_out.all()).distinct().order_by("code"))
                ],
            ),
        ),
        problems=zone_problems,
        holds="Spaces with an inside and an outside; doors tell who is where.",
    )
)


def portal_problems(data: Data) -> Problems:
    if data.get("outer") and data.get("outer") == data.get("inner"):
        yield "inner", "A door leads from one zone into another; these are the same."
    if data.get("line") and len(data["line"]) != 4:
        yield "line", "A door is drawn from x1, y1 to x2, y2, such as 181, 132, 199, 132."


add(
    Register(
        name="doors",
        model=models.Portal,
        title="Doors",
        one="door",
        icon="door",
        columns=(
            Column("Door", "code", is_main=True),
            Column("Name", "name"),
            Column("Kind", "kind", is_hidden=True),
            Column("Into", "inner__name"),
            Column("From", "outer__name", is_quiet=True),
            Column("Site", "inner__site__name", is_quiet=True),
            Column("Level", "inner__level", is_figure=True),
            Column("State", "state", of=portal_state, none="not known"),
            Column("Since", "state_at", is_figure=True, is_quiet=True, none="never heard"),
            Column("Walking time", "seconds", is_hidden=True, is_figure=True),
        ),
        fields=("code", "name", "kind", "outer", "inner", "seconds", "line"),
        numbers=("line",),
        search=("code", "name", "inner__name", "outer__name"),
        filters=(
            Filter("site", "inner__site"),
            Filter("level", "inner__level", choices=tuple((str(n), str(n), Q(inner__level=n)) for n in (1, 2, 3, 4))),
            Filter("state", "state"),
            Filter("kind", "kind"),
        ),
        select=("inner__site", "outer"),
        order=("code",),
        reference=lambda p: f"portal:{p.code}",
        about=lambda p: f"{p.get_kind_display()} from {p.outer.name} into {p.inner.name}, {p.inner.site.name}",
        state=portal_state,
        labels={"outer": "From", "inner": "Into", "line": "Drawn from, to", "seconds": "Walking time, s"},
        facts=lambda p: [
            ("Security level", p.inner.level),
            ("State", portal_state(p) or "not known"),
            ("Since", p.state_at or "never heard"),
        ],
        sections=(
            Section(
                "Devices",
                lambda user, p: [
                    Line(d.state_at, DEVICE_ICONS.get(d.kind, d.kind), d.name, f"{d.kind}:{d.code}")
                    for d in visible_to(user, p.devices.order_by("code"))
                ],
            ),
        ),
        problems=portal_problems,
        holds="Doors, gates and turnstiles between two zones.",
    )
)
