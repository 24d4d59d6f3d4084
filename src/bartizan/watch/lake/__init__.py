"""The event lake: every judged event in Parquet files, found through a small catalog that several processes share."""

from bartizan.watch.lake.errors import LakeBusy, LakeError, LakeFull
from bartizan.watch.lake.filters import Filter, Filters, Window
from bartizan.watch.lake.queries import (
    Story,
    around,
    bands,
    counts_by,
    entity,
    event,
    events,
    histogram,
    last_seen_by_source,
    rates,
    story,
)
from bartizan.watch.lake.retention import Hold, Retention
from bartizan.watch.lake.scope import Asked
from bartizan.watch.lake.store import Lake

__all__ = [
    "Asked",
    "Filter",
    "Filters",
    "Hold",
    "Lake",
    "LakeBusy",
    "LakeError",
    "LakeFull",
    "Retention",
    "Story",
    "Window",
    "around",
    "bands",
    "counts_by",
    "entity",
    "event",
    "events",
    "histogram",
    "last_seen_by_source",
    "rates",
    "story",
]
