"""Findings and sanctions: the procedure from a charge to what is carried out, and undone if an appeal succeeds.

``next_steps(log, house)`` says what may follow, ``apply(log, step, house)`` gives the longer log or raises ``Refused``
with the sentence that says why. A log is a tuple of steps and is never changed.
"""

from bartizan.engines.sanctions.comparable import Comparable, Likeness, Span, alike, span_of
from bartizan.engines.sanctions.fairness import Refused
from bartizan.engines.sanctions.house import House, HouseError, Outcome, read_house
from bartizan.engines.sanctions.procedure import Condition, apply, conditions, missing, next_steps
from bartizan.engines.sanctions.standing import Standing, standing
from bartizan.engines.sanctions.steps import KINDS, REPLIES, RESULTS, SAID, STANDARDS, Step, from_facts, to_facts
from bartizan.engines.sanctions.weighing import FACTORS, Factor, Weight

__all__ = [
    "FACTORS",
    "KINDS",
    "REPLIES",
    "RESULTS",
    "SAID",
    "STANDARDS",
    "Comparable",
    "Condition",
    "Factor",
    "House",
    "HouseError",
    "Likeness",
    "Outcome",
    "Refused",
    "Span",
    "Standing",
    "Step",
    "Weight",
    "alike",
    "apply",
    "conditions",
    "from_facts",
    "missing",
    "next_steps",
    "read_house",
    "span_of",
    "standing",
    "to_facts",
]
