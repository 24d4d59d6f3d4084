"""What the console, the judge and pinpoint ask of the lake. Every question has a window, a limit or both."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from bartizan.engines.observe import microseconds
from bartizan.watch.lake.columns import BRIEF, COUNTABLE, LISTED, WHOLE, events_of
from bartizan.watch.lake.filters import Condition, Filters, Window, all_of, any_of, apart, aware, condition_of
from bartizan.watch.lake.scope import Asked

Event = dict[str, Any]
Key = tuple[datetime, str]
"""Where a page ends: the time and id of its last event."""
Order = Literal["newest", "oldest"]
Bands = dict[str, list[dict[str, int]]]

MOST_EVENTS: Final = 10_000
MOST_BUCKETS: Final = 2_000
_SHORT_SECONDS: Final = 6 * 3600
_DAY: Final = timedelta(days=1)
_MICROSECOND: Final = timedelta(microseconds=1)
_FINE: Final = 1000
"""Buckets end at a thousandth of a microsecond: a week in 392 of them ends at no whole one."""
_LOOKS: Final = (1, 6, 23)
"""Days: of a long window the first is looked at alone, then the rest of its week, then of its month."""


def events(  # noqa: PLR0913  a question's parts, each named where it is asked
    lake: Asked,
    window: Window,
    filters: Filters | None = None,
    *,
    limit: int = 100,
    order: Order = "newest",
    after: Key | None = None,
    before: Key | None = None,
    is_whole: bool = False,
) -> list[Event]:
    """A page of events in ``order``: the first, the one ``after`` the key that ended a page, or that ``before`` it.

    Each has what a line in a list says; with ``is_whole`` the message as received and the source's own fields too.
    """
    descends = (order == "newest") != (before is not None)
    key = after or before
    beyond = [_beyond(key, descends=descends)] if key else []
    found: list[Event] = []
    for part in _looks(_cut(window, key, descends=descends), descends=descends):
        conditions = [all_of([each, *beyond]) for each in apart(part, filters or {})]
        is_short = part.seconds <= _SHORT_SECONDS
        columns = LISTED if is_whole else BRIEF
        left = limit - len(found)
        found += page(lake, conditions, left, descends=descends, is_short=is_short, columns=columns)
        if len(found) == limit:
            break
    return found[::-1] if before else found


def _cut(window: Window, key: Key | None, *, descends: bool) -> Window:
    """What is left of ``window`` beyond ``key``."""
    if key is None:
        return window
    at = min(max(aware(key[0]), window.start), window.end)
    return Window(window.start, min(at + _MICROSECOND, window.end)) if descends else Window(at, window.end)


def _looks(window: Window, *, descends: bool) -> Iterator[Window]:
    """``window`` in parts that grow: a page mostly lies in the first day, which is soon read."""
    near, far = (window.end, window.start) if descends else (window.start, window.end)
    for days in _LOOKS:
        edge = near - timedelta(days=days) if descends else near + timedelta(days=days)
        if (edge - far if descends else far - edge) < _DAY:
            break
        yield Window(edge, near) if descends else Window(near, edge)
        near = edge
    yield Window(far, near) if descends else Window(near, far)


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
    is_short = window.seconds <= _SHORT_SECONDS
    return page(lake, [all_of(parts)], limit, descends=False, is_short=is_short, columns=BRIEF)


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


def bands(lake: Asked, window: Window, buckets: int, filters: Filters | None = None) -> Bands:
    """The timeline's bands: for each domain ``buckets`` cells with their ``events`` and worst ``level``."""
    return _bands(_counted(lake, window, window.seconds / buckets, buckets, filters or {}), buckets)


def _bands(rows: Iterable[dict[str, Any]], buckets: int) -> Bands:
    found: Bands = {}
    for row in rows:
        if row["domain"] not in found:
            found[row["domain"]] = [{"events": 0, "level": 0} for _ in range(buckets)]
        found[row["domain"]][row["bucket"]] = {"events": row["events"], "level": row["level"]}
    return found


@dataclass(frozen=True, slots=True)
class Story:
    """What happened in a window: how much of what when, and the latest of it, the newest first."""

    bands: Bands
    latest: list[Event]


def story(lake: Asked, window: Window, filters: Filters, *, buckets: int, limit: int) -> Story:
    """What ``bands`` and ``events`` answer, in little more than the time of one: what fits is looked for once."""
    source, values = _fitting(lake, "domain, level, time", apart(window, filters))
    counts, bounds = _counts("fits", window, window.seconds / buckets, buckets)
    rows = lake.ask(
        f"""
        WITH fits AS MATERIALIZED (SELECT * FROM {source}),
            latest AS (SELECT time FROM fits ORDER BY time DESC LIMIT {_bounded(limit)})
        SELECT *, NULL AS times FROM ({counts}) UNION ALL SELECT NULL, NULL, NULL, NULL, list(time) FROM latest
        """,  # noqa: S608
        [*values, *bounds],
    ).to_pylist()
    times: list[datetime] = next((row["times"] for row in rows if row["times"]), [])
    if not times:
        return Story({}, [])
    fits = all_of([_at(times), condition_of(window, filters)])
    latest = page(lake, [fits], limit, descends=True, is_short=True, columns=BRIEF)
    return Story(_bands((row for row in rows if row["times"] is None), buckets), latest)


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
    lake: Asked,
    conditions: Sequence[Condition],
    limit: int,
    *,
    descends: bool,
    is_short: bool = False,
    columns: str = LISTED,
) -> list[Event]:
    """One page of rows that fit one of ``conditions`` (none fits two). Of a short window they are sorted as they are,
    which is a third faster there; of a long one their times are looked for first, and only what happened then is read.
    """
    direction = "DESC" if descends else "ASC"
    bound = f"LIMIT {_bounded(limit)}"
    fits = any_of(conditions)
    if not is_short:
        source, values = _fitting(lake, "time", conditions)
        times = lake.ask(f"SELECT time FROM {source} ORDER BY time {direction} {bound}", values)["time"].to_pylist()  # noqa: S608
        if not times:
            return []
        fits = all_of([_at(times), fits])
    sql, values = fits
    order = f"ORDER BY e.time {direction}, e.id {direction} {bound}"
    return events_of(lake.ask(f"SELECT {columns} FROM {lake.table} AS e WHERE {sql} {order}", values))  # noqa: S608


def _at(times: Sequence[datetime]) -> Condition:
    """At one of these moments. The bounds say nothing new, but let files and parts of them be passed over."""
    return "time BETWEEN ? AND ? AND time IN (SELECT unnest(?))", [min(times), max(times), times]


def _fitting(lake: Asked, columns: str, conditions: Sequence[Condition]) -> Condition:
    """These columns of all that fits one of ``conditions``, each looked for by itself."""
    parts = [f"SELECT {columns} FROM {lake.table} AS e WHERE {sql}" for sql, _ in conditions]  # noqa: S608
    return f"({' UNION ALL '.join(parts)})", [value for _, values in conditions for value in values]


def _counted(lake: Asked, window: Window, bucket_seconds: float, count: int, filters: Filters) -> list[dict[str, Any]]:
    source, values = _fitting(lake, "domain, level, time", apart(window, filters))
    counts, bounds = _counts(source, window, bucket_seconds, count)
    return list(lake.ask(counts, [*bounds, *values]).to_pylist())


def _counts(source: str, window: Window, bucket_seconds: float, count: int) -> Condition:
    """The question how many there are in ``source`` by domain and bucket; its values come before those of ``source``.

    Whole numbers throughout: by division of fractions a month took twice as long.
    """
    if not 1 <= count <= MOST_BUCKETS or bucket_seconds <= 0:
        raise ValueError(f"A histogram has 1 to {MOST_BUCKETS} buckets; {count} were asked for.")
    sql = f"""
        SELECT coalesce(domain, 'host') AS domain, count(*) AS events, max(level)::INTEGER AS level,
            least((epoch_us(time) - ?::BIGINT) * {_FINE} // ?::BIGINT, ?::BIGINT)::INTEGER AS bucket
        FROM {source} GROUP BY ALL
        """  # noqa: S608
    return sql, [microseconds(window.start), round(bucket_seconds * 1e6 * _FINE), count - 1]


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
