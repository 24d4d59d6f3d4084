"""How far a clock has run, for its colour and for whom it is told to."""

from __future__ import annotations

from datetime import datetime, timedelta

STAGES = ("quarter", "hour", "passed")
"""What is told, in order: a quarter of the time is left, an hour is left, it has passed."""
HOUR = timedelta(hours=1)


def share_used(start: datetime, due: datetime, now: datetime) -> float:
    """From 0 to 1."""
    whole = (due - start).total_seconds()
    return 1.0 if whole <= 0 else min(1.0, max(0.0, (now - start).total_seconds() / whole))


def stage(start: datetime, due: datetime, now: datetime) -> str:
    """The latest of ``STAGES`` that has come; empty before the first."""
    if now >= due:
        return "passed"
    if due - now <= HOUR:
        return "hour"
    return "quarter" if (due - now) * 4 <= due - start else ""
