"""What the retention of records of people tells, and whom: declared here, switched under Settings, Notices."""

from __future__ import annotations

from typing import Final

from bartizan.cases.models import Charge, Interview, Packet
from bartizan.core.access import covers
from bartizan.core.models import User
from bartizan.core.roles import Role
from bartizan.notices.actions import Telling, happened
from bartizan.notices.triggers import Trigger, trigger

OVER = trigger(
    Trigger(
        "record-over",
        "The day of a record of a person or of a packet is over, and it is kept",
        "The lead of its case, or without one the chief, once",
        order=29,
    )
)


_CALLED: Final = {Interview: ("Interview", "interviews"), Charge: ("Charge", "findings"), Packet: ("Packet", "packets")}


def kept_over(record: Interview | Charge | Packet, why: str) -> None:
    """By its number, never by the person's name."""
    case, day = record.case, record.keep_until
    what, tab = _CALLED[type(record)]
    chiefs = User.objects.filter(is_active=True, role=Role.OFFICER).order_by("pk")
    users = [one for one in ([case.lead] if case.lead else chiefs) if one and covers(one, case)]
    since = f"was to be kept until {day.day} {day:%B %Y} and still is: {why}"
    words = f"{what} {record.number} of case {case.number} {since}"
    brief = f"A record of case {case.number} is kept beyond its day"
    happened(OVER.name, [Telling(users, words, f"/cases/{case.number}/{tab}", 0, f"case:{case.number}", brief)])
