"""What doors are told from afar, how they stand by themselves, and what a line's settings must say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bartizan.connectors.osdp import Osdp, OsdpSettings
from bartizan.connectors.osdp.played import KEY
from bartizan.engines.access import Order, Schedule, Window
from tests.connectors.osdp_site import (
    ALICE,
    BOB,
    CAROL,
    HOUSE,
    IN,
    NOW,
    OUT,
    WIRED,
    house,
    ready,
    write,
)


def test_a_door_is_unlocked_locked_and_given_back_from_afar(tmp_path: Path) -> None:
    with ready(tmp_path, WIRED) as there:
        assert there.act("unlock", seconds=7) == "D-LAB unlocked for 7 s."
        there.line.until_relay(1, (5, 70))
        assert there.act("unlock", seconds=0) == "D-LAB unlocked until it is released."
        there.line.until_relay(1, (2, 0))
        there.line.inputs(1, 0)
        there.until("door.opened")
        there.line.inputs(1)
        assert there.act("lock") == "D-LAB kept locked from outside."
        there.line.until_relay(1, (1, 0))
        there.line.card(1, ALICE)
        assert there.until("door.denied").data["reason"] == "locked"
        assert there.act("release") == "D-LAB locked."
        there.line.card(1, ALICE)
        there.until("door.granted")


def test_a_lock_down_drops_an_unlocked_door_and_survives_a_restart(tmp_path: Path) -> None:
    with ready(tmp_path) as there:
        there.act("unlock", seconds=0)
        assert there.act("lockdown", level=4) == "D-LAB locked down."
        there.line.until_relay(1, (1, 0))
    with ready(tmp_path) as there:
        there.line.card(1, BOB)
        assert there.until("door.denied").data["reason"] == "lockdown"
        there.line.card(1, ALICE)
        there.until("door.granted")
        there.act("end lockdown")
        there.line.card(1, BOB)
        there.until("door.granted", 2)


def test_a_door_that_is_locked_down_is_not_said_to_be_unlocked(tmp_path: Path) -> None:
    with ready(tmp_path) as there:
        there.act("lockdown", level=4)
        with pytest.raises(Exception, match="end the lock-down first"):
            there.act("unlock", seconds=0)
        assert there.act("unlock", seconds=3) == "D-LAB unlocked for 3 s."


def test_a_lock_down_of_the_table_needs_no_act_and_none_ends_it(tmp_path: Path) -> None:
    with ready(tmp_path) as there:
        order = Order("3", "lockdown", ("site:ML",), NOW - timedelta(minutes=1), level=4)
        write(tmp_path, replace(HOUSE, orders=(order,)))
        there.until("door.locked")
        there.line.card(1, BOB)
        assert there.until("door.denied").data["reason"] == "lockdown"
        assert there.act("lockdown", id="3", level=4) == "D-LAB locked down."
        with pytest.raises(Exception, match="still holds a lock-down"):
            there.act("end lockdown")


def test_an_order_of_the_table_ends_with_the_table_though_the_door_was_told_of_it(tmp_path: Path) -> None:
    with ready(tmp_path) as there:
        write(tmp_path, replace(HOUSE, orders=(Order("3", "free", ("site:ML",), NOW - timedelta(minutes=1)),)))
        assert there.act("free", id="3") == "D-LAB free both ways."
        there.line.until_relay(1, (2, 0))
        write(tmp_path, HOUSE)
        assert there.until("door.locked").data["reason"] == "ended"


def test_an_order_that_is_in_no_table_is_obeyed_until_its_time(tmp_path: Path) -> None:
    with ready(tmp_path) as there:
        until = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
        assert there.act("unlock", id="3", seconds=0, until=until) == "D-LAB unlocked until it is released."
        there.line.until_relay(1, (2, 0))
        assert there.until("door.locked").data["reason"] == "ended"


def test_a_lock_down_while_doors_are_free_holds_once_they_are_not(tmp_path: Path) -> None:
    with ready(tmp_path) as there:
        there.act("free")
        assert there.act("lockdown", level=4) == "D-LAB locked down once it is no longer free for fire and rescue."
        there.act("end free")
        there.line.card(1, BOB)
        assert there.until("door.denied").data["reason"] == "lockdown"


def test_an_order_from_afar_ends_when_it_says(tmp_path: Path) -> None:
    with ready(tmp_path) as there:
        there.act("free", until=(datetime.now(UTC) + timedelta(seconds=1)).isoformat())
        there.line.until_relay(1, (2, 0))
        assert there.until("door.locked").data["reason"] == "ended"
        there.line.until_relay(1, (1, 0))


def test_fire_release_frees_the_door_and_beats_a_lock_down(tmp_path: Path) -> None:
    with ready(tmp_path) as there:
        there.act("lockdown", level=4)
        assert there.act("free", "reader:R1") == "D-LAB free both ways."
        there.line.until_relay(1, (2, 0))
        there.line.card(1, CAROL)
        assert there.until("door.granted").data["reason"] == "free"


def test_an_act_on_a_door_that_is_not_here_or_does_not_answer_says_so(tmp_path: Path) -> None:
    with ready(tmp_path) as there:
        with pytest.raises(Exception, match="no door in portal:D-ELSEWHERE"):
            there.act("unlock", "portal:D-ELSEWHERE")
        for seconds in (9999, -1, "5", None):
            with pytest.raises(Exception, match="at most 600 seconds"):
                there.act("unlock", seconds=seconds)
        with pytest.raises(Exception, match="is no time"):
            there.act("lock", until="tomorrow")
        there.line.pull(1)
        there.run.until(lambda seen: seen[-1].kind == "device.offline", 30)
        with pytest.raises(Exception, match="does not answer"):
            there.act("unlock", seconds=5)


def test_a_door_in_office_mode_stands_unlocked_and_shows_it(tmp_path: Path) -> None:
    midnight = time(0)
    always = Schedule("office", (Window(tuple(range(7)), midnight, midnight),))
    table = replace(house(open_schedule="office"), schedules=(always,))
    with ready(tmp_path, table=table) as there:
        assert there.until("door.unlocked").data["reason"] == "schedule"
        there.line.until_relay(1, (2, 0))
        there.line.until(lambda: (2, False) in there.line.lights(1))


def test_a_reader_that_comes_back_is_told_again_how_its_door_stands(tmp_path: Path) -> None:
    with ready(tmp_path) as there:
        there.act("unlock", seconds=0)
        there.line.pull(1)
        there.run.until(lambda seen: seen[-1].kind == "device.offline", 30)
        there.line.told[1].clear()
        there.line.plug(1)
        there.line.until(lambda: (2, 0) in there.line.relay(1))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"readers": ["x in reader:R portal:P"]}, "is no reader"),
        ({"readers": ["1 in R portal:P"]}, "must name reader: and portal:"),
        ({"readers": ["127 in reader:R portal:P"]}, "0 to 126"),
        ({"readers": ["1 in reader:R portal:P lamp=1"]}, "not relay=, contact= or exit="),
        ({"readers": [IN, IN]}, "given twice"),
        ({"keys": ""}, "Reader 1 has no key"),
        ({"keys": "1=00"}, "32 hexadecimal digits"),
        ({"baud": 4800}, "no speed of OSDP"),
        ({"serial_port": "ttyUSB0"}, "not a full path"),
    ],
)
def test_settings_that_cannot_be_right_say_why(changes: dict[str, Any], words: str) -> None:
    given = {"serial_port": "/dev/ttyUSB0", "readers": [IN], "keys": f"1={KEY.hex()}", **changes}
    with pytest.raises(ValueError, match=words):
        OsdpSettings.model_validate(given)


def test_what_a_source_reaches_is_known_without_running_it() -> None:
    settings = OsdpSettings(serial_port="/dev/ttyX", readers=[IN, OUT], require_secure=False)
    assert set(Osdp.reaches(settings)) == {"portal:D-LAB", "reader:R1", "reader:R2"}
    assert "There is no serial port /dev/ttyX" in str(
        Osdp("x", settings.model_copy(update={"state_folder": Path("/x/y")})).check()
    )
