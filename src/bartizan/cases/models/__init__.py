"""The records of the room."""

from bartizan.cases.models.case import Case, CaseEntity, Note, Task
from bartizan.cases.models.case_notice import CaseNotice, NoticeVersion
from bartizan.cases.models.clock import Clock, LawAnswers, LawRule
from bartizan.cases.models.contact import Contact, ContactChoice, ContactTry
from bartizan.cases.models.exhibit import (
    Custody,
    CustodyCheck,
    Exhibit,
    Handover,
    MissingThing,
    TimeStamp,
)
from bartizan.cases.models.gate import Alias, Override, Reading, Unmasking
from bartizan.cases.models.interview import (
    AccountClaim,
    HeldBack,
    Interview,
    InterviewStep,
    NoteLine,
    Question,
    Recording,
    RightGiven,
    StatementSignature,
    StatementVersion,
)
from bartizan.cases.models.lesson import Lesson, Proposal
from bartizan.cases.models.muster import Muster, MusterMessage, MusterPerson
from bartizan.cases.models.need import Decision, Named, Part, Wall
from bartizan.cases.models.packet import FactEntry, Packet
from bartizan.cases.models.plan import PlanVersion, Run, StepDone
from bartizan.cases.models.report import Report, ReportMessage
from bartizan.cases.models.sanction import Charge, ChargeStep, Measure, PastSanction

__all__ = [
    "AccountClaim",
    "Alias",
    "Case",
    "CaseEntity",
    "CaseNotice",
    "Charge",
    "ChargeStep",
    "Clock",
    "Contact",
    "ContactChoice",
    "ContactTry",
    "Custody",
    "CustodyCheck",
    "Decision",
    "Exhibit",
    "FactEntry",
    "Handover",
    "HeldBack",
    "Interview",
    "InterviewStep",
    "LawAnswers",
    "LawRule",
    "Lesson",
    "Measure",
    "MissingThing",
    "Muster",
    "MusterMessage",
    "MusterPerson",
    "Named",
    "Note",
    "NoteLine",
    "NoticeVersion",
    "Override",
    "Packet",
    "Part",
    "PastSanction",
    "PlanVersion",
    "Proposal",
    "Question",
    "Reading",
    "Recording",
    "Report",
    "ReportMessage",
    "RightGiven",
    "Run",
    "StatementSignature",
    "StatementVersion",
    "StepDone",
    "Task",
    "TimeStamp",
    "Unmasking",
    "Wall",
]
