"""The envelope and the stamp of a syslog message, in the forms that devices send."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.connectors.parse import Lines, Stamps, decoded
from bartizan.connectors.parse.header import read_header
from bartizan.connectors.parse.stamp import machine_zone
from bartizan.engines.observe import KINDS

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def test_the_example_of_rfc_5424_is_read_whole() -> None:
    header = read_header(
        "<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 "
        '[exampleSDID@32473 iut="3" eventSource="App\\"lication\\]" eventID="1011"][priority@32473 class="high"] '
        "\ufeffAn application event"
    )
    assert (header.host, header.program, header.pid) == ("mymachine.example.com", "evntslog", "")
    assert header.priority == ("local4", "notice")
    assert header.message == "An application event"
    assert header.more == {
        "msgid": "ID47",
        "structured": {
            "exampleSDID@32473": {"iut": "3", "eventSource": 'App"lication]', "eventID": "1011"},
            "priority@32473": {"class": "high"},
        },
    }


def test_nothing_but_nil_values_is_still_a_message() -> None:
    observation = Lines("house", UTC).read("<0>1 - - - - - -", NOW, {}, device="ip:10.0.0.1")
    assert (observation.at, observation.device, observation.kind) == (NOW, "ip:10.0.0.1", "unknown")


# Line, host, program, process, message.
FORMS = {
    "usual": ("<34>Oct 11 22:14:15 gate su[9]: hello", "gate", "su", "9", "hello"),
    "one-digit day": ("<34>Oct  1 22:14:15 gate su: hello", "gate", "su", "", "hello"),
    "no priority": ("Oct 11 22:14:15 gate su: hello", "gate", "su", "", "hello"),
    "no host (pfSense)": ("<134>Oct 11 22:14:15 filterlog[5]: 5,,", "", "filterlog", "5", "5,,"),
    "iso stamp (rsyslog)": ("<34>2024-05-01T10:00:00.123456+02:00 gate su[9]: hello", "gate", "su", "9", "hello"),
    "iso stamp in a file": ("2024-05-01T10:00:00.123456+02:00 gate su[9]: hello", "gate", "su", "9", "hello"),
    "no colon": ("<34>Oct 11 22:14:15 gate syslogd 1.4.1: restart.", "gate", "syslogd", "", "syslogd 1.4.1: restart."),
    "only a tag": ("<13>backup: done", "", "backup", "", "done"),
    "cisco ios": (
        "<189>123: core1: *Mar  1 18:48:50.483 UTC: %SYS-5-CONFIG_I: Configured from console",
        "core1",
        "%SYS-5-CONFIG_I",
        "",
        "Configured from console",
    ),
    "cisco ios, plain": (
        "<189>29: *Apr  1 12:00:00: %LINK-3-UPDOWN: Interface up",
        "",
        "%LINK-3-UPDOWN",
        "",
        "Interface up",
    ),
    "cisco asa": (
        "<166>Oct 13 2018 12:00:00 asa1 : %ASA-6-302013: Built inbound",
        "asa1",
        "%ASA-6-302013",
        "",
        "Built inbound",
    ),
    "cisco asa without host": (
        "<166>Oct 13 2018 12:00:00: %ASA-6-302013: Built inbound",
        "",
        "%ASA-6-302013",
        "",
        "Built inbound",
    ),
    "meraki": ("<134>1 1563249630.774247467 MX84 flows src=10.0.0.1", "MX84", "flows", "", "src=10.0.0.1"),
    "path as tag": ("<78>Oct 11 22:14:15 gate /usr/sbin/cron[1]: x", "gate", "/usr/sbin/cron", "1", "x"),
}


@pytest.mark.parametrize("form", FORMS)
def test_devices_may_leave_out_or_add_what_they_like(form: str) -> None:
    line, host, program, pid, message = FORMS[form]
    header = read_header(line)
    assert (header.host, header.program, header.pid, header.message) == (host, program, pid, message)
    at = Lines("house", UTC).read(line, NOW, {}).at
    assert header.stamp == "" or at != NOW


# Stamp, when it came, when it happened.
YEARS = [
    ("Dec 31 23:59:59", datetime(2024, 1, 1, 0, 0, 5, tzinfo=UTC), datetime(2023, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ("Jan  1 00:00:02", datetime(2023, 12, 31, 23, 59, 58, tzinfo=UTC), datetime(2024, 1, 1, 0, 0, 2, tzinfo=UTC)),
    ("Jun 14 15:16:01", datetime(2024, 11, 2, tzinfo=UTC), datetime(2024, 6, 14, 15, 16, 1, tzinfo=UTC)),
    ("Dec 10 06:55:46", datetime(2024, 11, 2, tzinfo=UTC), datetime(2023, 12, 10, 6, 55, 46, tzinfo=UTC)),
    ("Feb 29 12:00:00", datetime(2027, 3, 1, tzinfo=UTC), datetime(2024, 2, 29, 12, tzinfo=UTC)),
]


@pytest.mark.parametrize(("stamp", "came", "happened"), YEARS)
def test_a_stamp_without_a_year_is_the_latest_that_is_not_in_the_future(
    stamp: str, came: datetime, happened: datetime
) -> None:
    assert Stamps(UTC).read(stamp, came) == happened


def test_the_same_stamp_is_read_anew_in_another_year() -> None:
    stamps = Stamps(UTC)
    first = stamps.read("May  1 12:00:00", datetime(2024, 5, 1, 12, tzinfo=UTC))
    second = stamps.read("May  1 12:00:00", datetime(2025, 5, 1, 13, tzinfo=UTC))
    assert first
    assert second
    assert (first.year, second.year) == (2024, 2025)


def test_the_hour_that_clocks_say_twice_is_settled_by_when_the_message_came() -> None:
    for utc_hour in (0, 1):
        came = datetime(2024, 10, 27, utc_hour, 30, 5, tzinfo=UTC)
        at = Stamps(AMSTERDAM).read("Oct 27 02:30:00", came)
        assert at
        assert at.astimezone(UTC) == datetime(2024, 10, 27, utc_hour, 30, tzinfo=UTC)


@pytest.mark.parametrize("stamp", ["Feb 30 12:00:00", "Foo 11 12:00:00", "nonsense", "Oct 11 25:00:00", "9" * 40])
def test_a_stamp_that_is_none_is_kept_beside_the_time_of_receipt(stamp: str) -> None:
    observation = Lines("house", UTC).read(f"<13>1 {stamp.replace(' ', '_')} gate app - - - hello", NOW, {})
    assert observation.at == NOW
    assert Stamps(UTC).read(stamp, NOW) is None


@pytest.mark.parametrize("year", [1970, 2099])
def test_far_years_are_believed(year: int) -> None:
    assert Lines("house", UTC).read(f"<13>1 {year}-01-01T00:00:00Z gate app - - - x", NOW, {}).at.year == year


def test_a_leap_second_is_the_second_before() -> None:
    at = Stamps(UTC).read_precise("2016-12-31T23:59:60.5Z", NOW)
    assert at == datetime(2016, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC)


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail_or_lose_the_message(raw: bytes) -> None:
    observation = Lines("house", AMSTERDAM).read(decoded(raw), NOW, {})
    assert observation.kind in KINDS
    assert observation.at.tzinfo
    assert observation.raw == decoded(raw) or observation.data
    observation.raw.encode()


STARTS = st.sampled_from(
    [
        "<38>Oct 11 22:14:15 g sshd[1]: ",
        "<13>1 2024-05-01T00:00:00Z g sudo - - - ",
        "<4>Oct 11 22:14:15 g kernel: IN= OUT= SRC=",
    ]
)
BODIES = st.sampled_from(
    [
        "Failed password for ",
        "alice : TTY=",
        "type=EXECVE msg=audit(1.1:1): a0=",
        "5,,,1,em0,match,block,in,4,",
        '{"event_type":"dns",',
        "CEF:0|",
    ]
)


@given(STARTS, BODIES, st.text(max_size=120))
def test_no_ending_of_a_known_message_makes_a_parser_fail(start: str, body: str, end: str) -> None:
    observation = Lines("house", UTC).read(start + body + end, NOW, {})
    assert observation.kind in KINDS


def test_this_machine_s_zone_is_what_was_said_at_the_start_else_what_its_clock_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "localtime"
    for said, link, zone in (
        ("", "Europe/Amsterdam", "Europe/Amsterdam"),
        ("Asia/Tokyo", "Europe/Amsterdam", "Asia/Tokyo"),
        (":Asia/Tokyo", "Europe/Amsterdam", "Asia/Tokyo"),
        ("CET-1CEST", "Europe/Amsterdam", "Europe/Amsterdam"),
        ("", "No/Such", "UTC"),
    ):
        here.unlink(missing_ok=True)
        here.symlink_to(tmp_path / "zoneinfo" / link)
        monkeypatch.setenv("BARTIZAN_ZONE", said)
        assert machine_zone(here).key == zone


def test_stamps_without_a_zone_are_of_this_machine_s_in_the_processes_that_django_puts_into_another(
    tmp_path: Path,
) -> None:
    ask = "import django; django.setup(); from bartizan.connectors.parse.stamp import zone_of; print(zone_of(''))"
    child = (
        f"import django, subprocess, sys; django.setup(); subprocess.run([sys.executable, '-c', {ask!r}], check=True)"
    )
    given = {"TZ": "Asia/Tokyo", "BARTIZAN_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "bartizan.settings"}
    env = {name: value for name, value in os.environ.items() if name != "BARTIZAN_ZONE"} | given
    for code in (ask, child):
        assert subprocess.check_output([sys.executable, "-c", code], env=env, text=True).strip() == "Asia/Tokyo"
