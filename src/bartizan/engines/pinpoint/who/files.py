"""Who had a file in hand: before a deed, after it, and whose mark a leaked copy carries."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from bartizan.engines.pinpoint.units import DAY, HOUR, MINUTE
from bartizan.engines.pinpoint.who.acts import Act
from bartizan.engines.pinpoint.who.alibi import Floats
from bartizan.engines.pinpoint.who.log import Ints, Log
from bartizan.engines.pinpoint.who.signs import FAMILIES

_MARKED: Final = math.log(20)
"""A leaked copy carries the mark of the copy that somebody was given: theirs leaked, through them or from them."""
_HANDLED: Final = 0.6
"""How often somebody who takes a file under the own name has had it in hand before."""
_FETCHED: Final = 0.25
"""How often somebody who copied it under another's name opens it within hours under the own."""
_SOON: Final = 3 * HOUR
_A_DAY: Final = 3
"""Such spans in a working day."""
_KINDS: Final = ("document.read", "document.written", "document.copied", "document.printed", "document.opened")


class Files:
    """Families × people, in nats."""

    def __init__(self, log: Log, people: Sequence[str]) -> None:
        self._log, self._people = log, people
        self._numbers = {code: n for n, code in enumerate(people)}
        self._kinds = [log.names["kind"].of(kind) for kind in _KINDS]
        self._days = max(1, int(np.ptp(log.time)) * 5 // (7 * DAY)) if len(log) else 1
        self._known: dict[tuple[str, int], Floats] = {}

    def _empty(self) -> Floats:
        return np.zeros((len(FAMILIES), len(self._people)))

    def marks(self, act: Act) -> Floats:
        found = self._empty()
        for row in self._log.rows("asset", act.asset) if act.asset else ():
            person = self._numbers.get(self._log.name("person", int(row)))
            if person is not None and self._log.name("kind", int(row)) == "document.marked":
                found[FAMILIES.index("document mark"), person] = _MARKED
        return found

    def handled(self, act: Act) -> Floats:
        """Who had had the file in hand in the weeks before: a little for them, and less against everybody else."""
        if not act.asset:
            return self._empty()
        slot = (act.asset, act.time // DAY)
        if slot not in self._known:
            self._known[slot] = self._handlers(act)
        return self._known[slot]

    def _handlers(self, act: Act) -> Floats:
        found = self._empty()
        had = np.bincount(self._touched(act, act.time - 21 * DAY, act.time - MINUTE), minlength=len(self._people)) > 0
        share = (had.sum() + 0.5) / (len(had) + 1)
        if had.any():
            gain, loss = math.log(_HANDLED / share) / 2, math.log((1 - _HANDLED) / (1 - share))
            found[FAMILIES.index("host")] = np.where(had, gain, loss)
        return found

    def fetched(self, act: Act) -> Floats:
        """Who opened the file under the own name soon after somebody had worked under another's, against how often each
        does so at other times."""
        found = self._empty()
        if not act.asset or act.row < 0:
            return found
        until = act.time + _SOON
        after = np.bincount(self._touched(act, act.time + MINUTE, until), minlength=len(self._people)) > 0
        times = np.bincount(self._touched(act, None, None), minlength=len(self._people)) - after
        spans = self._days * _A_DAY + 1
        usual = (times + 0.5) / spans
        among = (times.sum() + 0.5) / (max(1, (times > 0).sum()) * spans)  # of those who open it at all
        usual = np.minimum(np.maximum(usual, among / 2), 0.9)
        told = np.where(after, np.log(_FETCHED / usual), np.log((1 - _FETCHED) / (1 - usual)))
        found[FAMILIES.index("host")] = told
        return found

    def _touched(self, act: Act, since: int | None, until: int | None) -> Ints:
        """Numbers of the people whose user accounts touched the deed's file, without its own."""
        rows = self._log.rows("asset", act.asset, since, until)
        rows = rows[np.isin(self._log.columns["kind"][rows], self._kinds)]
        rows = rows[self._log.columns["actor"][rows] != self._log.names["actor"].of(act.actor)] if act.actor else rows
        numbers = [self._numbers.get(self._log.name("person", int(row)), -1) for row in rows]
        return np.array([n for n in numbers if n >= 0], dtype=np.int64)
