"""Intake keeps whatever a source sends, in a form that can be stored, and says what it had to change."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from enum import IntEnum
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bartizan.engines.observe import Observation, microseconds
from bartizan.watch.intake import Intake, Recent, unused_ids
from bartizan.watch.journal import JournalError, Reader, Writer

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MEBIBYTE = 1024 * 1024


class World:
    """An intake at noon on its journal."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.writer = Writer(folder, "watch")
        self.intake = Intake(self.writer, clock=lambda: NOON)

    def stored(self) -> list[dict[str, Any]]:
        records, cursor = Reader(self.folder).read({}, 100_000)
        while (more := Reader(self.folder).read(cursor, 100_000))[0]:
            records, cursor = records + more[0], more[1]
        return [orjson.loads(record) for record in records]

    def take(self, **fields: Any) -> dict[str, Any]:
        """What is stored of one observation."""
        given_fields: dict[str, Any] = {"at": NOON, "source": "doors", "kind": "door.granted"} | fields
        (identity,) = self.intake.accept([Observation(**given_fields)])
        event = self.stored()[-1]
        assert event["id"] == identity
        return event


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.writer.close()


def test_an_observation_is_stored_with_both_times_and_without_its_empty_fields(world: World) -> None:
    event = world.take(at=NOON - timedelta(seconds=2), actor="badge:4417", data={"EventID": 4624}, raw="as received")
    assert UUID(event.pop("id")).version == 7
    assert event == {
        "time": microseconds(NOON) - 2_000_000, "received": microseconds(NOON), "source": "doors",
        "kind": "door.granted", "actor": "badge:4417", "data": {"EventID": 4624}, "raw": "as received",
    }  # fmt: skip


def test_a_record_with_a_key_of_its_source_has_the_same_id_whenever_it_comes(world: World) -> None:
    first, second = world.take(key="record 7"), world.take(key="record 7", at=NOON + timedelta(hours=1))
    assert first["id"] == second["id"]
    assert world.take(key="record 8")["id"] != first["id"]
    assert world.take(key="record 7", source="other doors")["id"] != first["id"]
    assert world.take()["id"] != world.take()["id"]


def test_ids_rise_across_threads_and_hold_their_time() -> None:
    with ThreadPoolExecutor(8) as pool:
        blocks = list(pool.map(lambda _: list(unused_ids(500)), range(40)))
    ids = [each for block in blocks for each in block]
    assert len(set(ids)) == len(ids)
    assert all(block == sorted(block) for block in blocks)
    late = next(unused_ids(1))
    assert late > max(ids)
    parsed = UUID(late)
    assert (parsed.version, parsed.variant) == (7, "specified in RFC 4122")
    assert abs((parsed.int >> 80) / 1000 - time.time()) < 2


def test_a_message_of_ten_megabytes_is_cut_and_says_so(world: World) -> None:
    whole = "€" * 3_500_000
    event = world.take(raw=whole, data={"EventID": 1})
    kept = event["raw"].encode()
    assert MEBIBYTE - 4 < len(kept) <= MEBIBYTE
    assert whole.startswith(event["raw"])
    assert event["data"]["EventID"] == 1
    assert event["data"]["truncated_bytes"] == len(whole.encode()) - len(kept)
    assert event["data"]["truncated_sha256"] == {"raw": hashlib.sha256(whole.encode()).hexdigest()}
    assert world.intake.truncated == {"doors": 1}


def test_a_message_of_one_mebibyte_is_kept_whole(world: World) -> None:
    event = world.take(raw="x" * MEBIBYTE)
    assert event["raw"] == "x" * MEBIBYTE
    assert "data" not in event
    assert not world.intake.truncated


def test_many_long_fields_together_keep_their_beginning(world: World) -> None:
    event = world.take(data={f"field{number}": "y" * MEBIBYTE for number in range(30)}, actor="user:" + "z" * 100_000)
    assert event["data"]["beginning"].startswith('{"field0":"yyy')
    assert event["data"]["truncated_bytes"] > 29 * MEBIBYTE
    assert set(event["data"]["truncated_sha256"]) == {"actor", "data"}
    assert len(event["actor"]) == 4_096
    assert len(orjson.dumps(event)) < MEBIBYTE


@pytest.mark.parametrize(
    ("at", "is_plausible"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), False),
        (datetime(2099, 1, 1, tzinfo=UTC), False),
        (datetime(1, 1, 1, tzinfo=UTC), False),
        (datetime.max.replace(tzinfo=UTC), False),
        (NOON + timedelta(days=2), False),
        (NOON + timedelta(hours=23), True),
        (datetime(1990, 1, 1, tzinfo=UTC), True),
        (NOON - timedelta(days=4_000), True),
        (NOON.astimezone(timezone(timedelta(hours=5, minutes=45))), True),
    ],
)
def test_only_a_time_that_cannot_be_true_is_replaced_and_then_kept_beside(
    world: World, at: datetime, is_plausible: bool
) -> None:
    event = world.take(at=at)
    assert event["received"] == microseconds(NOON)
    if is_plausible:
        assert event["time"] == microseconds(at)
        assert "clock" not in event
    else:
        assert event["time"] == microseconds(NOON)
        assert event["claimed"] == microseconds(at)
        assert event["clock"] == "implausible"


def test_a_time_without_a_zone_is_taken_for_utc_and_said(world: World) -> None:
    event = world.take(at=NOON.replace(tzinfo=None))
    assert (event["time"], event["clock"]) == (microseconds(NOON), "no zone")


def test_an_event_that_comes_late_says_by_how_much(world: World) -> None:
    assert world.take(at=NOON - timedelta(minutes=5))["late"] == 300
    assert "late" not in world.take(at=NOON - timedelta(seconds=59))


def test_the_skew_of_a_source_is_the_median_of_its_live_events(world: World) -> None:
    for seconds in (89, 90, 90, 91, -86_000):
        world.take(at=NOON + timedelta(seconds=seconds))
    old = [Observation(at=NOON - timedelta(days=300), source="import", kind="door.granted")]
    world.intake.accept(old, is_live=False)
    assert world.intake.skew("doors") == 90
    assert world.intake.skew("import") is None
    assert world.intake.skews() == {"doors": 90}


def test_a_source_whose_clock_stands_at_1970_shows_in_its_skew(world: World) -> None:
    world.take(at=datetime(1970, 1, 1, tzinfo=UTC))
    assert (world.intake.skew("doors") or 0) < -50 * 365 * 86_400


class Colour(IntEnum):
    RED = 1


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (b"caf\xc3\xa9 \xff", "café \\xff"),
        (b"\x00\x80".decode("utf-8", "surrogateescape"), "\\x00\\x80"),
        ("no end \x00", "no end \\x00"),
        ("lone \ud800", "lone \\ud800"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
        (2**64 - 1, 2**64 - 1),
        (2**70, str(2**70)),
        pytest.param(10**5_000, hex(10**5_000), id="enormous"),
        (datetime(2026, 1, 2, 3, tzinfo=UTC), "2026-01-02T03:00:00+00:00"),
        (date(2026, 1, 2), "2026-01-02"),
        (Colour.RED, 1),
        (UUID(int=5), "00000000-0000-0000-0000-000000000005"),
        ({1: "a", "1": "b"}, {"1": "a", "1 (str)": "b"}),
        ({None: {b"k": (1, math.nan)}}, {"None": {"k": [1, "nan"]}}),
        (frozenset({3}), [3]),
        (1.5, 1.5),
        (None, None),
    ],
)
def test_values_that_json_cannot_hold_keep_their_meaning(world: World, value: object, kept: object) -> None:
    assert world.take(data={"value": value})["data"] == {"value": kept}


def test_invalid_utf8_is_legible_everywhere(world: World) -> None:
    broken = b"d\xffr".decode("utf-8", "surrogateescape")
    event = world.take(source=broken, actor=broken, raw=broken, key=broken, data={broken: broken})
    assert event["source"] == event["actor"] == event["raw"] == "d\\xffr"
    assert event["data"] == {"d\\xffr": "d\\xffr"}


def test_a_structure_without_end_is_cut_off_at_depth(world: World) -> None:
    nested: dict[str, Any] = {}
    nested["inner"] = nested
    assert "inner" in world.take(data=nested)["data"]


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None))
    | st.binary()
    | st.datetimes(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(codec=None)) | st.integers() | st.binary(), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.dictionaries(st.text(st.characters(codec=None)), anything), raw=st.text(st.characters(codec=None)))
def test_whatever_a_source_sends_can_be_stored(world: World, data: dict[str, Any], raw: str) -> None:
    event = world.take(data=data, raw=raw)
    assert len(event.get("data", {})) == len(data)
    assert bool(event.get("raw")) == bool(raw)


def test_nothing_is_acknowledged_when_the_journal_refuses(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.writer.close()
    with pytest.raises(JournalError, match="closed"):
        world.intake.accept([Observation(at=NOON, source="doors", kind="door.granted")])
    assert world.stored() == []
    assert world.intake.skew("doors") is None


def test_an_empty_batch_is_nothing(world: World) -> None:
    assert world.intake.accept([]) == []


def test_a_repeat_is_known_until_many_others_came() -> None:
    recent = Recent(most=2)
    assert [recent.seen(each) for each in "aab"] == [False, True, False]
    assert recent.seen("a")
    assert not recent.seen("c")  # "b" is the oldest now and goes
    assert not recent.seen("b")
    assert recent.seen("c")
