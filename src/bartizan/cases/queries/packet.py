"""What is settled of a case for those outside, and the packets that were made of it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from bartizan.cases.models import Case, FactEntry, Packet
from bartizan.cases.queries.case import case_rule, cases
from bartizan.core import files
from bartizan.core.access import visible_to
from bartizan.core.models import User
from bartizan.core.roles import Role
from bartizan.watch.queries import Reader

for part in (FactEntry, Packet):
    case_rule(part)


def packets(user: Reader, case: Case) -> QuerySet[Packet]:
    """The latest first."""
    found = Packet.objects.filter(case=case).select_related("made_by", "file").order_by("-number")
    return visible_to(user, found)


def opens_annex(user: User, case: Case) -> bool:
    """Whether somebody may open the sealed names of witnesses: the case's lead, and a chief security officer."""
    return case.lead_id == user.pk or user.role == Role.OFFICER


def entries(case: Case) -> dict[str, FactEntry]:
    """The latest word of an officer on each fact of which one was said."""
    found = FactEntry.objects.filter(case=case).select_related("by").order_by("number")
    return {one.key: one for one in found}


def _subject(user: Any, number: str) -> files.Subject | None:
    """A case's packets as what files belong to: nobody adds to them by hand, and nobody removes one."""
    case = cases(user).filter(number=number).first()
    if case is None:
        return None
    return files.Subject(f"packet:{number}", f"packets of case {number}", f"/cases/{number}/packets", may_change=False)


def _is_packet(reference: str) -> str:
    """What was deleted on its day belongs to no packet any more, and goes as other removed files do."""
    kind, _, number = reference.partition(":")
    part = {"packet": "file", "annex": "annex"}.get(kind, "")
    removed = {f"{part}__removed_at__isnull": False}
    is_kept = bool(part) and Packet.objects.filter(case__number=number, **removed).exists()
    return f"A packet of case {number} still has it." if is_kept else ""


files.shows("packet", _subject)
files.keeps(_is_packet)
