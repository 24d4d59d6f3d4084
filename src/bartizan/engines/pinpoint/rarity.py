"""How likely it is that a record would be there anyway."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from bartizan.engines.pinpoint.model import Rates
from bartizan.engines.pinpoint.record import Record
from bartizan.engines.pinpoint.units import DAY, SECOND

_LEAST_DAYS = 1 / 24
# The hour before the first effect may belong to the incident: it does not count as usual.
_NEAR = 3600 * SECOND


class Rarity:
    """Usual rates by kind and reference, a half added to each count: what was never seen is rare, not impossible."""

    def __init__(self, rates: Rates, records: Sequence[Record], first_effect: int) -> None:
        self._counts = rates.counts
        self._days = rates.days
        if rates.days <= 0:
            before = [r for r in records if r.time < first_effect - _NEAR]
            self._counts = Counter((r.kind, key) for r in before for key in r.keys)
            span = (first_effect - _NEAR - before[0].time) / DAY if before else 0.0
            self._days = max(span, _LEAST_DAYS)

    def per_day(self, kind: str, reference: str) -> float:
        return (self._counts.get((kind, reference), 0) + 0.5) / self._days

    def unexpected(self, kind: str, reference: str, us: int, at_least: float = 0.0) -> float:
        """The probability that no such record falls into ``us`` microseconds by chance (Poisson), at the usual rate or
        at ``at_least`` a day where that is more."""
        return math.exp(-max(self.per_day(kind, reference), at_least) * us / DAY)

    def nats(self, kind: str, references: Iterable[str]) -> float:
        """Surprise at such a record in any ten minutes, −log P, in nats; the most usual reference counts."""
        expected = max(self.per_day(kind, reference) for reference in references) * 600 * SECOND / DAY
        return -math.log(-math.expm1(-expected)) if expected < 30 else 0.0
