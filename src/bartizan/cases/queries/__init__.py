"""What people may read of cases."""

from bartizan.cases.queries.case import cases, cases_within, open_cases, seers
from bartizan.cases.queries.clock import answers_of, clocks_of, laws_in_force, own_rules, running, versions_of
from bartizan.cases.queries.exhibit import exhibits
from bartizan.cases.queries.report import open_reports, own_reports, report_of, reports

__all__ = [
    "answers_of",
    "cases",
    "cases_within",
    "clocks_of",
    "exhibits",
    "laws_in_force",
    "open_cases",
    "open_reports",
    "own_reports",
    "own_rules",
    "report_of",
    "reports",
    "running",
    "seers",
    "versions_of",
]
