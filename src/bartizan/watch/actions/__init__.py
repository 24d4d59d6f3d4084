"""Everything that changes this room's records."""

from bartizan.watch.actions.alarms import (
    Evidence,
    Raised,
    acknowledge,
    assign,
    close,
    escalate_due,
    raise_alarms,
    reopen,
    shelve,
    unshelve_due,
)
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
    "assign",
    "close",
    "end_hold",
    "escalate_due",
    "first_sources",
    "new_token",
    "place_hold",
    "raise_alarms",
    "remove_source",
    "reopen",
    "save_source",
    "set_retention",
    "shelve",
    "switch_rule",
    "switch_source",
    "unshelve_due",
]
