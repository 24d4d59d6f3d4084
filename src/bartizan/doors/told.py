"""What doors tell people, and whom: declared here, switched under Settings, Notices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bartizan.core.models import User
from bartizan.doors.models import Order
from bartizan.notices.actions import Telling, happened
from bartizan.notices.triggers import Trigger, trigger

CRITICAL: Final = 4
ORDERED = trigger(
    Trigger(
        "doors-ordered",
        "Doors are locked down or freed for everybody, or that ends",
        "Whoever works doors there, and the accounts of those who are inside",
        order=14,
    )
)


def ordered(order: Order, users: Sequence[User]) -> None:
    words = f"{order.get_verb_display()}: {order.name}. {order.reason}"
    happened(ORDERED.name, [_telling(order, users, words)])


def ended(order: Order, users: Sequence[User]) -> None:
    happened(ORDERED.name, [_telling(order, users, f"{order.get_verb_display()} ended: {order.name}.")])


def _telling(order: Order, users: Sequence[User], words: str) -> Telling:
    brief = f"{order.get_verb_display()} of doors"  # what leaves the house names no place
    return Telling(list(users), words, "/doors", CRITICAL, order.reference, brief)
