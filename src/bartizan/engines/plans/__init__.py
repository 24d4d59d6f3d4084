"""Response plans: what they say, for which case they are meant, and how far a run of one has come."""

from bartizan.engines.plans.changes import changes
from bartizan.engines.plans.draft import Draft, StepDraft, Way, draft_of
from bartizan.engines.plans.fields import draft_in, edited
from bartizan.engines.plans.lines import PlanError
from bartizan.engines.plans.match import Facts, match
from bartizan.engines.plans.plan import ACTS, END, Act, ActKind, Answer, Fits, Plan, Step
from bartizan.engines.plans.read import plan_of, text_of
from bartizan.engines.plans.times import Times, times
from bartizan.engines.plans.walk import State, StepState, Tick, state
from bartizan.engines.plans.written import Place, has_remarks, places, written

__all__ = [
    "ACTS",
    "END",
    "Act",
    "ActKind",
    "Answer",
    "Draft",
    "Facts",
    "Fits",
    "Place",
    "Plan",
    "PlanError",
    "State",
    "Step",
    "StepDraft",
    "StepState",
    "Tick",
    "Times",
    "Way",
    "changes",
    "draft_in",
    "draft_of",
    "edited",
    "has_remarks",
    "match",
    "places",
    "plan_of",
    "state",
    "text_of",
    "times",
    "written",
]
