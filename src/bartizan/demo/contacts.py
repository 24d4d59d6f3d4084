"""Whom Veldmark tells when something happens, who was told of the missing laptop, and a drill that is over."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from bartizan.cases.actions.muster import KEPT, LINK_LIFE, WORDS
from bartizan.cases.fact_sheet import fact_sheet
from bartizan.cases.models import (
    Case,
    CaseNotice,
    Contact,
    ContactChoice,
    ContactTry,
    Muster,
    MusterMessage,
    MusterPerson,
    NoticeVersion,
)
from bartizan.cases.notice_book import forms
from bartizan.cases.notice_text import by_hand, fields_from
from bartizan.cases.queries.muster import token_of
from bartizan.core.actions import digest_of
from bartizan.core.models import User
from bartizan.demo.deadlines import HEADLINE
from bartizan.demo.places import TIMEZONE
from bartizan.estate.models import Person

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
# Short name, name, part, order, their number, ways, and what else differs.
CONTACTS: Final[Sequence[Any]] = (
    ("chief", "Elin Sandgren", "chief executive", 1, "", {"phone": "+31 6 555 0101", "sms": "+31 6 555 0101"},
     {"minutes": 10, "form": "executives"}),
    ("counsel", "Hanneke de Wit", "counsel", 2, "", {"phone": "+31 6 555 0118", "email": "h.dewit@veldmark.example"},
     {"minutes": 10, "up": "chief"}),
    ("people", "Maud Terpstra", "people", 3, "", {"phone": "+31 6 555 0127"},
     {"up": "chief", "organisation": "Head of People"}),
    ("research", "Ingrid Holm", "executive", 4, "", {"phone": "+31 6 555 0133"},
     {"up": "chief", "organisation": "Head of Research"}),
    ("police", "Police, case line", "police", 5, "26-118-402",
     {"phone": "0900 8844", "email": "case-line@police.example"}, {"up": "counsel", "form": "police-first"}),
    ("cert-early", "CERT, early warning", "CERT", 6, "24 h", {"portal": "https://cert.example/early"},
     {"law": "nis2-early-warning", "form": "nis2-23-4-a", "up": "counsel"}),
    ("cert", "CERT, notification", "CERT", 7, "72 h", {"portal": "https://cert.example/notify"},
     {"law": "nis2-notification", "form": "nis2-23-4-b", "up": "counsel"}),
    ("dpa", "Data protection authority", "data protection", 8, "72 h",
     {"portal": "https://dpa.example/breach", "email": "breach@dpa.example"},
     {"law": "gdpr-33", "form": "gdpr-33-3", "up": "counsel"}),
    ("insurer", "Insurer, Nordhav", "insurer", 9, "88-2041",
     {"phone": "+31 20 555 0190", "email": "claims@nordhav.example"},
     {"form": "insurer-first", "up": "counsel", "never": "Whose fault it was, before they have answered."}),
    ("arkade", "Arkade, trial partner", "partner", 10, "14.3",
     {"phone": "+49 30 555 0162", "sms": "+49 171 555 0162", "email": "security@arkade.example"},
     {"form": "partner-first", "up": "chief", "never": "Who, how they got in, what the police do."}),
    ("staff", "46 trial staff", "people concerned", 11, "Art. 34", {"email": "trials@veldmark.example"},
     {"law": "gdpr-34", "form": "gdpr-34-2"}),
)  # fmt: skip
# Short name, how long ago, way, outcome, what was said.
TRIES: Final = (
    ("chief", 39.6 * HOUR, "phone", "back", "A laptop from Finance, nobody named"),
    ("counsel", 39.5 * HOUR, "phone", "none", ""),
    ("counsel", 39.4 * HOUR, "phone", "back", "Hold; the authority by tomorrow night"),
    ("people", 22 * HOUR, "phone", "back", "I decide, I do not inquire"),
    ("police", 30 * HOUR, "phone", "back", "Number and officer, they come for the desk lock"),
    ("insurer", 29 * HOUR, "mail", "sent", ""),
    ("insurer", 28.5 * HOUR, "phone", "none", ""),
    ("insurer", 28.1 * HOUR, "phone", "back", "Claim number 26-4410"),
    ("arkade", 26 * MINUTE, "phone", "none", ""),
    ("arkade", 24 * MINUTE, "sms", "sent", ""),
    ("arkade", 7 * MINUTE, "phone", "none", ""),
)  # fmt: skip
BEGAN: Final = 12 * DAY
SITE: Final = "HH"


def write(now: datetime, officers: Sequence[User]) -> dict[str, list[int]]:
    """Make them; the keys of what does not go with a case."""
    by = {one.username: one for one in officers}
    made = {row[0]: _contact(row, now) for row in CONTACTS}
    for code, *_, more in CONTACTS:
        if "up" in more:
            Contact.objects.filter(code=code).update(escalates_to=made[more["up"]])
    case = Case.objects.exclude(state="closed").get(headline__startswith=HEADLINE)
    _told(case, made, by["saskia"], now)
    _draft(case, made["dpa"], by["saskia"], now)
    return {"contacts": [one.pk for one in made.values()], "musters": [_drill(by, now).pk]}


def _contact(row: Any, now: datetime) -> Contact:
    code, name, part, order, reference, ways, more = row
    facts = {key: value for key, value in more.items() if key != "up"}
    return Contact.objects.create(
        code=code, name=name, part=part, order=order, reference=reference, checked_on=(now - 40 * DAY).date(),
        keep_until=(now + 325 * DAY).date(), **ways, **facts,
    )  # fmt: skip


def _told(case: Case, made: Mapping[str, Contact], by: User, now: datetime) -> None:
    fields = {"phone": "phone", "sms": "sms", "mail": "email"}
    for code, ago, way, outcome, said in TRIES:
        contact = made[code]
        address = getattr(contact, fields[way])
        ContactTry.objects.create(
            case=case, contact=contact, way=way, address=address, outcome=outcome, said=said, by=by, at=now - ago
        )
    ContactChoice.objects.create(
        case=case, contact=made["research"], kind="walled", by=by, at=now - 39 * HOUR,
        because="Her department shares the evening cleaners who are still to be asked",
    )  # fmt: skip


def _draft(case: Case, contact: Contact, by: User, now: datetime) -> None:
    form, sheet = forms()["gdpr-33-3"], fact_sheet(case)
    clock = case.clocks.filter(rule=form.clock).first()
    notice = CaseNotice.objects.create(
        case=case, number=1, form=form.id, contact=contact, clock=clock, by=by, at=now - 20 * HOUR
    )
    first = fields_from(form, sheet, case)
    NoticeVersion.objects.create(notice=notice, number=1, fields=first, sheet=sheet.version, by=by, at=now - 20 * HOUR)
    name = by.get_full_name()
    second = first | {
        "nature": by_hand("A laptop was taken from a desk of the Finance department after working hours.", name),
        "people": by_hand("Employees; about 120, from one payroll list.", name),
    }
    NoticeVersion.objects.create(notice=notice, number=2, fields=second, sheet=sheet.version, by=by, at=now - 19 * HOUR)


def _drill(by: Mapping[str, User], now: datetime) -> Muster:
    """A quarter of an hour at Harbour House: most answered, some were ticked at the assembly point, two never."""
    began = (now - BEGAN).replace(second=0, microsecond=0)
    muster = Muster.objects.create(
        number=f"M{began.year}-001", kind="evacuate", words=WORDS["evacuate"], place="Quay 3", is_drill=True,
        scope="site", code=SITE, name="Harbour House", zone=TIMEZONE, by=by["nora"], at=began,
        cleared_at=began + 16 * MINUTE, cleared_by=by["nora"], keep_until=(began + KEPT).date(),
    )  # fmt: skip
    staff = Person.objects.filter(site__code=SITE, left_on=None).order_by("code")
    for number, person in enumerate(staff):
        _mustered(muster, person, number, by["pieter"])
    return muster


def _mustered(muster: Muster, person: Person, number: int, guard: User) -> None:
    nonce, took = secrets.token_urlsafe(24), timedelta(seconds=40 + number * 37 % 560)
    is_silent, is_ticked = number % 23 == 11, number % 6 == 3
    needs = number == 17
    one = MusterPerson.objects.create(
        muster=muster, person=person, why="works here", nonce=nonce, digest=digest_of(token_of(nonce)),
        expires_at=muster.at + LINK_LIFE, answer="" if is_silent else "help" if needs else "safe",
        words="Twisted an ankle on the stairs" if needs else "",
        answered_at=None if is_silent else muster.at + took, ticked_by=guard if is_ticked and not is_silent else None,
    )  # fmt: skip
    for is_clear, at in ((False, muster.at), (True, muster.cleared_at or muster.at)):
        MusterMessage.objects.create(
            to=one, way="mail", address=person.email, is_clear=is_clear, state="sent", tries=1, next_at=at, ended_at=at,
            said="The mail server accepted it.",
        )  # fmt: skip


def forget(made: Mapping[str, Any]) -> None:
    """After the demo's cases are gone: a contact stays as long as a case names it."""
    Muster.objects.filter(pk__in=made.get("musters", ())).delete()
    Contact.objects.filter(pk__in=made.get("contacts", ())).delete()
