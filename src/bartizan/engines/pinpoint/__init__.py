"""Where an incident happened and what led to it: a backward slice over the events, told in steps."""

from bartizan.engines.pinpoint.locate import locate
from bartizan.engines.pinpoint.model import Entry, Event, Pinpoint, Place, Rates, Scope, Step
from bartizan.engines.pinpoint.scope import scope

__all__ = ["Entry", "Event", "Pinpoint", "Place", "Rates", "Scope", "Step", "locate", "scope"]
