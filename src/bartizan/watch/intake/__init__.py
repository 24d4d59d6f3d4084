"""Intake: an observation gets its identity, a form that JSON holds, and a place on disk before it is acknowledged."""

from bartizan.watch.intake.identity import Recent, unused_ids
from bartizan.watch.intake.receipt import Intake

__all__ = ["Intake", "Recent", "unused_ids"]
