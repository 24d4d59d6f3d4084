"""Where an event is read in full, and what a register's timeline tab shows of a thing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from bartizan.core import registers
from bartizan.core.values import Line
from bartizan.watch import lake, queries
from bartizan.watch.pages.timeline_view import stamp
from bartizan.watch.shown import at_of, sentence
from bartizan.web.templatetags.bz import kind_icon

HALF = timedelta(minutes=75)
BACK = timedelta(days=30)
MOST = 12


def event_url(event: str, at: datetime) -> str:
    """The timeline around an event, with the event beside it."""
    parts = {"from": stamp(at - HALF), "to": stamp(at + HALF), "at": stamp(at), "event": event, "rows": "all"}
    return "/timeline?" + urlencode(parts)


def events_of(user: Any, reference: str) -> list[Line] | None:
    """What happened to a thing in the last 30 days, the latest first; nothing when the lake cannot be read."""
    now = timezone.now()
    try:
        found = lake.entity(queries.lake_of(user), reference, lake.Window(now - BACK, now), limit=MOST)
    except lake.LakeError:
        return None
    return [Line(at_of(e), kind_icon(str(e["kind"])), sentence(e), event_url(str(e["id"]), at_of(e))) for e in found]


registers.events_from(events_of)
