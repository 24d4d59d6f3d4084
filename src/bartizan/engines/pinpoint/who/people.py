"""What the records around a possible deed say of each person, by family."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from bartizan.engines.observe import microseconds, split_reference
from bartizan.engines.pinpoint.inquiry import Inquiry, Statement
from bartizan.engines.pinpoint.units import DAY, HOUR, MINUTE
from bartizan.engines.pinpoint.who.acts import Act, zone_of
from bartizan.engines.pinpoint.who.alibi import Alibis, Floats, Then
from bartizan.engines.pinpoint.who.log import Log
from bartizan.engines.pinpoint.who.routes import FOREIGN, NO_BODY, OWN
from bartizan.engines.pinpoint.who.signs import FAMILIES
from bartizan.engines.pinpoint.who.weigh import CAP, Bodies, presence

FAMILY: Final = {name: n for n, name in enumerate(FAMILIES)}
_NOT_OWN: Final = math.log(0.05)
"""Somebody else's credential on a route that uses one's own, or one's own where somebody else's is used."""
_MARKED: Final = math.log(20)
"""A leaked copy carries the mark of the copy that somebody was given: theirs leaked, through them or from them."""
_SAW: Final = {True: math.log(12), False: math.log(3)}
_ALIBI: Final = {True: math.log(1 / 12), False: math.log(1 / 2.5)}
"""A statement that was checked elsewhere, and one that was not."""
_SELF: Final = math.log(1 / 1.3)
_LENT: Final = math.log(3)
_TRAIL: Final = np.array([0.30, 0.30, 0.25, 0.12, 0.03])
"""Without the read of the badge itself: how the other records of somebody look who did come with the own badge."""
_HANDLED: Final = 0.6
"""How often somebody who takes a file has had it in hand before."""
_KINDS: Final = ("document.read", "document.written", "document.copied", "document.printed", "document.opened")


class People:
    """Each person's evidence around a deed: families × people, in nats, not yet capped."""

    def __init__(
        self, log: Log, inquiry: Inquiry, alibis: Alibis, shape: Bodies, skip: Sequence[tuple[int, int]]
    ) -> None:
        self._log, self._inquiry, self._alibis = log, inquiry, alibis
        self._shape, self._skip = shape, skip
        self.number = {code: n for n, code in enumerate(alibis.people)}
        self._usual: dict[tuple[str, int, int], Floats] = {}
        self._handled: dict[tuple[str, int], Floats] = {}

    def empty(self) -> Floats:
        return np.zeros((len(FAMILIES), len(self.number)))

    def of(self, act: Act) -> Mapping[str, Floats]:
        """By the credential that a route uses: own, foreign, or none that needs a body there."""
        common = self._named(act) + self._said(act)
        common[FAMILY["document mark"]] += self._marks(act)
        common[FAMILY["host"]] += self._handling(act)
        own, foreign, remote = common.copy(), common.copy(), common.copy()
        there = self._there(act)
        own[FAMILY["badge"]] += there[0]
        foreign[FAMILY["badge"]] += there[1]
        family, holder = self._credential(act)
        if holder is not None:
            gain = math.log(0.9 * len(self.number))
            own[family] += _NOT_OWN
            own[family, holder] += gain - _NOT_OWN
            foreign[family, holder] += _NOT_OWN
        return {OWN: own, FOREIGN: foreign, NO_BODY: remote}

    def lent(self, act: Act) -> Floats:
        """Somebody with the person's credential: the credential speaks for it, the person's whereabouts do not."""
        table = self.empty()
        family, holder = self._credential(act)
        if holder is not None:
            table[family] += _NOT_OWN
            table[family, holder] += math.log(0.9 * len(self.number)) - _NOT_OWN
        for statement in self._inquiry.statements:
            person = self.number.get(statement.about)
            if statement.lent and person is not None:
                table[FAMILY["statement"], person] += _LENT
        return table

    def _credential(self, act: Act) -> tuple[int, int | None]:
        family = FAMILY["badge" if act.sort == "entry" else "login"]
        kind, _ = split_reference(act.actor)
        return family, self.number.get(act.person) if kind in ("badge", "card", "user") else None

    def _there(self, act: Act) -> tuple[Floats, Floats]:
        """Presence in the deed's zone against the same hour of other days: with the own credential, and another's."""
        zone = self._log.names["zone"].of(act.zone) if act.zone else -1
        if zone <= 0 or act.is_remote:
            return np.zeros(len(self.number)), np.zeros(len(self.number))
        is_entry = act.sort == "entry" and act.row >= 0
        usual = self._usual_of(act, zone)
        states = self._alibis.states(zone, self._moment(act), (act.row,) if is_entry else ())
        own = _TRAIL if is_entry else self._shape.own
        return presence(states, usual, own), presence(states, usual, self._shape.foreign)

    def _moment(self, act: Act) -> Then:
        """An effect that is known to the day alone would leave nobody out: at most four hours are looked at."""
        return Then(act.time, min(act.error, 2 * HOUR), act.source)

    def _usual_of(self, act: Act, zone: int) -> Floats:
        slot = (act.zone, act.time // (20 * MINUTE), act.source)
        if slot not in self._usual:
            self._usual[slot] = self._alibis.usual(zone, self._moment(act), self._skip)
        return self._usual[slot]

    def _named(self, act: Act) -> Floats:
        """Cameras and biometric readers that named somebody near the deed, by their calibrated ratios."""
        table = self.empty()
        if not act.zone:
            return table
        rows = self._log.rows("zone", act.zone, act.time - 45 * MINUTE - act.error, act.time + 45 * MINUTE + act.error)
        for row in rows:
            kind = self._log.name("kind", int(row))
            person = self.number.get(self._log.name("person", int(row)))
            if person is None or not kind.startswith(("camera.", "biometric.")):
                continue
            given = self._log.data(int(row)).get("llr")
            nats = float(given) if isinstance(given, (int, float)) else math.log(20)
            family = FAMILY["camera" if kind.startswith("camera.") else "biometric"]
            table[family, person] = max(table[family, person], min(CAP, nats), key=abs)
        return table

    def _marks(self, act: Act) -> Floats:
        found = np.zeros(len(self.number))
        rows = self._log.rows("asset", act.asset) if act.asset else ()
        for row in rows:
            person = self.number.get(self._log.name("person", int(row)))
            if person is not None and self._log.name("kind", int(row)) == "document.marked":
                found[person] = _MARKED
        return found

    def _handling(self, act: Act) -> Floats:
        """Who had had the file in hand in the weeks before: a little for them, and less against everybody else."""
        if not act.asset:
            return np.zeros(len(self.number))
        slot = (act.asset, act.time // DAY)
        if slot not in self._handled:
            self._handled[slot] = self._handlers(act)
        return self._handled[slot]

    def _handlers(self, act: Act) -> Floats:
        rows = self._log.rows("asset", act.asset, act.time - 21 * DAY, act.time - MINUTE)
        kinds = [self._log.names["kind"].of(kind) for kind in _KINDS]
        rows = rows[np.isin(self._log.columns["kind"][rows], kinds)]
        persons = {self._log.name("person", int(row)) for row in rows}
        had = np.array([code in persons for code in self._alibis.people])
        share = (had.sum() + 0.5) / (len(had) + 1)
        if not had.any():
            return np.zeros(len(had))
        return np.where(had, math.log(_HANDLED / share) / 2, math.log((1 - _HANDLED) / (1 - share)))

    def _said(self, act: Act) -> Floats:
        table = self.empty()
        for statement in self._inquiry.statements:
            person = self.number.get(statement.about)
            if person is not None:
                table[FAMILY["statement"], person] += self._claim(statement, act)
        return table

    def _claim(self, said: Statement, act: Act) -> float:
        if said.lent:
            return -_LENT / 2
        since, until = microseconds(said.since), microseconds(said.until)
        if not since - act.error <= act.time <= until + act.error or not said.place or not act.zone:
            return 0.0
        is_there = zone_of(said.place, self._inquiry.estate) == act.zone
        if said.speaker == said.about:
            return 0.0 if is_there else _SELF
        return _SAW[said.is_checked] if is_there else _ALIBI[said.is_checked]
