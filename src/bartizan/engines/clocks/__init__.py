"""Legal deadlines: which law applies, when its clock ends, what may hold it, and how that was reckoned, in words.

Pure: a rule is a ``Law`` (``law_of`` reads it from plain values), a trigger is an aware time, and nothing asks for the
time of day. Every law must be confirmed by counsel; this reckons, it does not advise.
"""

from bartizan.engines.clocks.applies import Answers, Verdict, applies, questions, rules_out
from bartizan.engines.clocks.business import is_business_day
from bartizan.engines.clocks.hold import Hold, HoldRefused, held
from bartizan.engines.clocks.law import Fact, HoldClause, Law
from bartizan.engines.clocks.moments import ClockError, local_moment
from bartizan.engines.clocks.read import LawError, law_of, plain
from bartizan.engines.clocks.reckon import Deadline, Later, binding, deadline
from bartizan.engines.clocks.stage import share_used, stage

__all__ = [
    "Answers",
    "ClockError",
    "Deadline",
    "Fact",
    "Hold",
    "HoldClause",
    "HoldRefused",
    "Later",
    "Law",
    "LawError",
    "Verdict",
    "applies",
    "binding",
    "deadline",
    "held",
    "is_business_day",
    "law_of",
    "local_moment",
    "plain",
    "questions",
    "rules_out",
    "share_used",
    "stage",
]
