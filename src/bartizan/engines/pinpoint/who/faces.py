"""Whom cameras and readers of voices or hands named near a deed, and whether a badge explains that they were there."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from bartizan.engines.pinpoint.units import HOUR, MINUTE
from bartizan.engines.pinpoint.who.acts import Act
from bartizan.engines.pinpoint.who.alibi import Floats
from bartizan.engines.pinpoint.who.log import Log, figure
from bartizan.engines.pinpoint.who.signs import FAMILIES
from bartizan.engines.pinpoint.who.weigh import CAP

_BESIDE: Final = 25 * MINUTE
"""How long before or after a deed somebody may have passed the camera at its door."""
_WIDEST: Final = 30 * MINUTE
"""Of a deed that is known no better than this, nobody's picture can be said to be beside it."""
_READ: Final = MINUTE
"""Within which the read of a badge belongs to the same passage as the picture, beside the errors of the two clocks."""
_STAY: Final = 10 * HOUR
_UNSURE: Final = math.log(20)
"""For a name that came without a calibrated ratio."""


class Faces:
    def __init__(self, log: Log, number: dict[str, int]) -> None:
        self._log, self._number = log, number

    def of(self, act: Act) -> tuple[Floats, Floats]:
        """Families × people in nats: everybody who was named, and those alone whom no read of their own explains.

        Whoever is named at a door where the own badge was read is there twice on record for one reason. Whoever is
        named there without such a read came in some other way.
        """
        every = np.zeros((len(FAMILIES), len(self._number)))
        unread = every.copy()
        if not act.zone or act.error > _WIDEST:
            return every, unread
        wide = _BESIDE + act.error
        for row in self._log.rows("zone", act.zone, act.time - wide, act.time + wide):
            kind = self._log.name("kind", int(row))
            person = self._number.get(self._log.name("person", int(row)))
            if person is None or not kind.startswith(("camera.", "biometric.")):
                continue
            given = figure(self._log.data(int(row)), "llr")
            nats = min(CAP, _UNSURE if given is None else given)
            family = FAMILIES.index("camera" if kind.startswith("camera.") else "biometric")
            every[family, person] = max(every[family, person], nats, key=abs)
            if not self._is_read(int(row)):
                unread[family, person] = max(unread[family, person], nats, key=abs)
        return every, unread

    def _is_read(self, row: int) -> bool:
        """Whether the last read of the person's own badge by then was at the same door: that of this passage, or the
        one by which the person had come in."""
        log = self._log
        time, error = int(log.time[row]), int(log.columns["error"][row])
        rows = log.rows("person", log.name("person", row), time - _STAY, time + _READ + 2 * error)
        rows = rows[log.columns["kind"][rows] == log.names["kind"].of("door.granted")]
        doubt = np.where(log.columns["clock"][rows] == log.columns["clock"][row], 0, error + log.columns["error"][rows])
        rows = rows[log.time[rows] - time <= _READ + doubt]
        return len(rows) > 0 and int(log.columns["portal"][rows[-1]]) == int(log.columns["portal"][row])
