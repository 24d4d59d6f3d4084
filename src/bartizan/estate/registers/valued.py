"""What is worth protecting: property, intellectual property and its copies."""

from __future__ import annotations

from django.db.models import Q

from bartizan.core.registers import Column, Filter, Register, Section, add
from bartizan.estate import models
from bartizan.estate.registers import problems, shown

HERE = (("here", "here", Q(gone_on=None)), ("gone", "gone", ~Q(gone_on=None)))

add(
    Register(
        model=models.Property,
        icon="box",
        columns=(
            *("name", "code", "kind", "department", "holder"),
            Column("Where", "zone", shown.place_of, shown.places_of, none="not known"),
            Column("Value", "value", of=lambda p: shown.money(p.value), is_figure=True, none="not known"),
        ),
        more=("zone__site", "serial", "acquired_on", "gone_on"),
        search=("code", "name", "serial", "holder__name", "note"),
        filters=("kind", "department", "zone__site", Filter("state", "gone_on", choices=HERE)),
        select=("site", "zone__site"),
        reference=lambda p: f"property:{p.code}",
        about=lambda p: ", ".join(
            str(each) for each in (p.get_kind_display(), p.department, shown.place_of(p)) if each
        ),
        state=shown.gone,
        total=shown.worth,
        facts=lambda p: [("Value", shown.money(p.value) or "not known")],
        problems=problems.property_,
        holds="Things of value: what, where, whose, and what it would cost to replace them.",
    )
)

add(
    Register(
        model=models.IntellectualProperty,
        icon="idea",
        columns=(
            *("name", "code", "kind"),
            Column("Class", "classification", of=shown.classed),
            *("owner", "department"),
            Column("May see it", "readers", shown.readers, shown.readers_of, sort="", is_quiet=True),
        ),
        more=("registration", "expires_on"),
        search=("code", "name", "registration", "note"),
        filters=("kind", "classification", "department"),
        prefetch=("readers", "reader_departments"),
        reference=lambda a: f"intellectual-property:{a.code}",
        about=lambda a: ", ".join(str(e) for e in (a.get_kind_display(), a.get_classification_display().lower()) if e),
        state=shown.classed,
        sections=(Section("Copies", shown.copies_of, "No copy is on record.", adds="copies", by="asset"),),
        problems=problems.intellectual_property,
        holds="Knowledge of value: whose it is, how secret, where every copy is and who may see it.",
    )
)

KEPT = (("kept", "kept", Q(destroyed_on=None)), ("destroyed", "destroyed", ~Q(destroyed_on=None)))

add(
    Register(
        model=models.Copy,
        icon="file",
        columns=("number", "asset", "form", "zone", "host", "where", "keeper"),
        more=("destroyed_on",),
        search=("number", "asset__name", "where", "host__name", "keeper__name"),
        filters=("form", Filter("state", "destroyed_on", choices=KEPT)),
        is_child=True,
        reference=lambda c: f"copy:{c.number}",
        about=shown.whereabouts,
        problems=problems.copy,
        holds="Where each copy of intellectual property is: on paper in a zone, or as a file on a host.",
    )
)
