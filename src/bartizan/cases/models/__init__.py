"""The records of the room."""

from bartizan.cases.models.case import Case, CaseEntity, Note, Task
from bartizan.cases.models.clock import Clock, LawAnswers, LawRule
from bartizan.cases.models.exhibit import (
    Custody,
    CustodyCheck,
    Exhibit,
    Handover,
    MissingThing,
    TimeStamp,
)
from bartizan.cases.models.gate import Alias, Override, Reading, Unmasking
from bartizan.cases.models.report import Report, ReportMessage
from bartizan.cases.models.sanction import Charge, ChargeStep, Measure, PastSanction

__all__ = [
    "Alias",
    "Case",
    "CaseEntity",
    "Charge",
    "ChargeStep",
    "Clock",
    "Custody",
    "CustodyCheck",
    "Exhibit",
    "Handover",
    "LawAnswers",
    "LawRule",
    "Measure",
    "MissingThing",
    "Note",
    "Override",
    "PastSanction",
    "Reading",
    "Report",
    "ReportMessage",
    "Task",
    "TimeStamp",
    "Unmasking",
]
