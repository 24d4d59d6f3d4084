"""What the records around a possible deed say of each person, by family."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from bartizan.engines.observe import microseconds, split_reference
from bartizan.engines.pinpoint.inquiry import Inquiry, Statement
from bartizan.engines.pinpoint.units import HOUR, MINUTE
from bartizan.engines.pinpoint.who.acts import Act, zone_of
from bartizan.engines.pinpoint.who.alibi import Alibis, Floats, Then
from bartizan.engines.pinpoint.who.faces import Faces
from bartizan.engines.pinpoint.who.files import Files
from bartizan.engines.pinpoint.who.log import Log
from bartizan.engines.pinpoint.who.routes import ACCOUNT, BADGE, EITHER, NO_BODY, OWN
from bartizan.engines.pinpoint.who.signs import FAMILIES
from bartizan.engines.pinpoint.who.staff import is_contractor
from bartizan.engines.pinpoint.who.weigh import Bodies, presence

FAMILY: Final = {name: n for n, name in enumerate(FAMILIES)}
_NOT_OWN: Final = math.log(0.05)
"""Somebody else's credential on a route that uses one's own, or one's own where somebody else's is used."""
_NOT_LISTED: Final = 0.1
"""How much less likely somebody is a contractor of whom the staff list does not tell it."""
_READ_IN: Final = math.log(0.2)
"""Whoever showed the own badge at the very door had no need of another's, or of going in behind somebody."""
_AT_OWN: Final = 0.45
"""How often somebody who works under another's user account does so at the own machine."""
_OF_MACHINE: Final = 0.8
"""How often it is the machine of whoever brought, or caught, what runs on it."""
_SAW: Final = {True: math.log(12), False: math.log(3)}
_ALIBI: Final = {True: math.log(1 / 12), False: math.log(1 / 2.5)}
"""A statement that was checked elsewhere, and one that was not."""
_SELF: Final = math.log(1 / 1.3)
_LENT: Final = math.log(3)
_TRAIL: Final = np.array([0.30, 0.30, 0.25, 0.12, 0.03])
"""Without the read of the badge itself: how the other records of somebody look who did come with the own badge."""


class People:
    """Each person's evidence around a deed: families × people, in nats, not yet capped."""

    def __init__(
        self, log: Log, inquiry: Inquiry, alibis: Alibis, shape: Bodies, skip: Sequence[tuple[int, int]]
    ) -> None:
        self._log, self._inquiry, self._alibis = log, inquiry, alibis
        self._shape, self._skip = shape, skip
        self.number = {code: n for n, code in enumerate(alibis.people)}
        self._faces = Faces(log, self.number)
        self._files = Files(log, alibis.people)
        self._usual: dict[tuple[str, int, int], Floats] = {}

    def empty(self) -> Floats:
        return np.zeros((len(FAMILIES), len(self.number)))

    def of(self, act: Act) -> Mapping[str, Floats]:
        """By whose credential a route shows, and ``lent``: of somebody unknown with the person's credential."""
        body, foreign_body = self._there(act)
        faces, unread = self._faces.of(act)
        said, uses, machine = self._said(act), self._credential(act), self._machine(act)
        marks, handled = self._files.marks(act), self._files.handled(act)
        own = said + unread + uses[0] + marks + handled + body
        known = said + unread + uses[0] + body
        account = said + unread + uses[1] + machine[0] + self._files.fetched(act) + body
        badge = said + unread + uses[1] + foreign_body
        lent = uses[0] + self._lent() + marks + handled
        holder, by = self.holder(act)
        if holder >= 0:  # that the holder of a credential is where it is used says nothing more of what was done
            there, others = np.maximum(body[:, holder], 0), np.arange(len(self.number)) != holder
            own[:, holder] += faces[:, holder] - unread[:, holder] - by * there
            known[:, holder] -= there
            lent[:, holder] -= there + np.maximum(faces[:, holder], 0)
            account[:, others] -= there[:, None]
            badge[:, others] -= there[:, None]
        either = np.logaddexp(known, badge) - math.log(2)
        remote = said + machine[1] + marks
        return {OWN: own, ACCOUNT: account, BADGE: badge, EITHER: either, NO_BODY: remote, "lent": lent}

    def spread(self, route: str) -> Floats:
        """The logarithm of each person's part in a route's share: alike for everybody; of one that is about
        contractors, little is left to all others."""
        if route != "contractor_hours":
            return np.full(len(self.number), -math.log(len(self.number)))
        staff = [self._inquiry.estate.people[code] for code in self._alibis.people]
        fits = [is_contractor(one.department, has_end=one.left_on is not None) for one in staff]
        return np.asarray(np.log(np.where(fits, 1.0, _NOT_LISTED) / len(staff)))

    def holder(self, act: Act) -> tuple[int, int]:
        """Whose credential the deed's record bears, as a number (-1: nobody's), and by which of ``deeds.BY``."""
        kind, _ = split_reference(act.actor)
        has_credential = kind in ("badge", "card", "user")
        return self.number.get(act.person, -1) if has_credential else -1, int(act.sort == "entry")

    def stranger(self, act: Act) -> Mapping[str, Floats]:
        """Families × one, by whose credential a route shows, of somebody of no staff: that a credential's holder was
        there, and seldom is at that hour, speaks against any other hands."""
        body, none = self._there(act)[0], np.zeros((len(FAMILIES), 1))
        holder, _ = self.holder(act)
        others = none - np.maximum(body[:, holder : holder + 1], 0) if holder >= 0 else none
        return {OWN: none, ACCOUNT: others, BADGE: others, EITHER: none, NO_BODY: none}

    def _lent(self) -> Floats:
        table = self.empty()
        for statement in self._inquiry.statements:
            person = self.number.get(statement.about)
            if statement.lent and person is not None:
                table[FAMILY["statement"], person] += _LENT
        return table

    def _credential(self, act: Act) -> tuple[Floats, Floats]:
        """Where the doer uses the own credential, and where another's."""
        family = FAMILY["badge" if act.sort == "entry" else "login"]
        own, foreign = self.empty(), self.empty()
        holder, _ = self.holder(act)
        gain = math.log(0.9 * len(self.number))
        if holder >= 0:
            own[family] += _NOT_OWN
            own[family, holder] = gain
            foreign[family, holder] = _NOT_OWN
        return own, foreign

    def _machine(self, act: Act) -> tuple[Floats, Floats]:
        """Whose machine it was: for somebody who works under another's user account, and for whatever runs on it."""
        host = self._inquiry.estate.hosts.get(act.host)
        owner = self.number.get(host.owner) if host and act.row >= 0 and not act.is_remote else None
        another, every = self.empty(), self.empty()
        if owner is None or host is None:
            return another, every
        every[FAMILY["host"]] = math.log(1 - _OF_MACHINE)
        every[FAMILY["host"], owner] = math.log(_OF_MACHINE * len(self.number))
        if self._alibis.people[owner] != act.person:
            another[FAMILY["host"]] = math.log(1 - _AT_OWN)
            another[FAMILY["host"], owner] = math.log(_AT_OWN * len(self.number))
        return another, every

    def _there(self, act: Act) -> tuple[Floats, Floats]:
        """Presence in the deed's zone against the same hour of other days: with the own credential, and another's."""
        zone = self._log.names["zone"].of(act.zone) if act.zone else -1
        if zone <= 0 or act.is_remote:
            return self.empty(), self.empty()
        is_entry = act.sort == "entry" and act.row >= 0
        usual = self._usual_of(act, zone)
        without = (act.row,) if is_entry else ()
        states = self._alibis.states(zone, self._moment(act), without)
        own, foreign = self.empty(), self.empty()
        own[FAMILY["badge"]] = presence(states, usual, _TRAIL if is_entry else self._shape.own)
        foreign[FAMILY["badge"]] = presence(states, usual, self._shape.foreign)
        foreign[FAMILY["badge"], self._alibis.read_in(zone, self._moment(act), without)] += _READ_IN
        return own, foreign

    def _moment(self, act: Act) -> Then:
        """An effect that is known to the day alone would leave nobody out: at most four hours are looked at."""
        return Then(act.time, min(act.error, 2 * HOUR), act.source)

    def _usual_of(self, act: Act, zone: int) -> Floats:
        slot = (act.zone, act.time // (20 * MINUTE), act.source)
        if slot not in self._usual:
            self._usual[slot] = self._alibis.usual(zone, self._moment(act), self._skip)
        return self._usual[slot]

    def _said(self, act: Act) -> Floats:
        table = self.empty()
        for statement in self._inquiry.statements:
            person = self.number.get(statement.about)
            if person is not None:
                table[FAMILY["statement"], person] += self._claim(statement, act)
        return table

    def _claim(self, said: Statement, act: Act) -> float:
        if said.lent:
            return lent_nats()
        since, until = microseconds(said.since), microseconds(said.until)
        if not since - act.error <= act.time <= until + act.error or not said.place or not act.zone:
            return 0.0
        return statement_nats(said, is_there=zone_of(said.place, self._inquiry.estate) == act.zone)


def statement_nats(said: Statement, *, is_there: bool) -> float:
    """What a statement about the time of a deed says of the person as the doer: whether it has them in its place.

    What somebody says of themselves weighs little, until it was checked against records that are not among the events.
    """
    if said.speaker == said.about and not said.is_checked:
        return 0.0 if is_there else _SELF
    return _SAW[said.is_checked] if is_there else _ALIBI[said.is_checked]


def lent_nats() -> float:
    """What it says of the person as the doer that the badge or password had been given to somebody."""
    return -_LENT / 2
