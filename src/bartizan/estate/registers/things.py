"""Devices, hosts and user accounts."""

from __future__ import annotations

from django.db.models import Q

from bartizan.core.registers import Column, Filter, Register, Section, add
from bartizan.estate import models
from bartizan.estate.registers import problems, shown

add(
    Register(
        model=models.Device,
        icon="sensor",
        columns=(
            *("code", "name", "kind", "zone", "zone__site"),
            Column("State", "state", of=shown.device_state, none="not known"),
            Column("Since", "state_at", is_figure=True, is_quiet=True, none="never heard"),
        ),
        more=("portal",),
        fields=("code", "name", "kind", "zone", "portal", "x", "y", "facing"),
        search=("code", "name", "zone__name"),
        filters=("kind", "zone__site"),
        reference=lambda d: f"{d.kind}:{d.code}",
        state=shown.device_state,
        about=lambda d: f"{d.get_kind_display()}{f' in {d.zone.name}, {d.zone.site.name}' if d.zone else ''}",
        facts=lambda d: [("State", shown.device_state(d) or "not known"), ("Since", d.state_at or "never heard")],
        problems=problems.device,
        holds="Readers, detectors, cameras and panels; their code is what their events carry.",
    )
)

add(
    Register(
        model=models.Host,
        icon="host",
        columns=(
            "name",
            "kind",
            Column("Owner", "owner", none="nobody’s"),
            "zone",
            "zone__site",
            "addresses",
            "system",
        ),
        search=("name", "owner__name", "system", "addresses"),
        filters=("kind", "zone__site", "owner__department"),
        reference=lambda h: f"host:{h.name}",
        about=lambda h: ", ".join(filter(None, (h.kind.capitalize(), h.system, h.zone and h.zone.name))),
        sections=(Section("Copies kept on it", shown.lines("file", "copy", "copy_set", key="number")),),
        problems=problems.host,
        holds="Workstations, servers and printers, whose they are and where they stand.",
    )
)

ENABLED = (("on", "enabled", Q(disabled_at=None)), ("off", "disabled", ~Q(disabled_at=None)))

add(
    Register(
        model=models.UserAccount,
        icon="login",
        columns=("name", "kind", Column("Person", "person", none="nobody’s"), "person__department", "disabled_at"),
        search=("name", "person__name"),
        filters=("kind", "person__department", Filter("state", "disabled_at", choices=ENABLED)),
        reference=lambda a: f"user:{a.name}",
        about=lambda a: f"{a.get_kind_display()} account{f' of {a.person.name}' if a.person else ', nobody’s'}",
        problems=problems.user_account,
        holds="Logins of the organisation's own systems, and whose they are.",
    )
)
