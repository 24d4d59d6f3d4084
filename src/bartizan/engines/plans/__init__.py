"""Response plans: what they say, for which case they are meant, and how far a run of one has come."""

from bartizan.engines.plans.changes import changes
from bartizan.engines.plans.lines import PlanError
from bartizan.engines.plans.match import Facts, match
from bartizan.engines.plans.plan import ACTS, END, Act, ActKind, Answer, Fits, Plan, Step
from bartizan.engines.plans.read import plan_of, text_of
from bartizan.engines.plans.times import Times, times
from bartizan.engines.plans.walk import State, StepState, Tick, state

__all__ = [
    "ACTS",
    "END",
    "Act",
    "ActKind",
    "Answer",
    "Facts",
    "Fits",
    "Plan",
    "PlanError",
    "State",
    "Step",
    "StepState",
    "Tick",
    "Times",
    "changes",
    "match",
    "plan_of",
    "state",
    "text_of",
    "times",
]
