"""Who may see a case, people's parts in it, and its decisions: what the pages show of them, and the deeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from bartizan.cases.actions import need as actions
from bartizan.cases.findings import Findings
from bartizan.cases.models import Case, Part
from bartizan.cases.pages import interviews
from bartizan.cases.queries import need as queries
from bartizan.core.models import User
from bartizan.core.queries import officers
from bartizan.core.values import is_number
from bartizan.estate import queries as estate


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody with a part in the case, or who is heard in it."""

    reference: str
    name: str
    part: str
    note: str
    interview: int = 0
    """The number of the latest one."""
    heard: str = ""
    """How far it is."""
    against: str = ""
    """The account against the records."""


def players(user: User, case: Case) -> list[Player]:
    """Everybody with a part, then whoever is heard without one. Who is heard never sees the own interview here."""
    lines = {one.interview.person or one.interview.outsider: one for one in interviews.lines(user, case)}
    found = list(queries.parts(user, case))
    named = [one.person or one.name for one in found]
    names = estate.names_of(user, [f"person:{one.person}" for one in found if one.person])
    rows = [_player(one, names, lines.get(one.person or one.name)) for one in found]
    return rows + [_heard(line) for who, line in lines.items() if who not in named]


def _player(one: Part, names: dict[str, str], line: interviews.Line | None) -> Player:
    reference = f"person:{one.person}" if one.person else ""
    made = Player(reference, names.get(reference, one.name or one.person), one.get_part_display(), one.note)
    return replace(made, **_interviewed(line)) if line else made


def _heard(line: interviews.Line) -> Player:
    one = line.interview
    reference = f"person:{one.person}" if one.person else ""
    return Player(reference, line.who, one.get_heard_as_display(), "", **_interviewed(line))


def _interviewed(line: interviews.Line) -> dict[str, Any]:
    return {"interview": line.interview.number, "heard": line.state, "against": line.counts}


def seen_by(user: User, case: Case) -> dict[str, Any]:
    """What the tab of people shows of who sees the case."""
    seers = queries.seers_of(case, user)
    inside = {one.user.pk for one in seers}
    return {
        "seen_by": seers,
        "walls": queries.walls(user, case),
        "players": players(user, case),
        "outside": [one for one in officers(user, "see cases") if one.pk not in inside],
        "part_words": Part.PARTS,
    }


def decisions(user: User, case: Case, _known: Findings, _zone: Any) -> dict[str, Any]:
    return {"decisions": queries.decisions(user, case)}


def _keep(request: HttpRequest, case: Case, user: User) -> None:
    actions.keep_to_named(case, request.POST.get("reason", ""), user)


def _open(request: HttpRequest, case: Case, user: User) -> None:
    actions.open_to_roles(case, request.POST.get("reason", ""), user)


def _name(request: HttpRequest, case: Case, user: User) -> None:
    actions.name_on(case, _account(request, user), request.POST.get("reason", ""), user)


def _off(request: HttpRequest, case: Case, user: User) -> None:
    named = get_object_or_404(case.named.filter(ended_at=None), pk=_key(request))
    actions.take_off(named, request.POST.get("reason", ""), user)


def _wall(request: HttpRequest, case: Case, user: User) -> None:
    actions.wall_off(case, _account(request, user), request.POST.get("reason", ""), user)


def _unwall(request: HttpRequest, case: Case, user: User) -> None:
    wall = get_object_or_404(case.walls.filter(ended_at=None), pk=_key(request))
    actions.take_wall_away(wall, request.POST.get("reason", ""), user)


def _part(request: HttpRequest, case: Case, user: User) -> None:
    """A staff number of the register, else the name of somebody from outside."""
    who = request.POST.get("who", "").strip()
    known = estate.people(user).filter(code__iexact=who).first() or estate.people(user).filter(name__iexact=who).first()
    told = {"person": known.code} if known else {"name": who}
    actions.give_part(case, request.POST.get("part", ""), user, note=request.POST.get("note", ""), **told)


def _decide(request: HttpRequest, case: Case, user: User) -> None:
    actions.decide(case, request.POST.get("words", ""), request.POST.get("reason", ""), user)


def _key(request: HttpRequest) -> int:
    text = request.POST.get("key", "")
    if not is_number(text):
        raise ValidationError("Choose one from the list.")
    return int(text)


def _account(request: HttpRequest, user: User) -> User:
    chosen = request.POST.get("account", "")
    if not is_number(chosen):
        raise ValidationError("Choose whose account it is.")
    return get_object_or_404(officers(user, "see cases"), pk=int(chosen))


DEEDS: dict[str, Callable[[HttpRequest, Case, User], None]] = {
    "keep": _keep,
    "open": _open,
    "name": _name,
    "off": _off,
    "wall": _wall,
    "unwall": _unwall,
    "part": _part,
    "decide": _decide,
}
