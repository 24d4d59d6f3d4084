"""Rows on their way into the registers: what they would change is found out first, and written all or nothing."""

from bartizan.core.loading.actions import check, load, load_numbered, load_together
from bartizan.core.loading.works import Change, LoadReport, LoadWork

__all__ = ["Change", "LoadReport", "LoadWork", "check", "load", "load_numbered", "load_together"]
