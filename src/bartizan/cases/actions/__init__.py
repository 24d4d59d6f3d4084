"""What is done with a case."""

from bartizan.cases.actions.case import (
    add_note,
    add_task,
    ask_for_a_look,
    finish_task,
    join,
    looked,
    open_case,
    set_headline,
    set_lead,
    set_pinpoint,
    set_state,
    touch,
)

__all__ = [
    "add_note",
    "add_task",
    "ask_for_a_look",
    "finish_task",
    "join",
    "looked",
    "open_case",
    "set_headline",
    "set_lead",
    "set_pinpoint",
    "set_state",
    "touch",
]
