"""Codes at the keypads: made, ended, and what is done with them. A code is never kept, only its digest (argon2)."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.core.actions import record
from bartizan.core.keys import key
from bartizan.core.models import User
from bartizan.engines import intrusion
from bartizan.estate.models import Person
from bartizan.panels.actions.arming import in_use
from bartizan.panels.actions.stepping import advance
from bartizan.panels.models import Area, Code, Panel

DIGITS: Final = 6
SHORTEST, LONGEST = 4, 10
_EASY: Final = ("0123456789", "9876543210")


@dataclass(frozen=True, slots=True)
class Told:
    """What a keypad shows. For a duress code exactly what it shows for the right one."""

    ok: bool
    words: str


@atomic
def set_code(  # noqa: PLR0913 -- a form's fields, all by name
    panel: Panel, person: Person, code: str, by: User, *, duress: str = "", areas: Sequence[Area] = (),
    purpose: str = "", may_arm: bool = True, may_disarm: bool = True, valid_until: date | None = None,
) -> Code:  # fmt: skip
    """Make or change the person's code; without ``duress`` there is none of that. Raises ValidationError in words."""
    for each in filter(None, (code, duress)):
        _check(each)
    if not code:
        raise ValidationError("Write the code.")
    if code == duress:
        raise ValidationError("The duress code must be another one than the code.")
    if any(_found(panel, each, besides=person) for each in (code, duress) if each):
        raise ValidationError("This code cannot be used here: choose another.")
    hidden = duress or secrets.token_hex(16)
    kept, is_new = Code.objects.update_or_create(
        panel=panel, person=person,
        defaults={
            "digest": make_password(code), "mark": _mark(panel, code), "duress_digest": make_password(hidden),
            "duress_mark": _mark(panel, hidden), "may_arm": may_arm, "may_disarm": may_disarm,
            "valid_until": valid_until, "changed_by": by, "changed_at": timezone.now(),
            **({"purpose": purpose} if purpose else {}),
        },
    )  # fmt: skip
    kept.areas.set(areas)
    facts = {"person": person.code, "areas": [area.code for area in areas] or "all"}
    record(by, "made the code of" if is_new else "changed the code of", f"panel:{panel.code}", **facts)
    return kept


def new_code(panel: Panel, person: Person, by: User, **more: object) -> tuple[Code, str]:
    """With digits that chance chose; they are told once."""
    while True:
        digits = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
        if not _is_easy(digits) and not _found(panel, digits):
            return set_code(panel, person, digits, by, **more), digits  # type: ignore[arg-type]


def _check(code: str) -> None:
    if not (code.isascii() and code.isdecimal() and SHORTEST <= len(code) <= LONGEST):
        raise ValidationError(f"A code is {SHORTEST} to {LONGEST} digits.")
    if _is_easy(code):
        raise ValidationError("This code is tried first by whoever guesses: choose another.")


def _is_easy(code: str) -> bool:
    return len(set(code)) == 1 or any(code in row for row in _EASY)


@atomic
def end_code(code: Code, by: User) -> None:
    """It opens nothing from now on. Who had it stays in the audit."""
    record(by, "ended the code of", f"panel:{code.panel.code}", person=code.person.code)
    code.delete()


def _mark(panel: Panel, code: str) -> str:
    """One of 256, under a key of this installation: argon2 is slow on purpose, and only a few need to be tried. Without
    the key it says nothing, and with it eight bits."""
    return hmac.digest(key("codes"), f"{panel.pk}:{code}".encode(), "sha256").hex()[:2]


def _found(panel: Panel, code: str, besides: Person | None = None) -> tuple[Code, bool] | None:
    """Whose code it is and whether it is the one under duress. It takes as long whether there is one or not."""
    mark, tried, found = _mark(panel, code), 0, None
    rows = Code.objects.filter(Q(mark=mark) | Q(duress_mark=mark), panel=panel).select_related("person")
    for row in rows:
        for is_duress, its_mark, digest in ((False, row.mark, row.digest), (True, row.duress_mark, row.duress_digest)):
            if its_mark != mark:
                continue
            tried += 1
            if check_password(code, digest) and row.person != besides:
                found = row, is_duress
    if not tried:
        check_password(code, _nobodys())
    return found


@cache
def _nobodys() -> str:
    return make_password(secrets.token_hex(16))


def disarm_by_code(panel: Panel, areas: Sequence[Area] | None, code: str, *, now: datetime | None = None) -> Told:
    """At a keypad. No areas: every one that the code is for. Never raises for a wrong code."""
    return _at_keypad(panel, areas, code, "", now)


def arm_by_code(
    panel: Panel, areas: Sequence[Area] | None, mode: str, code: str, *, now: datetime | None = None
) -> Told:
    return _at_keypad(panel, areas, code, mode, now)


def _at_keypad(panel: Panel, areas: Sequence[Area] | None, code: str, mode: str, now: datetime | None) -> Told:
    found = _found(in_use(panel), code)
    if found is None:
        return _told(panel, intrusion.WrongCode(), now)
    (its, is_duress), person = found, f"person:{found[0].person.code}"
    chosen = _allowed(its, areas, mode, now)
    if is_duress and (mode or chosen is None):  # before: that it can or may not be done must not keep the call back
        where = its.areas.all() if areas is None else areas
        advance(panel, [intrusion.Duress(chosen or tuple(area.code for area in where), person)], now=now)
    if chosen is None:
        return _told(panel, intrusion.WrongCode(), now)
    if not mode:
        return _told(panel, intrusion.Disarm(chosen, person, is_duress, at_keypad=True), now)
    return _told(panel, intrusion.Arm(chosen, mode, person, at_keypad=True), now)


def _allowed(code: Code, areas: Sequence[Area] | None, mode: str, now: datetime | None) -> tuple[str, ...] | None:
    """The areas that are meant, if the code may do it there now; None: it is as good as a wrong code."""
    today = (now or timezone.now()).astimezone(ZoneInfo(code.panel.site.timezone)).date()
    is_over = code.valid_until is not None and today > code.valid_until
    if is_over or not (code.may_arm if mode else code.may_disarm):
        return None
    own = {area.code for area in code.areas.all()} or {area.code for area in code.panel.areas.all()}
    wanted = {area.code for area in areas} if areas is not None else own
    return tuple(sorted(wanted)) if wanted and wanted <= own else None


def _told(panel: Panel, given: intrusion.Arm | intrusion.Disarm | intrusion.WrongCode, now: datetime | None) -> Told:
    try:
        step = advance(panel, [given], now=now)[0]
    except ValidationError as refused:
        return Told(ok=False, words=" ".join(refused.messages))
    if step.answer:
        shut = step.answer == "shut"
        return Told(ok=False, words="The keypad is shut for a while." if shut else "This code is not known.")
    if not isinstance(given, intrusion.Disarm):
        return Told(ok=True, words="Arming.")
    is_waiting = any(step.state.area(code).asked is not None for code in given.areas)
    return Told(ok=True, words="A second person must give a code." if is_waiting else "Disarmed.")
