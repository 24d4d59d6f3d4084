"""What a case may rest on: its own events, and all that touches the same people, places and things."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from bartizan.watch.lake.columns import WHOLE, events_of
from bartizan.watch.lake.filters import Condition, Window, all_of, condition_of
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


def every(lake: Asked, window: Window, references: Collection[str] = (), *, at_once: int = 2_000) -> Iterator[Event]:
    """All that happened in ``window``, or of it what touches one of ``references``: whole, as received, the oldest
    first, read ``at_once`` at a time so that the memory holds no more."""
    own = condition_of(window, {"reference": sorted(references)} if references else {})
    beyond: list[Condition] = []
    while found := page(lake, [all_of([own, *beyond])], at_once, descends=False, columns=WHOLE):
        yield from found
        time, identity = found[-1]["time"], found[-1]["id"]
        beyond = [("time > ? OR (time = ? AND id > ?::UUID)", [time, time, identity])]


_READ = "e.id::VARCHAR AS id, " + ", ".join(
    f"e.{name}" for name in ("time", "source", "kind", "actor", "place", "device", "asset", "outcome", "data")
)


def of_kinds(
    lake: Asked, kinds: Collection[str], window: Window, *, limit: int, zones: Collection[str] = ()
) -> list[Event]:
    """The latest ``limit`` events of ``kinds`` in ``window``, and in ``zones`` if there are any, the oldest first, as
    their sources told them: what an engine reads at once and nobody on a page."""
    sql, values = all_of([condition_of(window, {"zone": sorted(zones)}), ("list_contains(?, kind)", [sorted(kinds)])])
    asked = f"SELECT {_READ} FROM {lake.table} AS e WHERE {sql} ORDER BY e.time DESC, e.id DESC LIMIT {int(limit)}"  # noqa: S608
    return events_of(lake.ask(asked, values))[::-1]
