"""Sites, buildings, floors, zones and the doors between them."""

from __future__ import annotations

from django.db.models import Q

from bartizan.core.registers import Column, Filter, Register, Section, add
from bartizan.estate import models
from bartizan.estate.registers import problems, shown

add(
    Register(
        model=models.Site,
        icon="site",
        columns=("name", "code", "address", "timezone", "opens", "closes"),
        search=("code", "name", "address"),
        reference=lambda s: f"site:{s.code}",
        sections=(
            Section("Buildings", shown.lines("building", "building", "building_set"), adds="buildings", by="site"),
        ),
        problems=problems.site,
        holds="Where the organisation is; times are shown on a site's clock.",
    )
)

add(
    Register(
        model=models.Building,
        icon="building",
        columns=("name", "code", "site"),
        search=("code", "name", "site__name"),
        filters=("site",),
        order=("site__name", "name"),
        reference=lambda b: f"building:{b.code}",
        sections=(Section("Floors", shown.lines("layers", "floor", "floor_set"), adds="floors", by="building"),),
        holds="A site's houses.",
    )
)

add(
    Register(
        model=models.Floor,
        icon="layers",
        columns=("name", "code", "level", "building", "building__site"),
        fields=("code", "name", "level", "building", "width", "height"),
        search=("code", "name", "building__name"),
        filters=("building",),
        order=("building__name", "level"),
        reference=lambda f: f"floor:{f.code}",
        about=lambda f: f"{f.building.name}, {f.building.site.name}",
        facts=shown.plan_link,
        sections=(Section("Zones", shown.lines("pin", "zone", "zone_set"), adds="zones", by="floor"),),
        problems=problems.floor,
        holds="A floor is drawn on the map: a picture if you have one, and its zones, doors and devices over it.",
    )
)

LEVELS = tuple((str(n), str(n), Q(level=n)) for n in (1, 2, 3, 4))

add(
    Register(
        model=models.Zone,
        icon="pin",
        columns=("name", "code", "level", "department", "floor", "site"),
        more=("floor__building", "is_outside"),
        numbers=("outline",),
        filters=("site", "floor", "department", Filter("level", "level", choices=LEVELS)),
        order=("code",),
        reference=lambda z: f"zone:{z.code}",
        about=lambda z: f"{z.floor.building.name}, {z.floor.name}" if z.floor else z.site.name,
        sections=(
            Section("Doors", shown.lines("door", "portal", "portals_in", "portals_out"), adds="doors", by="inner"),
            Section("Devices", shown.devices_in, adds="devices", by="zone"),
            Section("Hosts", shown.lines("host", "host", "host_set", key="name")),
            Section("Property", shown.lines("box", "property", "property_set"), adds="property", by="zone"),
            Section("Copies kept here", shown.lines("file", "copy", "copy_set", key="number")),
        ),
        problems=problems.zone,
        holds="Spaces with an inside and an outside; doors tell who is where.",
    )
)

INNER_LEVELS = tuple((str(n), str(n), Q(inner__level=n)) for n in (1, 2, 3, 4))

add(
    Register(
        model=models.Portal,
        icon="door",
        columns=(
            *("code", "name", "inner", "outer", "inner__site", "inner__level"),
            Column("State", "state", of=shown.portal_state, none="not known"),
            Column("Since", "state_at", is_figure=True, is_quiet=True, none="never heard"),
        ),
        more=("kind", "seconds"),
        fields=("code", "name", "kind", "outer", "inner", "seconds", "line"),
        numbers=("line",),
        search=("code", "name", "inner__name", "outer__name"),
        filters=("inner__site", Filter("level", "inner__level", choices=INNER_LEVELS), "state", "kind"),
        reference=lambda p: f"portal:{p.code}",
        about=lambda p: f"{p.get_kind_display()} from {p.outer.name} into {p.inner.name}, {p.inner.site.name}",
        state=shown.portal_state,
        facts=lambda p: [
            ("Security level", p.inner.level),
            ("State", shown.portal_state(p) or "not known"),
            ("Since", p.state_at or "never heard"),
        ],
        sections=(Section("Devices", shown.devices_in, adds="devices", by="portal"),),
        problems=problems.door,
        holds="Doors, gates and turnstiles between two zones, and how long the way through takes.",
    )
)
