"""What people may read of the panels."""

from bartizan.panels.queries.board import (
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
    stops_for,
    view_of,
)
from bartizan.panels.queries.records import (
    areas,
    codes,
    ended_bypasses,
    panels,
    slots,
    walk_tests,
)

__all__ = [
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
    "slots",
    "stops_for",
    "view_of",
    "walk_tests",
]
