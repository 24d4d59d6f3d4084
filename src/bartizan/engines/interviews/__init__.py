"""Interviews: what to ask and to hold back, the procedure, the rights, and claims checked against the records."""

from bartizan.engines.interviews.claims import KINDS, VERDICTS, Checked, Claim, Records, check, records
from bartizan.engines.interviews.plan import Ask, Hold, Plan, Topic, ask_next, plan
from bartizan.engines.interviews.procedure import HEARD_AS, STAGES, Refused, Standing, missing, take
from bartizan.engines.interviews.rights import Right, Rules, RulesError, rules_of

__all__ = [
    "HEARD_AS",
    "KINDS",
    "STAGES",
    "VERDICTS",
    "Ask",
    "Checked",
    "Claim",
    "Hold",
    "Plan",
    "Records",
    "Refused",
    "Right",
    "Rules",
    "RulesError",
    "Standing",
    "Topic",
    "ask_next",
    "check",
    "missing",
    "plan",
    "records",
    "rules_of",
    "take",
]
