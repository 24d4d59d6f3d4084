"""What people may read of the panels."""

from bartizan.panels.queries.board import (
    NOT_KNOWN,
    AreaView,
    AskView,
    Board,
    BypassView,
    DetectorView,
    PanelView,
    ReasonView,
    SeenView,
    TestView,
    board,
    view_of,
)
from bartizan.panels.queries.records import (
    areas,
    codes,
    ended_bypasses,
    panels,
    walk_tests,
)

__all__ = [
    "NOT_KNOWN",
    "AreaView",
    "AskView",
    "Board",
    "BypassView",
    "DetectorView",
    "PanelView",
    "ReasonView",
    "SeenView",
    "TestView",
    "areas",
    "board",
    "codes",
    "ended_bypasses",
    "panels",
    "view_of",
    "walk_tests",
]
