"""What a case may rest on: its own events, and all that touches the same people, places and things."""

from __future__ import annotations

from collections.abc import Collection

from bartizan.watch.lake.filters import Window, all_of, condition_of
from bartizan.watch.lake.queries import Event, page
from bartizan.watch.lake.scope import Asked


def by_ids(lake: Asked, ids: Collection[str], window: Window) -> list[Event]:
    """Those of ``ids`` that lie in ``window``, the oldest first."""
    if not ids:
        return []
    condition = all_of([condition_of(window, {}), ("list_contains(?::UUID[], e.id)", [sorted(ids)])])
    return page(lake, [condition], len(ids), descends=False)


def touching(
    lake: Asked, references: Collection[str], window: Window, *, limit: int, without: Collection[str] = ()
) -> list[Event]:
    """Events in which any of ``references`` has a part, in any role, but for kinds ``without``; the latest ``limit`` of
    them, the oldest first."""
    if not references:
        return []
    condition = all_of(
        [condition_of(window, {"reference": sorted(references)}), ("NOT list_contains(?, kind)", [sorted(without)])]
    )
    return page(lake, [condition], limit, descends=True)[::-1]
