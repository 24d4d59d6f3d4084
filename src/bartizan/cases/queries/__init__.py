"""What people may read of cases."""

from bartizan.cases.queries.case import cases, cases_within, open_cases, seers
from bartizan.cases.queries.clock import answers_of, clocks_of, laws_in_force, own_rules, running, versions_of
from bartizan.cases.queries.contact import contacts
from bartizan.cases.queries.exhibit import exhibits
from bartizan.cases.queries.interview import interviews
from bartizan.cases.queries.muster import musters
from bartizan.cases.queries.packet import packets
from bartizan.cases.queries.plan import drills, proposals, runs_of
from bartizan.cases.queries.report import open_reports, own_reports, report_of, reports

__all__ = [
    "answers_of",
    "cases",
    "cases_within",
    "clocks_of",
    "contacts",
    "drills",
    "exhibits",
    "interviews",
    "laws_in_force",
    "musters",
    "open_cases",
    "open_reports",
    "own_reports",
    "own_rules",
    "packets",
    "proposals",
    "report_of",
    "reports",
    "running",
    "runs_of",
    "seers",
    "versions_of",
]
