"""From an inquiry to the weights of all hypotheses."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from bartizan.engines.pinpoint.inquiry import Inquiry
from bartizan.engines.pinpoint.units import DAY, HOUR
from bartizan.engines.pinpoint.who.acts import SORTS, Act, Known, act_of, acts, known
from bartizan.engines.pinpoint.who.alibi import STATES, Alibis, Floats, Then
from bartizan.engines.pinpoint.who.deeds import BODY, BY, Moments, Whos, by_deed, explained
from bartizan.engines.pinpoint.who.log import Ints, Log, read
from bartizan.engines.pinpoint.who.looks import Signs
from bartizan.engines.pinpoint.who.people import People
from bartizan.engines.pinpoint.who.routes import (
    AGAIN,
    BY_CLASS,
    CLASS_PRIOR,
    ERRS_AGAIN,
    OTHERWISE,
    OWN,
    PERSONAL,
    ROUTE,
)
from bartizan.engines.pinpoint.who.signs import FAMILIES, SIGNS
from bartizan.engines.pinpoint.who.weigh import Rate, bodies, cap, how, route_priors

_CONTROLS: Final = 60
"""Comparable deeds at other times that a sign's usual rate is counted on."""
_BY_HAND: Final = ("file", "print", "mail", "usb")
"""Deeds that are compared with each other: what is done with files at machines."""
BETWEEN: Final = 0.5
"""How much of the evidence counts between kinds of doer, as a power of its odds: there it rests on assumed rates, and
in full it was right three times in four where it said 0.97. Between people, by counted rates, it counts in full."""
_SAMPLE: Final = 400
"""Logins at the own desk on which is counted how people's door records look when they are there."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """Everything that the result is told from."""

    log: Log
    alibis: Alibis
    signs: Signs
    people: People
    effects: tuple[Known, ...]
    acts: tuple[Act, ...]
    rates: Mapping[str, Mapping[str, Rate]]
    """Usual rates of signs by the sort of deed."""
    tables: Mapping[str, Floats]
    """Log weights: ``insider`` and ``credential`` routes × people, the other classes by route."""
    chosen: Mapping[str, Ints]
    """For the same: effects × routes × people, the number of the deed."""
    parts: Mapping[str, Floats]
    """For the same: routes × 2 × families × people: what the way it was done, and what the records of the person say,
    capped."""
    twice: Mapping[str, Floats]
    """For the same: routes × ``deeds.BY`` × ``deeds.BODY`` × people: what a credential and a body both tell."""
    paid: Mapping[str, Floats]
    """For the same: routes × families × people: what a family says beyond its cap, as far as that pays."""
    drawn: Mapping[str, float]
    """By class, what of ``tables`` comes from drawing the kinds of doer together (:func:`_between`)."""
    total: float

    def without(self, family: str) -> Floats:
        """Each person's probability as an insider when that family of evidence is left out for everybody."""
        f = FAMILIES.index(family)
        told = {
            cls: table - self.drawn[cls] - (self._said(cls, f) if cls in self.parts else 0.0)
            for cls, table in self.tables.items()
        }
        drawn = _between(told)
        total = _log_sum(np.array([_log_sum(table) + drawn[cls] for cls, table in told.items()]))
        return np.asarray(np.exp(told["insider"] + drawn["insider"] - total).sum(axis=0))

    def _said(self, cls: str, family: int) -> Floats:
        """What is lost without the family: routes × people, with what is then no longer told twice."""
        once = sum(
            self.twice[cls][:, by, body]
            for by, credential in enumerate(BY)
            for body, seen in enumerate(BODY)
            if family in (credential, seen)
        )
        return np.asarray(self.parts[cls][:, :, family].sum(axis=1) + self.paid[cls][:, family] - once)

    def speaks(self, person: int) -> dict[str, float]:
        """What each family says of the person (a number in ``alibis.people``) on the likeliest route, in nats."""
        route = int(np.argmax(self.tables["insider"][:, person]))
        return dict(zip(FAMILIES, self.parts["insider"][route, 1, :, person].tolist(), strict=True))


def weigh(inquiry: Inquiry) -> Weighed:
    """Weights of every class of doer, person and route: prior × capped families, against "not involved"."""
    log = read(inquiry.events, inquiry.estate, inquiry.clocks, inquiry.clock_error)
    effects = known(inquiry.effects, log, inquiry.estate)
    staff = _staff(inquiry, effects)
    if not staff:
        raise ValueError("Everybody on the staff list had left a month before the first effect: whom is it about?")
    alibis = Alibis(log, inquiry.estate, staff)
    signs = Signs(log, inquiry.estate, alibis, effects)
    skip = [(effect.since - HOUR, effect.until + HOUR) for effect in effects if effect.until - effect.since < 2 * DAY]
    found = acts(effects, log, inquiry.clock_error)
    people = People(log, inquiry, alibis, bodies(_seen_at_desks(log, inquiry, alibis)), skip)
    rates = {sort: _rates(sort, found, log, signs, skip) for sort in sorted({act.sort for act in found})}
    hows = {
        cls: np.stack(
            [how(act, signs.of(act), signs.told_by(act, rates[act.sort]), effects[act.effect], cls) for act in found]
        )
        for cls in ("insider", *OTHERWISE)
    }
    told, chosen, parts, twice, paid = _tables(found, by_deed(effects, found), hows, people)
    drawn = _between(told)
    tables = {cls: table + drawn[cls] for cls, table in told.items()}
    total = _log_sum(np.array([_log_sum(table) for table in tables.values()]))
    answers = (tables, chosen, parts, twice, paid, drawn, total)
    return Weighed(log, alibis, signs, people, tuple(effects), tuple(found), rates, *answers)


def _between(tables: Mapping[str, Floats]) -> dict[str, float]:
    """By class, what makes a power of its evidence of it, prior apart: a power likelihood (Grünwald, 2012)."""
    return {cls: (BETWEEN - 1) * (_log_sum(table) - math.log(CLASS_PRIOR[cls])) for cls, table in tables.items()}


def _log_sum(values: Floats) -> float:
    top = float(values.max())
    return top + math.log(float(np.exp(values - top).sum()))


def _staff(inquiry: Inquiry, effects: Sequence[Known]) -> list[str]:
    """Everybody who was of the house then; who had left a month before is an outsider."""
    first = min((effect.since for effect in effects), default=0) // DAY
    return sorted(
        code
        for code, person in inquiry.estate.people.items()
        if person.left_on is None or (person.left_on.toordinal() - 719163) >= first - 30
    )


def _seen_at_desks(log: Log, inquiry: Inquiry, alibis: Alibis) -> list[int]:
    """How often, at logins at one's own desk, the doors' records showed the person there, near, away, elsewhere."""
    kinds = [log.names["kind"].of(kind) for kind in ("login.success", "login.unlock")]
    columns = log.columns
    rows = np.flatnonzero(np.isin(columns["kind"], kinds) & (columns["zone"] > 0) & (columns["remote"] == 0))
    number = {code: n for n, code in enumerate(alibis.people)}
    counts = [0] * len(STATES)
    owners = {host.name: host.owner for host in inquiry.estate.hosts.values()}
    for row in rows[:: max(1, len(rows) // _SAMPLE)]:
        person = log.name("person", int(row))
        if person in number and owners.get(log.name("host", int(row))) == person:
            when = Then(int(log.time[row]), int(columns["error"][row]), int(columns["clock"][row]))
            counts[int(alibis.states(int(columns["zone"][row]), when)[number[person]])] += 1
    return counts


def _rates(sort: str, found: Sequence[Act], log: Log, signs: Signs, skip: Sequence[tuple[int, int]]) -> dict[str, Rate]:
    """How often each sign is met around comparable deeds that are not near the effects."""
    controls = _controls(sort, found, log, skip)
    met = dict.fromkeys(SIGNS, 0)
    for act in controls:
        for name in signs.of(act):
            met[name] += 1
    tried = dict.fromkeys(SIGNS, len(controls)) | {"nobody seen": sum(signs.is_watched(act) for act in controls)}
    return {name: Rate(count, tried[name]) for name, count in met.items() if signs.recorded[name]}


def _controls(sort: str, found: Sequence[Act], log: Log, skip: Sequence[tuple[int, int]]) -> list[Act]:
    """Deeds of the sort at the same places first, then anywhere; for unseen ones the same place at other times."""
    if sort == "unseen":
        return [
            Act(0, -1, sort, act.time + shift * DAY, act.error, act.zone, act.host, "", "", act.asset, act.tie)
            for act in found
            if act.sort == sort
            for shift in range(-14, 15)
            if len(log) and log.time[0] <= act.time + shift * DAY <= log.time[-1]
            if not any(since <= act.time + shift * DAY <= until for since, until in skip)
        ][:_CONTROLS]
    alike = _BY_HAND if sort in _BY_HAND else (sort,)
    kinds = [log.names["kind"].of(kind) for kind, one in SORTS.items() if one in alike]
    rows = np.flatnonzero(np.isin(log.columns["kind"], kinds) & (log.columns["leaving"] == 0))
    for since, until in skip:
        rows = rows[(log.time[rows] < since) | (log.time[rows] > until)]
    here = np.isin(log.columns["zone"][rows], [log.names["zone"].of(act.zone) for act in found if act.zone])
    near, far = rows[here], rows[~here]
    picked = [*_spread(near, _CONTROLS * 2 // 3), *_spread(far, _CONTROLS // 3)]
    return [act_of(log, int(row)) for row in picked]


def _spread(rows: Ints, most: int) -> Ints:
    return rows[:: max(1, -(-len(rows) // most))] if len(rows) else rows


def _tables(
    found: Sequence[Act], by_effect: Sequence[Moments], hows: Mapping[str, Floats], people: People
) -> tuple[dict[str, Floats], dict[str, Ints], dict[str, Floats], dict[str, Floats], dict[str, Floats]]:
    told = [people.of(act) for act in found]
    most = cap(len(people.number))
    holders = [people.holder(act) for act in found]
    whos = {
        name: Whos.of(np.stack([one[name] for one in told]), most, holders if name == OWN else ()) for name in told[0]
    }
    strangers = [people.stranger(act) for act in found]
    nobodies = {name: Whos.of(np.stack([one[name] for one in strangers]), most) for name in strangers[0]}
    tables, chosen, parts, twice, paid = {"none": np.array([[math.log(CLASS_PRIOR["none"])]])}, {}, {}, {}, {}
    for cls in BY_CLASS:
        priors = route_priors(cls)
        is_of_people = cls in PERSONAL
        size = len(people.number) if is_of_people else 1
        again = ERRS_AGAIN if cls == "error" else AGAIN
        repeated = (len(by_effect) - 1) * math.log(ERRS_AGAIN) if cls == "error" else 0.0
        table = np.full((len(ROUTE), size), -np.inf)
        picks = np.zeros((len(by_effect), len(ROUTE), size), dtype=np.int64)
        part = np.zeros((len(ROUTE), 2, len(FAMILIES), size))
        double = np.zeros((len(ROUTE), len(BY), len(BODY), size))
        beyond = np.zeros((len(ROUTE), len(FAMILIES), size))
        for r, (route, about) in enumerate(ROUTE.items()):
            if route in priors:
                name = "lent" if cls == "credential" else about.credential
                who = whos[name] if is_of_people else nobodies[name]
                best = explained(by_effect, about.sorts, hows.get(cls, hows["insider"])[:, r], who, again)
                part[r], double[r], beyond[r], picks[:, r] = best.parts, best.twice, best.paid, best.picks
                table[r] = best.total + math.log(priors[route]) + repeated
                table[r] += people.spread(route) if is_of_people else 0.0
        tables[cls], chosen[cls], parts[cls], twice[cls], paid[cls] = table, picks, part, double, beyond
    return tables, chosen, parts, twice, paid


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One answer: what kind of doer, who (nobody for most kinds), by which route, through which deeds."""

    cls: str
    person: str
    route: str
    probability: float
    acts: tuple[int, ...]
    """For each effect the deed through which this answer explains it best, as a number of :attr:`Weighed.acts`."""


def hypotheses(weighed: Weighed, most: int) -> list[Hypothesis]:
    """The likeliest, in a fixed order."""
    found: list[Hypothesis] = []
    routes = list(ROUTE)
    for cls, table in weighed.tables.items():
        shares = np.exp(table - weighed.total)
        for flat in np.argsort(-shares, axis=None, kind="stable")[:most]:
            r, p = divmod(int(flat), table.shape[1])
            person = weighed.alibis.people[p] if cls in PERSONAL else ""
            route = "" if cls == "none" else routes[r]
            picks = () if cls == "none" else tuple(int(a) for a in weighed.chosen[cls][:, r, p])
            if shares[r, p] > 0:
                found.append(Hypothesis(cls, person, route, float(shares[r, p]), picks))
    return sorted(found, key=lambda h: (-h.probability, h.cls, h.person, h.route))[:most]
