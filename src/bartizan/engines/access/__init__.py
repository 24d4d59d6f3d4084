"""Doors that decide by themselves: the local table, the decision, orders over doors, and who is inside."""

from bartizan.engines.access.decide import Decision, Effect, Request, decide
from bartizan.engines.access.holders import Holder, Refusal, badge_of_card, holder_of
from bartizan.engines.access.inside import LEAVING, MusterLine, ZoneInside, folded, inside, muster, passage_of
from bartizan.engines.access.orders import Affected, Standing, affected, is_in_force, standing
from bartizan.engines.access.pins import PinError, duress_of, hash_pin
from bartizan.engines.access.presence import Passage, Presence, Whereabouts
from bartizan.engines.access.survey import admitted, problems, shut_in
from bartizan.engines.access.table import (
    Badge,
    Group,
    Order,
    Person,
    Portal,
    Schedule,
    Site,
    Table,
    Visitor,
    Window,
    Zone,
    towards,
)
from bartizan.engines.access.wiegand import LAYOUTS, Card, CardError, decode, encode
from bartizan.engines.access.written import TableError, from_plain, to_plain

__all__ = [
    "LAYOUTS",
    "LEAVING",
    "Affected",
    "Badge",
    "Card",
    "CardError",
    "Decision",
    "Effect",
    "Group",
    "Holder",
    "MusterLine",
    "Order",
    "Passage",
    "Person",
    "PinError",
    "Portal",
    "Presence",
    "Refusal",
    "Request",
    "Schedule",
    "Site",
    "Standing",
    "Table",
    "TableError",
    "Visitor",
    "Whereabouts",
    "Window",
    "Zone",
    "ZoneInside",
    "admitted",
    "affected",
    "badge_of_card",
    "decide",
    "decode",
    "duress_of",
    "encode",
    "folded",
    "from_plain",
    "hash_pin",
    "holder_of",
    "inside",
    "is_in_force",
    "muster",
    "passage_of",
    "problems",
    "shut_in",
    "standing",
    "to_plain",
    "towards",
]
