"""What the console, the judge and pinpoint ask of the lake. Every question has a window, a limit or both."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from bartizan.watch.lake.columns import COUNTABLE, LISTED, WHOLE, events_of
from bartizan.watch.lake.filters import Condition, Filters, Window, all_of, any_of, apart, aware, condition_of
from bartizan.watch.lake.scope import Asked

Event = dict[str, Any]
Key = tuple[datetime, str]
"""Where a page ends: the time and id of its last event."""
Order = Literal["newest", "oldest"]

MOST_EVENTS: Final = 10_000
MOST_BUCKETS: Final = 2_000
_SHORT_SECONDS: Final = 6 * 3600
_LONG_SECONDS: Final = 2 * 24 * 3600
_DAY: Final = timedelta(days=1)
_FEW: Final = 20
"""So many are mostly there in one day; of more it is quicker to look at the whole window at once."""


def events(
    lake: Asked,
    window: Window,
    filters: Filters | None = None,
    *,
    limit: int = 100,
    order: Order = "newest",
    after: Key | None = None,
    before: Key | None = None,
) -> list[Event]:
    """A page of events in ``order``: the first, the one ``after`` the key that ended a page, or that ``before`` it."""
    descends = (order == "newest") != (before is not None)
    key = after or before
    if key is None and limit <= _FEW and (part := _first_look(window, descends=descends)):
        found = events(lake, part, filters, limit=limit, order=order)
        if len(found) == limit:
            return found
    conditions = apart(window, filters or {})
    if key:
        conditions = [all_of([each, _beyond(key, descends=descends)]) for each in conditions]
    found = page(lake, conditions, limit, descends=descends, is_short=window.seconds <= _SHORT_SECONDS)
    return found[::-1] if before else found


def _first_look(window: Window, *, descends: bool) -> Window | None:
    """The day of a long window in which its first page lies more often than not: a day is soon read."""
    if window.seconds <= _LONG_SECONDS:
        return None
    return Window(window.end - _DAY, window.end) if descends else Window(window.start, window.start + _DAY)


def event(lake: Asked, event_id: str) -> Event | None:
    """One event with everything, or None. Ids that hold their time of receipt are found without a search."""
    try:
        identity = UUID(event_id)
    except ValueError:
        return None
    for condition, values in [*_likely(identity), ("TRUE", [])]:
        sql = f"SELECT {WHOLE} FROM {lake.table} AS e WHERE id = ?::UUID AND {condition} LIMIT 1"  # noqa: S608
        if found := events_of(lake.ask(sql, [str(identity), *values])):
            return found[0]
    return None


def around(
    lake: Asked, origin: Event, seconds: float, *, same: Sequence[str] = ("place", "device", "actor"), limit: int = 200
) -> list[Event]:
    """What happened within ``seconds`` of ``origin`` and shares one of ``same`` with it; without ``same``, all."""
    span = timedelta(seconds=seconds)
    window = Window(origin["time"] - span, origin["time"] + span)
    shared = [condition_of(None, {name: origin[name]}) for name in same if origin.get(name)]
    if same and not shared:
        return []
    parts = [condition_of(window, {}), *([any_of(shared)] if shared else [])]
    return page(lake, [all_of(parts)], limit, descends=False, is_short=window.seconds <= _SHORT_SECONDS)


def entity(
    lake: Asked,
    reference: str,
    window: Window,
    filters: Filters | None = None,
    *,
    limit: int = 500,
    order: Order = "newest",
) -> list[Event]:
    """Everything in which ``reference`` had a part, whatever its role."""
    return events(lake, window, {**(filters or {}), "reference": reference}, limit=limit, order=order)


def notable(lake: Asked, window: Window, *, level: int = 1, limit: int = 500) -> list[Event]:
    """Events that rules spoke about, newest first."""
    return events(lake, window, {"level": level}, limit=limit)


def histogram(
    lake: Asked, window: Window, bucket_seconds: float, filters: Filters | None = None
) -> list[dict[str, Any]]:
    """For each bucket its ``start`` and ``counts`` by domain; buckets in which nothing happened are there too."""
    count = max(1, -int(-window.seconds // bucket_seconds))
    rows = _counted(lake, window, bucket_seconds, count, filters or {})
    bars: list[dict[str, Any]] = [
        {"start": window.start + timedelta(seconds=index * bucket_seconds), "counts": {}} for index in range(count)
    ]
    for row in rows:
        bars[row["bucket"]]["counts"][row["domain"]] = row["events"]
    return bars


def bands(lake: Asked, window: Window, buckets: int, filters: Filters | None = None) -> dict[str, list[dict[str, int]]]:
    """The timeline's bands: for each domain ``buckets`` cells with their ``events`` and worst ``level``."""
    rows = _counted(lake, window, window.seconds / buckets, buckets, filters or {})
    found: dict[str, list[dict[str, int]]] = {}
    for row in rows:
        band = found.setdefault(row["domain"], [{"events": 0, "level": 0} for _ in range(buckets)])
        band[row["bucket"]] = {"events": row["events"], "level": row["level"]}
    return found


def counts_by(
    lake: Asked, field: str, window: Window, filters: Filters | None = None, *, limit: int = 50
) -> list[tuple[Any, int]]:
    """The most frequent values of ``field`` with their number of events, most frequent first."""
    if field not in COUNTABLE:
        raise ValueError(f"Events cannot be counted by “{field}”; there are {', '.join(COUNTABLE)}.")
    sql, values = condition_of(window, filters or {})
    rows = lake.ask(
        f"SELECT {field} AS value, count(*) AS events FROM {lake.table} AS e WHERE {sql} AND {field} IS NOT NULL "  # noqa: S608
        f"GROUP BY {field} ORDER BY events DESC, value LIMIT {_bounded(limit)}",
        values,
    )
    return [(row["value"], row["events"]) for row in rows.to_pylist()]


def rates(lake: Asked, pairs: Collection[tuple[str, str]], since: datetime) -> dict[tuple[str, str], int]:
    """How often each (kind, reference) occurred since then, with the reference as actor, device or place.

    One pass: rows are first grouped by their four columns, so that the pairing runs over few combinations.
    """
    if not pairs:
        return {}
    kinds = sorted({kind for kind, _ in pairs})
    references = sorted({reference for _, reference in pairs})
    rows = lake.ask(
        f"""
        WITH combination AS (
            SELECT kind, actor, device, place, count(*) AS events FROM {lake.table} AS e
            WHERE time >= $since AND list_contains($kinds, kind) AND (list_contains($references, actor)
                OR list_contains($references, device) OR list_contains($references, place))
            GROUP BY ALL
        ), role AS (
            SELECT kind, unnest(list_distinct([actor, device, place])) AS reference, events FROM combination
        )
        SELECT kind, reference, sum(events)::BIGINT AS events FROM role
        WHERE list_contains($references, reference) GROUP BY ALL
        """,  # noqa: S608
        {"since": aware(since), "kinds": kinds, "references": references},
    )
    found = {(row["kind"], row["reference"]): row["events"] for row in rows.to_pylist()}
    return {pair: found.get(pair, 0) for pair in pairs}


def last_seen_by_source(lake: Asked, since: datetime | None = None) -> dict[str, datetime]:
    """When each source was last heard; those silent since ``since`` (by default 30 days ago) are left out."""
    rows = lake.ask(
        f"SELECT source, max(received) AS seen FROM {lake.table} AS e "  # noqa: S608
        "WHERE time >= ? AND source IS NOT NULL GROUP BY source",
        [aware(since) if since else datetime.now(UTC) - timedelta(days=30)],
    )
    return {row["source"]: row["seen"] for row in rows.to_pylist()}


def page(
    lake: Asked, conditions: Sequence[Condition], limit: int, *, descends: bool, is_short: bool = False
) -> list[Event]:
    """One page of whole rows that fit one of ``conditions`` (none fits two). Of a short window they are sorted as they
    are, which is a third faster there; of a long one narrow columns give the page's keys, and joined by time only the
    page's own rows are read in full.
    """
    direction = "DESC" if descends else "ASC"
    bound = f"LIMIT {_bounded(limit)}"
    if is_short:
        sql, values = any_of(conditions)
        source = f"{lake.table} AS e WHERE {sql}"
    else:
        sql, values = _fitting(lake, "id, time", conditions)
        keys = f"SELECT id, time FROM {sql} ORDER BY time {direction}, id {direction} {bound}"  # noqa: S608
        source = f"{lake.table} AS e JOIN ({keys}) AS wanted ON wanted.time = e.time AND wanted.id = e.id"
    order = f"ORDER BY e.time {direction}, e.id {direction} {bound}"
    return events_of(lake.ask(f"SELECT {LISTED} FROM {source} {order}", values))  # noqa: S608


def _fitting(lake: Asked, columns: str, conditions: Sequence[Condition]) -> Condition:
    """These columns of all that fits one of ``conditions``, each looked for by itself."""
    parts = [f"SELECT {columns} FROM {lake.table} AS e WHERE {sql}" for sql, _ in conditions]  # noqa: S608
    return f"({' UNION ALL '.join(parts)})", [value for _, values in conditions for value in values]


def _counted(lake: Asked, window: Window, bucket_seconds: float, count: int, filters: Filters) -> list[dict[str, Any]]:
    if not 1 <= count <= MOST_BUCKETS or bucket_seconds <= 0:
        raise ValueError(f"A histogram has 1 to {MOST_BUCKETS} buckets; {count} were asked for.")
    source, values = _fitting(lake, "domain, level, time", apart(window, filters))
    rows = lake.ask(
        f"""
        SELECT coalesce(domain, 'host') AS domain, count(*) AS events, max(level)::INTEGER AS level,
            least(floor((epoch_us(time) - epoch_us(?)) / ?), ?)::INTEGER AS bucket
        FROM {source} GROUP BY ALL
        """,  # noqa: S608
        [window.start, bucket_seconds * 1e6, count - 1, *values],
    )
    return list(rows.to_pylist())


def _beyond(key: Key, *, descends: bool) -> Condition:
    time, identity = key
    sign = "<" if descends else ">"
    return f"time {sign} ? OR (time = ? AND id {sign} ?::UUID)", [aware(time), time, identity]


def _likely(identity: UUID) -> list[Condition]:
    """A version 7 id begins with the milliseconds of its receipt: look first at what happened about then."""
    if identity.version != 7:
        return []
    received = datetime.fromtimestamp((identity.int >> 80) / 1000, UTC)
    return [("time BETWEEN ? AND ?", [received - timedelta(hours=1), received + timedelta(hours=1)])]


def _bounded(limit: int) -> int:
    if not 1 <= limit <= MOST_EVENTS:
        raise ValueError(f"Ask for 1 to {MOST_EVENTS} at a time, not {limit}.")
    return limit
