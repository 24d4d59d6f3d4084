"""What is done to the estate beyond filling in its registers: badges change hands, plans are drawn."""

from bartizan.estate.actions.badges import issue_badge, replace_badge, report_lost, revoke_badge, take_back
from bartizan.estate.actions.pictures import hang_picture, take_down_picture
from bartizan.estate.actions.plans import place, place_words, take_off

__all__ = [
    "hang_picture",
    "issue_badge",
    "place",
    "place_words",
    "replace_badge",
    "report_lost",
    "revoke_badge",
    "take_back",
    "take_down_picture",
    "take_off",
]
