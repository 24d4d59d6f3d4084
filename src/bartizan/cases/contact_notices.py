"""What contacts tell people of the office, and whom: declared here, switched under Settings, Notices."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bartizan.cases.fact_sheet import zone_of_case
from bartizan.cases.models import Case, Contact
from bartizan.core.access import covers
from bartizan.core.models import User
from bartizan.core.roles import Role
from bartizan.notices.actions import Telling, happened
from bartizan.notices.triggers import Trigger, trigger

HIGH: Final = 3
SILENT = trigger(
    Trigger(
        "contact-silent",
        "Nobody answers at a contact of a case",
        "The lead, or without one the chief, when it goes up to the next",
        has_levels=True,
        order=23,
    )
)


def nobody_answers(case: Case, contact: Contact, since: datetime) -> None:
    chiefs = User.objects.filter(is_active=True, role=Role.OFFICER).order_by("pk")
    users = [one for one in ([case.lead] if case.lead else chiefs) if one and covers(one, case)]
    above, local = contact.escalates_to, since.astimezone(zone_of_case(case))
    to = f"ring {above.name}" if above else "nobody stands above them in the register: decide whom to ring"
    words = f"Case {case.number}: nobody answers at {contact.name} since {local:%H:%M}; {to}"
    brief = f"Nobody answers at a contact of case {case.number}"
    happened(SILENT.name, [Telling(users, words, f"/cases/{case.number}/contacts", HIGH, f"case:{case.number}", brief)])
