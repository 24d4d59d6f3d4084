"""The matrix of evidence against hypotheses (analysis of competing hypotheses, Heuer 1999)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bartizan.engines.pinpoint.who.acts import Act
from bartizan.engines.pinpoint.who.routes import PERSONAL, ROUTE
from bartizan.engines.pinpoint.who.signs import FAMILIES, SIGNS
from bartizan.engines.pinpoint.who.solve import Hypothesis, Weighed
from bartizan.engines.pinpoint.who.verdict import Column, Item
from bartizan.engines.pinpoint.who.weigh import sign_nats

COLUMNS: Final = 6
_TELLS: Final = 0.25
"""An item that moves no column by more than this, in nats, is left out of the matrix."""
_PERSON_WORDS: Final = {
    "badge": "Doors' records of where each person was",
    "camera": "A camera named somebody near the deed",
    "biometric": "A voice or hand was compared near the deed",
    "login": "The user account that was used",
    "host": "Who had had the file in hand before",
    "flow": "Network records of the person",
    "document mark": "The mark in the copy that leaked",
    "statement": "Statements",
    "physical trace": "Physical traces",
}
_BREAKS: Final = {
    "badge": "the badge was lent, copied or lost, or a door opened without a read",
    "camera": "the person was mistaken for another",
    "biometric": "the reader was deceived",
    "login": "the password was known to another, or the machine was left unlocked",
    "host": "the file was usual work for more people than the log shows",
    "flow": "the address belonged to another machine then",
    "document mark": "the copy was passed on or taken from whoever it was given to",
    "statement": "the speaker errs or does not tell the truth",
    "physical trace": "it was there before, or has another cause",
}
_CLASS: Final = {
    "insider": "{who}", "credential": "Somebody with the badge or password of {who}", "outsider": "An outsider",
    "malware": "Malware at the machine of {who}", "error": "An honest error of {who}", "none": "None of these",
}  # fmt: skip


def columns(found: Sequence[Hypothesis]) -> tuple[list[Hypothesis], tuple[Column, ...]]:
    """The likeliest hypotheses, one for each doer, and "none of these" always among them."""
    picked: dict[tuple[str, str], Hypothesis] = {}
    for one in found:
        picked.setdefault((one.cls, one.person), one)
    best = sorted(picked.values(), key=lambda h: (h.cls == "none", -h.probability, h.cls, h.person))
    shown = [one for one in best if one.cls != "none"][: COLUMNS - 1] + [one for one in best if one.cls == "none"]
    told = tuple(
        Column(
            key=f"H{n}",
            cls=one.cls,
            person=one.person,
            route=one.route,
            words=_CLASS[one.cls].format(who=f"person:{one.person}"),
            probability=round(one.probability, 4),
        )
        for n, one in enumerate(shown, start=1)
    )
    return shown, told


def items(weighed: Weighed, shown: Sequence[Hypothesis]) -> tuple[Item, ...]:
    """Every sign around the deeds that the columns rest on, and what each family says of the columns' persons."""
    acts = dict.fromkeys(number for one in shown for number in one.acts)
    found = [row for number in acts for row in _signs(weighed, number, shown)]
    found += [row for family in FAMILIES if (row := _of_persons(weighed, family, shown)) is not None]
    found.sort(key=lambda row: (-max(abs(nats) for nats in row.nats), row.time, row.words))
    return tuple(
        Item(n, row.family, row.words, row.events, row.time, row.rate, row.nats, row.breaks)
        for n, row in enumerate(found, start=1)
    )


def _signs(weighed: Weighed, number: int, shown: Sequence[Hypothesis]) -> Iterator[Item]:
    act = weighed.acts[number]
    there = weighed.signs.of(act)
    for name, rate in weighed.signs.told_by(act, weighed.rates[act.sort]).items():
        is_there = name in there
        nats = tuple(
            round(sign_nats(one.route, name, rate, is_there=is_there, cls=one.cls), 2) if number in one.acts else 0.0
            for one in shown
        )
        if max(map(abs, nats)) < _TELLS:
            continue
        sign = SIGNS[name]
        rows = there.get(name, ())
        words = sign.words if is_there else f"No record of this: {sign.words[:1].lower()}{sign.words[1:]}"
        met = f"in {rate.met} of {rate.tried} comparable deeds"
        events = tuple(weighed.log.id(int(row)) for row in rows[:20] if row >= 0)
        yield Item(
            0, sign.family, _placed(words, act), events, act.time, met, nats, sign.breaks or _BREAKS[sign.family]
        )


def _placed(words: str, act: Act) -> str:
    where = f"host:{act.host}" if act.host else f"zone:{act.zone}" if act.zone else ""
    return f"{words} ({where})" if where else words


def _of_persons(weighed: Weighed, family: str, shown: Sequence[Hypothesis]) -> Item | None:
    f, routes = FAMILIES.index(family), list(ROUTE)
    nats = []
    for one in shown:
        is_personal = one.cls in PERSONAL
        person = weighed.people.number[one.person] if is_personal else 0
        part = weighed.parts[one.cls][routes.index(one.route), 1, f, person] if is_personal else 0.0
        nats.append(round(float(part), 2))
    if max(map(abs, nats)) < _TELLS:
        return None
    events = tuple(weighed.log.id(weighed.acts[n].row) for n in shown[0].acts if weighed.acts[n].row >= 0)
    rate = "against the same hour of other days" if family == "badge" else "by the table in docs/pinpoint.md"
    return Item(0, family, _PERSON_WORDS[family], events, 0, rate, tuple(nats), _BREAKS[family])
