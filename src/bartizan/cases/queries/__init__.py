"""What people may read of cases."""

from bartizan.cases.queries.case import cases, cases_within, open_cases, seers

__all__ = ["cases", "cases_within", "open_cases", "seers"]
