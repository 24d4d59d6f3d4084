"""Readers that Bartizan runs itself, against real OSDP devices over a pseudo-terminal; nothing else runs."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from bartizan.connectors.osdp import Osdp, OsdpSettings
from bartizan.connectors.osdp.keeper import PRESENCE
from bartizan.connectors.osdp.kept import presence_in
from bartizan.connectors.osdp.played import KEY, Readers, readers
from bartizan.engines.observe import KINDS
from tests.connectors.osdp_site import (
    ALICE,
    BOB,
    CAROL,
    HOUSE,
    IN,
    LOST,
    OUT,
    WIRED,
    house,
    ready,
    site,
    write,
)
from tests.connectors.running import running


def test_a_card_with_the_right_frees_the_lock_and_shows_green(tmp_path: Path) -> None:
    with ready(tmp_path) as there:
        there.line.card(1, ALICE)
        seen = there.until("door.granted")
        there.line.until(lambda: (2, True) in there.line.lights(1))
        assert there.line.relay(1)[-1] == (5, 50), "for a time, of five seconds"
        assert (seen.actor, seen.place, seen.device) == ("badge:4417", "portal:D-LAB", "reader:R1")
        assert (seen.outcome, seen.data["words"], seen.data["direction"]) == ("success", "Granted, badge.", "in")
        assert there.run.until_health("ok").startswith(f"1 readers on {there.line.path} over secure channels; 1 cards")


@pytest.mark.parametrize(
    ("number", "facility", "badge", "reason"),
    [
        (CAROL, 17, "badge:3302", "no-grant"),
        (LOST, 17, "badge:4131", "lost"),
        (ALICE, 18, "badge:18:4417", "unknown"),
    ],
)
def test_a_card_without_the_right_is_refused_with_its_reason(
    tmp_path: Path, number: int, facility: int, badge: str, reason: str
) -> None:
    with ready(tmp_path) as there:
        there.line.card(1, number, facility)
        seen = there.until("door.denied")
        assert (seen.actor, seen.data["reason"], seen.outcome) == (badge, reason, "failure")
        there.line.until(lambda: (1, True) in there.line.lights(1))
        assert [code for code, _ in there.line.relay(1)] == [1], "the lock was told to stay shut, and nothing since"


def test_a_card_that_is_misread_opens_nothing_and_is_written_down(tmp_path: Path) -> None:
    with ready(tmp_path) as there:
        there.line.raw(1, bytes(4), 26)
        assert there.until("door.denied").data["reason"] == "unreadable"


def test_card_and_pin(tmp_path: Path) -> None:
    with ready(tmp_path, table=house(mode="card+pin")) as there:
        there.line.keys(1, "1234#")
        there.line.card(1, ALICE)
        there.line.until(lambda: (3, True) in there.line.lights(1))
        assert there.kinds == [], "waiting for a PIN is neither granted nor refused"
        there.line.keys(1, "99*12")
        there.line.keys(1, "34#")
        assert there.until("door.granted").data["words"] == "Granted, badge + PIN."
        there.line.card(1, ALICE)
        there.line.keys(1, "1111#")
        assert there.until("door.denied").data["reason"] == "wrong-pin"
        assert not any("1234" in str(one) or "1111" in str(one) for one in there.run.seen), "a PIN is written nowhere"


def test_a_duress_pin_opens_and_raises_a_silent_alarm(tmp_path: Path) -> None:
    with ready(tmp_path, table=house(mode="card+pin")) as there:
        there.line.card(1, ALICE)
        there.line.keys(1, "1235#")
        granted, alarm = there.until("door.granted"), there.until("alarm.duress")
        assert alarm.actor == granted.actor == "badge:4417"
        assert "duress" not in str(granted.data)
        there.line.until(lambda: (2, True) in there.line.lights(1))
        assert (1, True) not in there.line.lights(1)


def test_two_people_open_a_two_person_door(tmp_path: Path) -> None:
    with ready(tmp_path, table=house(two_person=True)) as there:
        there.line.card(1, ALICE)
        there.line.until(lambda: (3, True) in there.line.lights(1))
        there.line.card(1, BOB)
        there.until("door.granted", 2)
        assert {one.actor for one in there.run.seen if one.kind == "door.granted"} == {"badge:4417", "badge:4108"}
        assert "2 people inside" in there.run.connector.health.words


def test_who_waits_in_vain_for_a_second_person_is_refused(tmp_path: Path) -> None:
    with ready(tmp_path, table=house(two_person=True, two_person_seconds=1)) as there:
        there.line.card(1, ALICE)
        assert there.until("door.denied").data["words"] == "Nobody else came."


def test_the_door_says_who_went_through_and_how_it_was_opened(tmp_path: Path) -> None:
    with ready(tmp_path, WIRED, table=house(unlock_seconds=1), held_seconds=1) as there:
        there.line.card(1, ALICE)
        there.until("door.granted")
        there.line.inputs(1, 0)
        assert there.until("door.opened").actor == "badge:4417"
        assert there.until("door.held").data["open_seconds"] >= 1
        there.line.inputs(1)
        there.until("door.closed")
        there.line.inputs(1, 1)
        there.line.inputs(1, 0, 1)
        assert there.until("door.exit").actor == ""
        there.line.inputs(1)
        there.until("door.closed", 2)
        assert "door.forced" not in there.kinds


def test_a_door_that_opens_by_itself_is_forced_and_names_the_badge_refused_before(tmp_path: Path) -> None:
    with ready(tmp_path, WIRED) as there:
        there.line.card(1, LOST)
        there.until("door.denied")
        there.line.inputs(1, 0)
        assert there.until("door.forced").data == {"refused_badge": "4131"}


def test_a_contact_that_is_active_when_shut_is_turned_round(tmp_path: Path) -> None:
    with ready(tmp_path, f"{IN} contact=!0 exit=1") as there:
        there.line.inputs(1, 0)
        there.line.inputs(1)
        there.until("door.forced")


def test_pass_back_holds_over_two_readers_and_a_restart(tmp_path: Path) -> None:
    hard = house(passback="hard")
    with ready(tmp_path, IN, OUT, table=hard) as there:
        there.line.card(1, ALICE)
        there.until("door.granted")
    with ready(tmp_path, IN, OUT, table=hard) as there:
        there.line.card(1, ALICE)
        assert there.until("door.denied").data["reason"] == "passback"
        there.line.card(2, ALICE)
        left = there.until("door.granted")
        assert (left.data["direction"], left.data["reason"], left.device) == ("out", "leaving", "reader:R2")
        there.line.until(lambda: len(there.line.relay(1)) > 1)
        there.line.card(1, ALICE)
        there.until("door.granted", 2)


def test_who_never_opened_the_door_may_try_again(tmp_path: Path) -> None:
    with ready(tmp_path, WIRED, table=house(passback="hard", unlock_seconds=1)) as there:
        there.line.card(1, ALICE)
        there.until("door.granted")
        store = tmp_path / "run" / "read-to" / PRESENCE
        there.line.until(lambda: not presence_in(store).expected)
        there.line.card(1, ALICE)
        there.until("door.granted", 2)


def test_without_a_table_nobody_comes_in_and_everybody_gets_out(tmp_path: Path) -> None:
    with ready(tmp_path, IN, OUT, table=None) as there:
        assert "There is no access table" in there.run.until_health("trouble")
        there.line.card(1, ALICE)
        assert there.until("door.denied").data["words"].startswith("This reader has no access table")
        there.line.card(2, ALICE)
        assert there.until("door.granted").data["reason"] == "leaving"
        there.line.until_relay(1, (5, 50))
        write(tmp_path, HOUSE)
        there.run.until_health("ok")
        there.line.card(1, ALICE)
        there.until("door.granted", 2)


def test_a_damaged_table_leaves_the_one_before_in_force(tmp_path: Path) -> None:
    with ready(tmp_path) as there:
        (tmp_path / "run" / "access-table.json").write_text("{")
        assert "the one before holds" in there.run.until_health("trouble")
        there.line.card(1, ALICE)
        there.until("door.granted")


def test_a_badge_that_is_ended_in_the_table_opens_nothing_from_then_on(tmp_path: Path) -> None:
    with ready(tmp_path) as there:
        there.line.card(1, ALICE)
        there.until("door.granted")
        ended = tuple(replace(b, state="ended") if b.number == str(ALICE) else b for b in HOUSE.badges)
        write(tmp_path, replace(HOUSE, badges=ended))
        there.act("release")  # an act reads the table at once
        there.line.card(1, ALICE)
        assert there.until("door.denied").data["reason"] == "ended"


def test_a_wrong_key_is_said_and_the_right_one_heals_it(tmp_path: Path) -> None:
    with readers(1, key=bytes(16)) as line, site(tmp_path, line=line) as there:
        assert "enter the key that it was given" in there.run.until_health("trouble")
        assert there.until("device.offline").data["reason"] == "key"
        line.plug(1, KEY)
        there.until("device.online")


def test_a_reader_that_is_pulled_out_is_said_to_be_silent_and_comes_back(tmp_path: Path) -> None:
    with ready(tmp_path, IN, OUT) as there:
        there.line.pull(2)
        silent = there.run.until(lambda seen: any(one.kind == "device.offline" for one in seen), 30)[-1]
        assert (silent.device, silent.data["reason"]) == ("reader:R2", "offline")
        assert "reader:R2 (address 2) does not answer" in there.run.connector.health.words
        there.line.card(1, ALICE)
        there.until("door.granted")
        there.line.plug(2)
        there.run.until(lambda seen: sum(one.kind == "device.online" for one in seen) == 3, 30)
        there.line.card(2, ALICE)
        there.until("door.granted", 2)


def test_an_adapter_that_is_pulled_out_is_opened_again(tmp_path: Path) -> None:
    port = tmp_path / "ttyLINE"
    first = Readers(1)
    port.symlink_to(first.path)
    first.path = str(port)
    with site(tmp_path, line=first) as there:
        there.until("device.online")
        first.close()
        assert there.until("device.offline").data["reason"] == "port"
        assert "plug the adapter in again" in there.run.connector.health.words
        with readers(1) as second:
            port.unlink()
            port.symlink_to(second.path)
            there.until("device.online", 2)
            second.card(1, ALICE)
            there.until("door.granted")


def test_tamper_and_power_are_said_when_they_change(tmp_path: Path) -> None:
    with ready(tmp_path) as there:
        there.line.local(1, tamper=True)
        assert there.until("alarm.tamper").device == "reader:R1"
        there.line.local(1)
        there.until("alarm.restored")
        there.line.local(1, power=True)
        assert there.until("device.fault").data["reason"] == "power"


def test_a_door_goes_on_deciding_while_nothing_can_be_written_down(tmp_path: Path) -> None:
    with ready(tmp_path) as there:
        there.run.pace.clear()  # the journal hangs
        for _ in range(3):
            there.line.card(1, ALICE)
            told = len(there.line.relay(1))
            there.line.until(lambda told=told: len(there.line.relay(1)) > told)  # type: ignore[misc]
        there.run.pace.set()
        there.until("door.granted", 3)


def test_events_that_find_no_room_are_counted_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bartizan.connectors.osdp.connector._MOST", 2)
    with ready(tmp_path) as there:
        there.run.pace.clear()
        for number in range(6):
            there.line.card(1, ALICE)
            there.line.until(lambda number=number: len(there.line.relay(1)) > number + 1)  # type: ignore[misc]
        assert "events were let go. Doors go on." in there.run.until_health("trouble")
        there.run.pace.set()
        assert there.until("device.fault").data["let_go"] >= 1


def test_a_full_disk_stops_no_door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = tmp_path / "run" / "read-to" / PRESENCE
    store.parent.mkdir(parents=True)
    store.mkdir()  # whatever is wrong with it
    with ready(tmp_path) as there:
        assert "cannot be kept" in there.run.until_health("trouble")
        there.line.card(1, ALICE)
        there.until("door.granted")


def test_a_restart_remembers_who_is_inside_however_hard_it_was(tmp_path: Path) -> None:
    with ready(tmp_path) as there:
        there.line.card(1, ALICE)
        there.until("door.granted")
        store = tmp_path / "run" / "read-to" / PRESENCE
        assert presence_in(store).where["person:alice"].zone == "LAB"
        with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as reading:
            assert reading.execute("SELECT count(*) FROM passage").fetchone() == (1,), "on disk before any stop"
        assert store.stat().st_mode & 0o077 == 0


def test_what_was_kept_and_cannot_be_read_keeps_no_door_shut(tmp_path: Path) -> None:
    with ready(tmp_path) as there:
        there.line.card(1, ALICE)
        there.until("door.granted")
    store = tmp_path / "run" / "read-to" / PRESENCE
    with sqlite3.connect(store) as spoiling:
        spoiling.execute("INSERT INTO passage (told) VALUES ('{')")
        spoiling.execute("UPDATE folded SET state = '[]'")
    with ready(tmp_path) as there:
        there.line.card(1, ALICE)
        there.until("door.granted")


def test_a_port_that_is_no_serial_port_is_said_to_be_none(tmp_path: Path) -> None:
    given = {
        "serial_port": "/dev/null",
        "readers": [IN],
        "require_secure": False,
        "state_folder": tmp_path / "run" / "x",
    }
    with running(Osdp("mill-lane", OsdpSettings.model_validate(given))) as run:
        assert "no serial port" in run.until_health("trouble")


def test_every_event_is_of_a_known_kind() -> None:
    text = "".join(p.read_text() for p in (Path(__file__).parents[2] / "src/bartizan/connectors/osdp").glob("*.py"))
    said = set(re.findall(r'"((?:door|device|alarm)\.[a-z]+)"', text))
    assert "door.forced" in said
    assert said - KINDS.keys() == set()
