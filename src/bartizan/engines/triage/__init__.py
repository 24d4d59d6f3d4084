"""Sorting of reports: what happened, to what, and where, from a few sentences of free text.

Pure: text and weights in, an answer out. The weights are trained by ``python -m benchmarks.reports --train`` and come
with the package; they hold words and figures, no narrative.
"""

from bartizan.engines.triage.kinds import KINDS, NOT_SURE
from bartizan.engines.triage.model import Model, WeightsError, load, shipped
from bartizan.engines.triage.sort import Ranked, Sorted, sort
from bartizan.engines.triage.veris import Veris

__all__ = ["KINDS", "NOT_SURE", "Model", "Ranked", "Sorted", "Veris", "WeightsError", "load", "shipped", "sort"]
