"""Taking observations in.

Nothing that a source sends is refused for its content. Texts over one MiB are cut, because a message of ten megabytes
must not stop the thousand behind it; ``data.truncated_bytes`` and ``data.truncated_sha256`` (of each whole text, by the
name of its field) say so, and ``Intake.truncated`` counts them for each source. A time that cannot be true is kept as
``claimed`` and replaced by the time of receipt.
"""

from __future__ import annotations

import hashlib
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from statistics import median
from threading import Lock
from typing import Any, Final

import orjson

from bartizan.engines.observe import Observation, microseconds
from bartizan.watch.intake.identity import keyed_id, unused_ids
from bartizan.watch.intake.plain import Plainer, is_flat, plain_text
from bartizan.watch.journal import Writer

_SURELY_SHORT_BYTES: Final = 64 * 1024
_LONGEST_EVENT_BYTES: Final = 4 * 1024 * 1024
_BEGINNING_CHARACTERS: Final = 64 * 1024

_SECOND: Final = 1_000_000
_EARLIEST: Final = microseconds(datetime(1990, 1, 1, tzinfo=UTC))
_MOST_AHEAD: Final = 86_400 * _SECOND
_LATE: Final = 60 * _SECOND

_SKEW_SAMPLES: Final = 101
_SKEW_SOURCES: Final = 1_000
_NAMES: Final = ("kind", "actor", "place", "device", "asset", "outcome")
_LONGEST_NAME_BYTES: Final = 4 * 1024


class Intake:
    """Takes observations in, from any thread, and returns when they are on the disk."""

    def __init__(self, writer: Writer, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.truncated: Counter[str] = Counter()
        """How many events of each source had a text cut."""
        self._writer = writer
        self._clock = clock
        self._skews: OrderedDict[str, deque[int]] = OrderedDict()
        self._lock = Lock()

    def accept(self, observations: Sequence[Observation], *, is_live: bool = True) -> list[str]:
        """The ids of ``observations``, once all are on the disk; when an error is raised, none was kept.

        ``is_live`` is false for imports and other old records: they say nothing about the source's clock.
        """
        received = microseconds(self._clock())
        fresh = unused_ids(len(observations))
        events = [_event(each, received, fresh) for each in observations]
        self._writer.write([self._record(event) for event in events])
        if is_live:
            self._learn_skews(events)
        return [event["id"] for event in events]

    def skew(self, source: str) -> float | None:
        """By how many seconds the source's clock is ahead of ours, less the delay on the way; None when not known."""
        return self.skews().get(source)

    def skews(self) -> dict[str, float]:
        """The median over each source's last hundred live events: a single late one does not matter."""
        with self._lock:
            return {source: median(samples) / _SECOND for source, samples in self._skews.items()}

    def _record(self, event: dict[str, Any]) -> bytes:
        if is_flat(event.get("data", {})):
            try:
                record = orjson.dumps(event)
            except TypeError:  # a surrogate or a number beyond 64 bits
                record = b""
            if 0 < len(record) <= _SURELY_SHORT_BYTES and b"\\u0000" not in record:
                return record
        return self._careful_record(event)

    def _careful_record(self, event: dict[str, Any]) -> bytes:
        plainer = Plainer()
        event |= plainer.fields(event)
        for name in event.keys() & _NAMES:
            event[name] = plainer.text(event[name], name, _LONGEST_NAME_BYTES)
        record = orjson.dumps(event)
        if len(record) > _LONGEST_EVENT_BYTES:
            record = _only_the_beginning(event, plainer)
        if plainer.cut_bytes:
            said = {"truncated_bytes": plainer.cut_bytes, "truncated_sha256": plainer.digests}
            event["data"] = {**event.get("data", {}), **said}
            record = orjson.dumps(event)
            with self._lock:
                self.truncated[event["source"]] += 1
        return record

    def _learn_skews(self, events: Sequence[dict[str, Any]]) -> None:
        with self._lock:
            for event in events:
                samples = self._skews.setdefault(event["source"], deque(maxlen=_SKEW_SAMPLES))
                samples.append(event.get("claimed", event["time"]) - event["received"])
            while len(self._skews) > _SKEW_SOURCES:
                self._skews.popitem(last=False)


def _event(observation: Observation, received: int, fresh: Iterator[str]) -> dict[str, Any]:
    source = plain_text(observation.source)
    event: dict[str, Any] = {
        "id": keyed_id(source, observation.key) if observation.key else next(fresh),
        "time": received,
        "received": received,
        "source": source,
    }
    event |= _placed_in_time(observation.at, received)
    for name in (*_NAMES, "raw"):
        if value := getattr(observation, name):
            event[name] = value
    if observation.data:
        event["data"] = dict(observation.data)
    return event


def _placed_in_time(at: datetime, received: int) -> dict[str, Any]:
    """When the event happened. A clock that cannot be right is overruled; a late report is said to be late.

    Old times are believed back to 1990, because imports are old. A time without a zone is taken for UTC.
    """
    claimed = microseconds(at if at.tzinfo else at.replace(tzinfo=UTC))
    if not _EARLIEST <= claimed <= received + _MOST_AHEAD:
        return {"claimed": claimed, "clock": "implausible"}
    placed: dict[str, Any] = {"time": claimed}
    if at.tzinfo is None:
        placed["clock"] = "no zone"
    if received - claimed > _LATE:
        placed["late"] = (received - claimed) // _SECOND
    return placed


def _only_the_beginning(event: dict[str, Any], plainer: Plainer) -> bytes:
    """An event whose many texts are too long together keeps the beginning of its data, as text."""
    whole = orjson.dumps(event["data"])
    beginning = whole[:_BEGINNING_CHARACTERS].decode("utf-8", "ignore")
    plainer.cut_bytes += len(whole) - len(beginning.encode())
    plainer.digests["data"] = hashlib.sha256(whole).hexdigest()
    event["data"] = {"beginning": beginning}
    return orjson.dumps(event)
