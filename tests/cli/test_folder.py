"""A case folder, as a stranger writes one: what is understood of it, and what is said of what is not."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bartizan.cli.folder import Folder, FolderError, read_folder
from bartizan.cli.folder.example import write_example
from bartizan.engines.pinpoint.inquiry import Clock

BADGES = """Card,Door,When,Result
0004417,VAULT,2026-03-02 08:02:11,OK
4418,VAULT,2026-03-02 21:14:00,OK
4417,VAULT,soon,OK
9999,CELLAR,2026-03-02 22:00:00,OK
,VAULT,2026-03-02 22:10:00,MAYBE
"""
MAPPING = """
source: doors
time: When
kind: {column: Result, table: {OK: door.granted}}
actor: Card
place: Door
data: none
"""
STAFF = "Staff number;First name;Last name;Cards;In dienst\nE1;Mia;de Vos;4417;1-9-2019\nE2;Ada;Bakker;4418;2-9-2019\n"
ZONES = "code,name,outside\nVAULT,The vault,no\nSTREET,Street,yes\n"
EFFECTS = "kind,from,to,place\nmissing,2026-03-02 21:00,2026-03-02 22:00,VAULT\n"
SETTINGS = "timezone: Europe/Amsterdam\nday_first: true\n"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The least that is answered: staff, zones, effects and one badge log."""
    texts = {"badge.csv": BADGES, "badge.yaml": MAPPING, "staff.csv": STAFF, "zones.csv": ZONES}
    for name, text in (texts | {"effects.csv": EFFECTS, "case.yaml": SETTINGS}).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def refused(folder: Path) -> str:
    with pytest.raises(FolderError) as error:
        read_folder(folder)
    return str(error.value)


def events(folder: Folder) -> dict[str, dict[str, object]]:
    return {event["id"]: event for event in folder.events}


def test_staff_zones_effects_and_one_badge_log_are_enough(small: Path) -> None:
    folder = read_folder(small)
    estate, effect = folder.inquiry.estate, folder.inquiry.effects[0]
    assert estate.people["E1"].name == "Mia de Vos"
    assert estate.people["E1"].joined_on.isoformat() == "2019-09-01"  # type: ignore[union-attr]
    assert estate.badges["4418"][0].person == "E2"
    assert estate.zones["STREET"].is_outside
    assert (effect.place, effect.since) == ("zone:VAULT", datetime(2026, 3, 2, 20, tzinfo=UTC))
    assert effect.until == datetime(2026, 3, 2, 21, tzinfo=UTC)


def test_references_without_a_kind_are_completed_where_one_thing_is_meant(small: Path) -> None:
    seen = events(read_folder(small))
    assert (seen["badge.csv:2"]["actor"], seen["badge.csv:2"]["place"]) == ("badge:4417", "zone:VAULT")
    assert seen["badge.csv:3"]["actor"] == "badge:4418"


def test_a_door_that_leads_into_the_zone_of_its_name_is_no_second_meaning(small: Path) -> None:
    (small / "doors.csv").write_text("code,outer,inner\nVAULT,STREET,VAULT\n")
    assert events(read_folder(small))["badge.csv:2"]["place"] == "portal:VAULT"


def test_a_name_that_two_things_have_is_left_as_it_was_written(small: Path) -> None:
    (small / "doors.csv").write_text("code,outer,inner\nVAULT,VAULT,STREET\n")
    (small / "effects.csv").write_text(EFFECTS.replace("VAULT", "zone:VAULT"))
    folder = read_folder(small)
    assert events(folder)["badge.csv:2"]["place"] == "VAULT"
    assert any("may mean portal:VAULT or zone:VAULT" in line for line in folder.notes.others)
    (small / "effects.csv").write_text(EFFECTS)
    assert "may be portal:VAULT or zone:VAULT; write which" in refused(small).replace(" (“VAULT”)", "")


def test_without_a_list_of_doors_a_door_means_the_zone_of_its_name(small: Path) -> None:
    (small / "badge.yaml").write_text(MAPPING.replace("place: Door", "place: {column: Door, prefix: portal}"))
    assert events(read_folder(small))["badge.csv:2"]["place"] == "zone:VAULT"


def test_a_row_that_is_not_understood_is_named_with_what_to_do(small: Path) -> None:
    notes = read_folder(small).notes
    [row] = notes.rows
    assert (row.file, row.row, row.column, row.value) == ("badge.csv", 4, "When", "soon")
    assert "correct it" in row.todo
    assert notes.as_json()["files"]["badge.csv"] == {"rows": 5, "used": 4, "skipped": 0, "left_out": 1, "repeats": 0}


def test_what_no_list_knows_is_counted(small: Path) -> None:
    told = read_folder(small).notes.as_json()
    somebody = {"kind": "", "first": "badge.csv:5", "count": 1}
    assert told["events_without_known_person"] == {"count": 1, "references": [somebody]}
    somewhere = {"reference": "CELLAR", "first": "badge.csv:5", "count": 1}
    assert told["events_without_known_place"] == {"count": 1, "references": [somewhere], "naming_none": 0}
    assert told["events_not_understood"] == 1
    assert told["sources_without_clock"] == ["doors"]


def test_every_row_is_used_left_out_or_said_to_be_skipped(tmp_path: Path) -> None:
    write_example(tmp_path / "case")
    for name, about in read_folder(tmp_path / "case").notes.files.items():
        assert about.rows == about.used + about.skipped + about.left_out + about.repeats, name
        assert about.rows == about.used, name


def test_times_are_in_the_zone_of_the_case_unless_the_mapping_says_another(small: Path) -> None:
    assert events(read_folder(small))["badge.csv:2"]["time"] == 1772434931000000  # 07:02:11 UTC
    (small / "badge.yaml").write_text(MAPPING.replace("time: When", "time: {column: When, zone: UTC}"))
    assert events(read_folder(small))["badge.csv:2"]["time"] == 1772434931000000 + 3600 * 1_000_000


def test_a_log_that_lies_in_two_files_counts_once(small: Path) -> None:
    (small / "logs").mkdir()
    (small / "logs" / "again.csv.gz").write_bytes(gzip.compress(BADGES.encode()))
    (small / "logs" / "again.yaml").write_text(MAPPING)
    folder = read_folder(small)
    assert len(folder.events) == 4
    assert any("4 rows are in another file too" in line for line in folder.notes.words())


def test_lists_with_other_headings_delimiters_and_encodings_are_read(small: Path) -> None:
    text = "Personeelsnr;Naam;Pasnr;Werkplek\nE1;Zoë Müller;4417;WS-1\n".replace("Werkplek", "Desk")
    (small / "staff.csv").write_bytes(text.encode("utf-16"))
    (small / "hosts.csv").write_bytes("Hostname\tRoom\tIP\nWS-1\tVAULT\t10.0.0.1\n".encode("cp1252"))
    estate = read_folder(small).inquiry.estate
    assert estate.people["E1"].name == "Zoë Müller"
    assert (estate.hosts["WS-1"].owner, estate.hosts["WS-1"].zone) == ("E1", "VAULT")


def test_a_list_may_have_a_mapping_too(small: Path) -> None:
    (small / "employees.csv").write_text("Nr,Who,Shift\nE7,Cas Prins,09:30\n")
    (small / "employees.yaml").write_text("target: staff\nfields: {code: Nr, name: Who, hours_from: Shift}\n")
    estate = read_folder(small).inquiry.estate
    assert estate.people["E7"].hours_from == time(9, 30)
    assert "E1" in estate.people


def test_what_is_optional_is_read_when_it_is_there(small: Path) -> None:
    (small / "doors.csv").write_text("code,name,outer,inner,seconds\nD1,Door,STREET,VAULT,25\nD2,Bad,STREET,ATTIC,5\n")
    (small / "badges.csv").write_text("number,person,issued_at,ended_at,end\n4417,E1,2019-09-01,2026-01-01,lost\n")
    (small / "accounts.csv").write_text("name,person\nm.vos,Mia de Vos\n")
    (small / "devices.csv").write_text("reference,kind,zone\nM1,detector,VAULT\n")
    (small / "clocks.csv").write_text("source,ahead_seconds,error_seconds\ndoors,-90,5\n")
    (small / "gaps.csv").write_text("source,from,to\nM1,2026-03-02 20:00,2026-03-02 23:00\n")
    (small / "statements.csv").write_text(
        "speaker,about,from,to,place,lent,checked\nE2,Mia de Vos,2026-03-02 21:00,2026-03-02 21:30,STREET,,yes\n"
    )
    folder = read_folder(small)
    inquiry, estate = folder.inquiry, folder.inquiry.estate
    assert estate.portals["D1"].seconds == 25
    assert "outer" not in estate.portals.get("D2", ())
    assert [row.column for row in folder.notes.rows if row.file == "doors.csv"] == ["inner"]
    assert estate.badges["4417"][0].end == "lost"
    assert estate.accounts["m.vos"].person == "E1"
    assert inquiry.clocks == {"doors": (Clock(timedelta(seconds=-90), timedelta(seconds=5)),)}
    assert inquiry.gaps[0].source == "detector:M1"
    said = inquiry.statements[0]
    assert (said.speaker, said.about, said.place, said.is_checked) == ("E2", "E1", "zone:STREET", True)


def test_files_that_are_not_read_are_said_to_be_so(small: Path) -> None:
    (small / "other.csv").write_text("a,b\n1,2\n")
    (small / "photo.jpg").write_bytes(b"\xff\xd8")
    (small / "alone.yaml").write_text(MAPPING)
    told = read_folder(small).notes.files_not_read
    assert "bartizan import --suggest other.csv" in told["other.csv"]
    assert set(told) == {"other.csv", "photo.jpg", "alone.yaml"}


def test_bartizan_json_needs_no_mapping_but_a_time(small: Path) -> None:
    lines = '{"kind": "host.usb", "at": "2026-03-02T20:30:00Z", "device": "host:WS-1"}\n{"kind": "host.usb"}\n'
    (small / "usb.jsonl").write_text(lines)
    folder = read_folder(small)
    assert events(folder)["usb.jsonl:1"]["kind"] == "host.usb"
    assert [row.what for row in folder.notes.rows if row.file == "usb.jsonl"] == ["it names no time"]


def test_an_event_may_be_named_by_file_and_row(small: Path) -> None:
    (small / "effects.csv").write_text(
        "kind,from,events\nmissing,2026-03-02 21:14,badge.csv:3;badge.csv:99\n", encoding="utf-8"
    )
    folder = read_folder(small)
    assert folder.inquiry.effects[0].events == ("badge.csv:3", "badge.csv:99")
    assert any("no event badge.csv:99" in line for line in folder.notes.others)


def test_a_badge_that_two_people_have_is_said_to_need_its_history(small: Path) -> None:
    (small / "staff.csv").write_text("code,name,badges\nE1,Mia,4417\nE2,Ada,4417\n")
    [row] = [row for row in read_folder(small).notes.rows if row.file == "staff.csv"]
    assert "badges.csv" in row.todo


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("effects.csv", None, "holds no effects.csv"),
        ("effects.csv", "", "holds no rows"),
        ("effects.csv", "kind,from\nstolen,2026-03-02\n", "is no kind of effect"),
        ("effects.csv", "kind,from,place\nmissing,2026-03-02,ATTIC\n", "is not in the list of zones"),
        ("effects.csv", "kind,from,to\nmissing,2026-03-03,2026-03-02\n", "ends before it begins"),
        ("effects.csv", "what happened\nsomething\n", "has no column for"),
        ("staff.csv", None, "staff.csv is missing"),
        ("staff.csv", "code,name\n", "holds no row"),
        ("staff.csv", "code,name,left_on\nE1,Mia,2001-01-01\n", "everybody had left"),
        ("zones.csv", None, "zones.csv is missing"),
        ("badge.yaml", None, "No event could be read"),
        ("badge.yaml", MAPPING.replace("Door", "Portal"), "has no column 'Portal'"),
        ("badge.yaml", MAPPING + "plaice: Door\n", "Did you mean 'place'?"),
        ("case.yaml", "timezone: Europe/Amsterdm\n", "there is no time zone"),
        ("case.yaml", "time_zone: UTC\n", "Did you mean 'timezone'?"),
    ],
)
def test_what_nothing_can_be_made_of_is_refused_with_what_to_do(
    small: Path, name: str, text: str | None, said: str
) -> None:
    if text is None:
        (small / name).unlink()
    else:
        (small / name).write_text(text, encoding="utf-8")
    assert said in refused(small)


def test_a_packed_log_that_is_cut_off_is_refused(small: Path) -> None:
    whole = gzip.compress((BADGES * 500).encode())
    (small / "badge.csv.gz").write_bytes(whole[: len(whole) // 2])
    (small / "badge.csv").unlink()
    assert "damaged or cut off" in refused(small)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_the_files_hold_there_is_an_answer_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("odd")
    write_example(folder / "case")
    names = sorted(path.name for path in (folder / "case").iterdir())
    for name in data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True)):
        whole = (folder / "case" / name).read_bytes()
        cut = data.draw(st.integers(0, min(len(whole), 400)))
        odd = data.draw(
            st.one_of(st.binary(max_size=40), st.text(max_size=40).map(lambda t: t.encode("utf-8", "replace")))
        )
        (folder / "case" / name).write_bytes(whole[:cut] + odd + whole[cut + len(odd) : 4_000])
    try:
        said = [event["id"] for event in read_folder(folder / "case").events]
    except FolderError as error:
        said = [str(error)]
    assert all(said)
    assert said
