"""Everything that changes this room's records."""

from bartizan.notices.actions.channels import (
    add_channel,
    change_channel,
    forget_account,
    leave_browser,
    leave_other_browsers,
    remove_channel,
    set_quiet_hours,
)
from bartizan.notices.actions.office import add_duty, add_webhook, choose, remove_duty
from bartizan.notices.actions.telling import Telling, happened, mark_all_read, mark_read, tell

__all__ = [
    "Telling",
    "add_channel",
    "add_duty",
    "add_webhook",
    "change_channel",
    "choose",
    "forget_account",
    "happened",
    "leave_browser",
    "leave_other_browsers",
    "mark_all_read",
    "mark_read",
    "remove_channel",
    "remove_duty",
    "set_quiet_hours",
    "tell",
]
