"""How quickly a plan was answered, over its runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from bartizan.engines.plans.walk import CLOSED, State


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds; nothing where no run has come so far. Medians: one slow night does not hide how it usually goes."""

    runs: int
    first: float | None
    """From the start to the first step that was closed."""
    done: float | None
    """From the start to the last, of the runs that are through."""
    timed: int
    """Closed steps that had a time."""
    on_time: int


def times(runs: Sequence[tuple[datetime, State]]) -> Times:
    """Of runs, each with when it began and where it stands."""
    firsts = [(state.first_at - start).total_seconds() for start, state in runs if state.first_at]
    dones = [(state.done_at - start).total_seconds() for start, state in runs if state.done_at]
    timed = [one for _, state in runs for one in state.steps if one.state in CLOSED and one.due_at]
    return Times(
        runs=len(runs),
        first=median(firsts) if firsts else None,
        done=median(dones) if dones else None,
        timed=len(timed),
        on_time=sum(not one.is_late for one in timed),
    )
