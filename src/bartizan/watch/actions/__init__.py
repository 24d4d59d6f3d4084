"""Everything that changes this room's records."""

from bartizan.watch.actions.acts import ask_act
from bartizan.watch.actions.alarms import (
    Evidence,
    Raised,
    acknowledge,
    acknowledge_all,
    assign,
    close,
    escalate_due,
    raise_alarms,
    shelve,
    standing,
    unshelve_due,
)
from bartizan.watch.actions.answers import answer, propose, reopen, restore, settle
from bartizan.watch.actions.sources import (
    end_hold,
    first_sources,
    new_token,
    place_hold,
    remove_source,
    save_source,
    set_retention,
    switch_rule,
    switch_source,
)

__all__ = [
    "Evidence",
    "Raised",
    "acknowledge",
    "acknowledge_all",
    "answer",
    "ask_act",
    "assign",
    "close",
    "end_hold",
    "escalate_due",
    "first_sources",
    "new_token",
    "place_hold",
    "propose",
    "raise_alarms",
    "remove_source",
    "reopen",
    "restore",
    "save_source",
    "set_retention",
    "settle",
    "shelve",
    "standing",
    "switch_rule",
    "switch_source",
    "unshelve_due",
]
