"""Which deed is behind an effect: every one that may be is weighed, so that having many to choose from costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from bartizan.engines.pinpoint.units import MINUTE
from bartizan.engines.pinpoint.who.acts import BEFORE, Act, Known
from bartizan.engines.pinpoint.who.alibi import Floats
from bartizan.engines.pinpoint.who.log import Ints
from bartizan.engines.pinpoint.who.signs import FAMILIES
from bartizan.engines.pinpoint.who.weigh import capped

_UNSEEN: Final = 0.2
"""How often the deed itself is in no record."""
BODY: Final = [FAMILIES.index(family) for family in ("badge", "camera", "biometric")]
"""What shows a body, as a credential does not."""
BY: Final = [FAMILIES.index(family) for family in ("login", "badge")]
"""What a credential is told by: a user account, a badge."""
_LEAST: Final = 0.5
"""Where all records together are tied less than this to the effect, that none of them shows the deed is likelier."""
_UNTIED: Final = 1e-9
_MISREAD: Final = 0.02
"""How often a record of another sort is all the same the trace of a route."""
_SHOWN: Final = 0.03
"""The same where the effect is known by its records."""
_APART: Final = {True: 2 * MINUTE, False: 20 * MINUTE}
"""Records of one passage through a door, and of one sitting at a machine, are one moment while no further apart."""
_TOLD: Final = 0.002
"""Moments that weigh less than this for everybody are left out of what the families say."""


@dataclass(frozen=True, slots=True)
class Moments:
    """The possible deeds of one effect by the moment to which they belong, and what is thought of each before."""

    members: tuple[Ints, ...]
    """For each moment the numbers of its deeds."""
    hands: tuple[tuple[str, ...], ...]
    """By moment, whose hands it shows: the user account and the machine; nothing at doors."""
    ties: Floats
    sorts: tuple[frozenset[str], ...]
    """The sorts of the deeds of each moment."""
    records: tuple[int, ...]
    """How many records show each moment."""
    habits: Floats
    """How often each moment's hands do such a thing with the same file in as long a time when nothing happened."""
    unseen: float
    """How often no record shows the deed."""

    def prior(self, fitting: Sequence[str]) -> Floats:
        """The logarithm of each moment's share for a route of which ``fitting`` are the sorts of deed: by how closely
        it is tied to the effect, among those that the route may have left; other sorts are hardly ever misread."""
        fits = np.array([bool(sorts & set(fitting)) for sorts in self.sorts])
        ties, unseen = np.where(fits, self.ties, self.ties * _MISREAD), np.array([count == 0 for count in self.records])
        seen = ties * ~unseen
        share = np.where(unseen, self.unseen * max(seen.sum(), _LEAST), (1 - self.unseen) * seen)
        return np.asarray(np.log(share / share.sum()))

    @property
    def acts(self) -> list[int]:
        return [int(a) for one in self.members for a in one]


def moments(found: Sequence[Act], numbers: Sequence[int], beside: Sequence[int] = ()) -> Moments:
    """Those of one effect: ``numbers`` of ``found``. The closer a moment is tied to the effect, the more it counts.

    ``beside``: deeds that are none of this effect, but may be the same thing done again by the same hands.
    """
    rows = {found[a].row for a in numbers}
    beside = [a for a in beside if found[a].row >= 0 and found[a].row not in rows]
    tied = {a: found[a].tie for a in numbers} | dict.fromkeys(beside, _UNTIED)
    numbers = [*numbers, *beside]
    groups: list[list[int]] = []
    for a in sorted((a for a in numbers if found[a].row >= 0), key=lambda a: (_spot(found[a]), found[a].time, a)):
        if groups and is_one_moment(found[groups[-1][-1]], found[a]):
            groups[-1].append(a)
        else:
            groups.append([a])
    groups += [[a] for a in numbers if found[a].row < 0]
    return Moments(
        tuple(np.array(group) for group in groups),
        tuple(_hands(found[group[0]]) for group in groups),
        np.array([max(tied[a] for a in group) for group in groups]),
        tuple(frozenset(found[a].sort for a in group) for group in groups),
        tuple(sum(found[a].row >= 0 for a in group) for group in groups),
        np.array([max(found[a].habit for a in group) for group in groups]),
        _SHOWN if any(found[a].is_shown for a in numbers) else _UNSEEN,
    )


def is_one_moment(one: Act, other: Act) -> bool:
    """Whether two records are of one passage through a door, or of one sitting of the same hands at a machine."""
    return _spot(one) == _spot(other) and abs(other.time - one.time) <= _APART[one.sort == "entry"]


def by_deed(effects: Sequence[Known], found: Sequence[Act]) -> list[Moments]:
    """The moments of every effect that has a deed of its own. Of a file that was found outside, the loss of the same
    file that was noticed within that time tells more closely when it was; the rest of the time tells what was done
    again."""
    stands = _one_deed(effects)
    acts = [[a for a, act in enumerate(found) if act.effect == e] for e in range(len(effects))]
    return [
        moments(found, acts[e], [a for other, own in enumerate(acts) if stands[other] == e != other for a in own])
        for e in range(len(effects))
        if stands[e] == e
    ]


def _one_deed(effects: Sequence[Known]) -> list[int]:
    """For each effect the number of the one whose deed it shares."""
    found = list(range(len(effects)))
    for wide, effect in enumerate(effects):
        for narrow, other in enumerate(effects):
            is_found = effect.kind == "found"
            until = other.since if is_found else other.until  # what is found outside left before, not only just then
            is_within = effect.since - BEFORE["found"] * is_found <= other.since and until <= effect.until
            is_narrower = other.until - other.since < effect.until - effect.since
            if _is_of_one_thing(effect, other) and is_within and is_narrower and found[wide] == wide:
                found[wide] = narrow
    for _ in effects:
        found = [found[e] for e in found]
    return found


def _is_of_one_thing(wide: Known, narrow: Known) -> bool:
    """The same file; or a room from which something went while an alarm told that somebody was in it."""
    if wide.asset or narrow.asset:
        return wide.asset == narrow.asset
    return narrow.kind == "alarm" != wide.kind and bool(wide.zone) and wide.zone == narrow.zone


def _spot(act: Act) -> tuple[str, ...]:
    return ("entry", act.zone) if act.sort == "entry" else ("machine", act.host, act.actor)


def _hands(act: Act) -> tuple[str, ...]:
    return (act.host, act.actor) if act.actor and act.sort not in ("entry", "unseen") else ()


@dataclass(frozen=True, slots=True)
class Explained:
    """How well a route explains the effects, for each person: ``fit`` belongs to no family; ``parts``, 2 × families ×
    people, are what the way it was done and what the person's records say, capped; ``picks`` are effects × people."""

    fit: Floats
    parts: Floats
    twice: Floats
    """Of ``parts``, what is told twice: by a credential and by a body (see :class:`Whos`)."""
    paid: Floats
    """Families × people: what a family says of several effects beyond its cap pays for the choice of their deeds among
    many; not in ``fit``."""
    picks: Ints

    @property
    def total(self) -> Floats:
        told = self.parts.sum(axis=(0, 1)) - self.twice.sum(axis=(0, 1))
        return np.asarray(self.fit + told + self.paid.sum(axis=0))


def explained(effects: Sequence[Moments], fitting: Sequence[str], hows: Floats, whos: Whos, again: float) -> Explained:
    """``fitting``: the sorts of deed of one route; ``hows``: deeds × (families and fit) of it, in nats, not yet capped;
    ``again``: how often another moment of the same hands with the same thing belongs to it too.

    The weight of an effect is the sum over its moments of share × likelihood ratio, the best record standing for its
    moment, and other moments of the same hands with it where they look like the same thing done again. It is told as
    what each family says, averaged over the moments by how much each explains, and the rest: the more moments share the
    weight, or the less likely the one that carries it was beforehand, the lower that is.
    """
    each = [_effect(moment, fitting, hows, whos, again) for moment in effects]
    fit, choice, how_sum, who_sum, twice = (np.sum([one[n] for one in each], axis=0) for n in range(5))
    parts = np.stack([capped(how_sum), capped(who_sum, whos.most)])
    apart = np.sum([[capped(one[2]), capped(one[3], whos.most)] for one in each], axis=0)
    beyond = np.maximum(apart - parts, 0).sum(axis=0)
    paid = beyond * np.minimum(1, np.maximum(-choice, 0) / np.maximum(beyond.sum(axis=0), 1e-9))
    room = np.maximum(parts[1, BODY], 0)
    twice *= np.minimum(1, room / np.maximum(twice.sum(axis=0), 1e-9))
    return Explained(fit, parts, twice, paid, np.stack([one[5] for one in each]))


def _effect(
    moment: Moments, fitting: Sequence[str], hows: Floats, whos: Whos, again: float
) -> tuple[Floats, Floats, Floats, Floats, Floats, Ints]:
    """For one effect, by person: the fit, what of it the choice of the deed costs, the families of the way it was done
    and of the person, what is told twice, the likeliest deed."""
    told, everybody = capped(hows[:, :-1]).sum(axis=1), np.arange(whos.table.shape[2])
    best = _best_records(moment, told + hows[:, -1], whos.total)
    alike = np.maximum(told[best] + whos.body[best, everybody], 0)
    values = (told[best] + hows[best, -1]) + whos.total[best, everybody] + moment.prior(fitting)[:, None]
    again_by = again * np.exp(-moment.habits)[:, None]
    values += _of_others(moment, np.log1p(again_by * np.expm1(alike)))
    top = values.max(axis=0)
    weights = np.exp(values - top)
    total = weights.sum(axis=0)
    weights /= total
    odds = np.where(alike > 0, again_by * np.exp(alike), 0.0)
    companions = odds / (1 - again_by + odds) * _of_others(moment, weights)
    fit, shape = top + np.log(total), (len(FAMILIES), len(everybody))
    how_sum, who_sum, twice = np.zeros(shape), np.zeros(shape), np.zeros((*whos.twice.shape[1:3], shape[1]))
    everyone = everybody if whos.twice.shape[3] > 1 else 0 * everybody
    for weight, more, acts in zip(weights, companions, best, strict=True):
        if (weight + more).max() >= _TOLD:
            fit -= weight * (told[acts] + whos.total[acts, everybody])
            fit -= more * (told[acts] + whos.body[acts, everybody])
            how_sum += (weight + more) * hows[acts, :-1].T
            who_sum += weight * whos.table[acts, :, everybody].T
            twice += weight * whos.twice[acts, :, :, everyone].transpose(1, 2, 0)
            who_sum[BODY] += more * whos.table[acts, :, everybody].T[BODY]
    choice = fit - (weights * hows[best, -1]).sum(axis=0)
    return fit, choice, how_sum, who_sum, twice, best[values.argmax(axis=0), everybody]


def _of_others(moment: Moments, values: Floats) -> Floats:
    """For each moment the sum over the other moments of the same hands."""
    found = np.zeros_like(values)
    for hands in set(moment.hands):
        same = [g for g, one in enumerate(moment.hands) if one == hands]
        if hands and len(same) > 1:
            found[same] = values[same].sum(axis=0) - values[same]
    return found


def _best_records(moment: Moments, hows: Floats, whos: Floats) -> Ints:
    """Moments × people: the record that explains best, of those that belong to the moment."""
    found = np.empty((len(moment.members), whos.shape[1]), dtype=np.int64)
    for g, acts in enumerate(moment.members):
        found[g] = acts[0] if len(acts) == 1 else acts[np.argmax(whos[acts] + hows[acts, None], axis=0)]
    return found


@dataclass(frozen=True, slots=True)
class Whos:
    """What the records say of each person at each deed. ``table``: deeds × families × people, in nats, not yet capped;
    ``total``: the same capped and summed; ``body``: likewise, of what shows a body and not a credential."""

    table: Floats
    total: Floats
    body: Floats

    twice: Floats
    """Deeds × :data:`BY` × :data:`BODY` × people: where the record bears the person's own credential, the body tells
    over again whose hands these were, and nothing more of what they did."""
    most: float
    """The cap of a family."""

    @staticmethod
    def of(table: Floats, most: float, holders: Sequence[tuple[int, int]] = ()) -> Whos:
        """``holders``: for each deed whose credential its record bears (-1: nobody's) and by which of :data:`BY`; left
        out where the doer does not use the own."""
        each = capped(table, most)
        twice = np.zeros((len(table), len(BY), len(BODY), table.shape[2] if holders else 1))
        for a, (holder, by) in enumerate(holders):
            if holder >= 0:
                twice[a, by, :, holder] = np.maximum(each[a, BODY, holder], 0) * [BY[by] != f for f in BODY]
        again = twice.sum(axis=(1, 2))
        return Whos(table, each.sum(axis=1) - again, each[:, BODY].sum(axis=1) - again, twice, most)
