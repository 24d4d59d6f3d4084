"""A house of forty people with a breach at night, in the records of the console and before the engine that asks who."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

import orjson

from bartizan.cases import actions
from bartizan.cases.models import Case
from bartizan.core.models import User
from bartizan.engines.pinpoint.inquiry import Effect, Inquiry
from bartizan.engines.pinpoint.who import pinpoint
from bartizan.estate import models as estate
from bartizan.estate.queries import snapshot
from tests import world
from tests.engines.pinpoint import office
from tests.engines.pinpoint.office import NIGHT, PEOPLE
from tests.world import World

DOER = 5
_FIRST = ("Quirin", "Ysolde", "Xander", "Zebedee", "Wilmot", "Vashti", "Ulric", "Thora")
_LAST = ("Quist", "Yarrow", "Xylan", "Zeller", "Wexford")
_PORTALS = {"P1": "QP-MAIN", "P2": "QP-OFFICE", "P3": "QP-LAB"}


def code(n: int) -> str:
    return f"QX-{7000 + n}"


def name(n: int) -> str:
    return f"{_FIRST[n % len(_FIRST)]} {_LAST[n // len(_FIRST)]}"


def login(n: int) -> str:
    return f"{_FIRST[n % len(_FIRST)].lower()}.{_LAST[n // len(_FIRST)].lower()}"


def desk(n: int) -> str:
    return f"QWS-{700 + n}"


def badge(n: int) -> str:
    return f"90{4000 + n}"


def identifiers(n: int) -> list[str]:
    """Every text that unmasks the nth person."""
    return [code(n), name(n), login(n), desk(n), badge(n)]


def build(here: World) -> None:
    """Forty people with a badge, a user account and a desk each, in the small world's house."""
    office_zone = estate.Zone.objects.create(
        code="QZ-OF", name="Office", site=here.site, floor=here.floor, level=2, outline=[136, 8, 172, 124]
    )
    for own, outer, inner in (("P2", here.corridor, office_zone), ("P3", here.corridor, here.vault)):
        estate.Portal.objects.create(code=_PORTALS[own], name=own, outer=outer, inner=inner, seconds=30)
    street = estate.Zone.objects.create(code="QZ-ST", name="Street", site=here.site, is_outside=True)
    estate.Portal.objects.create(code=_PORTALS["P1"], name="Main", outer=street, inner=here.corridor, seconds=20)
    for n in range(PEOPLE):
        person = estate.Person.objects.create(code=code(n), name=name(n), site=here.site, job="Glassblower")
        own = estate.Badge.objects.create(number=badge(n))
        estate.BadgeIssue.objects.create(badge=own, person=person, issued_at=office.FIRST - timedelta(days=100))
        zone = office_zone if office.room(n) == "OF" else here.vault
        x, y = (150 + 3 * n, 60) if zone == office_zone else (20 + 2 * n, 90)
        estate.Host.objects.create(name=desk(n), owner=person, zone=zone, x=x, y=y, addresses=[f"192.0.2.{100 + n}"])
        estate.UserAccount.objects.create(name=login(n), person=person)


def events(*, with_doors: bool = True) -> list[dict[str, Any]]:
    """``with_doors``: whether the doors have a record of the night; without one it stays open who it was."""
    return [_here(event) for event in office.days() + office.taken(DOER)[0 if with_doors else 2 :]]


def _here(event: dict[str, Any]) -> dict[str, Any]:
    """An event of the small office in this house's names."""
    told = dict(event)
    for field in ("actor", "device", "place"):
        kind, _, own = str(told.get(field, "")).partition(":")
        if kind == "badge":
            told[field] = f"badge:{badge(int(own) - 4000)}"
        elif kind == "user":
            told[field] = f"user:{login(int(own[1:]))}"
        elif kind == "host":
            told[field] = f"host:{desk(int(own[2:]))}"
        elif kind in ("portal", "reader"):
            told[field] = f"{kind}:{_PORTALS[own]}"
    return told


@cache
def _verdict() -> bytes:
    found = Effect("found", NIGHT - timedelta(hours=12), NIGHT + timedelta(hours=12), asset="file:/srv/f3")
    return pinpoint(Inquiry(effects=(found,), events=events(with_doors=False), estate=snapshot())).as_json()


def weighed(case: Case, *, is_ready: bool | None = None) -> dict[str, Any]:
    """The verdict of this house stored with the case, as the worker stores it.

    ``is_ready``: whether the engine's own conditions are met, where a test is about the gate and not about the engine.
    """
    verdict: dict[str, Any] = orjson.loads(_verdict())
    gate = {**verdict["gate"], "digest": verdict["result_digest"]}
    if is_ready is not None:
        gate["conditions"] = [{**one, "is_met": is_ready} for one in gate["conditions"]]
    actions.set_pinpoint(case, (case.pinpoint or {}) | _located() | {"verdict": verdict, "gate": gate})
    return verdict


def _located() -> dict[str, Any]:
    """Where it leads, in sentences that name the doer's credentials, as the engine that locates writes them."""
    at = int(NIGHT.timestamp() * 1e6)
    place = {"reference": f"host:{desk(DOER)}", "zone": "QZ-OF", "host": desk(DOER), "site": "KP",
             "words": f"{desk(DOER)}, Office, The Keep", "probability": 0.97, "sureness": "almost certain"}  # fmt: skip
    usual = {"count": 1, "is_certain": True, "is_effect": False, "why": f"same badge {badge(DOER)}", "domain": "door"}
    told = [
        (f"Badge {badge(DOER)} opened the main door", {"portal": "QP-MAIN"}),
        (f"{login(DOER)} unlocked {desk(DOER)}", {"host": desk(DOER), "zone": "QZ-OF"}),
        (f"{name(DOER)} copied 12 files at {desk(DOER)}", {"host": desk(DOER), "zone": "QZ-OF"}),
    ]
    steps = [
        {"number": n, "time": at + n * 60_000_000, "until": at + n * 60_000_000, "events": [f"e-{n}"],
         "sentence": words, "kind": "door.granted", "host": "", "portal": "", "zone": "", **usual, **where}
        for n, (words, where) in enumerate(told, 1)
    ]  # fmt: skip
    return {
        "version": 1, "digest": "d1", "headline": f"Files copied at {desk(DOER)} after badge {badge(DOER)}",
        "how": f"Badge {badge(DOER)}, then {login(DOER)}", "place": place, "places": [place, place], "steps": steps,
        "window": "Thu 12 Mar 21:00 to 21:09", "entry": {"words": f"desk {desk(DOER)}"}, "looked_back_seconds": 7200,
        "looked_at": 1284,
    }  # fmt: skip


def opened(here: World, by: User) -> Case:
    """A case about an alarm that names the doer's badge, desk and user account, with the verdict."""
    alarm = world.alarm(
        level=2, actor=f"badge:{badge(DOER)}", person=code(DOER), device=f"host:{desk(DOER)}", zone="QZ-OF", portal=""
    )
    alarm.summary, alarm.where = f"{login(DOER)} copied files at {desk(DOER)}", f"{desk(DOER)}, Office"
    alarm.save()
    case = actions.open_case(alarm, by=by)
    actions.set_headline(case, f"Badge {badge(DOER)} of {name(DOER)} at {desk(DOER)}", by)
    return case
